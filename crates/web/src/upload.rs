//! Files handed in through a form: only from our own pages, within limits, as a whole or not at all.
//!
//! What is handed in may hold passwords that the intake takes out. So an upload never touches the disk here: it stays in
//! memory until its files were redacted, and only a few may do so at once.

use std::sync::Arc;
use std::time::Duration;

use axum::RequestExt as _;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use base::plain::is_hidden;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use crate::error::HttpError;
use crate::guard::is_same_secret;
use crate::visit::Visit;

/// Uploads that may be in memory at once on one node.
const UPLOADS_AT_ONCE: usize = 2;
/// Longest name of a file, in characters.
const MAX_NAME_CHARS: usize = 200;
/// Most fields beside the files, and the size of one of them in bytes.
const MAX_FIELDS: usize = 50;
const MAX_FIELD_BYTES: u64 = 64 * 1024;
/// What the frames around the files may take, in bytes: one per file, and one for all.
const FRAME_BYTES: u64 = 2 * 1024;
const FRAMES_BYTES: u64 = 1 << 20;

/// What has to come in each stretch of time, at the least, while a place is held: 64 KiB in ten seconds. Two who send slower
/// than that on purpose would keep everybody else out.
const LEAST_BYTES: u64 = 64 * 1024;
const STRETCH: Duration = Duration::from_secs(10);

/// How fast an upload comes.
struct Pace {
    since: Instant,
    bytes: u64,
}

impl Pace {
    const fn from(since: Instant) -> Self {
        Self { since, bytes: 0 }
    }

    /// Notes what came; `false` if a stretch is over in which too little did.
    fn note(&mut self, bytes: usize, now: Instant) -> bool {
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if now.duration_since(self.since) < STRETCH {
            return true;
        }
        let is_enough = self.bytes >= LEAST_BYTES;
        *self = Self::from(now);
        is_enough
    }

    /// Waits for what comes next, no longer than a stretch.
    async fn wait<T>(&self, next: impl Future<Output = T>) -> Result<T, HttpError> {
        timeout(STRETCH, next).await.map_err(|_| too_slow())
    }
}

fn too_slow() -> HttpError {
    HttpError::new(StatusCode::REQUEST_TIMEOUT, "upload-too-slow", "")
}

/// The places for uploads of this node.
#[derive(Debug, Clone)]
pub struct Uploads(Arc<Semaphore>);

impl Default for Uploads {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(UPLOADS_AT_ONCE)))
    }
}

impl Uploads {
    /// Whether nothing that was handed in is still being received.
    #[must_use]
    pub fn are_free(&self) -> bool {
        self.0.available_permits() == UPLOADS_AT_ONCE
    }

    /// A place, unless all are taken. It is given back when it is dropped: together with the bytes.
    #[must_use]
    pub fn take(&self) -> Option<UploadPlace> {
        Arc::clone(&self.0).try_acquire_owned().ok().map(UploadPlace)
    }
}

/// A place for an upload, taken.
#[derive(Debug)]
pub struct UploadPlace(#[expect(dead_code, reason = "it is held, not read")] OwnedSemaphorePermit);

/// How much may be handed in at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadLimits {
    /// Files.
    pub files: usize,
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Bytes of all files.
    pub total_bytes: u64,
}

/// An upload that has been announced but not read: the handler says how much it takes and calls [`Upload::receive`].
#[derive(Debug)]
pub struct Upload {
    request: Request,
}

/// Everything of one upload.
#[derive(Debug)]
pub struct Received {
    /// Fields beside the files, in order, without the secret.
    pub fields: Vec<(String, String)>,
    /// Names, cleaned by [`clean_name`], and bytes, in order.
    pub files: Vec<(String, Vec<u8>)>,
    /// Keep it for as long as the bytes are kept.
    pub place: UploadPlace,
}

impl Received {
    /// The value of a field; empty if it was not sent.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value.as_str())
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = HttpError;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data")) {
            return Err(HttpError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "http-bad-form", ""));
        }
        Ok(Self { request })
    }
}

impl Upload {
    /// Reads the whole upload into memory. The secret of the session stands before the first file and is checked before a
    /// byte of it is read.
    ///
    /// # Errors
    /// [`HttpError`] if it is not of our own page, too large, broken off, or too many are under way. Nothing was kept then.
    pub async fn receive(mut self, limits: UploadLimits) -> Result<Received, HttpError> {
        let visit = self.request.extract_parts::<Visit>().await?;
        let files = u64::try_from(limits.files).unwrap_or(u64::MAX);
        let most = limits.total_bytes.saturating_add(files.saturating_mul(FRAME_BYTES).min(16 << 20));
        let most = most.saturating_add(FRAMES_BYTES);
        let length =
            self.request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        if length.is_some_and(|length: u64| length > most) {
            return Err(too_large(limits.total_bytes));
        }
        DefaultBodyLimit::max(usize::try_from(most).unwrap_or(usize::MAX)).apply(&mut self.request);
        let mut parts = Multipart::from_request(self.request, &()).await.map_err(|_| bad_form())?;
        let mut fields = read_secret(&mut parts, &visit).await?;
        let Some(place) = visit.frame.uploads.take() else {
            return Err(HttpError::new(StatusCode::SERVICE_UNAVAILABLE, "upload-busy", ""));
        };
        let files = read_files(&mut parts, &mut fields, limits).await?;
        Ok(Received { fields, files, place })
    }
}

fn bad_form() -> HttpError {
    HttpError::bad_request("http-bad-form", "")
}

fn too_large(limit: u64) -> HttpError {
    HttpError::new(StatusCode::PAYLOAD_TOO_LARGE, "upload-too-large", format!("{} MB", limit.div_ceil(1 << 20)))
}

fn broken(err: &MultipartError, limits: UploadLimits) -> HttpError {
    if err.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large(limits.total_bytes);
    }
    HttpError::bad_request("upload-broken-off", "")
}

const FIELD_LIMITS: UploadLimits = UploadLimits { files: 0, file_bytes: MAX_FIELD_BYTES, total_bytes: MAX_FIELD_BYTES };

/// The fields up to the secret; a file that comes before it is not read.
async fn read_secret(parts: &mut Multipart, visit: &Visit) -> Result<Vec<(String, String)>, HttpError> {
    let stale = || HttpError::new(StatusCode::FORBIDDEN, "http-stale-form", "");
    let mut fields = Vec::new();
    while let Some(field) = parts.next_field().await.map_err(|err| broken(&err, FIELD_LIMITS))? {
        if field.file_name().is_some() || fields.len() >= MAX_FIELDS {
            return Err(stale());
        }
        let (name, value) = read_field(field).await?;
        if name == "csrf" {
            let is_ours = visit.session().is_some() && is_same_secret(&value, visit.csrf());
            return if is_ours { Ok(fields) } else { Err(stale()) };
        }
        fields.push((name, value));
    }
    Err(stale())
}

async fn read_field(field: Field<'_>) -> Result<(String, String), HttpError> {
    let name = field.name().unwrap_or_default().to_owned();
    let bytes = read_bytes(field, FIELD_LIMITS, MAX_FIELD_BYTES, &mut Pace::from(Instant::now())).await?;
    Ok((name, String::from_utf8(bytes).map_err(|_| bad_form())?))
}

async fn read_files(
    parts: &mut Multipart,
    fields: &mut Vec<(String, String)>,
    limits: UploadLimits,
) -> Result<Vec<(String, Vec<u8>)>, HttpError> {
    let mut files = Vec::new();
    let mut left = limits.total_bytes;
    let mut pace = Pace::from(Instant::now());
    while let Some(field) = pace.wait(parts.next_field()).await?.map_err(|err| broken(&err, limits))? {
        let Some(name) = field.file_name().map(str::to_owned) else {
            if fields.len() >= MAX_FIELDS {
                return Err(bad_form());
            }
            fields.push(read_field(field).await?);
            continue;
        };
        let bytes = read_bytes(field, limits, left, &mut pace).await?;
        // A file field in which nothing was chosen.
        if name.is_empty() && bytes.is_empty() {
            continue;
        }
        if files.len() >= limits.files {
            return Err(HttpError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "upload-too-many-files",
                limits.files.to_string(),
            ));
        }
        left = left.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        files.push((clean_name(&name), bytes));
    }
    Ok(files)
}

/// The bytes of one part: no more than a file may have, and no more than are left of all.
async fn read_bytes(
    mut field: Field<'_>,
    limits: UploadLimits,
    left: u64,
    pace: &mut Pace,
) -> Result<Vec<u8>, HttpError> {
    let mut bytes = Vec::new();
    while let Some(part) = pace.wait(field.chunk()).await?.map_err(|err| broken(&err, limits))? {
        if !pace.note(part.len(), Instant::now()) {
            return Err(too_slow());
        }
        bytes.extend_from_slice(&part);
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if size > limits.file_bytes {
            return Err(too_large(limits.file_bytes));
        }
        if size > left {
            return Err(too_large(limits.total_bytes));
        }
    }
    Ok(bytes)
}

/// The name of a file as it is kept: folders of a folder upload stay (`gpo/{…}/Backup.xml`); of anything that points elsewhere
/// (`..`, a drive, a root, a backslash) only the last part stays; no control characters, no marks of writing direction, at most
/// 200 characters, of which the last ones count.
#[must_use]
pub fn clean_name(raw: &str) -> String {
    let plain: String = raw.chars().filter(|c| !is_hidden(*c)).collect();
    let is_plain_path = !plain.contains('\\') && !plain.starts_with('/') && !has_drive(&plain);
    let parts: Vec<&str> = plain.split(['/', '\\']).map(str::trim).collect();
    let is_safe = is_plain_path && !parts.contains(&"..");
    let kept: Vec<&str> = parts.into_iter().filter(|part| !matches!(*part, "" | "." | "..")).collect();
    let kept = if is_safe { kept.as_slice() } else { kept.get(kept.len().saturating_sub(1)..).unwrap_or_default() };
    let name = kept.join("/");
    let name = if is_safe { name } else { without_drive(&name).to_owned() };
    let too_many = name.chars().count().saturating_sub(MAX_NAME_CHARS);
    let cut: String = name.chars().skip(too_many).collect();
    let cut = cut.trim_start_matches('/');
    if cut.is_empty() { "file".to_owned() } else { cut.to_owned() }
}

fn has_drive(name: &str) -> bool {
    name.chars().nth(1) == Some(':')
}

fn without_drive(name: &str) -> &str {
    if has_drive(name) { name.split_once(':').map_or(name, |(_, rest)| rest) } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_point_nowhere_else() {
        for (raw, kept) in [
            ("users.csv", "users.csv"),
            ("資産台帳 2026.xlsx", "資産台帳 2026.xlsx"),
            (
                "gpo/{31B2F340-016D-11D2-945F-00C04FB984F9}/Backup.xml",
                "gpo/{31B2F340-016D-11D2-945F-00C04FB984F9}/Backup.xml",
            ),
            ("../../etc/passwd", "passwd"),
            ("a/../../b.csv", "b.csv"),
            ("/etc/passwd", "passwd"),
            ("C:\\Users\\x\\台帳.csv", "台帳.csv"),
            ("C:台帳.csv", "台帳.csv"),
            ("\\\\server\\share\\a.csv", "a.csv"),
            ("a\0b.csv", "ab.csv"),
            ("a\r\nb.csv", "ab.csv"),
            ("\u{202e}vsc.exe", "vsc.exe"),
            (".", "file"),
            ("..", "file"),
            ("", "file"),
            ("./a//b.csv", "a/b.csv"),
            ("<img src=x>.csv", "<img src=x>.csv"),
        ] {
            assert_eq!(clean_name(raw), kept, "{raw:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_end() {
        let name = clean_name(&format!("{}.csv", "あ".repeat(500)));
        assert_eq!(name.chars().count(), MAX_NAME_CHARS);
        assert!(name.ends_with("あ.csv"));
    }

    #[test]
    fn who_sends_slower_than_a_modem_gives_the_place_back() {
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let mut pace = Pace::from(begin);
        assert!(pace.note(1, at(9)), "a stretch has ten seconds");
        assert!(pace.note(64 * 1024 - 1, at(10)), "just enough");
        assert!(!pace.note(64 * 1024 - 1, at(20)), "one byte too few");
    }

    #[test]
    fn the_third_upload_finds_no_place_until_one_is_given_back() {
        let uploads = Uploads::default();
        let (first, _second) = (uploads.take(), uploads.take());
        assert!(first.is_some() && uploads.take().is_none() && !uploads.are_free());
        drop(first);
        assert!(uploads.take().is_some());
    }
}

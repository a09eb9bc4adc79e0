//! A hospital with an office, and people who visit it, all within the test.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use base::{Clock, FixedClock, Lang, UtcSeconds};
use evidence::store::SiteRow;
use evidence::{Gathered, receive::Mode};
use installation::{Installation, Settings};
use office::{Office, OfficeSettings};
use people::account::Login;
use people::store::{AccountEdit, NewSession, add_account, add_membership, add_session};
use people::{AccountId, Randomness, Role};
use tempfile::TempDir;
use tower::ServiceExt as _;

/// 2026-11-20 12:00 in Japan.
pub(crate) const NOW: UtcSeconds = UtcSeconds(1_795_143_600);

/// Numbers that differ from call to call, and from nothing else.
#[derive(Default)]
pub(crate) struct Counting(std::sync::atomic::AtomicU64);

impl Randomness for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let number = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        for (index, byte) in bytes.iter_mut().enumerate() {
            let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(u32::try_from(index * 7 % 64).unwrap());
            *byte = mixed.to_le_bytes()[index % 8] ^ u8::try_from(index % 256).unwrap();
        }
    }
}

/// An installation with an office in a folder that goes away with it.
pub(crate) struct House {
    pub(crate) office: Arc<Office>,
    pub(crate) router: Router,
    _folder: TempDir,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }

    /// Fails with the page if it is not of this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{} {}", self.location(), self.text());
        self
    }

    /// Fails with the page if it does not say this.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.text().contains(text), "{text:?} is not in {}", self.text());
        self
    }

    /// Fails with the page if it says this.
    #[track_caller]
    pub(crate) fn keeps_quiet_about(self, text: &str) -> Self {
        assert!(!self.text().contains(text), "{text:?} is in {}", self.text());
        self
    }
}

/// Somebody with a browser that is signed in.
pub(crate) struct Person<'h> {
    house: &'h House,
    pub(crate) id: AccountId,
    pub(crate) token: String,
    pub(crate) csrf: String,
}

impl House {
    /// With the site `minato` and nothing known about it.
    pub(crate) fn empty() -> Self {
        Self::at(Arc::new(FixedClock(NOW)))
    }

    pub(crate) fn at(clock: Arc<dyn Clock>) -> Self {
        Self::as_set(clock, |_| {})
    }

    /// As [`House::at`], with settings of its own.
    pub(crate) fn as_set(clock: Arc<dyn Clock>, change: impl FnOnce(&mut OfficeSettings)) -> Self {
        struct Shared(Arc<dyn Clock>);
        impl Clock for Shared {
            fn now(&self) -> UtcSeconds {
                self.0.now()
            }
        }
        let folder = TempDir::new().unwrap();
        let settings = Settings {
            data: folder.path().join("data"),
            database: None,
            lang: Lang::Ja,
            ledger_name: "test".to_owned(),
            limits: evidence::Limits::default(),
        };
        let installation = Installation::open(settings, Box::new(Shared(clock))).unwrap();
        let site = SiteRow {
            id: "minato".to_owned(),
            name: "みなと総合病院".to_owned(),
            kind: assess::SiteKind::Hospital,
            beds: Some(320),
        };
        installation.put_site(&site).unwrap();
        let mut settings = OfficeSettings {
            secure: false,
            setup_code: Some("123456".to_owned()),
            upload_bytes: 32 << 20,
            demo: false,
            public_address: None,
            proxies: web::Proxies::default(),
        };
        change(&mut settings);
        let office = Office::open(Arc::new(installation), Arc::new(Counting::default()), settings).unwrap();
        Self { router: office::router(&office), office, _folder: folder }
    }

    /// The demo's three sites with all their evidence, assessed; shared by all tests that only look.
    pub(crate) fn demo() -> &'static Self {
        static DEMO: OnceLock<House> = OnceLock::new();
        DEMO.get_or_init(|| {
            let house = Self::empty();
            let options = demo_hospital::Options { today: NOW.date_jst(), extra_assets: 0, seed: 20_211_031 };
            for site in demo_hospital::generate(&options).unwrap() {
                let row = SiteRow {
                    id: site.id.to_owned(),
                    name: site.name.to_owned(),
                    kind: site.kind.name().parse().unwrap(),
                    beds: (site.beds > 0).then_some(site.beds),
                };
                house.office.installation.put_site(&row).unwrap();
                house.hand_in(site.id, site.files.into_iter().map(|file| (file.path, file.bytes)).collect());
            }
            house
        })
    }

    /// Receives files as an import would, and assesses.
    pub(crate) fn hand_in(&self, site: &str, files: Vec<(String, Vec<u8>)>) {
        let installation = &self.office.installation;
        let gathered = Gathered::from_files(files, installation.settings.limits);
        installation.receive_all(site, "test", &gathered, Mode::Apply, |_, _| {}).unwrap();
        self.work();
    }

    /// Does the jobs that wait.
    pub(crate) fn work(&self) {
        let workers = office::workers();
        let workers: Vec<&dyn installation::work::Worker> = workers.iter().map(|worker| &**worker).collect();
        let done = installation::work::do_all_with(&self.office.installation, &workers).unwrap();
        assert!(done.failures.is_empty(), "{:?}", done.failures);
    }

    /// Somebody signed in who holds `roles` (site, role).
    pub(crate) fn person(&self, login: &str, name: &str, roles: &[(&str, Role)]) -> Person<'_> {
        let token = people::new_token(&*self.office.frame.randomness);
        let csrf = people::new_token(&*self.office.frame.randomness);
        let now = self.office.frame.now();
        let id = self
            .office
            .database()
            .transaction::<_, store::StoreError>(|tx| {
                let edit = AccountEdit {
                    name: name.to_owned(),
                    department: String::new(),
                    vendor: String::new(),
                    lang: Lang::Ja,
                    enabled: true,
                };
                let id = add_account(tx, &Login::new(login).unwrap(), &edit, now)?;
                for (site, role) in roles {
                    add_membership(tx, id, site, *role, "test", now)?;
                }
                let new = NewSession { account: id, token: &token, csrf: &csrf, device: "test", address: "127.0.0.1" };
                add_session(tx, &new, now)?;
                Ok(id)
            })
            .unwrap();
        Person { house: self, id, token, csrf }
    }

    /// A request without an account.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Vec::new())
    }

    pub(crate) fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "mamori.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(body)).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 50_000))));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let bytes = to_bytes(body, 256 << 20).await.unwrap().to_vec();
            Answer { status: parts.status, headers: parts.headers, bytes }
        })
    }
}

impl Person<'_> {
    fn cookie(&self) -> String {
        format!("{}={}", self.house.office.frame.session_cookie(), self.token)
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.house.send(Method::GET, path, &[("cookie", &self.cookie())], Vec::new())
    }

    /// Sends a form with the secret of the session.
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("csrf", self.csrf.as_str())];
        all.extend_from_slice(fields);
        self.post_bare(path, &all)
    }

    /// Sends a form with these fields and no others.
    pub(crate) fn post_bare(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", web::visit::encode_segment(name), web::visit::encode_segment(value)))
            .collect();
        let headers = [
            ("cookie", self.cookie()),
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
            ("sec-fetch-site", "same-origin".to_owned()),
        ];
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.house.send(Method::POST, path, &headers, body.join("&").into_bytes())
    }

    /// Uploads files as a browser does.
    pub(crate) fn upload(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
        let boundary = "mamori-test-boundary";
        let mut body = Vec::new();
        let mut all: HashMap<&str, &str> = fields.iter().copied().collect();
        all.entry("csrf").or_insert(&self.csrf);
        for (name, value) in all {
            body.extend(
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
        for (name, bytes) in files {
            body.extend(
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n").bytes(),
            );
            body.extend_from_slice(bytes);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{boundary}--\r\n").bytes());
        let kind = format!("multipart/form-data; boundary={boundary}");
        let cookie = self.cookie();
        let headers = [("cookie", cookie.as_str()), ("content-type", kind.as_str()), ("sec-fetch-site", "same-origin")];
        self.house.send(Method::POST, path, &headers, body)
    }
}

//! `mamori backup-self` and `mamori restore-self`: mamori's own data, out and in again.

use std::path::Path;

use anyhow::{Context as _, Result};
use base::Clock as _;
use installation::{Installation, PROGRAM, SystemClock};
use serde_json::json;
use store::dump::{self, About, Attached, DumpError, KEY, Manifest, Target};
use store::ledger::LedgerKey;
use store::{Blobs, Database, Migration};

use super::{Context, ledger};
use crate::cli::{BackupArgs, RestoreArgs};
use crate::output::{self, Mistake, Outcome};
use crate::serving::write_secret;

pub(crate) fn backup(context: &Context<'_>, arguments: &BackupArgs) -> Result<Outcome> {
    let installation = context.open_for_verification()?;
    let data = &installation.settings.data;
    let places = [("packs", false), (KEY, true), ("tls/ca.pem", true), ("tls/ca-key.pem", true)];
    let paths: Vec<_> = places
        .into_iter()
        .filter(|(_, is_secret)| arguments.with_key || !is_secret)
        .map(|(name, _)| (name, data.join(name)))
        .collect();
    let attached: Vec<Attached<'_>> = paths.iter().map(|(name, path)| Attached { name, path }).collect();
    let about = About { program: PROGRAM, now: installation.now() };
    let (database, blobs) = (&installation.database, &installation.blobs);
    let manifest = match dump::dump(database, blobs, &installation.ledger, &attached, &arguments.dir, about) {
        Ok(manifest) => manifest,
        Err(err) => return refuse(context, err),
    };
    let rows: u64 = manifest.tables.iter().map(|table| table.rows).sum();
    let bytes: u64 = manifest.files.iter().map(|file| file.size_bytes).sum();
    if context.global.json {
        output::json(&json!({
            "folder": arguments.dir, "tables": manifest.tables.len(), "rows": rows, "files": manifest.files.len(),
            "bytes": bytes, "ledger": manifest.ledger.entries, "with_key": arguments.with_key,
        }));
        return Ok(Outcome::Done);
    }
    let numbers = [
        ("folder", arguments.dir.display().to_string().into()),
        ("rows", rows.to_string().into()),
        ("files", manifest.files.len().to_string().into()),
        ("entries", manifest.ledger.entries.to_string().into()),
    ];
    output::line(&installation.say("serve-backup-made", &numbers));
    let id = if arguments.with_key { "serve-backup-with-key" } else { "serve-backup-without-key" };
    output::line(&installation.say(id, &[("key", data.join(KEY).display().to_string().into())]));
    Ok(Outcome::Done)
}

pub(crate) fn restore(context: &Context<'_>, arguments: &RestoreArgs) -> Result<Outcome> {
    let settings = &context.settings;
    let data = &settings.data;
    let is_free = std::fs::read_dir(data).map_or(true, |mut entries| entries.next().is_none());
    if !is_free {
        return refuse(context, DumpError::NotEmpty { path: data.clone() });
    }
    let key_path = arguments.key.clone().unwrap_or_else(|| arguments.dir.join(KEY));
    if !key_path.exists() {
        let folder = [("folder", arguments.dir.display().to_string().into())];
        return Err(Mistake(i18n::message(settings.lang, "serve-restore-no-key", &folder)).into());
    }
    let key = LedgerKey::load(&key_path, &settings.ledger_name)?;
    let manifest = match dump::check(&arguments.dir, &key.public()) {
        Ok(manifest) => manifest,
        Err(err) => return refuse(context, err),
    };
    installation::make_private(data).with_context(|| data.display().to_string())?;
    if let Err(err) = load(context, &arguments.dir, &manifest) {
        // The folder was empty: what is in it now is half of something.
        std::fs::remove_dir_all(data).with_context(|| data.display().to_string())?;
        return refuse(context, err);
    }
    // The key goes last: without it nothing opens this folder.
    write_secret(&data.join(KEY), &std::fs::read(&key_path).with_context(|| key_path.display().to_string())?)?;
    let installation = Installation::open_unchecked(settings.clone(), Box::new(SystemClock))?;
    let now = installation.now();
    installation.database.transaction(|tx| people::store::end_every_way_in(tx, now))?;
    if !context.global.json {
        let arguments = [("made_at", manifest.made_at.as_str().into()), ("folder", data.display().to_string().into())];
        output::line(&installation.say("serve-restored", &arguments));
    }
    let witnessed: Vec<&str> = manifest.ledger.checkpoint.iter().map(String::as_str).collect();
    ledger::verify_and_show(&installation, context, &witnessed)
}

fn load(context: &Context<'_>, folder: &Path, manifest: &Manifest) -> Result<(), DumpError> {
    let settings = &context.settings;
    let (database, blobs) = match &settings.database {
        Some(url) => {
            let database = Database::open_postgres(url.expose())?;
            (database.clone(), Blobs::database(database))
        }
        None => {
            let database = Database::open_sqlite(&settings.data.join("mamori.db"))?;
            (database, Blobs::directory(settings.data.join("blobs")))
        }
    };
    let (packs, tls) = (settings.data.join("packs"), settings.data.join("tls"));
    let attached = [Attached { name: "packs", path: &packs }, Attached { name: "tls", path: &tls }];
    let steps: Vec<Migration> = [installation::migrations(), office::rooms::migrations()].concat();
    let target = Target { database: &database, blobs: &blobs, attached: &attached, steps: &steps };
    dump::restore(folder, manifest, target, SystemClock.now())
}

/// Says what is wrong with the backup or the place for it; what is wrong with the machine is left to others to say.
fn refuse(context: &Context<'_>, err: DumpError) -> Result<Outcome> {
    let lang = context.settings.lang;
    let (id, detail) = match &err {
        DumpError::NotEmpty { path } => ("serve-backup-not-empty", path.display().to_string()),
        DumpError::DatabaseInUse { table } => ("serve-restore-database-in-use", table.clone()),
        DumpError::Missing { path } => ("serve-restore-missing", path.clone()),
        DumpError::Altered { path } => ("serve-restore-altered", path.clone()),
        DumpError::Signature => ("serve-restore-other-key", String::new()),
        DumpError::OtherLedger { found, .. } => ("serve-restore-other-ledger", found.clone()),
        DumpError::Schema { capability, number } => ("serve-restore-newer", format!("{capability} {number}")),
        DumpError::Circle { .. }
        | DumpError::Io { .. }
        | DumpError::Migrate(_)
        | DumpError::Blob(_)
        | DumpError::Store(_) => return Err(err.into()),
    };
    output::note(&i18n::message(lang, id, &[("detail", detail.into())]));
    Ok(Outcome::Refused)
}

//! What the tests of this crate start from: an installation of one clinic, at a time of their choice.

use base::{FixedClock, Lang, UtcSeconds};
use evidence::store::SiteRow;
use tempfile::TempDir;

use crate::{Installation, Settings};

pub(crate) fn open(folder: &TempDir, now: UtcSeconds) -> Installation {
    let settings = Settings {
        data: folder.path().to_path_buf(),
        database: None,
        lang: Lang::Ja,
        ledger_name: "test".to_owned(),
        limits: evidence::Limits::default(),
    };
    let installation = Installation::open(settings, Box::new(FixedClock(now))).unwrap();
    let site = SiteRow { id: "main".to_owned(), name: "院".to_owned(), kind: assess::SiteKind::Clinic, beds: None };
    installation.put_site(&site).unwrap();
    installation
}

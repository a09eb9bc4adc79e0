//! The XML files of a GPO backup: they name the GPO; preferences among them can hold passwords.

use base::{Date, FactValue, Grade, Locator, Subject, SubjectKind, Text};
use evidence::{FactSink, Importer, ReadError, Redaction, Source, Struck};
use formats::gpo_backup::{self, XmlKind};

/// Reads the XML around a GPO.
#[derive(Debug)]
pub(crate) struct GpoBackup;

impl Importer for GpoBackup {
    fn id(&self) -> &'static str {
        "gpo_backup"
    }

    fn label(&self) -> Text {
        Text { ja: "GPOのバックアップ情報".to_owned(), en: "GPO backup information".to_owned() }
    }

    fn grade(&self) -> Grade {
        Grade::Document
    }

    fn recognises(&self, source: &Source<'_>) -> bool {
        gpo_backup::recognise(source.bytes).is_some()
    }

    fn redact(&self, bytes: &[u8]) -> Option<Redaction> {
        let redacted = gpo_backup::redact_cpassword(bytes)?;
        let struck =
            redacted.struck.iter().map(|one| Struck { what: one.what.clone(), locator: Locator::Line(one.line) });
        Some(Redaction { struck: struck.collect(), bytes: redacted.bytes })
    }

    fn read(&self, source: &Source<'_>, sink: &mut FactSink<'_>) -> Result<(), ReadError> {
        match gpo_backup::recognise(source.bytes) {
            Some(XmlKind::BackupInfo) => read_backup(source, sink),
            // The report repeats registry.pol and the INF in translated words; preferences hold no setting a check asks for.
            Some(XmlKind::Backup | XmlKind::Report | XmlKind::Preferences) | None => {
                sink.leave_unused();
                Ok(())
            }
        }
    }
}

fn read_backup(source: &Source<'_>, sink: &mut FactSink<'_>) -> Result<(), ReadError> {
    let backup = gpo_backup::parse_backup(source.bytes).map_err(|err| ReadError {
        message: "unreadable-xml",
        locator: Locator::Whole,
        detail: err.to_string(),
    })?;
    let made_on = backup.backup_time.as_ref().and_then(|found| found.text.get(..10)?.parse::<Date>().ok());
    if let Some(day) = made_on {
        sink.observed_at(day.start_jst());
    }
    // Settings are filed under the folder, which carries the number of the backup.
    let number = backup.backup_id.as_ref().or(backup.guid.as_ref());
    let (Some(number), Some(name)) = (number, backup.display_name.as_ref()) else { return Ok(()) };
    if let Ok(subject) = Subject::new(SubjectKind::Policy, number.text.to_uppercase()) {
        sink.say(&subject, "policy.name", FactValue::Text(name.text.clone()), Locator::Line(name.line));
        sink.accept();
    }
    Ok(())
}

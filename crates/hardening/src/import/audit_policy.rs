//! `auditpol /backup` and the `audit.csv` of a GPO backup.

use base::{FactValue, Grade, Locator, Text};
use evidence::{FactSink, Importer, ReadError, Source};
use formats::audit_csv;

use crate::origin::state_origin;

/// Reads audit policies.
#[derive(Debug)]
pub(crate) struct AuditPolicy;

impl Importer for AuditPolicy {
    fn id(&self) -> &'static str {
        "audit_policy"
    }

    fn label(&self) -> Text {
        Text {
            ja: "監査ポリシー（auditpol・audit.csv）".to_owned(),
            en: "audit policy (auditpol, audit.csv)".to_owned(),
        }
    }

    fn grade(&self) -> Grade {
        Grade::Machine
    }

    fn recognises(&self, source: &Source<'_>) -> bool {
        audit_csv::looks_like(source.bytes)
    }

    fn read(&self, source: &Source<'_>, sink: &mut FactSink<'_>) -> Result<(), ReadError> {
        let file = audit_csv::parse(source.bytes).map_err(|err| ReadError {
            message: "unreadable-table",
            locator: Locator::Whole,
            detail: err.to_string(),
        })?;
        let Some(subject) = state_origin(source, Grade::Machine, sink) else {
            return Err(ReadError {
                message: "unreadable-no-name",
                locator: Locator::Whole,
                detail: source.name.to_owned(),
            });
        };
        for error in &file.errors {
            sink.refuse(Locator::Line(error.line), "refused-bad-record", &error.problem.to_string());
        }
        for row in &file.rows {
            let Some(definition) = sink.dictionary().by_audit(&row.guid) else {
                sink.leave_unused();
                continue;
            };
            sink.say_key(&subject, definition.id, FactValue::Integer(row.setting.into()), Locator::Line(row.line));
            sink.accept();
        }
        Ok(())
    }
}

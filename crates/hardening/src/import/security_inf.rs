//! `secedit /export` and the `GptTmpl.inf` of a GPO backup.

use base::{FactType, FactValue, Grade, Locator, Subject, Text};
use evidence::{FactSink, Importer, ReadError, Redaction, Source, Struck};
use formats::inf::{self, SettingValue};
use formats::text;

use super::registry_policy::registry_value;
use crate::origin::state_origin;

/// Reads security templates.
#[derive(Debug)]
pub(crate) struct SecurityInf;

impl Importer for SecurityInf {
    fn id(&self) -> &'static str {
        "security_inf"
    }

    fn label(&self) -> Text {
        Text {
            ja: "セキュリティ設定（secedit・GptTmpl.inf）".to_owned(),
            en: "security template (secedit, GptTmpl.inf)".to_owned(),
        }
    }

    fn grade(&self) -> Grade {
        Grade::Machine
    }

    fn recognises(&self, source: &Source<'_>) -> bool {
        inf::looks_like(source.bytes)
    }

    fn redact(&self, bytes: &[u8]) -> Option<Redaction> {
        redact_default_password(bytes)
    }

    fn read(&self, source: &Source<'_>, sink: &mut FactSink<'_>) -> Result<(), ReadError> {
        let file = inf::parse(source.bytes).map_err(|err| ReadError {
            message: "unreadable-inf",
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
        read_system_access(&file, &subject, sink);
        read_registry_values(&file, &subject, sink);
        for right in file.privilege_rights() {
            let Some(definition) = sink.dictionary().by_right(&right.name) else {
                sink.leave_unused();
                continue;
            };
            let members = FactValue::list(right.members.iter().map(inf::Member::as_str));
            sink.say_key(&subject, definition.id, members, Locator::Line(right.line));
            sink.accept();
        }
        Ok(())
    }
}

fn read_system_access(file: &inf::InfFile, subject: &Subject, sink: &mut FactSink<'_>) {
    for setting in file.system_access() {
        let Some(definition) = sink.dictionary().by_secedit(&setting.name) else {
            sink.leave_unused();
            continue;
        };
        let value = match (definition.fact_type, setting.value) {
            (FactType::Integer, SettingValue::Number(number)) => FactValue::Integer(number),
            (FactType::Text, SettingValue::Number(number)) => FactValue::Text(number.to_string()),
            (FactType::Text, SettingValue::Text(text)) => FactValue::Text(text),
            (_, value) => {
                sink.refuse(
                    Locator::Line(setting.line),
                    "refused-not-a-number",
                    &format!("{} = {value:?}", setting.name),
                );
                continue;
            }
        };
        sink.say_key(subject, definition.id, value, Locator::Line(setting.line));
        sink.accept();
    }
}

fn read_registry_values(file: &inf::InfFile, subject: &Subject, sink: &mut FactSink<'_>) {
    let (values, errors) = file.registry_values();
    for error in errors {
        sink.refuse(Locator::Line(error.line), "refused-bad-record", &error.problem.to_string());
    }
    for value in values {
        registry_value(&value.path, &value.name, &value.value, Locator::Line(value.line), subject, sink);
    }
}

/// Blanks the value of a `DefaultPassword` line. The stored text is then UTF-8; line numbers stay.
fn redact_default_password(bytes: &[u8]) -> Option<Redaction> {
    let decoded = text::decode(bytes).text;
    let mut struck = Vec::new();
    let mut lines = Vec::new();
    for (number, line) in (1_u32..).zip(decoded.split('\n')) {
        let name = line.split('=').next().unwrap_or_default().trim().trim_matches('"').to_ascii_lowercase();
        let holds = name.ends_with("defaultpassword");
        match line.split_once('=') {
            Some((left, right)) if holds && !secret_of(right).is_empty() => {
                let kind = right.split_once(',').map_or("1", |(kind, _)| kind);
                struck.push(Struck { what: "DefaultPassword".to_owned(), locator: Locator::Line(number) });
                lines.push(format!("{left}={kind},"));
            }
            _ => lines.push(line.to_owned()),
        }
    }
    (!struck.is_empty()).then(|| Redaction { bytes: lines.join("\n").into_bytes(), struck })
}

/// What stands behind the type of a value.
fn secret_of(right: &str) -> &str {
    let secret = right.split_once(',').map_or(right, |(_, secret)| secret);
    secret.trim().trim_matches('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_password_never_reaches_the_store() {
        let text = "[Registry Values]\r\nMACHINE\\Software\\X\\Winlogon\\DefaultPassword=1,\"hunter2\"\r\nMACHINE\\A\\B=4,1\r\n";
        let redaction = redact_default_password(text.as_bytes()).unwrap();
        let stored = String::from_utf8(redaction.bytes).unwrap();
        assert!(!stored.contains("hunter2"));
        assert!(stored.contains("MACHINE\\A\\B=4,1"));
        assert_eq!(redaction.struck[0].locator, Locator::Line(2));
        assert_eq!(redact_default_password(stored.as_bytes()), None, "nothing is left to strike");
        assert_eq!(redact_default_password(b"[System Access]\nLockoutBadCount = 3\n"), None);
    }
}

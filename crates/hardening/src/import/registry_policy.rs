//! `registry.pol` of a GPO backup, of SYSVOL, or of a machine's local policy folder.

use base::{FactType, FactValue, Grade, Locator, Subject, Text};
use evidence::{FactSink, Importer, ReadError, Redaction, Source, Struck};
use formats::registry_policy::{self, Action, Hive, RegValue};

use crate::origin::state_origin;

/// Reads registry policies.
#[derive(Debug)]
pub(crate) struct RegistryPolicy;

impl Importer for RegistryPolicy {
    fn id(&self) -> &'static str {
        "registry_policy"
    }

    fn label(&self) -> Text {
        Text {
            ja: "レジストリ ポリシー（registry.pol）".to_owned(), en: "registry policy (registry.pol)".to_owned()
        }
    }

    fn grade(&self) -> Grade {
        Grade::Document
    }

    fn recognises(&self, source: &Source<'_>) -> bool {
        registry_policy::looks_like(source.bytes)
    }

    fn redact(&self, bytes: &[u8]) -> Option<Redaction> {
        redact_default_password(bytes)
    }

    fn read(&self, source: &Source<'_>, sink: &mut FactSink<'_>) -> Result<(), ReadError> {
        let file = registry_policy::parse(source.bytes).map_err(|err| ReadError {
            message: "unreadable-registry-policy",
            locator: Locator::Whole,
            detail: err.to_string(),
        })?;
        let Some(subject) = state_origin(source, Grade::Document, sink) else {
            return Err(ReadError {
                message: "unreadable-no-name",
                locator: Locator::Whole,
                detail: source.name.to_owned(),
            });
        };
        for error in &file.errors {
            sink.refuse(Locator::Byte(error.offset), "refused-bad-record", &error.problem.to_string());
        }
        let folders = source.name.to_lowercase();
        let hive = if folders.contains("/user/") { Hive::User } else { Hive::Machine };
        for record in &file.records {
            match record.action {
                Action::Set | Action::SetIfAbsent => {
                    let path = format!("{}\\{}", hive.name(), record.key);
                    registry_value(&path, &record.name, &record.value, Locator::Byte(record.offset), &subject, sink);
                }
                // Deletions leave Windows' own default in force, which this file does not state.
                Action::DeleteValue
                | Action::DeleteAllValues
                | Action::DeleteListedValues
                | Action::DeleteListedKeys
                | Action::SecureKey => sink.leave_unused(),
            }
        }
        Ok(())
    }
}

/// States the fact that the dictionary has for this registry value, if it has one.
pub(crate) fn registry_value(
    path: &str,
    name: &str,
    value: &RegValue,
    locator: Locator,
    subject: &Subject,
    sink: &mut FactSink<'_>,
) {
    if name.eq_ignore_ascii_case("DefaultPassword") {
        sink.say(subject, "policy.default_password_present", FactValue::Bool(true), locator);
        return sink.accept();
    }
    let Some(definition) = sink.dictionary().by_registry(path, name) else { return sink.leave_unused() };
    let number = match value {
        RegValue::Dword(number) => Some(i64::from(*number)),
        RegValue::Qword(number) => i64::try_from(*number).ok(),
        RegValue::Text(text) => text.trim().parse().ok(),
        RegValue::MultiText(_) | RegValue::Binary(_) | RegValue::None(_) => None,
    };
    let fact = match (definition.fact_type, number, value) {
        (FactType::Integer, Some(number), _) => FactValue::Integer(number),
        (FactType::Bool, Some(number), _) => FactValue::Bool(number != 0),
        (FactType::Text, _, RegValue::Text(text)) => FactValue::Text(text.clone()),
        (FactType::Text, Some(number), _) => FactValue::Text(number.to_string()),
        (FactType::List, _, RegValue::MultiText(items)) => FactValue::list(items),
        _ => return sink.refuse(locator, "refused-not-a-number", &format!("{path}!{name}")),
    };
    sink.say_key(subject, definition.id, fact, locator);
    sink.accept();
}

/// Blanks the content of values named `DefaultPassword`, in place.
fn redact_default_password(bytes: &[u8]) -> Option<Redaction> {
    let file = registry_policy::parse(bytes).ok()?;
    let mut stored = bytes.to_vec();
    let mut struck = Vec::new();
    for record in file.records.iter().filter(|record| record.name.eq_ignore_ascii_case("DefaultPassword")) {
        let start = usize::try_from(record.offset).ok()?;
        let units = |text: &str| (text.encode_utf16().count() + 1) * 2;
        // `[` key `;` name `;` type(4) `;` size(4) `;` content `]`
        let size_at = start + 2 + units(&record.key) + 2 + units(&record.name) + 2 + 4 + 2;
        let size = stored.get(size_at..size_at + 4).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes)?;
        let content_at = size_at + 4 + 2;
        let end = content_at.checked_add(usize::try_from(size).ok()?)?;
        stored.get_mut(content_at..end)?.fill(0);
        struck.push(Struck { what: "DefaultPassword".to_owned(), locator: Locator::Byte(record.offset) });
    }
    (!struck.is_empty()).then_some(Redaction { bytes: stored, struck })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn a_default_password_in_a_policy_is_blanked_in_place() {
        let secret = utf16("hunter2\0");
        let mut bytes = b"PReg\x01\0\0\0".to_vec();
        bytes.extend(utf16("[SOFTWARE\\Winlogon\0;DefaultPassword\0;"));
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend(utf16(";"));
        bytes.extend(u32::try_from(secret.len()).unwrap().to_le_bytes());
        bytes.extend(utf16(";"));
        bytes.extend(&secret);
        bytes.extend(utf16("]"));
        let redaction = redact_default_password(&bytes).unwrap();
        assert_eq!(redaction.bytes.len(), bytes.len());
        assert!(!redaction.bytes.windows(secret.len()).any(|window| window == secret));
        assert!(registry_policy::parse(&redaction.bytes).unwrap().errors.is_empty());
    }
}

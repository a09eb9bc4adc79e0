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
    if is_password(name) {
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

/// Name of the value that holds a password for logging on at start-up.
const SECRET_NAME: &str = "DefaultPassword";

/// `DefaultPassword`, `AltDefaultPassword`.
fn is_password(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with("defaultpassword")
}

/// Blanks the content of values named `DefaultPassword`, in place. The name is looked for in the bytes, so that neither a
/// `**soft.` before it nor a damaged record saves the secret.
fn redact_default_password(bytes: &[u8]) -> Option<Redaction> {
    let mut stored = bytes.to_vec();
    let mut struck = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let secret = find_secret(bytes, at).and_then(|range| stored.get_mut(range));
        if let Some(secret) = secret.filter(|secret| secret.iter().any(|byte| *byte != 0)) {
            secret.fill(0);
            let offset = u64::try_from(at).unwrap_or(u64::MAX);
            struck.push(Struck { what: SECRET_NAME.to_owned(), locator: Locator::Byte(offset) });
        }
        at += 1;
    }
    (!struck.is_empty()).then_some(Redaction { bytes: stored, struck })
}

/// Where the content of the value lies whose name stands at `at`: name `;` type(4) `;` size(4) `;` content. Where this cannot
/// be told, everything behind the name.
fn find_secret(bytes: &[u8], at: usize) -> Option<std::ops::Range<usize>> {
    let mut end = at;
    for expected in SECRET_NAME.bytes() {
        let [low, 0] = bytes.get(end..end + 2)? else { return None };
        if !low.eq_ignore_ascii_case(&expected) {
            return None;
        }
        end += 2;
    }
    let is_at = |place: usize, unit: u8| bytes.get(place..place + 2) == Some(&[unit, 0]);
    if is_at(end, 0) {
        end += 2;
    }
    if !is_at(end, b';') {
        return None;
    }
    let size_at = end + 2 + 4 + 2;
    let content_at = size_at + 4 + 2;
    if !is_at(end + 6, b';') || !is_at(size_at + 4, b';') {
        return Some(end..bytes.len());
    }
    let size = bytes.get(size_at..size_at + 4)?.try_into().map(u32::from_le_bytes).ok()?;
    let content_end = content_at.saturating_add(usize::try_from(size).ok()?);
    Some(content_at..content_end.min(bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    /// A record `[key;name;1;size;content]`.
    fn record(name: &str, content: &str) -> Vec<u8> {
        let content = utf16(content);
        let mut bytes = utf16(&format!("[SOFTWARE\\Winlogon\0;{name}\0;"));
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend(utf16(";"));
        bytes.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
        bytes.extend(utf16(";"));
        bytes.extend(content);
        bytes.extend(utf16("]"));
        bytes
    }

    fn policy(records: &[Vec<u8>]) -> Vec<u8> {
        [b"PReg\x01\0\0\0".to_vec(), records.concat()].concat()
    }

    fn holds(bytes: &[u8], text: &str) -> bool {
        let text = utf16(text);
        bytes.windows(text.len()).any(|window| window == text)
    }

    #[test]
    fn a_default_password_in_a_policy_is_blanked_in_place() {
        for name in ["DefaultPassword", "defaultpassword", "**soft.DefaultPassword"] {
            let bytes = policy(&[record(name, "hunter2\0"), record("Shell", "explorer\0")]);
            let redaction = redact_default_password(&bytes).unwrap();
            assert_eq!((redaction.bytes.len(), redaction.struck.len()), (bytes.len(), 1), "{name}");
            assert!(!holds(&redaction.bytes, "hunter2") && holds(&redaction.bytes, "explorer"), "{name}");
            let read = registry_policy::parse(&redaction.bytes).unwrap();
            assert_eq!((read.errors.len(), read.records.len()), (0, 2));
            assert_eq!(redact_default_password(&redaction.bytes), None, "nothing is left to strike");
        }
    }

    #[test]
    fn a_damaged_record_does_not_save_the_password() {
        let whole = policy(&[record("DefaultPassword", "hunter2\0")]);
        for cut in 1..=4 {
            let redaction = redact_default_password(&whole[..whole.len() - cut]).unwrap();
            assert!(!holds(&redaction.bytes, "hunter"), "{cut}");
        }
        let behind_damage = policy(&[b"[".to_vec(), record("DefaultPassword", "hunter2\0")]);
        assert!(!holds(&redact_default_password(&behind_damage).unwrap().bytes, "hunter"));
    }

    #[test]
    fn a_deletion_and_another_name_hold_no_password() {
        let bytes = policy(&[
            record("**DeleteValues", "DefaultPassword\0"),
            record("DefaultPasswordHint", "x\0"),
            record("DefaultPassword", ""),
        ]);
        assert_eq!(redact_default_password(&bytes), None);
    }
}

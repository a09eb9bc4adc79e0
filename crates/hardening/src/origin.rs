//! Whose settings a file holds: a GPO's (what was intended) or a machine's (what is in force).

use base::{ContentHash, Date, FactValue, Grade, Locator, Subject, SubjectKind};
use evidence::{FactSink, Source};
use formats::gpo_backup;

/// The folder of a GPO backup inside a name: everything up to and with `{GUID}`, and the GUID.
fn backup_folder(name: &str) -> Option<(&str, &str)> {
    let mut end = 0;
    for component in name.split('/') {
        let begin = end;
        end += component.len();
        if is_guid(component) {
            return Some((name.get(..end)?, name.get(begin..end)?));
        }
        end += 1;
    }
    None
}

/// `{8-4-4-4-12}` hexadecimal digits.
fn is_guid(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) else { return false };
    let lengths: Vec<usize> = inner.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && inner.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

/// States whose settings these are, and returns the subject. `effective` is the grade of a file that lies outside a backup.
pub(crate) fn state_origin(source: &Source<'_>, effective: Grade, sink: &mut FactSink<'_>) -> Option<Subject> {
    let (subject, layer, grade, name) = match backup_folder(source.name) {
        Some((folder, guid)) => {
            let about = source
                .neighbours
                .find(&format!("{folder}/bkupInfo.xml"))
                .and_then(|bytes| gpo_backup::parse_backup(&bytes).ok());
            let made_on =
                about.as_ref().and_then(|about| about.backup_time.as_ref()).and_then(|found| day_of(&found.text));
            if let Some(day) = made_on {
                sink.observed_at(day.start_jst());
            }
            let name = about.and_then(|about| about.display_name).map_or_else(|| guid.to_owned(), |found| found.text);
            (Subject::new(SubjectKind::Policy, guid.to_uppercase()).ok()?, "intended", Grade::Document, name)
        }
        None => {
            let file = source.name.rsplit('/').next().unwrap_or(source.name);
            let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
            if is_unexpanded(stem) {
                sink.refuse(Locator::Whole, "refused-name-not-expanded", stem);
            }
            let stem = name_of_machine(stem, source.bytes);
            // The template of a GPO says what was intended, wherever it was copied to.
            let effective = if file.eq_ignore_ascii_case("GptTmpl.inf") { Grade::Document } else { effective };
            let layer = if effective == Grade::Machine { "effective" } else { "intended" };
            (Subject::new(SubjectKind::Policy, stem.as_str()).ok()?, layer, effective, stem)
        }
    };
    sink.graded(grade);
    sink.say(&subject, "policy.name", FactValue::Text(name), Locator::Whole);
    sink.say(&subject, "policy.layer", FactValue::Text(layer.to_owned()), Locator::Whole);
    Some(subject)
}

/// File names that do not tell whose settings they hold.
const NAMELESS: [&str; 9] =
    ["secedit", "gpttmpl", "registry", "audit", "auditpol", "policy", "security", "export", "settings"];

/// What administrators write behind the name of the machine, to tell its files apart.
const KINDS_OF_FILE: [&str; 6] = ["secedit", "auditpol", "audit", "gpresult", "security", "export"];

/// The name under which a file's settings are filed: its own, which an administrator gives after the machine. Two machines must
/// never share a name, or the good one would hide the bad one; so a file with a name that tells nothing is filed by its content.
fn name_of_machine(stem: &str, bytes: &[u8]) -> String {
    let bare = stem.trim_matches(['_', '-', '.', ' ']).to_lowercase();
    if NAMELESS.contains(&bare.as_str()) || is_unexpanded(stem) {
        return format!("{stem} {}", ContentHash::of(bytes).short());
    }
    without_kind(stem).to_owned()
}

/// `DC01_secedit` → `DC01`. A domain stays: `DC01` of two domains is two machines.
pub(crate) fn without_kind(stem: &str) -> &str {
    let cut = KINDS_OF_FILE.iter().find_map(|kind| {
        let at = stem.len().checked_sub(kind.len())?;
        let (name, end) = (stem.get(..at)?, stem.get(at..)?);
        let name = name.strip_suffix(['_', '-', '.', ' '])?;
        (end.eq_ignore_ascii_case(kind) && !name.is_empty()).then_some(name)
    });
    cut.unwrap_or(stem)
}

/// Whether a shell left a variable as it was written: then every machine makes a file of this name.
fn is_unexpanded(stem: &str) -> bool {
    let stem = stem.to_lowercase();
    stem.contains("%computername%") || stem.contains("$env") || stem.contains("$(") || stem.contains("${")
}

/// The day of `2016-12-09T15:16:54`.
fn day_of(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_machines_with_nameless_files_stay_apart() {
        for name in
            ["secedit", "%COMPUTERNAME%_secedit", "$env:COMPUTERNAME_audit", "$($env_COMPUTERNAME)_secedit", "_secedit"]
        {
            assert_ne!(name_of_machine(name, b"a"), name_of_machine(name, b"b"), "{name}");
        }
        assert_ne!(name_of_machine("DC01.a.local_secedit", b"a"), name_of_machine("DC01.b.local_secedit", b"a"));
    }

    #[test]
    fn every_file_of_a_machine_is_filed_under_the_machine() {
        for name in ["DC01", "DC01_secedit", "DC01-audit", "DC01.AUDITPOL", "DC01_gpresult"] {
            assert_eq!(name_of_machine(name, b"a"), "DC01", "{name}");
        }
        for name in ["受付PC", "PC_security2", "DC01secedit"] {
            assert_eq!(name_of_machine(name, b"a"), name);
        }
    }

    #[test]
    fn the_backup_folder_is_found_wherever_it_lies() {
        let guid = "{A2A38432-E322-437F-9975-B7CC7F16F4AA}";
        let name = format!("gpo/Windows/{guid}/DomainSysvol/GPO/Machine/registry.pol");
        assert_eq!(backup_folder(&name), Some((format!("gpo/Windows/{guid}").as_str(), guid)));
        assert_eq!(backup_folder("secedit/DC01.inf"), None);
        assert_eq!(backup_folder("{not-a-guid}/x"), None);
    }
}

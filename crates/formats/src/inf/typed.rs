//! Typed values of the sections that matter.

use super::{Entry, InfFile, LineError, LineProblem, RegValue, unquote};

/// One line of `[System Access]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Name as the file has it, for example `LockoutBadCount`.
    pub name: String,
    /// Its value.
    pub value: SettingValue,
    /// Line, from 1.
    pub line: u32,
}

/// Value of a [`Setting`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingValue {
    /// A number; -1 in `LockoutDuration` and `MaximumPasswordAge` means "for ever".
    Number(i64),
    /// Anything else, without quotes.
    Text(String),
}

/// One line of `[Registry Values]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryValue {
    /// Key with the hive: `HKLM\Software\…`.
    pub path: String,
    /// Value name; empty for the default value.
    pub name: String,
    /// Content.
    pub value: RegValue,
    /// Line, from 1.
    pub line: u32,
}

impl RegistryValue {
    /// `HKLM\key!name`, the form in which the fact dictionary names places.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{}!{}", self.path, self.name)
    }
}

/// One line of `[Privilege Rights]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivilegeRight {
    /// Name of the right, for example `SeDebugPrivilege`.
    pub name: String,
    /// Who holds it; empty means nobody.
    pub members: Vec<Member>,
    /// Line, from 1.
    pub line: u32,
}

/// Who holds a right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Member {
    /// Security identifier, without the `*` of the file.
    Sid(String),
    /// A name, where Windows could not resolve it or the administrator wrote it so.
    Name(String),
}

impl Member {
    /// The identifier or the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Sid(text) | Self::Name(text) => text,
        }
    }
}

impl InfFile {
    /// `[System Access]`: password, lockout and account settings.
    #[must_use]
    pub fn system_access(&self) -> Vec<Setting> {
        self.entries("System Access").map(read_setting).collect()
    }

    /// `[Registry Values]`: what could be read, and the lines that could not.
    #[must_use]
    pub fn registry_values(&self) -> (Vec<RegistryValue>, Vec<LineError>) {
        let (mut values, mut errors) = (Vec::new(), Vec::new());
        for entry in self.entries("Registry Values") {
            match read_registry_value(entry) {
                Ok(value) => values.push(value),
                Err(problem) => errors.push(LineError { line: entry.line, problem }),
            }
        }
        (values, errors)
    }

    /// `[Privilege Rights]`: who may do what.
    #[must_use]
    pub fn privilege_rights(&self) -> Vec<PrivilegeRight> {
        self.entries("Privilege Rights").map(read_right).collect()
    }
}

fn read_setting(entry: &Entry) -> Setting {
    let number = entry.value.parse().map(SettingValue::Number);
    let value = number.unwrap_or_else(|_| SettingValue::Text(unquote(&entry.value)));
    Setting { name: entry.key.clone(), value, line: entry.line }
}

fn read_right(entry: &Entry) -> PrivilegeRight {
    let members = entry.value.split(',').map(|member| unquote(member.trim())).filter(|member| !member.is_empty());
    let members = members.map(|member| match member.strip_prefix('*') {
        Some(sid) => Member::Sid(sid.to_owned()),
        None => Member::Name(member),
    });
    PrivilegeRight { name: entry.key.clone(), members: members.collect(), line: entry.line }
}

fn read_registry_value(entry: &Entry) -> Result<RegistryValue, LineProblem> {
    let (path, name) = split_path(&entry.key).ok_or(LineProblem::NoRegistryPath)?;
    let (kind, content) = entry.value.split_once(',').unwrap_or((&entry.value, ""));
    let content = content.trim();
    let value = match kind.trim() {
        "1" | "2" => RegValue::Text(unquote(content)),
        "3" => RegValue::Binary(read_bytes(content)?),
        "4" => RegValue::Dword(read_dword(content)?),
        "7" => RegValue::MultiText(split_list(content)),
        other => return Err(LineProblem::RegistryType { found: shorten(other) }),
    };
    Ok(RegistryValue { path: with_hive(path), name: name.to_owned(), value, line: entry.line })
}

/// Splits key and value name. A doubled backslash begins a value name that holds backslashes itself
/// (`HardenedPaths\\\*\NETLOGON`).
fn split_path(path: &str) -> Option<(&str, &str)> {
    path.split_once("\\\\")
        .map_or_else(|| path.rsplit_once('\\'), |(key, _)| Some((key, path.get(key.len() + 1..).unwrap_or_default())))
}

fn with_hive(path: &str) -> String {
    const HIVES: [(&str, &str); 3] = [("MACHINE", "HKLM"), ("USERS", "HKU"), ("CLASSES_ROOT", "HKCR")];
    let (head, rest) = path.split_once('\\').unwrap_or((path, ""));
    let hive = HIVES.iter().find(|(name, _)| head.eq_ignore_ascii_case(name)).map_or(head, |(_, hive)| hive);
    if rest.is_empty() { hive.to_owned() } else { format!("{hive}\\{rest}") }
}

/// A negative number stands for the same 32 bits.
fn read_dword(content: &str) -> Result<u32, LineProblem> {
    let text = unquote(content);
    let bits = text.parse::<u32>().or_else(|_| text.parse::<i32>().map(i32::cast_unsigned));
    bits.map_err(|_| LineProblem::Number { found: shorten(content) })
}

/// Bytes separated by commas: decimal, or all hexadecimal if one of them is not decimal.
fn read_bytes(content: &str) -> Result<Vec<u8>, LineProblem> {
    let parts: Vec<&str> = content.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let decimal: Result<Vec<u8>, _> = parts.iter().map(|part| part.parse::<u8>()).collect();
    let bytes = decimal.or_else(|_| parts.iter().map(|part| u8::from_str_radix(part, 16)).collect());
    bytes.map_err(|_| LineProblem::Number { found: shorten(content) })
}

/// Commas separate; a comma inside quotes is part of a text (`secedit` writes it as `","`).
fn split_list(content: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in content.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => parts.push(String::new()),
            _ => parts.iter_mut().last().into_iter().for_each(|part| part.push(c)),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::inf::{MAX_LINES, ParseInfError, looks_like, parse};

    fn registry(line: &str) -> Result<RegistryValue, LineProblem> {
        let file = parse(format!("[Registry Values]\r\n{line}\r\n").as_bytes()).unwrap();
        let (mut values, mut errors) = file.registry_values();
        values.pop().ok_or_else(|| errors.pop().unwrap().problem)
    }

    #[test]
    fn a_quoted_descriptor_keeps_its_semicolons_and_colons() {
        let value = registry(r#"MACHINE\System\Lsa\RestrictRemoteSAM=1,"O:BAG:BAD:(A;;RC;;;BA)""#).unwrap();
        assert_eq!(value.place(), r"HKLM\System\Lsa!RestrictRemoteSAM");
        assert_eq!(value.value, RegValue::Text("O:BAG:BAD:(A;;RC;;;BA)".to_owned()));
        assert_eq!(value.line, 2);
    }

    #[test]
    fn every_registry_type_is_read() {
        assert_eq!(registry(r"MACHINE\a\b=4,2147483648").unwrap().value, RegValue::Dword(1 << 31));
        assert_eq!(registry(r"machine\a\b=4,-1").unwrap().value, RegValue::Dword(u32::MAX));
        assert_eq!(registry(r"MACHINE\a\b=3,0,1,255").unwrap().value, RegValue::Binary(vec![0, 1, 255]));
        assert_eq!(registry(r"MACHINE\a\b=3,0,ff").unwrap().value, RegValue::Binary(vec![0, 255]));
        let list = RegValue::MultiText(vec!["a;x".to_owned(), "b,c".to_owned()]);
        assert_eq!(registry(r#"MACHINE\a\b=7,a;x,b",""#.to_owned().as_str()).unwrap().path, r"HKLM\a");
        assert_eq!(registry(r#"MACHINE\a\b=7,a;x,b","c"#).unwrap().value, list);
    }

    #[test]
    fn a_value_name_may_hold_backslashes() {
        let value = registry(r#"MACHINE\Soft\HardenedPaths\\\*\NETLOGON=1,"x=1""#).unwrap();
        assert_eq!(value.place(), r"HKLM\Soft\HardenedPaths!\\*\NETLOGON");
    }

    #[test]
    fn a_bad_registry_line_costs_only_itself() {
        assert_eq!(registry(r"MACHINE\a\b=4,x"), Err(LineProblem::Number { found: "x".to_owned() }));
        assert_eq!(registry(r"MACHINE\a\b=9,1"), Err(LineProblem::RegistryType { found: "9".to_owned() }));
        assert_eq!(registry("nothing=4,1"), Err(LineProblem::NoRegistryPath));
    }

    #[test]
    fn comments_are_whole_lines_and_bad_lines_are_kept_as_errors() {
        let file = parse(
            b"stray\n; note\n[System Access]\n;x=1\nNewGuestName = \"Visitor\"\nLockoutDuration = -1\nbad\n[open\n",
        );
        let file = file.unwrap();
        let settings = file.system_access();
        assert_eq!(settings[0].value, SettingValue::Text("Visitor".to_owned()));
        assert_eq!((settings[1].value.clone(), settings[1].line), (SettingValue::Number(-1), 6));
        let errors: Vec<String> = file.errors.iter().map(ToString::to_string).collect();
        expect_test::expect![[r"
            line 1: it stands before the first [section]
            line 7: it has no =
            line 8: the section name is not closed with ]"]]
        .assert_eq(&errors.join("\n"));
    }

    #[test]
    fn rights_keep_identifiers_and_names() {
        let file = parse("[privilege rights]\nSeTcbPrivilege =\nSeX = *S-1-5-19, 保守業者\n".as_bytes()).unwrap();
        let rights = file.privilege_rights();
        assert_eq!(rights[0].members, []);
        assert_eq!(rights[1].members, [Member::Sid("S-1-5-19".to_owned()), Member::Name("保守業者".to_owned())]);
    }

    #[test]
    fn services_are_listed_without_an_equals_sign() {
        let file = parse(b"[Service General Setting]\n\"Spooler\",4,\"D:(A;;CC;;;SY)\"\n").unwrap();
        let entry = file.entries("service general setting").next().unwrap();
        assert_eq!((entry.key.as_str(), entry.value.as_str()), ("Spooler", "4,\"D:(A;;CC;;;SY)\""));
    }

    #[test]
    fn one_line_above_the_limit_is_not_read() {
        let text = format!("[System Access]\n{}", "a=1\n".repeat(MAX_LINES));
        let file = parse(text.as_bytes()).unwrap();
        assert_eq!(file.system_access().len(), MAX_LINES - 1);
        assert_eq!(file.errors[0].problem, LineProblem::TooManyLines);
    }

    #[test]
    fn a_text_without_sections_is_no_policy() {
        assert_eq!(parse(b""), Err(ParseInfError::NoSection));
        assert!(!looks_like(b"[Setup]\na=b\n"));
        assert!(looks_like(b"[Unicode]\r\nUnicode=yes\r\n[System Access]\r\n"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn parsing_never_panics(text in "(\\[Registry Values\\]|\\[Privilege Rights\\])\n([A-Z\\\\]{0,9}=?[0-9]?,?[\"a;,=あ\n]{0,9}){0,6}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
            if let Ok(file) = parse(text.as_bytes()) {
                let _ = (file.system_access(), file.registry_values(), file.privilege_rights());
            }
        }
    }
}

//! Audit policy: `auditpol /backup` and the `audit.csv` of a group policy.
//!
//! Names and headers are in the language of that Windows, so columns are read by position, subcategories by GUID and
//! settings by number.

use crate::delimited::{Record, Records};
use crate::text::Units;

/// Longest file that is read.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Most rows that are read.
pub const MAX_ROWS: usize = 20_000;

const TARGET: usize = 1;
const SUBCATEGORY: usize = 2;
const GUID: usize = 3;
const SETTING: usize = 6;

/// A file as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFile {
    /// One row for each subcategory.
    pub rows: Vec<AuditRow>,
    /// Rows that could not be used.
    pub errors: Vec<RowError>,
    /// Rows without a GUID: options such as `CrashOnAuditFail`, which are no subcategories.
    pub options: usize,
}

/// What is recorded for one subcategory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// GUID in braces, in capitals.
    pub guid: String,
    /// Name in the language of that Windows; for people only.
    pub subcategory: String,
    /// `System`, or the account the row is about.
    pub target: String,
    /// 0 nothing, 1 success, 2 failure, 3 both.
    pub setting: u8,
    /// Line, from 1.
    pub line: u32,
}

/// Why the whole file is not read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseAuditError {
    /// Longer than [`MAX_BYTES`].
    #[error("audit.csv has {bytes} bytes; at most {MAX_BYTES} are read")]
    TooLong {
        /// Length found.
        bytes: usize,
    },
    /// No row holds a GUID in the fourth column.
    #[error("no row has the GUID of an audit subcategory in its fourth column")]
    NoSubcategory,
}

/// One row that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct RowError {
    /// Line, from 1.
    pub line: u32,
    /// What is wrong with it.
    pub problem: RowProblem,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowProblem {
    /// Fewer than seven columns.
    #[error("{found} columns; an audit row has 7")]
    ColumnCount {
        /// Columns found.
        found: usize,
    },
    /// The fourth column is no GUID.
    #[error("column 4: {found:?} is no GUID")]
    Guid {
        /// What was found, cut to 60 characters.
        found: String,
    },
    /// The seventh column is no setting.
    #[error("column 7: {found:?} is none of 0, 1, 2, 3")]
    Setting {
        /// What was found, cut to 60 characters.
        found: String,
    },
    /// More than [`MAX_ROWS`].
    #[error("more than {MAX_ROWS} rows; the rest was not read")]
    TooManyRows,
}

/// Whether one of the first rows holds a GUID in its fourth and a setting in its seventh column.
#[must_use]
pub fn looks_like(bytes: &[u8]) -> bool {
    let units = Units::new(bytes.get(..bytes.len().min(64 * 1024)).unwrap_or_default());
    Records::new(units, b',').take(10).any(|record| read_row(&record, &units).is_ok_and(|row| row.is_some()))
}

/// Reads an audit policy. The first row is the header, whatever its language.
///
/// # Errors
/// [`ParseAuditError`] if the file is too long or holds no subcategory at all.
pub fn parse(bytes: &[u8]) -> Result<AuditFile, ParseAuditError> {
    if bytes.len() > MAX_BYTES {
        return Err(ParseAuditError::TooLong { bytes: bytes.len() });
    }
    let units = Units::new(bytes);
    let mut file = AuditFile::default();
    for (index, record) in Records::new(units, b',').enumerate() {
        if index > MAX_ROWS {
            file.errors.push(RowError { line: record.line, problem: RowProblem::TooManyRows });
            break;
        }
        match read_row(&record, &units) {
            Ok(Some(row)) => file.rows.push(row),
            Err(_) if index == 0 => {}
            Ok(None) => file.options += 1,
            Err(problem) => file.errors.push(RowError { line: record.line, problem }),
        }
    }
    if file.rows.is_empty() { Err(ParseAuditError::NoSubcategory) } else { Ok(file) }
}

fn read_row(record: &Record, units: &Units<'_>) -> Result<Option<AuditRow>, RowProblem> {
    let column = |index: usize| record.fields.get(index).map(|field| field.text(units));
    let found = record.fields.len();
    let guid = column(GUID).ok_or(RowProblem::ColumnCount { found })?;
    let setting = column(SETTING).ok_or(RowProblem::ColumnCount { found })?;
    if guid.is_empty() {
        return Ok(None);
    }
    if !is_guid(&guid) {
        return Err(RowProblem::Guid { found: shorten(&guid) });
    }
    let setting = read_setting(setting.trim()).ok_or_else(|| RowProblem::Setting { found: shorten(&setting) })?;
    Ok(Some(AuditRow {
        guid: guid.to_ascii_uppercase(),
        subcategory: column(SUBCATEGORY).unwrap_or_default(),
        target: column(TARGET).unwrap_or_default(),
        setting,
        line: record.line,
    }))
}

/// A group policy may also write 4, which switches recording off; that is the same as 0 here (unverified).
fn read_setting(text: &str) -> Option<u8> {
    match text.parse() {
        Ok(setting @ 0..=3) => Some(setting),
        Ok(4) => Some(0),
        Ok(_) | Err(_) => None,
    }
}

/// `{8-4-4-4-12}` hexadecimal digits in braces.
fn is_guid(text: &str) -> bool {
    let inner = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let lengths = inner.map(|inner| inner.split('-').map(str::len).collect::<Vec<_>>());
    lengths.is_some_and(|lengths| lengths == [8, 4, 4, 4, 12])
        && inner.is_some_and(|inner| inner.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit()))
}

fn shorten(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::encode_cp932;

    const JAPANESE: &str = "コンピューター名,ポリシー ターゲット,サブカテゴリ,サブカテゴリ GUID,包含の設定,除外の設定,設定の値\r\n\
        PC01,システム,資格情報の確認,{0cce923f-69ae-11d9-bed3-505054503030},成功および失敗,,3\r\n\
        PC01,システム,ログオン,{0cce9215-69ae-11d9-bed3-505054503030},監査なし,,0\r\n\
        PC01,,Option:CrashOnAuditFail,,無効,,0\r\n\
        PC01,システム,壊れた行,{0cce9215},成功,,1\r\n\
        PC01,システム,壊れた行,{0cce9216-69ae-11d9-bed3-505054503030},成功,,成功\r\n\
        PC01,短い\r\n";

    #[test]
    fn a_japanese_file_is_read_by_position_and_guid() {
        let file = parse(&encode_cp932(JAPANESE).0).unwrap();
        let rows: Vec<_> = file.rows.iter().map(|row| (row.guid.as_str(), row.setting, row.line)).collect();
        assert_eq!(
            rows,
            [("{0CCE923F-69AE-11D9-BED3-505054503030}", 3, 2), ("{0CCE9215-69AE-11D9-BED3-505054503030}", 0, 3)]
        );
        assert_eq!(file.rows[0].subcategory, "資格情報の確認");
        assert_eq!(file.options, 1);
        let errors: Vec<String> = file.errors.iter().map(ToString::to_string).collect();
        expect_test::expect![[r#"
            line 5: column 4: "{0cce9215}" is no GUID
            line 6: column 7: "成功" is none of 0, 1, 2, 3
            line 7: 2 columns; an audit row has 7"#]]
        .assert_eq(&errors.join("\n"));
    }

    #[test]
    fn another_table_is_no_audit_policy() {
        assert!(!looks_like(b"a,b,c,d,e,f,g\n1,2,3,4,5,6,7\n"));
        assert_eq!(parse(b"a,b\n"), Err(ParseAuditError::NoSubcategory));
        assert!(looks_like(&encode_cp932(JAPANESE).0));
    }

    #[test]
    fn a_file_cut_anywhere_gives_an_answer() {
        let bytes = encode_cp932(JAPANESE).0;
        for length in 0..bytes.len() {
            let _ = parse(&bytes[..length]);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn parsing_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = (parse(&bytes), looks_like(&bytes));
        }
    }
}

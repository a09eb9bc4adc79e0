//! Directory exports: `Get-ADUser` and `Get-ADComputer` through `Export-Csv`, and what `csvde` writes.
//!
//! Columns may come in any order and are found by their attribute names, which no Windows translates. Such a file can hold
//! passwords: call [`redact`] on the bytes before anything else sees them.

mod moment;
mod redact;
mod sheet;

pub use moment::Moment;
pub use redact::{holds_password_hint, redact};
use sheet::{Cells, read_sheet};

/// Longest file that is read.
pub const MAX_BYTES: usize = 256 * 1024 * 1024;
/// Most rows that are read.
pub const MAX_ROWS: usize = 500_000;
/// Most columns a header may have.
pub const MAX_COLUMNS: usize = 1000;

/// `userAccountControl` of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountControl(pub u32);

impl AccountControl {
    /// The flags by the names Microsoft gives them.
    pub const FLAGS: [(u32, &'static str); 14] = [
        (0x2, "ACCOUNTDISABLE"),
        (0x10, "LOCKOUT"),
        (0x20, "PASSWD_NOTREQD"),
        (0x80, "ENCRYPTED_TEXT_PWD_ALLOWED"),
        (0x200, "NORMAL_ACCOUNT"),
        (0x1000, "WORKSTATION_TRUST_ACCOUNT"),
        (0x2000, "SERVER_TRUST_ACCOUNT"),
        (0x1_0000, "DONT_EXPIRE_PASSWORD"),
        (0x4_0000, "SMARTCARD_REQUIRED"),
        (0x8_0000, "TRUSTED_FOR_DELEGATION"),
        (0x10_0000, "NOT_DELEGATED"),
        (0x20_0000, "USE_DES_KEY_ONLY"),
        (0x40_0000, "DONT_REQ_PREAUTH"),
        (0x100_0000, "TRUSTED_TO_AUTH_FOR_DELEGATION"),
    ];

    const fn has(self, flag: u32) -> bool {
        self.0 & flag != 0
    }

    /// Names of the flags that are set, in the order of [`Self::FLAGS`].
    #[must_use]
    pub fn flag_names(self) -> Vec<&'static str> {
        Self::FLAGS.iter().filter(|(flag, _)| self.has(*flag)).map(|(_, name)| *name).collect()
    }

    /// The account is switched off.
    #[must_use]
    pub const fn is_disabled(self) -> bool {
        self.has(0x2)
    }

    /// The account may have no password.
    #[must_use]
    pub const fn password_not_required(self) -> bool {
        self.has(0x20)
    }

    /// The password is stored so that it can be read back.
    #[must_use]
    pub const fn password_reversible(self) -> bool {
        self.has(0x80)
    }

    /// The password never expires.
    #[must_use]
    pub const fn password_never_expires(self) -> bool {
        self.has(0x1_0000)
    }

    /// The computer is a domain controller.
    #[must_use]
    pub const fn is_domain_controller(self) -> bool {
        self.has(0x2000)
    }

    /// The account may act as any user towards any service (unconstrained delegation).
    #[must_use]
    pub const fn trusted_for_delegation(self) -> bool {
        self.has(0x8_0000)
    }

    /// The account may not be delegated.
    #[must_use]
    pub const fn not_delegated(self) -> bool {
        self.has(0x10_0000)
    }

    /// The account takes DES keys only.
    #[must_use]
    pub const fn des_only(self) -> bool {
        self.has(0x20_0000)
    }

    /// Kerberos pre-authentication is not asked for.
    #[must_use]
    pub const fn preauth_not_required(self) -> bool {
        self.has(0x40_0000)
    }
}

/// What user and computer rows have in common. A field is `None` if its column is missing or its cell is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Account {
    /// Line on which the row begins, from 1.
    pub line: u32,
    /// `SamAccountName`; of a computer it ends with `$`.
    pub sam_account_name: Option<String>,
    /// `Name` or, without it, `DisplayName`.
    pub name: Option<String>,
    /// `DistinguishedName`.
    pub distinguished_name: Option<String>,
    /// `SID` or `objectSid`.
    pub sid: Option<String>,
    /// `Enabled`, else taken from `userAccountControl`.
    pub enabled: Option<bool>,
    /// `userAccountControl`.
    pub account_control: Option<AccountControl>,
    /// `adminCount` is above 0: the account is or was privileged.
    pub admin_count: Option<bool>,
    /// `primaryGroupID`: 513 users, 515 computers, 516 domain controllers.
    pub primary_group_id: Option<u32>,
    /// `MemberOf`: distinguished names, which the export joined with `;`. `None` also if PowerShell wrote the name of a type.
    pub member_of: Option<Vec<String>>,
    /// `ServicePrincipalNames`, joined with `;` or spaces.
    pub service_principal_names: Option<Vec<String>>,
    /// `Description`, unless it looks like it holds a password.
    pub description: Option<String>,
    /// `Description` looks like it holds a password.
    pub description_holds_password: bool,
    /// `pwdLastSet` or `PasswordLastSet`.
    pub password_last_set: Option<Moment>,
    /// `lastLogonTimestamp`, `LastLogonDate` or `lastLogon`; the first may be two weeks late.
    pub last_logon: Option<Moment>,
    /// `whenCreated`.
    pub created: Option<Moment>,
}

/// One user.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct User {
    /// What every account has.
    pub account: Account,
    /// `UserPrincipalName`.
    pub user_principal_name: Option<String>,
    /// `PasswordNeverExpires`, else taken from `userAccountControl`.
    pub password_never_expires: Option<bool>,
}

/// One computer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Computer {
    /// What every account has.
    pub account: Account,
    /// `DNSHostName`.
    pub dns_host_name: Option<String>,
    /// `OperatingSystem`.
    pub operating_system: Option<String>,
    /// `OperatingSystemVersion`: `10.0 (19045)`.
    pub operating_system_version: Option<String>,
    /// `IPv4Address`.
    pub ipv4_address: Option<String>,
    /// When the password LAPS set expires: the later of the old and the new LAPS. `None`: no LAPS, or not exported, see
    /// [`Computers::has_laps_column`].
    pub laps_expires: Option<Moment>,
}

/// Users of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Users {
    /// In the order of the file.
    pub rows: Vec<User>,
    /// Rows and cells that could not be used.
    pub errors: Vec<CellError>,
}

/// Computers of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Computers {
    /// In the order of the file.
    pub rows: Vec<Computer>,
    /// Rows and cells that could not be used.
    pub errors: Vec<CellError>,
    /// One of the two columns with the expiry of a LAPS password was exported.
    pub has_laps_column: bool,
}

/// Why the whole file is not read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseDirectoryError {
    /// Longer than [`MAX_BYTES`].
    #[error("directory export has {bytes} bytes; at most {MAX_BYTES} are read")]
    TooLong {
        /// Length found.
        bytes: usize,
    },
    /// More than [`MAX_COLUMNS`].
    #[error("the header has {found} columns; at most {MAX_COLUMNS} are read")]
    TooManyColumns {
        /// Columns found.
        found: usize,
    },
    /// The header names neither `SamAccountName` nor `DistinguishedName`, or the file is empty.
    #[error("the header names neither SamAccountName nor DistinguishedName")]
    NoAccountColumn,
}

/// One row or cell that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct CellError {
    /// Line on which the row begins, from 1.
    pub line: u32,
    /// What is wrong.
    pub problem: CellProblem,
}

/// What is wrong with a row or a cell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CellProblem {
    /// Another number of columns than the header; the row was not used.
    #[error("{found} columns, but the header has {expected}")]
    ColumnCount {
        /// Columns of the header.
        expected: usize,
        /// Columns found.
        found: usize,
    },
    /// The row names no account; it was not used.
    #[error("neither SamAccountName nor DistinguishedName is filled in")]
    NoAccount,
    /// A cell that should hold a number, a date or a truth value; only the cell was not used.
    #[error("column {column:?}: {found:?} is no {expected}")]
    Value {
        /// Name of the column.
        column: &'static str,
        /// What should stand there.
        expected: &'static str,
        /// What was found, cut to 40 characters.
        found: String,
    },
    /// More than [`MAX_ROWS`]; the rest was not read.
    #[error("more than {MAX_ROWS} rows; the rest was not read")]
    TooManyRows,
}

/// What a directory export is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectoryKind {
    /// Users.
    Users,
    /// Computers.
    Computers,
}

/// Tells users from computers by the header; `None` if it is no directory export. Reads at most the first 64 KiB.
#[must_use]
pub fn recognise(bytes: &[u8]) -> Option<DirectoryKind> {
    let header = sheet::read_header(bytes.get(..bytes.len().min(64 * 1024)).unwrap_or_default())?;
    let has = |name: &str| header.iter().any(|column| column.eq_ignore_ascii_case(name));
    if !has("SamAccountName") && !has("DistinguishedName") {
        return None;
    }
    let own = ["OperatingSystem", "OperatingSystemVersion", "DNSHostName", "ms-Mcs-AdmPwdExpirationTime"];
    if own.into_iter().any(has) {
        return Some(DirectoryKind::Computers);
    }
    let own =
        ["UserPrincipalName", "pwdLastSet", "userAccountControl", "SID", "objectSid", "PasswordLastSet", "Enabled"];
    own.into_iter().any(has).then_some(DirectoryKind::Users)
}

/// Reads an export of users.
///
/// # Errors
/// [`ParseDirectoryError`] if the file is too long or no directory export.
pub fn parse_users(bytes: &[u8]) -> Result<Users, ParseDirectoryError> {
    let mut users = Users::default();
    let errors = read_sheet(bytes, |cells| {
        let account = read_account(cells);
        let flag = account.account_control.map(AccountControl::password_never_expires);
        users.rows.push(User {
            user_principal_name: cells.text("UserPrincipalName"),
            password_never_expires: cells.truth("PasswordNeverExpires").or(flag),
            account,
        });
    })?;
    users.errors = errors;
    Ok(users)
}

const LAPS_COLUMNS: [&str; 2] = ["ms-Mcs-AdmPwdExpirationTime", "msLAPS-PasswordExpirationTime"];

/// Reads an export of computers.
///
/// # Errors
/// [`ParseDirectoryError`] if the file is too long or no directory export.
pub fn parse_computers(bytes: &[u8]) -> Result<Computers, ParseDirectoryError> {
    let mut computers = Computers::default();
    let errors = read_sheet(bytes, |cells| {
        let account = read_account(cells);
        let mut expiries = LAPS_COLUMNS.iter().filter_map(|column| cells.moment(column)).collect::<Vec<_>>();
        expiries.sort_unstable();
        computers.has_laps_column |= LAPS_COLUMNS.iter().any(|column| cells.has(column));
        computers.rows.push(Computer {
            dns_host_name: cells.text("DNSHostName"),
            operating_system: cells.text("OperatingSystem"),
            operating_system_version: cells.text("OperatingSystemVersion"),
            ipv4_address: cells.text("IPv4Address"),
            laps_expires: expiries.pop(),
            account,
        });
    })?;
    computers.errors = errors;
    Ok(computers)
}

fn read_account(cells: &mut Cells<'_>) -> Account {
    let account_control = cells.number("userAccountControl").map(AccountControl);
    let description = cells.text("Description");
    let description_holds_password =
        description.as_deref().is_some_and(|text| text == redact::STRUCK_DESCRIPTION || holds_password_hint(text));
    Account {
        line: cells.line(),
        sam_account_name: cells.text("SamAccountName"),
        name: cells.text("Name").or_else(|| cells.text("DisplayName")),
        distinguished_name: cells.text("DistinguishedName"),
        sid: cells.text("SID").or_else(|| cells.text("objectSid")),
        enabled: cells.truth("Enabled").or_else(|| account_control.map(|control| !control.is_disabled())),
        account_control,
        admin_count: cells.number("adminCount").map(|count| count > 0),
        primary_group_id: cells.number("primaryGroupID"),
        member_of: cells.list("MemberOf", &[';']),
        service_principal_names: cells
            .list("ServicePrincipalNames", &[';', ' '])
            .or_else(|| cells.list("servicePrincipalName", &[';', ' '])),
        description: description.filter(|_| !description_holds_password),
        description_holds_password,
        password_last_set: cells.moment("pwdLastSet").or_else(|| cells.moment("PasswordLastSet")),
        last_logon: cells
            .moment("lastLogonTimestamp")
            .or_else(|| cells.moment("LastLogonDate"))
            .or_else(|| cells.moment("lastLogon")),
        created: cells.moment("whenCreated").or_else(|| cells.moment("Created")),
    }
}

#[cfg(test)]
mod tests;

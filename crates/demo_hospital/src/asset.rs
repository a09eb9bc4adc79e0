//! One asset of an imaginary site, with everything the ledger, the scan and the directory say about it.

use base::Date;

/// A listening port as a scan reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Port {
    /// TCP port.
    pub(crate) number: u16,
    /// Service name.
    pub(crate) service: &'static str,
    /// Product and version, if the scan could tell; empty otherwise.
    pub(crate) product: &'static str,
    /// Version; empty if unknown.
    pub(crate) version: &'static str,
    /// CPE in the 2.2 form; empty if unknown.
    pub(crate) cpe: &'static str,
}

/// What runs on the asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Platform {
    /// Operating system; empty if it has none of its own.
    pub(crate) os: &'static str,
    /// Version of the operating system.
    pub(crate) os_version: &'static str,
    /// Firmware product; empty if none is listed.
    pub(crate) firmware: &'static str,
    /// Firmware version.
    pub(crate) firmware_version: &'static str,
    /// End of support as the maker published it, `YYYY-MM-DD`; empty if the maker names none, then three years from today.
    pub(crate) supported_until: &'static str,
}

/// State of the antivirus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Antivirus {
    /// Whether it is on.
    pub(crate) enabled: bool,
    /// Date of the definitions.
    pub(crate) definition_on: Date,
}

/// One asset. Texts are in the words the ledger uses.
#[derive(Debug, Clone)]
pub(crate) struct Asset {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) hostname: String,
    pub(crate) ip: String,
    pub(crate) mac: String,
    pub(crate) class: &'static str,
    pub(crate) role: &'static str,
    pub(crate) clinical: bool,
    pub(crate) location: String,
    pub(crate) department: &'static str,
    pub(crate) owner: &'static str,
    pub(crate) vendor: &'static str,
    pub(crate) maker: &'static str,
    pub(crate) model: &'static str,
    pub(crate) platform: Platform,
    pub(crate) end_of_support: Date,
    pub(crate) accepted_by: &'static str,
    pub(crate) antivirus: Option<Antivirus>,
    pub(crate) verified_on: Date,
    pub(crate) outside: &'static str,
    pub(crate) remote_maintenance: bool,
    pub(crate) effect: &'static str,
    pub(crate) substitute: &'static str,
    pub(crate) mds_on: Option<Date>,
    pub(crate) custody: &'static str,
    pub(crate) local_admin: &'static str,
    pub(crate) mfa: Option<bool>,
    pub(crate) auto_logon: Option<bool>,
    pub(crate) in_directory: bool,
    pub(crate) ports: &'static [Port],
}

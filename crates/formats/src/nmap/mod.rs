//! Network scans written by `nmap -oX`.
//!
//! A scan says what was *seen*: "up" alone proves nothing when the user told nmap to assume it (`-Pn`). Start with [`parse`]
//! and [`Host::observed`]. DOCTYPE and stylesheet are skipped, entities of the document are never expanded.

mod reader;

use base::UtcSeconds;

pub use reader::parse;

/// How large a scan may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size of the file, in bytes.
    pub bytes: u64,
    /// Number of hosts.
    pub hosts: usize,
    /// Ports listed in all hosts together.
    pub ports: usize,
    /// Elements inside each other.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 256 << 20, hosts: 131_072, ports: 2_000_000, depth: 64 }
    }
}

/// One scan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scan {
    /// Program that wrote the file (`nmap`, `masscan`).
    pub scanner: String,
    /// Its version.
    pub version: String,
    /// Command line.
    pub arguments: String,
    /// When the scan began.
    pub started_at: Option<UtcSeconds>,
    /// When the scan ended; `None` also if it was broken off.
    pub finished_at: Option<UtcSeconds>,
    /// Hosts in file order.
    pub hosts: Vec<Host>,
    /// What could not be read.
    pub problems: Vec<ScanProblem>,
}

/// One scanned host.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Host {
    /// `/nmaprun/host[3]`
    pub path: String,
    /// `up`, `down` or `unknown`; empty if the file does not say.
    pub status: String,
    /// Why nmap says so: `arp-response`, `echo-reply`, `user-set` …
    pub reason: String,
    /// Whether anything answered: a reason that is an answer, a MAC address, or an open port.
    pub observed: bool,
    /// When the scan of this host ended, else when it began.
    pub seen_at: Option<UtcSeconds>,
    /// Addresses in file order.
    pub addresses: Vec<Address>,
    /// Names with where they came from (`PTR`, `user`).
    pub hostnames: Vec<HostName>,
    /// Listed ports.
    pub ports: Vec<Port>,
    /// Ports that are only counted.
    pub extra_ports: Vec<ExtraPorts>,
    /// Guesses about the operating system, best first as nmap writes them.
    pub os_matches: Vec<OsMatch>,
}

/// Kind of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressKind {
    /// IPv4
    V4,
    /// IPv6
    V6,
    /// MAC, as `aa:bb:cc:dd:ee:ff`
    Mac,
}

/// One address of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Kind.
    pub kind: AddressKind,
    /// The address in its normal form.
    pub text: String,
    /// Maker of the network card, from the MAC address; empty if unknown.
    pub vendor: String,
}

/// One name of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostName {
    /// The name as found.
    pub name: String,
    /// `PTR` (from DNS) or `user` (typed by the user).
    pub kind: String,
}

/// One listed port.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Port {
    /// `/nmaprun/host[3]/ports/port[2]`
    pub path: String,
    /// `tcp`, `udp`, `sctp`
    pub protocol: String,
    /// Port number.
    pub number: u16,
    /// `open`, `closed`, `filtered`, `open|filtered` …
    pub state: String,
    /// Why nmap says so.
    pub reason: String,
    /// What answers there, if nmap says anything about it.
    pub service: Option<Service>,
}

impl Port {
    /// True if something accepted a connection or answered. `open|filtered` is not open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == "open"
    }
}

/// How nmap came to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ServiceMethod {
    /// Looked up by port number: a guess.
    #[default]
    Table,
    /// The service was asked: a finding.
    Probed,
}

/// A service behind a port.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Service {
    /// Protocol name, such as `ssh`.
    pub name: String,
    /// Product; empty if unknown.
    pub product: String,
    /// Version as the banner has it; not always a number. Empty if unknown.
    pub version: String,
    /// Further words of the banner.
    pub extra: String,
    /// Host name the service told.
    pub hostname: String,
    /// Operating system family the service told.
    pub os_type: String,
    /// Device type the service told (`firewall`, `print server` …).
    pub device_type: String,
    /// How nmap came to it.
    pub method: ServiceMethod,
    /// CPE names in the form of the file (2.2: `cpe:/a:vendor:product:version`).
    pub cpes: Vec<String>,
}

/// Ports that are only counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraPorts {
    /// Their state.
    pub state: String,
    /// How many.
    pub count: u32,
}

/// One guess about the operating system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OsMatch {
    /// `/nmaprun/host[3]/os/osmatch[1]`
    pub path: String,
    /// Name of the guess.
    pub name: String,
    /// 0..=100 percent.
    pub accuracy: u8,
    /// CPE names of its classes.
    pub cpes: Vec<String>,
}

/// Something in a scan that could not be read; the rest was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanProblem {
    /// XML path of the element.
    pub path: String,
    /// What is wrong.
    pub reason: ScanProblemReason,
}

/// What is wrong with a part of a scan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScanProblemReason {
    /// The file ends before its root element does; the last host may be incomplete and was left out.
    #[error("file ends before the scan does")]
    Truncated,
    /// The XML is malformed from here on.
    #[error("xml is malformed from here on: {found}")]
    Malformed {
        /// What the reader says.
        found: String,
    },
    /// An attribute that must be there is missing or makes no sense.
    #[error("attribute {name} has the value {found:?}")]
    BadAttribute {
        /// Name of the attribute.
        name: &'static str,
        /// Its value; empty if missing.
        found: String,
    },
    /// Too many hosts; the rest was left out.
    #[error("more than {limit} hosts, the rest was left out")]
    TooManyHosts {
        /// The limit.
        limit: usize,
    },
    /// Too many ports; the rest was left out.
    #[error("more than {limit} ports, the rest was left out")]
    TooManyPorts {
        /// The limit.
        limit: usize,
    },
    /// Elements lie too deep inside each other; reading stopped.
    #[error("elements lie more than {limit} deep, reading stopped")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// Bytes that mean no character.
    #[error("{places} places hold bytes that mean no character")]
    Unreadable {
        /// How many places.
        places: usize,
    },
}

/// A file is no scan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseScanError {
    /// The file is too large.
    #[error("scan of {found} bytes is above {limit} bytes")]
    TooLarge {
        /// Size found.
        found: u64,
        /// The limit.
        limit: u64,
    },
    /// The root element is not `nmaprun`.
    #[error("root element is {found:?}, not nmaprun")]
    NotNmap {
        /// Name found; empty if there is no element.
        found: String,
    },
}

/// True if the bytes begin like an nmap scan.
#[must_use]
pub fn looks_like_nmap(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(4_096)).unwrap_or_default();
    let has = |needle: &[u8]| head.windows(needle.len()).any(|window| window == needle);
    has(b"<nmaprun")
}

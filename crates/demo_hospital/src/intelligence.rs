//! Small lists in the shapes of the public ones: known exploited vulnerabilities and ends of support.
//!
//! Only products whose version decides are listed, so that a healthy asset is never named by its product alone.

use base::Date;
use serde_json::json;

use crate::{DemoError, DemoFile};

const EXPLOITED_PATH: &str = "intel/known_exploited_vulnerabilities.json";

/// id, vendor, product, name, added, due, used by ransomware.
type Exploited = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const EXPLOITED: [Exploited; 4] = [
    ("CVE-2018-13379", "Fortinet", "FortiOS", "SSL VPN path traversal", "2021-11-03", "2022-05-03", "Known"),
    (
        "CVE-2023-4966",
        "Citrix",
        "NetScaler ADC and NetScaler Gateway",
        "buffer overflow",
        "2023-10-18",
        "2023-11-08",
        "Known",
    ),
    ("CVE-2024-1709", "ConnectWise", "ScreenConnect", "authentication bypass", "2024-02-22", "2024-02-29", "Known"),
    (
        "CVE-2024-21887",
        "Ivanti",
        "Connect Secure and Policy Secure",
        "command injection",
        "2024-01-10",
        "2024-01-22",
        "Unknown",
    ),
];

/// The lists, as published three days before `today`.
///
/// # Errors
/// [`DemoError::Json`] if the list cannot be written.
pub(crate) fn files(today: Date) -> Result<Vec<DemoFile>, DemoError> {
    Ok(vec![
        DemoFile::new(EXPLOITED_PATH, exploited(today.plus_days(-3))?),
        DemoFile::new("intel/fortios.md", front_matter("FortiOS", "cpe:2.3:o:fortinet:fortios", FORTIOS)),
        DemoFile::new("intel/windows.md", front_matter("Microsoft Windows", "cpe:2.3:o:microsoft:windows", WINDOWS)),
        DemoFile::new("intel/windows-server.md", front_matter("Microsoft Windows Server", "", WINDOWS_SERVER)),
    ])
}

fn exploited(released_on: Date) -> Result<Vec<u8>, DemoError> {
    let entries: Vec<_> = EXPLOITED
        .iter()
        .map(|(id, vendor, product, name, added, due, ransomware)| {
            json!({
                "cveID": id, "vendorProject": vendor, "product": product,
                "vulnerabilityName": format!("{product} {name}"), "dateAdded": added,
                "shortDescription": format!("{product}: {name}."),
                "requiredAction": "Update to a fixed version, or take the product out of use.",
                "dueDate": due, "knownRansomwareCampaignUse": ransomware, "notes": "", "cwes": [],
            })
        })
        .collect();
    let list = json!({
        "title": "Known exploited vulnerabilities (small list for the demonstration)",
        "catalogVersion": released_on.to_string().replace('-', "."),
        "dateReleased": format!("{released_on}T09:00:00.0000Z"),
        "count": entries.len(),
        "vulnerabilities": entries,
    });
    serde_json::to_vec_pretty(&list).map_err(|source| DemoError::Json { path: EXPLOITED_PATH, source })
}

/// cycle, released, end of active support, end of support, latest (empty: none given).
type Release = (&'static str, &'static str, &'static str, &'static str, &'static str);

const FORTIOS: &[Release] = &[
    ("7.6", "2024-07-25", "2028-07-25", "2030-01-25", ""),
    ("7.4", "2023-05-11", "2027-05-11", "2028-11-11", ""),
    ("7.0", "2021-03-30", "2024-03-30", "2025-09-30", ""),
    ("6.0", "2018-03-29", "2021-03-29", "2022-09-29", ""),
];

const WINDOWS: &[Release] = &[
    ("11-25h2-e", "2025-09-30", "2028-10-10", "2028-10-10", "10.0.26200"),
    ("11-25h2-w", "2025-09-30", "2027-10-12", "2027-10-12", "10.0.26200"),
    ("10-22h2", "2022-10-18", "2025-10-14", "2025-10-14", "10.0.19045"),
    ("7-sp1", "2011-02-22", "2015-01-13", "2020-01-14", "6.1.7601"),
];

const WINDOWS_SERVER: &[Release] = &[
    ("2025", "2024-11-01", "2029-11-13", "2034-11-14", "10.0.26100"),
    ("2022", "2021-08-18", "2026-10-13", "2031-10-14", "10.0.20348"),
    ("2012-R2", "2013-11-25", "2018-10-09", "2023-10-10", "6.3.9600"),
];

fn front_matter(title: &str, cpe: &str, releases: &[Release]) -> String {
    let identifiers = if cpe.is_empty() { String::new() } else { format!("identifiers:\n  - cpe: {cpe}\n\n") };
    let releases: Vec<String> = releases.iter().map(release).collect();
    format!("---\ntitle: {title}\ncategory: os\n\n{identifiers}releases:\n{}---\n", releases.join("\n"))
}

fn release((cycle, released, active, end, latest): &Release) -> String {
    let latest = if latest.is_empty() { String::new() } else { format!("    latest: {latest}\n") };
    format!("  - releaseCycle: \"{cycle}\"\n    releaseDate: {released}\n    eoas: {active}\n    eol: {end}\n{latest}")
}

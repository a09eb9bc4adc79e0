//! Scans: what was seen is kept, what was only assumed is not taken for seen.

use formats::nmap::{
    AddressKind, Limits, ParseScanError, Scan, ScanProblemReason, ServiceMethod, looks_like_nmap, parse,
};
use proptest::prelude::*;

use crate::samples::sample;

const SCAN: &str = r#"<?xml version="1.0"?>
<!DOCTYPE nmaprun [<!ENTITY evil "boom">]>
<?xml-stylesheet href="file:///nmap.xsl" type="text/xsl"?>
<nmaprun scanner="nmap" args="nmap &#45;sV" start="1795172084" version="7.93">
<hosthint><status state="up" reason="arp-response"/><address addr="10.0.0.9" addrtype="ipv4"/></hosthint>
<host starttime="1795172085" endtime="1795172091"><status state="up" reason="user-set"/>
<address addr="10.0.0.1" addrtype="ipv4"/><address addr="AA:BB:CC:DD:EE:01" addrtype="mac" vendor="医療機器 &evil;"/>
<hostnames><hostname name="ct01.local" type="PTR"/></hostnames>
<ports><extraports state="closed" count="98"/><port protocol="tcp" portid="22"><state state="open" reason="syn-ack"/>
<service name="ssh" product="OpenSSH" version="8.1" method="probed"><cpe>cpe:/a:openbsd:openssh:8.1</cpe></service></port>
<port protocol="tcp" portid="70000"><state state="open"/></port>
<port protocol="udp" portid="161"><state state="open|filtered" reason="no-response"/><service name="snmp" method="table"/></port></ports>
<os><osmatch name="Linux 5" accuracy="95"><osclass><cpe>cpe:/o:linux:linux_kernel:5</cpe></osclass></osmatch></os></host>
<host><status state="up" reason="user-set"/><address addr="10.0.0.2" addrtype="ipv4"/>
<ports><port protocol="tcp" portid="80"><state state="closed" reason="conn-refused"/></port></ports></host>
<host><status state="up" reason="echo-reply"/><address addr="fe80::1" addrtype="ipv6"/></host>
<host><status state="down" reason="no-response"/><address addr="10.0.0.4" addrtype="ipv4"/></host>
<runstats><finished time="1795172099"/></runstats>
</nmaprun>"#;

fn scan(text: &str) -> Scan {
    parse(text.as_bytes(), &Limits::default()).unwrap()
}

#[test]
fn a_scan_is_read_with_its_places() {
    let scan = scan(SCAN);
    assert!(looks_like_nmap(SCAN.as_bytes()));
    assert_eq!((scan.arguments.as_str(), scan.finished_at.unwrap().0), ("nmap -sV", 1_795_172_099));
    let host = &scan.hosts[0];
    assert_eq!(host.path, "/nmaprun/host[1]");
    assert_eq!(host.addresses[1].kind, AddressKind::Mac);
    assert_eq!(host.addresses[1].text, "aa:bb:cc:dd:ee:01");
    assert_eq!(host.addresses[1].vendor, "", "an entity of the document is never expanded");
    assert_eq!(host.hostnames[0].name, "ct01.local");
    assert_eq!(host.extra_ports[0].count, 98);
    assert_eq!(host.ports[1].path, "/nmaprun/host[1]/ports/port[3]");
    assert!(!host.ports[1].is_open());
    let service = host.ports[0].service.as_ref().unwrap();
    assert_eq!((service.method, service.cpes[0].as_str()), (ServiceMethod::Probed, "cpe:/a:openbsd:openssh:8.1"));
    assert_eq!((host.os_matches[0].accuracy, host.os_matches[0].cpes.len()), (95, 1));
    assert_eq!(scan.problems.len(), 1, "{:?}", scan.problems);
    assert_eq!(scan.problems[0].path, "/nmaprun/host[1]/ports/port[2]");
}

#[test]
fn up_by_assumption_is_not_observed() {
    let observed: Vec<bool> = scan(SCAN).hosts.iter().map(|host| host.observed).collect();
    assert_eq!(observed, [true, false, true, false]);
}

#[test]
fn a_truncated_scan_keeps_the_complete_hosts() {
    let cut = SCAN.find("fe80::1").unwrap();
    let scan = scan(&SCAN[..cut]);
    assert_eq!(scan.hosts.len(), 2);
    assert!(matches!(
        scan.problems.last().unwrap().reason,
        ScanProblemReason::Truncated | ScanProblemReason::Malformed { .. }
    ));
}

#[test]
fn limits_leave_out_the_rest_and_say_so() {
    let limits = Limits { hosts: 1, ports: 1, ..Limits::default() };
    let scan = parse(SCAN.as_bytes(), &limits).unwrap();
    assert_eq!((scan.hosts.len(), scan.hosts[0].ports.len()), (1, 1));
    assert_eq!(scan.problems.len(), 3, "{:?}", scan.problems);
    let deep = format!("<nmaprun>{}", "<a>".repeat(70));
    let scan = parse(deep.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(scan.problems[0].reason, ScanProblemReason::TooDeep { limit: 64 });
    let small = Limits { bytes: 5, ..limits };
    assert!(matches!(parse(SCAN.as_bytes(), &small), Err(ParseScanError::TooLarge { .. })));
}

#[test]
fn another_root_is_no_scan() {
    for text in ["", "text", "<html/>", "<a><nmaprun/></a>"] {
        assert!(matches!(parse(text.as_bytes(), &Limits::default()), Err(ParseScanError::NotNmap { .. })), "{text}");
    }
}

#[test]
fn a_scan_cut_at_any_byte_never_panics() {
    for end in 0..SCAN.len() {
        let _ = parse(&SCAN.as_bytes()[..end], &Limits::default());
    }
}

#[test]
fn a_scan_of_a_whole_network_that_assumed_every_host_observed_none() {
    let Some(bytes) = sample("nmap/nmap_24.xml") else { return };
    let scan = parse(&bytes, &Limits::default()).unwrap();
    assert_eq!(scan.hosts.len(), 256);
    assert!(scan.hosts.iter().all(|host| host.status == "up" && !host.observed));
    assert!(scan.problems.is_empty());
    assert!(scan.arguments.contains("--top-ports"));
}

#[test]
fn services_and_ports_of_real_scans_are_read() {
    let Some(bytes) = sample("nmap/nmap_services.xml") else { return };
    let host = parse(&bytes, &Limits::default()).unwrap().hosts.remove(0);
    let versions: Vec<String> = host
        .ports
        .iter()
        .filter(|port| port.is_open())
        .filter_map(|port| port.service.as_ref())
        .map(|service| format!("{} {} {:?}", service.product, service.version, service.method))
        .collect();
    assert_eq!(versions, ["vsftpd 3.0.3 Probed", "OpenSSH for_Windows_8.1 Probed", "SimpleHTTPServer 0.6 Probed"]);
    assert!(host.observed);
    let Some(bytes) = sample("nmap/nmap_allports.xml") else { return };
    let host = parse(&bytes, &Limits::default()).unwrap().hosts.remove(0);
    let open: Vec<u16> = host.ports.iter().filter(|port| port.is_open()).map(|port| port.number).collect();
    assert_eq!((open, host.extra_ports[0].count), (vec![21, 22, 8080], 65_532));
    let Some(bytes) = sample("nmap/nmap_localhost.xml") else { return };
    let host = parse(&bytes, &Limits::default()).unwrap().hosts.remove(0);
    assert_eq!((host.ports.len(), host.os_matches.len(), host.extra_ports.len()), (6, 0, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_changed_scan_never_panics(changes in proptest::collection::vec((0_usize..3_000, any::<u8>()), 1..10)) {
        let mut bytes = SCAN.as_bytes().to_vec();
        for (at, byte) in changes {
            let length = bytes.len();
            bytes[at % length] = byte;
        }
        let _ = parse(&bytes, &Limits::default());
    }
}

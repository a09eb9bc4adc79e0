//! nmap.

use std::path::{Path, PathBuf};

use crate::fixture::{Said, read};

fn sample(name: &str) -> Option<Said> {
    #[expect(clippy::disallowed_methods, reason = "tests find the samples by this variable")]
    let named = std::env::var("MAMORI_SAMPLES");
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let folder = named.map_or_else(|_| beside(), PathBuf::from);
    let path = folder.join("nmap").join(name);
    let Ok(bytes) = std::fs::read(&path) else {
        println!("SKIPPED: sample nmap/{name} is missing");
        return None;
    };
    Some(read(name, &bytes))
}

#[test]
fn addresses_that_did_not_answer_are_no_assets() {
    let Some(said) = sample("nmap_24.xml") else { return };
    assert_eq!((said.importer, said.facts.len(), said.accepted), ("nmap_xml", 0, 0));
    assert!(said.observed_at.is_some());
}

#[test]
fn services_of_a_real_scan_are_read_with_their_ports() {
    let Some(said) = sample("nmap_services.xml") else { return };
    assert!(said.accepted >= 1);
    let ports = said.of("asset.open_ports");
    assert!(!ports[0].is_empty() && ports[0].split('|').all(|port| port.ends_with("/tcp")), "{ports:?}");
    assert!(said.of("asset.services")[0].split('|').all(|one| !one.contains("  ")), "no empty words");
    assert_eq!(said.of("asset.seen_on_network"), ["true"]);
}

#[test]
fn a_host_is_known_by_its_name_else_by_its_address() {
    let xml = r#"<?xml version="1.0"?><nmaprun scanner="nmap" start="1795000000">
        <host><status state="up" reason="arp-response"/><address addr="10.0.0.5" addrtype="ipv4"/>
          <address addr="00:11:22:AA:BB:CC" addrtype="mac"/><hostnames><hostname name="EHR01.example.local" type="PTR"/></hostnames>
          <ports><port protocol="tcp" portid="3389"><state state="open" reason="syn-ack"/><service name="ms-wbt-server"/></port>
          <port protocol="tcp" portid="22"><state state="closed" reason="reset"/></port></ports></host>
        <host><status state="up" reason="echo-reply"/><address addr="10.0.0.6" addrtype="ipv4"/></host>
        <host><status state="up" reason="user-set"/><address addr="10.0.0.7" addrtype="ipv4"/></host>
        <host><status state="down" reason="no-response"/><address addr="10.0.0.8" addrtype="ipv4"/></host></nmaprun>"#;
    let said = read("scan.xml", xml.as_bytes());
    said.expect("asset:hostname/ehr01 asset.mac=00:11:22:aa:bb:cc @path:");
    said.expect("asset:hostname/ehr01 asset.open_ports=3389/tcp");
    said.expect("asset:hostname/ehr01 asset.services=ms-wbt-server 3389/tcp");
    said.expect("asset:ip/10.0.0.6 asset.seen_on_network=true");
    assert_eq!(said.accepted, 2, "told to be up and down are nothing seen: {said:#?}");
    assert_eq!(said.observed_at, Some(base::UtcSeconds(1_795_000_000)));
}

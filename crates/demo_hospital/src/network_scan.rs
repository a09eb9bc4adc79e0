//! A network scan as nmap 7.93 writes it in XML.

use std::fmt::Write as _;

use base::Date;

use crate::asset::{Asset, Port};

/// A machine on the network that may or may not be in the ledger.
pub(crate) struct Seen<'a> {
    pub(crate) ip: &'a str,
    pub(crate) mac: &'a str,
    /// Full name; empty if the name server knows none.
    pub(crate) hostname: String,
    pub(crate) ports: &'a [Port],
}

impl<'a> Seen<'a> {
    /// What a scan of a listed asset finds.
    pub(crate) fn asset(asset: &'a Asset, domain: &str) -> Self {
        let hostname = format!("{}.{domain}", asset.hostname.to_ascii_lowercase());
        Self { ip: &asset.ip, mac: &asset.mac, hostname, ports: asset.ports }
    }
}

/// The scan of `seen`, begun at 21:00 (Japan) on `scanned_on`.
pub(crate) fn xml<'a>(network: &str, scanned_on: Date, seen: impl ExactSizeIterator<Item = Seen<'a>>) -> String {
    let count = seen.len();
    let start = scanned_on.start_jst().0 + 21 * 3600;
    let end = start + 60 + i64::try_from(count).unwrap_or(0);
    let clock = format!("{scanned_on} 21:00:00");
    let arguments = format!("nmap -sS -sV -oX 院内スキャン.xml {network}");
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE nmaprun>\n\
         <?xml-stylesheet href=\"file:///usr/bin/../share/nmap/nmap.xsl\" type=\"text/xsl\"?>\n\
         <!-- Nmap 7.93 scan initiated {clock} as: nmap -sS -sV {network} -->\n\
         <nmaprun scanner=\"nmap\" args=\"{arguments}\" start=\"{start}\" startstr=\"{clock}\" version=\"7.93\" \
         xmloutputversion=\"1.05\">\n\
         <scaninfo type=\"syn\" protocol=\"tcp\" numservices=\"1000\" services=\"1-1000\"/>\n\
         <verbose level=\"0\"/>\n<debugging level=\"0\"/>\n"
    );
    for machine in seen {
        push_host(&mut text, &machine, start, end);
    }
    let _ = write!(
        text,
        "<runstats><finished time=\"{end}\" timestr=\"{clock}\" summary=\"Nmap done; {count} hosts up\" \
         elapsed=\"{}\" exit=\"success\"/><hosts up=\"{count}\" down=\"0\" total=\"{count}\"/>\n</runstats>\n</nmaprun>\n",
        end - start
    );
    text
}

fn push_host(text: &mut String, machine: &Seen<'_>, start: i64, end: i64) {
    let _ = write!(
        text,
        "<host starttime=\"{start}\" endtime=\"{end}\"><status state=\"up\" reason=\"arp-response\" reason_ttl=\"0\"/>\n\
         <address addr=\"{}\" addrtype=\"ipv4\"/>\n<address addr=\"{}\" addrtype=\"mac\"/>\n<hostnames>\n",
        machine.ip, machine.mac
    );
    if !machine.hostname.is_empty() {
        let _ = writeln!(text, "<hostname name=\"{}\" type=\"PTR\"/>", machine.hostname);
    }
    let closed = 1000_usize.saturating_sub(machine.ports.len());
    let _ = write!(
        text,
        "</hostnames>\n<ports><extraports state=\"filtered\" count=\"{closed}\">\n\
         <extrareasons reason=\"no-response\" count=\"{closed}\"/>\n</extraports>\n"
    );
    for port in machine.ports {
        push_port(text, port);
    }
    text.push_str("</ports>\n</host>\n");
}

fn push_port(text: &mut String, port: &Port) {
    let _ = write!(
        text,
        "<port protocol=\"tcp\" portid=\"{}\"><state state=\"open\" reason=\"syn-ack\" reason_ttl=\"128\"/>\
         <service name=\"{}\"",
        port.number, port.service
    );
    if port.product.is_empty() {
        text.push_str(" method=\"table\" conf=\"3\"/>");
    } else {
        let _ = write!(
            text,
            " product=\"{}\" version=\"{}\" method=\"probed\" conf=\"10\"><cpe>{}</cpe></service>",
            port.product, port.version, port.cpe
        );
    }
    text.push_str("</port>\n");
}

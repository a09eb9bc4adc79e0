//! nmap XML: what answered on the network.

use base::{FactValue, Grade, Locator, Subject, SubjectKind, Text};
use evidence::{FactSink, Importer, ReadError, Source};
use formats::nmap::{self, AddressKind, Host};
use formats::scalar::normalise_hostname;

/// Reads nmap's XML output.
#[derive(Debug)]
pub(crate) struct NetworkScan;

impl Importer for NetworkScan {
    fn id(&self) -> &'static str {
        "nmap_xml"
    }

    fn label(&self) -> Text {
        Text { ja: "ネットワークスキャン（nmap XML）".to_owned(), en: "network scan (nmap XML)".to_owned() }
    }

    fn grade(&self) -> Grade {
        Grade::Machine
    }

    fn recognises(&self, source: &Source<'_>) -> bool {
        nmap::looks_like_nmap(source.bytes)
    }

    fn read(&self, source: &Source<'_>, sink: &mut FactSink<'_>) -> Result<(), ReadError> {
        let scan = nmap::parse(source.bytes, &nmap::Limits::default()).map_err(|err| ReadError {
            message: "unreadable-xml",
            locator: Locator::Whole,
            detail: err.to_string(),
        })?;
        if let Some(at) = scan.started_at {
            sink.observed_at(at);
        }
        for problem in &scan.problems {
            sink.refuse(Locator::Path(problem.path.clone()), "refused-bad-record", &problem.reason.to_string());
        }
        for host in &scan.hosts {
            read_host(host, sink);
        }
        Ok(())
    }
}

fn read_host(host: &Host, sink: &mut FactSink<'_>) {
    let place = || Locator::Path(host.path.clone());
    // An address that nmap was told to take as up proves nothing.
    if !host.observed {
        return sink.leave_unused();
    }
    let hostname = host.hostnames.first().and_then(|name| normalise_hostname(&name.name));
    let addresses = |mac: bool| {
        host.addresses
            .iter()
            .filter(move |address| (address.kind == AddressKind::Mac) == mac)
            .map(|address| &address.text)
    };
    let id = match (&hostname, addresses(false).next()) {
        (Some(name), _) => format!("hostname/{name}"),
        (None, Some(address)) => format!("ip/{address}"),
        (None, None) => return sink.refuse(place(), "refused-no-identity", ""),
    };
    let Ok(subject) = Subject::new(SubjectKind::Asset, id) else {
        return sink.refuse(place(), "refused-no-identity", "");
    };
    sink.say(&subject, "asset.seen_on_network", FactValue::Bool(true), place());
    if let Some(name) = hostname {
        sink.say(&subject, "asset.hostname", FactValue::Text(name), place());
    }
    sink.say(&subject, "asset.ip", FactValue::list(addresses(false)), place());
    if addresses(true).next().is_some() {
        sink.say(&subject, "asset.mac", FactValue::list(addresses(true)), place());
    }
    let open: Vec<_> = host.ports.iter().filter(|port| port.is_open()).collect();
    let ports = open.iter().map(|port| format!("{}/{}", port.number, port.protocol));
    sink.say(&subject, "asset.open_ports", FactValue::list(ports), place());
    let services = open.iter().filter_map(|port| {
        let service = port.service.as_ref()?;
        let words = [service.name.as_str(), service.product.as_str(), service.version.as_str()];
        let words: Vec<&str> = words.into_iter().map(str::trim).filter(|word| !word.is_empty()).collect();
        (!words.is_empty()).then(|| format!("{} {}/{}", words.join(" "), port.number, port.protocol))
    });
    sink.say(&subject, "asset.services", FactValue::list(services), place());
    sink.accept();
}

//! The streaming reader: one pass, a stack of element names, and the host that is being read.

use base::UtcSeconds;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::{
    Address, AddressKind, ExtraPorts, Host, HostName, Limits, OsMatch, ParseScanError, Port, Scan, ScanProblem,
    ScanProblemReason, Service, ServiceMethod,
};
use crate::{scalar, text};

/// Longest attribute or text kept, in characters.
const MAX_TEXT_CHARS: usize = 2_048;
/// Names, addresses, guesses and CPE names kept per element.
const MAX_ITEMS: usize = 256;
/// Problems kept per scan.
const MAX_PROBLEMS: usize = 1_000;

/// Reasons nmap gives for "up" although nothing answered.
const UNOBSERVED_REASONS: [&str; 6] = ["", "user-set", "unknown", "unknown-response", "no-response", "script-set"];

/// Reads a scan. A broken or malformed file yields the hosts that were complete, plus a problem.
///
/// # Errors
/// [`ParseScanError`] if the file is too large or no scan at all.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Scan, ParseScanError> {
    let found = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if found > limits.bytes {
        return Err(ParseScanError::TooLarge { found, limit: limits.bytes });
    }
    let decoded = text::decode(bytes);
    let mut builder = ScanBuilder::new(limits);
    if decoded.replaced > 0 {
        builder.report(String::new(), ScanProblemReason::Unreadable { places: decoded.replaced });
    }
    builder.read(&decoded.text)?;
    Ok(builder.scan)
}

struct ScanBuilder<'a> {
    limits: &'a Limits,
    scan: Scan,
    /// Names of the open elements, the root first.
    stack: Vec<String>,
    host: Option<Host>,
    port: Option<Port>,
    os_match: Option<OsMatch>,
    /// Hosts, ports of this host and guesses of this host begun so far.
    host_count: usize,
    port_count: usize,
    os_count: usize,
    ports_left: usize,
    text: String,
}

/// What follows one event.
enum Next {
    Continue,
    Stop,
}

impl<'a> ScanBuilder<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            scan: Scan::default(),
            stack: Vec::new(),
            host: None,
            port: None,
            os_match: None,
            host_count: 0,
            port_count: 0,
            os_count: 0,
            ports_left: limits.ports,
            text: String::new(),
        }
    }

    fn read(&mut self, text: &str) -> Result<(), ParseScanError> {
        let mut reader = Reader::from_str(text);
        loop {
            let next = match reader.read_event() {
                Ok(event) => self.take(&event)?,
                Err(err) => {
                    self.not_before_root("")?;
                    let found = err.to_string().chars().take(200).collect();
                    self.report(self.path(), ScanProblemReason::Malformed { found });
                    Next::Stop
                }
            };
            if matches!(next, Next::Stop) {
                return Ok(());
            }
        }
    }

    fn take(&mut self, event: &Event<'_>) -> Result<Next, ParseScanError> {
        match event {
            Event::Start(element) => {
                self.open(element)?;
                if self.stack.len() > self.limits.depth {
                    self.report(self.path(), ScanProblemReason::TooDeep { limit: self.limits.depth });
                    return Ok(Next::Stop);
                }
            }
            Event::Empty(element) => {
                self.open(element)?;
                return Ok(self.close());
            }
            Event::End(_) => return Ok(self.close()),
            Event::Text(text) => self.push_text(text),
            Event::CData(text) => self.push_text(text),
            Event::GeneralRef(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof => {
                self.not_before_root("")?;
                self.report(self.path(), ScanProblemReason::Truncated);
                return Ok(Next::Stop);
            }
        }
        Ok(Next::Continue)
    }

    fn not_before_root(&self, found: &str) -> Result<(), ParseScanError> {
        if self.stack.is_empty() { Err(ParseScanError::NotNmap { found: shorten(found) }) } else { Ok(()) }
    }

    fn open(&mut self, element: &BytesStart<'_>) -> Result<(), ParseScanError> {
        let name = shorten(element.name().as_ref());
        if self.stack.is_empty() {
            if name != "nmaprun" {
                return Err(ParseScanError::NotNmap { found: name });
            }
            self.open_root(element);
        }
        self.stack.push(name);
        self.text.clear();
        let attributes = Attributes::of(element);
        let names: Vec<&str> = self.stack.iter().skip(1).map(String::as_str).collect();
        match names.as_slice() {
            ["runstats", "finished"] => self.scan.finished_at = attributes.seconds("time"),
            ["host"] => self.open_host(&attributes),
            ["host", "status"] => self.set_status(&attributes),
            ["host", "address"] => self.add_address(&attributes),
            ["host", "hostnames", "hostname"] => self.add_hostname(&attributes),
            ["host", "ports", "extraports"] => self.add_extra_ports(&attributes),
            ["host", "ports", "port"] => self.open_port(&attributes),
            ["host", "ports", "port", "state"] => self.set_port_state(&attributes),
            ["host", "ports", "port", "service"] => self.set_service(&attributes),
            ["host", "os", "osmatch"] => self.open_os_match(&attributes),
            _ => {}
        }
        Ok(())
    }

    fn open_root(&mut self, element: &BytesStart<'_>) {
        let attributes = Attributes::of(element);
        self.scan.scanner = attributes.get("scanner");
        self.scan.version = attributes.get("version");
        self.scan.arguments = attributes.get("args");
        self.scan.started_at = attributes.seconds("start");
    }

    /// Closes the innermost element and keeps what it completed.
    fn close(&mut self) -> Next {
        let names: Vec<&str> = self.stack.iter().skip(1).map(String::as_str).collect();
        match names.as_slice() {
            ["host"] => self.close_host(),
            ["host", "ports", "port"] => self.close_port(),
            ["host", "os", "osmatch"] => self.close_os_match(),
            ["host", "ports", "port", "service", "cpe"] | ["host", "os", "osmatch", "osclass", "cpe"] => self.add_cpe(),
            _ => {}
        }
        self.stack.pop();
        if self.stack.is_empty() { Next::Stop } else { Next::Continue }
    }

    fn open_host(&mut self, attributes: &Attributes) {
        self.host_count += 1;
        self.port_count = 0;
        self.os_count = 0;
        let seen_at = attributes.seconds("endtime").or_else(|| attributes.seconds("starttime"));
        self.host = Some(Host { path: format!("/nmaprun/host[{}]", self.host_count), seen_at, ..Host::default() });
    }

    fn close_host(&mut self) {
        let Some(mut host) = self.host.take() else { return };
        host.observed = is_observed(&host);
        if self.scan.hosts.len() < self.limits.hosts {
            self.scan.hosts.push(host);
        } else if self.scan.hosts.len() + 1 == self.host_count {
            self.report(host.path, ScanProblemReason::TooManyHosts { limit: self.limits.hosts });
        }
    }

    fn set_status(&mut self, attributes: &Attributes) {
        if let Some(host) = &mut self.host {
            host.status = attributes.get("state");
            host.reason = attributes.get("reason");
        }
    }

    fn add_address(&mut self, attributes: &Attributes) {
        let found = attributes.get("addr");
        let ip = |text: &str| scalar::parse_ip(text).map(|ip| ip.address.to_string());
        let (kind, text) = match attributes.get("addrtype").as_str() {
            "mac" => (AddressKind::Mac, scalar::parse_mac(&found)),
            "ipv6" => (AddressKind::V6, ip(&found)),
            _ => (AddressKind::V4, ip(&found)),
        };
        let Some(text) = text else {
            return self.report(self.path(), ScanProblemReason::BadAttribute { name: "addr", found });
        };
        let vendor = attributes.get("vendor");
        if let Some(host) = self.host.as_mut().filter(|host| host.addresses.len() < MAX_ITEMS) {
            host.addresses.push(Address { kind, text, vendor });
        }
    }

    fn add_hostname(&mut self, attributes: &Attributes) {
        let (name, kind) = (attributes.get("name"), attributes.get("type"));
        if let Some(host) = self.host.as_mut().filter(|host| !name.is_empty() && host.hostnames.len() < MAX_ITEMS) {
            host.hostnames.push(HostName { name, kind });
        }
    }

    fn add_extra_ports(&mut self, attributes: &Attributes) {
        let count = attributes.get("count").parse().unwrap_or(0);
        if let Some(host) = self.host.as_mut().filter(|host| host.extra_ports.len() < MAX_ITEMS) {
            host.extra_ports.push(ExtraPorts { state: attributes.get("state"), count });
        }
    }

    fn open_port(&mut self, attributes: &Attributes) {
        self.port_count += 1;
        let path = format!("/nmaprun/host[{}]/ports/port[{}]", self.host_count, self.port_count);
        let found = attributes.get("portid");
        let Ok(number) = found.parse() else {
            return self.report(path, ScanProblemReason::BadAttribute { name: "portid", found });
        };
        self.port = Some(Port { path, protocol: attributes.get("protocol"), number, ..Port::default() });
    }

    fn set_port_state(&mut self, attributes: &Attributes) {
        if let Some(port) = &mut self.port {
            port.state = attributes.get("state");
            port.reason = attributes.get("reason");
        }
    }

    fn set_service(&mut self, attributes: &Attributes) {
        let method = if attributes.get("method") == "probed" { ServiceMethod::Probed } else { ServiceMethod::Table };
        if let Some(port) = &mut self.port {
            port.service = Some(Service {
                name: attributes.get("name"),
                product: attributes.get("product"),
                version: attributes.get("version"),
                extra: attributes.get("extrainfo"),
                hostname: attributes.get("hostname"),
                os_type: attributes.get("ostype"),
                device_type: attributes.get("devicetype"),
                method,
                cpes: Vec::new(),
            });
        }
    }

    fn close_port(&mut self) {
        let (Some(port), Some(host)) = (self.port.take(), self.host.as_mut()) else { return };
        if let Some(left) = self.ports_left.checked_sub(1) {
            self.ports_left = left;
            return host.ports.push(port);
        }
        let reason = ScanProblemReason::TooManyPorts { limit: self.limits.ports };
        if self.scan.problems.last().is_none_or(|last| last.reason != reason) {
            self.report(port.path, reason);
        }
    }

    fn open_os_match(&mut self, attributes: &Attributes) {
        self.os_count += 1;
        let path = format!("/nmaprun/host[{}]/os/osmatch[{}]", self.host_count, self.os_count);
        let accuracy = attributes.get("accuracy").parse::<u8>().unwrap_or(0).min(100);
        self.os_match = Some(OsMatch { path, name: attributes.get("name"), accuracy, cpes: Vec::new() });
    }

    fn close_os_match(&mut self) {
        let (Some(os_match), Some(host)) = (self.os_match.take(), self.host.as_mut()) else { return };
        if host.os_matches.len() < MAX_ITEMS {
            host.os_matches.push(os_match);
        }
    }

    fn add_cpe(&mut self) {
        let cpe = std::mem::take(&mut self.text).trim().to_owned();
        let service = self.port.as_mut().and_then(|port| port.service.as_mut());
        let cpes = match (service, self.os_match.as_mut()) {
            (Some(service), _) => &mut service.cpes,
            (None, Some(os_match)) => &mut os_match.cpes,
            (None, None) => return,
        };
        if cpe.starts_with("cpe:") && cpes.len() < MAX_ITEMS {
            cpes.push(cpe);
        }
    }

    /// Texts matter in `<cpe>` only, so entities inside texts need no resolving.
    fn push_text(&mut self, text: &str) {
        if self.stack.last().is_some_and(|name| name == "cpe") && self.text.len() < MAX_TEXT_CHARS {
            self.text.push_str(&shorten(text));
        }
    }

    /// Path of the innermost open element; positions are given for hosts and ports.
    fn path(&self) -> String {
        let mut path = String::new();
        for name in &self.stack {
            path.push('/');
            path.push_str(name);
            match name.as_str() {
                "host" => path.push_str(&format!("[{}]", self.host_count)),
                "port" => path.push_str(&format!("[{}]", self.port_count)),
                _ => {}
            }
        }
        path
    }

    fn report(&mut self, path: String, reason: ScanProblemReason) {
        if self.scan.problems.len() < MAX_PROBLEMS {
            self.scan.problems.push(ScanProblem { path, reason });
        }
    }
}

fn is_observed(host: &Host) -> bool {
    let has_mac = host.addresses.iter().any(|address| address.kind == AddressKind::Mac);
    let answered = host.status == "up" && !UNOBSERVED_REASONS.contains(&host.reason.as_str());
    answered || has_mac || host.ports.iter().any(Port::is_open)
}

fn shorten(text: &str) -> String {
    text.chars().take(MAX_TEXT_CHARS).collect()
}

/// The attributes of one element, by name.
struct Attributes(Vec<(String, String)>);

impl Attributes {
    /// Reads at most 64 attributes; one whose value refers to an entity of the document is left out.
    fn of(element: &BytesStart<'_>) -> Self {
        let mut attributes = element.attributes();
        let read = attributes.with_checks(false).take(64).filter_map(|attribute| {
            let attribute = attribute.ok()?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
            Some((shorten(attribute.key.as_ref()), shorten(&value)))
        });
        Self(read.collect())
    }

    /// The value; empty if there is none.
    fn get(&self, name: &str) -> String {
        self.0.iter().find(|(key, _)| key == name).map_or_else(String::new, |(_, value)| value.clone())
    }

    fn seconds(&self, name: &str) -> Option<UtcSeconds> {
        self.get(name).parse().ok().map(UtcSeconds)
    }
}

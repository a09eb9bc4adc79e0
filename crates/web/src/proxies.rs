//! Who a request comes from when a proxy brings it: anybody can write what a proxy writes, so only the named ones are believed.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::http::{HeaderMap, HeaderName, header};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Most proxies one behind another; what claims more is not believed.
const MAX_PROXIES: usize = 8;

/// One address, or a network with the number of its fixed bits: `127.0.0.1`, `10.0.0.0/8`, `fd00::/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// A text that names no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is neither an address nor a network with 1 to 32 (IPv6: 128) fixed bits")]
pub struct NetworkError {
    found: String,
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NetworkError { found: text.chars().take(60).collect() };
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| wrong())?;
        if (1..=most).contains(&bits) { Ok(Self { address, bits }) } else { Err(wrong()) }
    }
}

impl Network {
    fn holds(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                (ours.to_bits() ^ theirs.to_bits()).leading_zeros() >= u32::from(self.bits)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                (ours.to_bits() ^ theirs.to_bits()).leading_zeros() >= u32::from(self.bits)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

/// The proxies whose word about where a request comes from is believed; none by default.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<Network>);

impl Proxies {
    /// These.
    #[must_use]
    pub const fn new(networks: Vec<Network>) -> Self {
        Self(networks)
    }

    /// Whether somebody at this address is one of them.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.holds(address))
    }

    /// Where a request comes from: the address of the connection, unless that is one of these proxies; then the last address
    /// in `Forwarded` or `X-Forwarded-For` that is none of them. What can't be read, and two headers that differ (one of
    /// them came through from the client), leave it at the connection.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return peer;
        }
        let by_standard = headers
            .contains_key(header::FORWARDED)
            .then(|| self.last_foreign(from_the_end(headers, &header::FORWARDED).map(forwarded_for)));
        let by_custom = headers
            .contains_key(X_FORWARDED_FOR)
            .then(|| self.last_foreign(from_the_end(headers, &X_FORWARDED_FOR).map(node)));
        let found = match (by_standard, by_custom) {
            (Some(one), Some(other)) => one.filter(|_| one == other),
            (one, other) => one.or(other).flatten(),
        };
        found.unwrap_or(peer)
    }

    /// The first that is none of these proxies; `None` if one before it can't be read.
    fn last_foreign(&self, mut found: impl Iterator<Item = Option<IpAddr>>) -> Option<IpAddr> {
        let foreign = found.by_ref().take(MAX_PROXIES).find(|one| !one.is_some_and(|address| self.trusts(address)));
        foreign.flatten()
    }
}

/// The items of a header, the last one first. Quotation marks are not heeded: a client that leaves one open must not hide
/// what the proxy wrote behind it.
fn from_the_end<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    headers.get_all(name).iter().rev().flat_map(|value| value.to_str().unwrap_or_default().rsplit(','))
}

/// The address in one item of `Forwarded`, for example `for="[2001:db8::1]:4711";proto=https` (RFC 7239).
fn forwarded_for(item: &str) -> Option<IpAddr> {
    let pairs = item.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(name, _)| name.eq_ignore_ascii_case("for")).map(|(_, value)| value).next().and_then(node)
}

/// An address as proxies write it: with or without a port, IPv6 also in brackets, perhaps in quotation marks.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let text = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `headers` has one header per line; the proxies are 192.0.2.1 and 10.9.0.0/16.
    #[track_caller]
    fn check(peer: &str, headers: &str, expected: &str) {
        let proxies = Proxies::new(["192.0.2.1", "10.9.0.0/16"].map(|text| text.parse().unwrap()).to_vec());
        let pairs = headers.lines().map(|line| line.split_once(": ").unwrap());
        let headers: HeaderMap =
            pairs.map(|(name, value)| (HeaderName::from_str(name).unwrap(), value.parse().unwrap())).collect();
        assert_eq!(proxies.client(peer.parse().unwrap(), &headers).to_string(), expected);
    }

    #[test]
    fn a_stranger_who_writes_what_proxies_write_is_not_believed() {
        check("203.0.113.9", "x-forwarded-for: 198.51.100.7", "203.0.113.9");
        check("203.0.113.9", "forwarded: for=198.51.100.7", "203.0.113.9");
        check("203.0.113.9", "x-forwarded-for: 192.0.2.1\nforwarded: for=192.0.2.1", "203.0.113.9");
    }

    #[test]
    fn a_named_proxy_is_believed() {
        check("192.0.2.1", "x-forwarded-for: 198.51.100.7", "198.51.100.7");
        check("::ffff:192.0.2.1", "x-forwarded-for: 198.51.100.7:50123", "198.51.100.7");
        check("10.9.3.4", "Forwarded: proto=https;For=\"[2001:db8::7]:4711\";by=10.9.3.4", "2001:db8::7");
        check("10.9.3.4", "x-forwarded-for: 2001:db8::7", "2001:db8::7");
        check("192.0.2.1", "x-forwarded-for: ::ffff:198.51.100.7", "198.51.100.7");
        check("192.0.2.1", "", "192.0.2.1");
    }

    #[test]
    fn what_the_client_wrote_before_the_proxy_does_not_count() {
        check("192.0.2.1", "x-forwarded-for: 1.1.1.1, 198.51.100.7", "198.51.100.7");
        check("192.0.2.1", "x-forwarded-for: 1.1.1.1\nx-forwarded-for: 198.51.100.7", "198.51.100.7");
        check("192.0.2.1", "x-forwarded-for: 1.1.1.1, 198.51.100.7, 10.9.3.4", "198.51.100.7");
        check("192.0.2.1", "forwarded: for=\"1.1.1.1, for=198.51.100.7", "198.51.100.7");
        check("192.0.2.1", "forwarded: for=\"\nforwarded: for=198.51.100.7", "198.51.100.7");
    }

    #[test]
    fn what_can_not_be_read_leaves_it_at_the_connection() {
        for value in ["unknown", "_hidden", "198.51.100.7, unknown", "", ",", "198.51.100.7,", "198.51.100.7:x", "[::1"]
        {
            check("192.0.2.1", &format!("x-forwarded-for: {value}"), "192.0.2.1");
            check("192.0.2.1", &format!("forwarded: for={value}"), "192.0.2.1");
        }
        check("192.0.2.1", "forwarded: by=198.51.100.7", "192.0.2.1");
        check("192.0.2.1", "x-forwarded-for: 10.9.1.1, 10.9.2.2", "192.0.2.1");
    }

    #[test]
    fn two_headers_that_differ_leave_it_at_the_connection() {
        check("192.0.2.1", "forwarded: for=1.1.1.1\nx-forwarded-for: 198.51.100.7", "192.0.2.1");
        check("192.0.2.1", "forwarded: for=198.51.100.7\nx-forwarded-for: 198.51.100.7", "198.51.100.7");
    }

    #[test]
    fn a_chain_of_more_than_eight_proxies_is_not_believed() {
        let chain = |proxies: usize| format!("x-forwarded-for: 198.51.100.7{}", ", 10.9.0.1".repeat(proxies));
        check("192.0.2.1", &chain(7), "198.51.100.7");
        check("192.0.2.1", &chain(8), "192.0.2.1");
    }

    #[test]
    fn a_network_is_an_address_with_its_fixed_bits() {
        let holds = |network: &str, address: &str| network.parse::<Network>().unwrap().holds(address.parse().unwrap());
        assert!(holds("10.0.0.0/8", "10.255.0.1") && !holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("192.168.1.128/25", "192.168.1.128") && !holds("192.168.1.128/25", "192.168.1.127"));
        assert!(holds("fd00::/8", "fdff::1") && !holds("fd00::/8", "fe00::1"));
        assert!(holds("::1", "::1") && !holds("127.0.0.1", "::1"));
        for wrong in ["", "proxy", "10.0.0.0/0", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0/8", "10.0.0.0/-1"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}

//! Small values as people type them into ledgers: addresses, MAC addresses, host names.
//!
//! Every function folds full-width characters first, so `１９２．１６８．１．１０` and `192.168.1.10` are the same.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use unicode_normalization::UnicodeNormalization as _;

/// Longest text read as one value, in characters; what follows is ignored.
const MAX_CHARS: usize = 4_096;

/// Most addresses read from one cell.
const MAX_ADDRESSES: usize = 256;

/// Unicode compatibility form (NFKC) without blanks at either end: full-width letters and digits become ASCII,
/// half-width katakana become full-width.
#[must_use]
pub fn fold_width(text: &str) -> String {
    let folded: String = text.chars().take(MAX_CHARS).nfkc().collect();
    folded.trim().to_owned()
}

/// One address as written, with the prefix length if one followed (`10.0.0.1/24`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpText {
    /// The address. A v4 address mapped into v6 is given as v4.
    pub address: IpAddr,
    /// Prefix length in bits, at most 32 (v4) or 128 (v6).
    pub prefix: Option<u8>,
}

/// What a cell of addresses holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IpList {
    /// Addresses in the order written, each once.
    pub addresses: Vec<IpText>,
    /// Words that are no address (`DHCP`, `未定`, ranges), in the order written.
    pub rejected: Vec<String>,
}

/// Reads one v4 or v6 address, with or without a prefix length; `None` if the text is anything else.
///
/// Leading zeros (`192.168.001.010`) are read as decimal padding, the way ledgers use them. A v6 zone (`%eth0`) is dropped.
#[must_use]
pub fn parse_ip(text: &str) -> Option<IpText> {
    let folded = fold_width(text);
    let (address, prefix) = match folded.split_once('/') {
        Some((address, prefix)) => (address, Some(parse_prefix(prefix)?)),
        None => (folded.as_str(), None),
    };
    let address = parse_v4(address).map(IpAddr::V4).or_else(|| parse_v6(address))?;
    let widest = if address.is_ipv4() { 32 } else { 128 };
    prefix.is_none_or(|prefix| prefix <= widest).then_some(IpText { address, prefix })
}

/// Reads the addresses of one cell, separated by comma, semicolon, blank, line break, `、` or `，`.
#[must_use]
pub fn parse_ip_list(text: &str) -> IpList {
    let folded = fold_width(text);
    let mut list = IpList::default();
    let words = folded.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '、'));
    for word in words.filter(|word| !word.is_empty()).take(MAX_ADDRESSES) {
        match parse_ip(word) {
            Some(address) if list.addresses.contains(&address) => {}
            Some(address) => list.addresses.push(address),
            None => list.rejected.push(word.to_owned()),
        }
    }
    list
}

/// Reads a MAC address written with any separator (`:`, `-`, `.`, blank, none) into `aa:bb:cc:dd:ee:ff`.
///
/// The all-zero and the broadcast address are `None`: as placeholders they would join machines that have nothing in common.
#[must_use]
pub fn parse_mac(text: &str) -> Option<String> {
    let folded = fold_width(text).to_ascii_lowercase();
    let is_separator = |c: char| c.is_whitespace() || matches!(c, ':' | '-' | '.' | '‐' | '−' | '_');
    let digits: String = folded.chars().filter(|c| !is_separator(*c)).collect();
    if digits.len() != 12 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    if digits == "000000000000" || digits == "ffffffffffff" {
        return None;
    }
    let pairs: Vec<&str> = digits.as_bytes().chunks(2).filter_map(|pair| std::str::from_utf8(pair).ok()).collect();
    Some(pairs.join(":"))
}

/// Brings a host name into one form: folded, lower case, without domain (`.example.local`, `DOMAIN\`) and without the
/// `$` of a computer account. `None` if nothing is left. An IP address stays as it is.
#[must_use]
pub fn normalise_hostname(text: &str) -> Option<String> {
    let folded = fold_width(text).to_lowercase();
    if let Some(ip) = parse_ip(&folded) {
        return Some(ip.address.to_string());
    }
    let without_domain = folded.rsplit('\\').next().unwrap_or_default();
    let first_label = without_domain.split('.').next().unwrap_or_default();
    let name = first_label.trim_end_matches('$').trim();
    (!name.is_empty()).then(|| name.to_owned())
}

fn parse_prefix(text: &str) -> Option<u8> {
    let text = text.trim();
    if let Some(mask) = parse_v4(text) {
        let bits = u32::from(mask);
        let ones = bits.leading_ones();
        return (ones == bits.count_ones()).then(|| u8::try_from(ones).ok()).flatten();
    }
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn parse_v4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0_u8; 4];
    let mut parts = text.trim().split('.');
    for octet in &mut octets {
        *octet = parse_octet(parts.next()?)?;
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets))
}

fn parse_octet(text: &str) -> Option<u8> {
    let plain = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn parse_v6(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_start_matches('[').trim_end_matches(']');
    let address = text.split('%').next().unwrap_or_default();
    address.parse::<Ipv6Addr>().ok().map(|address| IpAddr::V6(address).to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match parse_ip(text) {
            Some(IpText { address, prefix: Some(prefix) }) => format!("{address}/{prefix}"),
            Some(IpText { address, prefix: None }) => address.to_string(),
            None => "-".to_owned(),
        }
    }

    #[test]
    fn an_address_is_read_however_it_is_typed() {
        for (text, expected) in [
            ("10.0.0.1", "10.0.0.1"),
            (" 10.0.0.1/24 ", "10.0.0.1/24"),
            ("10.0.0.1/255.255.254.0", "10.0.0.1/23"),
            ("１９２．１６８．１．１０", "192.168.1.10"),
            ("192.168.001.010", "192.168.1.10"),
            ("FE80::1%eth0", "fe80::1"),
            ("::ffff:10.0.0.1", "10.0.0.1"),
            ("2001:db8::1/64", "2001:db8::1/64"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn a_word_that_is_no_address_is_none() {
        for text in [
            "",
            "DHCP",
            "10.0.0",
            "10.0.0.256",
            "10.0.0.1/33",
            "10.0.0.1-20",
            "10.0.0.1/255.0.255.0",
            "1.2.3.4.5",
            "あ",
        ] {
            assert_eq!(shown(text), "-", "{text}");
        }
    }

    #[test]
    fn a_cell_of_several_addresses_keeps_what_it_could_not_read() {
        let list = parse_ip_list("10.0.0.1、10.0.0.2\n10.0.0.1；DHCP，10.0.0.3 10.0.0.4");
        let addresses: Vec<String> = list.addresses.iter().map(|ip| ip.address.to_string()).collect();
        assert_eq!(addresses, ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"]);
        assert_eq!(list.rejected, ["DHCP"]);
    }

    #[test]
    fn a_mac_address_has_one_form() {
        for text in [
            "AA-BB-CC-0D-EE-1F",
            "aabb.cc0d.ee1f",
            "AABBCC0DEE1F",
            "ＡＡ：ＢＢ：ＣＣ：０Ｄ：ＥＥ：１Ｆ",
            "aa bb cc 0d ee 1f",
        ] {
            assert_eq!(parse_mac(text).as_deref(), Some("aa:bb:cc:0d:ee:1f"), "{text}");
        }
        for text in
            ["", "aa:bb:cc:dd:ee", "gg:bb:cc:dd:ee:ff", "00:00:00:00:00:00", "FF-FF-FF-FF-FF-FF", "アアイイウウ"]
        {
            assert_eq!(parse_mac(text), None, "{text}");
        }
    }

    #[test]
    fn a_host_name_loses_its_domain_and_its_dollar_sign() {
        for (text, expected) in [
            ("EHR-DB01.hospital.local", Some("ehr-db01")),
            ("HOSP\\EHR-DB01$", Some("ehr-db01")),
            ("ＥＨＲ－ＤＢ０１", Some("ehr-db01")),
            ("第１診察室端末", Some("第1診察室端末")),
            ("10.0.0.1", Some("10.0.0.1")),
            (" $ ", None),
            ("", None),
        ] {
            assert_eq!(normalise_hostname(text).as_deref(), expected, "{text}");
        }
    }
}

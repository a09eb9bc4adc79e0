//! Under which address a browser knows us, for links that somebody else opens.

use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};

/// Whether a browser says that the request comes from one of our own pages. Every browser of the last years says where a
/// request comes from; what says nothing is no browser that could have been led here by another page's form.
pub(crate) fn is_from_us(headers: &HeaderMap, secure: bool) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    match (text(headers, header::ORIGIN), text(headers, header::HOST)) {
        (Some(origin), Some(host)) => authority_of(origin, secure) == Some(host),
        (Some(_), None) => false,
        (None, _) => true,
    }
}

/// The address under which the browser that sent this from one of our own pages reached us, for example
/// `https://mamori.example:8443`. `None` if it does not say where it comes from: then nobody has checked what `Host` says.
///
/// A browser names its page's own origin, whatever a proxy makes of `Host`.
pub(crate) fn own_address(headers: &HeaderMap, secure: bool) -> Option<String> {
    let says = headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin");
    let host = text(headers, header::HOST).filter(|host| is_plain(host));
    let origin = text(headers, header::ORIGIN);
    let authority = origin.and_then(|origin| authority_of(origin, secure)).filter(|authority| is_plain(authority));
    match authority {
        Some(authority) if says || host == Some(authority) => origin.map(str::to_owned),
        Some(_) => None,
        None if says => host.map(|host| format!("{}://{host}", if secure { "https" } else { "http" })),
        None => None,
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Host and port of an origin of a scheme that we serve.
fn authority_of(origin: &str, secure: bool) -> Option<&str> {
    origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://").filter(|_| !secure))
}

/// Whether this is a host, perhaps with a port, and nothing else.
fn is_plain(authority: &str) -> bool {
    let is_host = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    !authority.is_empty() && authority.chars().all(is_host) && authority.parse::<Authority>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_form_of_another_site_is_not_ours() {
        assert!(!is_from_us(&headers(&[("sec-fetch-site", "cross-site")]), true));
        assert!(!is_from_us(&headers(&[("sec-fetch-site", "same-site")]), true));
        assert!(!is_from_us(&headers(&[("origin", "https://evil.example"), ("host", "mamori.local")]), true));
        assert!(!is_from_us(&headers(&[("origin", "null"), ("host", "mamori.local")]), true));
        assert!(!is_from_us(&headers(&[("sec-fetch-site", "none")]), true));
        assert!(!is_from_us(&headers(&[("origin", "http://mamori.local"), ("host", "mamori.local")]), true));
        assert!(is_from_us(&headers(&[("origin", "http://mamori.local"), ("host", "mamori.local")]), false));
        assert!(is_from_us(&headers(&[("sec-fetch-site", "same-origin")]), true));
        assert!(is_from_us(&headers(&[("origin", "https://mamori.local:8443"), ("host", "mamori.local:8443")]), true));
    }

    #[track_caller]
    fn check(pairs: &[(&'static str, &'static str)], secure: bool, expected: Option<&str>) {
        assert_eq!(own_address(&headers(pairs), secure).as_deref(), expected);
    }

    #[test]
    fn the_address_is_the_one_in_the_browser() {
        let ours = ("sec-fetch-site", "same-origin");
        check(&[ours, ("host", "mamori.local:8443")], true, Some("https://mamori.local:8443"));
        check(&[ours, ("host", "[::1]:8443")], false, Some("http://[::1]:8443"));
        check(&[("origin", "https://mamori.local"), ("host", "mamori.local")], true, Some("https://mamori.local"));
        // A proxy that asks us under another name.
        check(
            &[ours, ("origin", "https://mamori.local"), ("host", "127.0.0.1:8443")],
            false,
            Some("https://mamori.local"),
        );
        check(&[ours, ("origin", "null"), ("host", "mamori.local")], true, Some("https://mamori.local"));
    }

    #[test]
    fn a_host_that_nobody_checked_is_no_address() {
        check(&[("host", "evil.example")], true, None);
        check(&[("origin", "https://evil.example"), ("host", "mamori.local")], true, None);
        check(&[("sec-fetch-site", "cross-site"), ("host", "mamori.local")], true, None);
        let ours = ("sec-fetch-site", "same-origin");
        for host in ["", "a b", "mamori.local/x", "mamori.local#x", "x@mamori.local", "mamori.local?x", "m\"><b>"] {
            check(&[ours, ("host", host)], true, None);
        }
    }
}

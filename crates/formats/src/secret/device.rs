//! Secrets in the settings of network devices: FortiGate, Cisco, Yamaha, and what writes like them.

use super::Span;
use super::fold::{Folded, Token, tokens};
use super::value::{has_password_look, is_harmless, is_reference};

/// Words a line of such settings begins with, if it holds a secret behind one of [`ANCHORS`].
const STARTS: &[&str] = &[
    "enable",
    "username",
    "ppp",
    "ip",
    "neighbor",
    "ntp",
    "tacacs-server",
    "radius-server",
    "tacacs",
    "radius",
    "crypto",
    "aaa",
    "vpdn",
    "l2tp",
    "login",
    "administrator",
    "ipsec",
    "wireless",
    "key",
    "key-string",
    "pre-shared-key",
    "wpa-psk",
    "server-key",
    "authentication",
    "standby",
    "password",
    "secret",
    "security",
    "isakmp",
    "server-private",
];

const ANCHORS: &[&str] = &[
    "password",
    "secret",
    "key",
    "pre-shared-key",
    "key-string",
    "server-key",
    "md5",
    "passphrase",
    "authentication-key",
    "psk",
    "wpa-psk",
];

/// Words between an anchor and the secret: how it is encoded.
const ENCODINGS: &[&str] = &[
    "0",
    "5",
    "6",
    "7",
    "8",
    "9",
    "10",
    "encrypted",
    "text",
    "ascii",
    "hex",
    "clear",
    "plain",
    "cipher",
    "local",
    "remote",
    "hexadecimal",
];

/// Words that follow in sentences and in commands without a secret.
const NO_SECRETS: &[&str] = &[
    "is",
    "are",
    "was",
    "for",
    "must",
    "policy",
    "required",
    "changed",
    "expires",
    "expired",
    "not",
    "has",
    "should",
    "can",
    "will",
    "and",
    "or",
    "to",
    "the",
    "of",
    "in",
    "with",
    "from",
    "chain",
    "generate",
    "zeroize",
    "prompt",
    "reset",
    "encryption",
    "min-length",
    "recovery",
    "rsa",
    "pubkey-chain",
    "on",
];

/// Names of FortiGate settings, besides those that end in `password` or the like.
const SET_NAMES: &[&str] = &[
    "password",
    "passwd",
    "psksecret",
    "passphrase",
    "secret",
    "private-key",
    "auth-pwd",
    "priv-pwd",
    "key",
    "ldap-password",
    "old-password",
    "login-passwd",
    "sae-password",
    "auth-password",
    "ppk-secret",
    "psksecret-remote",
];

/// Adds every secret of one line.
pub(super) fn find(line: &Folded, spans: &mut Vec<Span>) {
    let words = tokens(&line.text, 0);
    let Some(first) = words.first() else { return };
    let mut strike = |token: &Token<'_>| {
        if !is_harmless(token.text) && !is_reference(token.text) && !NO_SECRETS.contains(&token.text) {
            spans.push(Span::new(line.original(token.from), line.original(token.to), first.text));
        }
    };
    let rest = words.get(1..).unwrap_or_default();
    match first.text {
        "set" => find_set(line, rest, &mut strike),
        "snmp-server" | "snmp" | "snmpv2c" => find_snmp(rest, &mut strike),
        "pp" | "login" if is_account(rest) => rest.get(account_at(first.text)).into_iter().for_each(strike),
        start if STARTS.contains(&start) && words.len() <= 20 => find_anchored(line, &words, &mut strike),
        _ => {}
    }
}

type Strike<'a> = &'a mut dyn FnMut(&Token<'_>);

/// `pp auth myname USER PASSWORD`, `pp auth username USER PASSWORD`, `login user USER PASSWORD`.
fn is_account(rest: &[Token<'_>]) -> bool {
    let words: Vec<&str> = rest.iter().take(2).map(|token| token.text).collect();
    matches!(words.as_slice(), ["auth", "myname" | "username"] | ["user", _])
}

fn account_at(first: &str) -> usize {
    if first == "pp" { 3 } else { 2 }
}

/// `set password ENC x`, `set psksecret x`.
fn find_set(line: &Folded, rest: &[Token<'_>], strike: Strike<'_>) {
    let Some((name, values)) = rest.split_first() else { return };
    if !SET_NAMES.contains(&name.text) && !super::header::is_secret_name(name.text) {
        return;
    }
    let values = values.split_first().filter(|(first, _)| first.text == "enc").map_or(values, |(_, values)| values);
    if let (Some(first), Some(last)) = (values.first(), values.last()) {
        let text = line.text.get(first.from..last.to).unwrap_or_default();
        strike(&Token { text, from: first.from, to: last.to });
    }
}

/// `snmp-server community x ro`, `snmp-server host 10.0.0.1 version 2c x`, `snmp-server user … auth sha x priv aes 128 y`,
/// `snmp community read-only x`, `snmp trap community x`.
fn find_snmp(rest: &[Token<'_>], strike: Strike<'_>) {
    const WORDS: [&str; 22] = [
        "traps",
        "trap",
        "informs",
        "version",
        "1",
        "2c",
        "3",
        "auth",
        "noauth",
        "priv",
        "ro",
        "rw",
        "read-only",
        "read-write",
        "0",
        "7",
        "view",
        "udp-port",
        "vrf",
        "community",
        "encrypted",
        "host",
    ];
    let is_name = |token: &&Token<'_>| !WORDS.contains(&token.text);
    let is_secret_behind = ["md5", "sha", "des", "3des", "128", "192", "256"];
    match rest.first().map(|token| token.text) {
        Some("community" | "trap") if rest.iter().any(|token| token.text == "community") => {
            rest.iter().skip(1).find(is_name).into_iter().for_each(strike);
        }
        Some("host") => {
            let has_community = |token: &&Token<'_>| is_name(token) && token.text.parse::<u32>().is_err();
            rest.iter().skip(2).find(has_community).into_iter().for_each(strike);
        }
        Some("user" | "group" | "usm") => {
            for pair in rest.windows(2) {
                if let [before, token] = pair
                    && is_secret_behind.contains(&before.text)
                    && !is_secret_behind.contains(&token.text)
                {
                    strike(token);
                }
            }
        }
        Some(_) | None => {}
    }
}

fn find_anchored(line: &Folded, words: &[Token<'_>], strike: Strike<'_>) {
    let is_indented = line.text.starts_with([' ', '\t']);
    for (index, _) in words.iter().enumerate().filter(|(_, word)| ANCHORS.contains(&word.text)) {
        let behind = words.get(index + 1..).unwrap_or_default();
        let mut steps = behind.iter().enumerate();
        let is_encoding = |at: usize, token: &Token<'_>| {
            let after_level =
                at.checked_sub(1).and_then(|at| behind.get(at)).is_some_and(|before| before.text == "level");
            let is_number = token.text.len() <= 5 && token.text.bytes().all(|byte| byte.is_ascii_digit());
            let is_gateway = is_number && behind.get(at + 1).is_some_and(|next| matches!(next.text, "text" | "md5"));
            ENCODINGS.contains(&token.text) || token.text == "level" || after_level || is_gateway
        };
        let Some((at, token)) = steps.find(|(at, token)| !is_encoding(*at, token) || behind.len() == at + 1) else {
            continue;
        };
        // Only settings are indented, name an encoding, or give something that looks like a password and nothing else.
        let begins = index == 0;
        let is_setting = !begins || is_indented || at > 0 || (behind.len() == 1 && has_password_look(token.text));
        let is_prose = behind.len() > at + 4;
        if is_setting && !is_prose && !ANCHORS.contains(&token.text) {
            strike(token);
        }
    }
}

/// `config system snmp community … set name x`: the name is the secret.
pub(super) fn find_communities(text: &str, spans: &mut Vec<Span>) {
    const HEAD: &str = "config system snmp community";
    for (at, _) in text.match_indices(HEAD) {
        let mut offset = at;
        for line in text.get(at..).unwrap_or_default().split_inclusive('\n').take(2_000) {
            let words = tokens(line, offset);
            offset += line.len();
            match words.as_slice() {
                [first] if first.text == "end" && !line.starts_with(char::is_whitespace) => break,
                [first, second, name, ..]
                    if first.text == "set" && second.text == "name" && !is_harmless(name.text) =>
                {
                    spans.push(Span::new(name.from, name.to, "snmp community"));
                }
                _ => {}
            }
        }
    }
}

/// Private keys in PEM.
pub(super) fn find_private_keys(text: &str, spans: &mut Vec<Span>) {
    const BEGIN: &str = "PRIVATE KEY-----";
    let mut begin = None;
    for (at, _) in text.match_indices(BEGIN) {
        let line_start = text.get(..at).and_then(|before| before.rfind("-----")).unwrap_or(at);
        let head = text.get(line_start..at).unwrap_or_default();
        if head.starts_with("-----BEGIN") {
            begin = Some(at + BEGIN.len());
        } else if let Some(from) = begin.take().filter(|_| head.starts_with("-----END")) {
            push_key(text, from, line_start, spans);
        }
    }
    if let Some(from) = begin {
        push_key(text, from, text.len(), spans);
    }
}

fn push_key(text: &str, from: usize, to: usize, spans: &mut Vec<Span>) {
    let body = text.get(from..to).unwrap_or_default();
    let (start, end) = (body.len() - body.trim_start().len(), body.trim_end().len());
    if !is_harmless(body) && start < end {
        spans.push(Span::new(from + start, from + end, "private key"));
    }
}

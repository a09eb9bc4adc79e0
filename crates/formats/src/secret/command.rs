//! Secrets on command lines: scripts in policies, scheduled tasks, notes.

use super::Span;
use super::fold::{Folded, Token, tokens};
use super::value::{is_harmless, is_reference};

/// Programs whose `-p` or `/p` is a password.
const P_PROGRAMS: &[&str] = &["psexec", "paexec", "sqlcmd", "sshpass"];

/// Options whose next word is a password, wherever they stand.
const OPTIONS: &[&str] = &[
    "-pw",
    "/rp",
    "-password",
    "/password",
    "--password",
    "-passwd",
    "--passwd",
    "-pass",
    "--pass",
    "/pass",
    "-adminpassword",
    "-safemodeadministratorpassword",
];

/// Options with the password behind a colon.
const COLON_OPTIONS: &[&str] = &["/pass:", "/password:", "/pwd:", "/rp:", "/passwordd:", "/passwordo:"];

/// Adds every secret of one line.
pub(super) fn find(line: &Folded, spans: &mut Vec<Span>) {
    let mut strike = |token: Token<'_>, what: &str| {
        let (from, to) = trim_close(token);
        let text = line.text.get(from..to).unwrap_or_default();
        let is_ordinary = matches!(text, "&&" | "&" | "|" | ">" | ">>" | "||");
        if from < to && !is_harmless(text) && !is_reference(text) && !is_ordinary {
            spans.push(Span::new(line.original(from), line.original(to), what));
        }
    };
    find_net(line, &mut strike);
    find_options(line, &mut strike);
    find_secure_string(line, &mut strike);
    find_registry(line, &mut strike);
    find_in_address(line, &mut strike);
}

type Strike<'a> = &'a mut dyn FnMut(Token<'_>, &str);

/// A bracket or tag that closes right behind the word belongs to the text around it.
fn trim_close(token: Token<'_>) -> (usize, usize) {
    let end = token.text.find("</").unwrap_or(token.text.len());
    let text = token.text.get(..end).unwrap_or_default().trim_end_matches([')', ';', '`']);
    (token.from, token.from + text.len())
}

/// `net use X: \\server\share PASSWORD /user:NAME` and `net user NAME PASSWORD /add`.
fn find_net(line: &Folded, strike: Strike<'_>) {
    for (at, _) in line.text.match_indices("net") {
        let starts = line.text.get(..at).is_none_or(|before| !before.ends_with(|c: char| c.is_ascii_alphanumeric()));
        let rest = line.from(at);
        let behind =
            rest.strip_prefix("net.exe").or_else(|| rest.strip_prefix("net1")).or_else(|| rest.strip_prefix("net"));
        let Some(behind) = behind.filter(|behind| starts && behind.starts_with([' ', '\t'])) else { continue };
        let words = tokens(behind, line.text.len() - behind.len());
        let ends = |token: &&Token<'_>| !matches!(token.text, "&&" | "&" | "|" | ">" | ">nul" | "2>&1" | "||");
        let words: Vec<Token<'_>> = words.iter().take_while(ends).copied().collect();
        let is_option = |token: &&Token<'_>| token.text.starts_with(['/', '>', '2']) && !token.text.starts_with("//");
        match words.first().map(|token| token.text) {
            Some("use") if behind.contains('/') => {
                let is_place = |text: &str| {
                    text.starts_with("\\\\") || text.starts_with("//") || text.ends_with(':') || text.contains(":\\")
                };
                let others = words.iter().skip(1).filter(|token| !token.text.starts_with('/') && !is_place(token.text));
                let mut others = others.filter(|token| !matches!(token.text, "yes" | "no"));
                if words.iter().any(|token| is_place(token.text)) {
                    others.by_ref().take(1).for_each(|token| strike(*token, "net use"));
                }
            }
            Some("user") => {
                if let Some(token) = words.get(2).filter(|token| !is_option(token)) {
                    strike(*token, "net user");
                }
            }
            Some(_) | None => {}
        }
    }
}

fn find_options(line: &Folded, strike: Strike<'_>) {
    if !line.text.contains(['-', '/']) {
        return;
    }
    let words = tokens(&line.text, 0);
    let has_p = P_PROGRAMS.iter().any(|program| line.text.contains(program));
    let is_curl = line.text.contains("curl");
    for (index, word) in words.iter().enumerate() {
        let next = words.get(index + 1).filter(|next| !next.text.starts_with(['-', '/']) || next.text.len() > 20);
        let is_option = OPTIONS.contains(&word.text) || (has_p && matches!(word.text, "-p" | "/p"));
        if let Some(next) = next.filter(|_| is_option) {
            // `-Password is required`: prose has letters only and goes on; what a program is given is struck.
            strike(*next, word.text);
        }
        if let Some(option) = COLON_OPTIONS.iter().find(|option| word.text.starts_with(**option)) {
            let from = word.from + option.len();
            strike(Token { text: word.text.get(option.len()..).unwrap_or_default(), from, to: word.to }, option);
        }
        if let Some(option) =
            word.text.strip_prefix("-p").filter(|_| line.text.contains("sshpass") && word.text.len() > 2)
        {
            strike(Token { text: option, from: word.from + 2, to: word.to }, "sshpass");
        }
        if let Some((user, _)) =
            next.and_then(|next| next.text.split_once(':')).filter(|_| is_curl && word.text == "-u")
            && let Some(next) = next
        {
            let from = next.from + user.len() + 1;
            strike(Token { text: next.text.get(user.len() + 1..).unwrap_or_default(), from, to: next.to }, "curl -u");
        }
    }
}

/// `ConvertTo-SecureString "x" -AsPlainText -Force`, its options in any order.
fn find_secure_string(line: &Folded, strike: Strike<'_>) {
    const NAME: &str = "convertto-securestring";
    for (at, _) in line.text.match_indices(NAME) {
        let behind = at + NAME.len();
        let words = tokens(line.from(behind), behind);
        let is_value = |word: &&Token<'_>| !matches!(word.text, "-asplaintext" | "-force" | "-string" | "-key" | "");
        // Without quotes it may be a sentence about the command.
        let is_literal = |value: &&Token<'_>| {
            let is_quoted = !line.from(behind).starts_with(['"', '\''])
                && value.from.checked_sub(1).is_some_and(|at| line.from(at).starts_with(['"', '\'']));
            !value.text.starts_with(['|', ')']) && (is_quoted || line.text.contains("asplaintext"))
        };
        if let Some(value) = words.iter().find(is_value).filter(is_literal) {
            strike(*value, "ConvertTo-SecureString");
        }
        // In a pipe the text stands in front: `"x" | ConvertTo-SecureString`.
        let before = line.text.get(..at).unwrap_or_default().trim_end();
        if let Some(value) = before.strip_suffix('|').and_then(|before| tokens(before, 0).last().copied()) {
            strike(value, "ConvertTo-SecureString");
        }
    }
}

/// `reg add … /v DefaultPassword /d x`, `Set-ItemProperty … DefaultPassword -Value x`.
fn find_registry(line: &Folded, strike: Strike<'_>) {
    if !line.text.contains("defaultpassword") {
        return;
    }
    let words = tokens(&line.text, 0);
    for (index, word) in words.iter().enumerate() {
        if let Some(next) = words.get(index + 1).filter(|_| matches!(word.text, "/d" | "-value")) {
            strike(*next, "DefaultPassword");
        }
    }
}

/// `https://user:password@host/`.
fn find_in_address(line: &Folded, strike: Strike<'_>) {
    for (at, _) in line.text.match_indices("://") {
        let rest = line.from(at + 3);
        let end =
            rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '<' | '>')).unwrap_or(rest.len());
        let Some((account, _)) = rest.get(..end).and_then(|host| host.rsplit_once('@')) else { continue };
        if let Some((user, password)) = account.split_once(':') {
            let from = at + 3 + user.len() + 1;
            strike(Token { text: password, from, to: from + password.len() }, "password in an address");
        }
    }
}

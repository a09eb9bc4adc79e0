//! `mamori remote`: the same over the network, with a token, for machines that have no data folder of their own.

mod answer;
mod hand_in;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::Value;
use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use super::Context;
use crate::cli::{RemoteArgs, RemoteCommand};
use crate::output::{self, Mistake, Outcome};
use answer::{list, minute, number, text};
use hand_in::Shown;

/// No request takes longer.
const TIMEOUT: Duration = Duration::from_secs(300);
/// Largest answer, in bytes.
const MAX_ANSWER_BYTES: u64 = 64 << 20;

pub(crate) fn run(context: &Context<'_>, arguments: &RemoteArgs) -> Result<Outcome> {
    let remote = Remote::open(context, arguments)?;
    match &arguments.command {
        RemoteCommand::Import { paths, yes, preview } => {
            let of = match (*yes, *preview) {
                (true, _) => Shown::Nothing,
                (false, true) => Shown::Everything,
                (false, false) => Shown::Ledgers,
            };
            remote.import(paths, of)
        }
        RemoteCommand::Status => remote.status(),
        RemoteCommand::Checklist { id } => remote.checklist(id),
        RemoteCommand::Facts { subject } => remote.facts(subject),
        RemoteCommand::Tasks => remote.tasks(),
    }
}

/// A server, and the token for one of its sites.
struct Remote<'a> {
    context: &'a Context<'a>,
    agent: Agent,
    server: String,
    bearer: String,
    site: String,
}

/// An answer: its status and its JSON.
type Answer = (u16, Value);

impl<'a> Remote<'a> {
    fn open(context: &'a Context<'a>, arguments: &RemoteArgs) -> Result<Self> {
        let server = arguments.server.trim_end_matches('/').to_owned();
        if !is_protected(&server) {
            return Err(mistake(context, "remote-unprotected", &server));
        }
        let bearer = format!("Bearer {}", read_token(context, &arguments.token_file)?);
        let agent = agent(context, arguments.ca.as_deref())?;
        let mut remote = Self { context, agent, server, bearer, site: String::new() };
        let (_, sites) = remote.get("/api/v1/sites")?;
        remote.site = text(&sites, "/sites/0/id");
        let wanted = &context.global.site;
        // `main` is what is meant if nothing was said.
        if wanted != "main" && *wanted != remote.site {
            return Err(mistake(context, "remote-other-site", &remote.site));
        }
        Ok(remote)
    }

    fn say(&self, id: &str, arguments: &[(&str, i18n::Argument)]) -> String {
        i18n::message(self.context.settings.lang, id, arguments)
    }

    fn get(&self, path: &str) -> Result<Answer> {
        let request = self.agent.get(format!("{}{path}", self.server)).header("authorization", &self.bearer);
        self.read(request.call())
    }

    fn get_of_site(&self, path: &str) -> Result<Answer> {
        self.get(&format!("/api/v1/sites/{}{path}", web::visit::encode_segment(&self.site)))
    }

    /// The answer, if there is one a person can work with: a refusal is one, a failing server is not.
    fn read(&self, response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Answer> {
        let mut response = response.with_context(|| self.server.clone())?;
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_json::<Value>();
        let body = body.with_context(|| format!("{}: {status}", self.server))?;
        if matches!(status, 401 | 403) || status >= 500 {
            anyhow::bail!("{status} {}", text(&body, "/message"));
        }
        Ok((status, body))
    }

    fn status(&self) -> Result<Outcome> {
        let (_, head) = self.get_of_site("")?;
        if self.context.global.json {
            output::json(&head);
        } else if text(&head, "/made_at").is_empty() {
            output::line(&self.say("remote-never", &[]));
        } else {
            output::line(&format!("{}  {}", text(&head, "/site/name"), minute(&text(&head, "/made_at"))));
            for sentence in list(&head, "/summary").iter().filter_map(Value::as_str) {
                output::line(sentence);
            }
            for tile in list(&head, "/tiles") {
                output::line(&format!("  {}  {}", text(tile, "/label"), text(tile, "/reason")));
            }
        }
        let found = ["critical", "high", "medium", "low"].map(|name| number(&head, &format!("/findings/{name}")));
        Ok(if found.iter().sum::<i64>() > 0 { Outcome::Contradicted } else { Outcome::Done })
    }

    fn checklist(&self, id: &str) -> Result<Outcome> {
        let (status, answer) = self.get_of_site(&format!("/checklists/{}", web::visit::encode_segment(id)))?;
        if status != 200 {
            return Ok(self.refuse("remote-unknown-checklist", id));
        }
        let items = list(&answer, "/items");
        for item in items {
            if self.context.global.json {
                output::json(item);
                continue;
            }
            let verdict = match text(item, "/verdict").as_str() {
                "attested" if text(item, "/answer") == "no" => self.say("verdict-not-yet", &[]),
                "proved" => self.say("verdict-proved", &[]),
                "contradicted" => self.say("verdict-contradicted", &[]),
                "attested" => self.say("verdict-attested", &[]),
                "stale" => self.say("verdict-stale", &[]),
                _ => self.say("verdict-unknown", &[]),
            };
            let (id, number, said) = (text(item, "/id"), text(item, "/number"), text(item, "/text"));
            output::line(&format!("{id} {number} [{verdict}] {said}"));
            output::line(&format!("    {}", text(item, "/reason")));
        }
        let is_contradicted = items.iter().any(|item| text(item, "/verdict") == "contradicted");
        Ok(if is_contradicted { Outcome::Contradicted } else { Outcome::Done })
    }

    fn facts(&self, subject: &str) -> Result<Outcome> {
        let (kind, ident) = subject.split_once(':').unwrap_or((subject, ""));
        let encode = web::visit::encode_segment;
        let (status, answer) = self.get_of_site(&format!("/subjects/{}/{}", encode(kind), encode(ident)))?;
        if status != 200 {
            return Ok(self.refuse_subject(subject));
        }
        for fact in list(&answer, "/facts") {
            if self.context.global.json {
                output::json(fact);
                continue;
            }
            let old = if fact.pointer("/stale") == Some(&Value::Bool(true)) {
                format!("  [{}]", self.say("verdict-stale", &[]))
            } else {
                String::new()
            };
            output::line(&format!(
                "{}  {} = {}   #{} {} {}{old}",
                minute(&text(fact, "/observed_at")),
                text(fact, "/key"),
                text(fact, "/value").replace('\n', "、"),
                number(fact, "/evidence"),
                text(fact, "/file"),
                text(fact, "/place"),
            ));
        }
        Ok(Outcome::Done)
    }

    fn tasks(&self) -> Result<Outcome> {
        let (mut after, mut seen) = (0, 0_usize);
        loop {
            let (_, answer) = self.get_of_site(&format!("/tasks?limit=500&after={after}"))?;
            for task in list(&answer, "/tasks") {
                seen += 1;
                if self.context.global.json {
                    output::json(task);
                } else {
                    let (id, severity) = (number(task, "/id"), text(task, "/severity"));
                    output::line(&format!("・ #{id} [{severity}] {}", text(task, "/title")));
                }
            }
            match answer.pointer("/next").and_then(Value::as_i64) {
                Some(next) if next > after => after = next,
                _ => break,
            }
        }
        if seen == 0 && !self.context.global.json {
            output::line(&self.say("task-none", &[]));
        }
        Ok(Outcome::Done)
    }

    fn refuse(&self, id: &str, detail: &str) -> Outcome {
        output::note(&self.say(id, &[("detail", detail.into())]));
        Outcome::Refused
    }

    fn refuse_subject(&self, subject: &str) -> Outcome {
        output::note(&self.say("fact-unknown-subject", &[("subject", subject.into())]));
        Outcome::Refused
    }
}

fn mistake(context: &Context<'_>, id: &str, detail: &str) -> anyhow::Error {
    Mistake(i18n::message(context.settings.lang, id, &[("detail", detail.into())])).into()
}

/// Whether nobody on the way can read the token: HTTPS, or this machine itself.
fn is_protected(server: &str) -> bool {
    if server.starts_with("https://") {
        return true;
    }
    let Some(rest) = server.strip_prefix("http://") else { return false };
    let host = rest.split('/').next().unwrap_or_default();
    let is_port =
        |port: &str| port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|local| host.strip_prefix(local).is_some_and(is_port))
}

/// The token in a file that nobody else may read.
fn read_token(context: &Context<'_>, path: &Path) -> Result<String> {
    let name = || path.display().to_string();
    let metadata = std::fs::metadata(path).with_context(name)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(mistake(context, "remote-token-open", &name()));
        }
    }
    if !metadata.is_file() || metadata.len() > 4_096 {
        return Err(mistake(context, "remote-no-token", &name()));
    }
    let token = std::fs::read_to_string(path).with_context(name)?.trim().to_owned();
    if token.is_empty() || !token.chars().all(|c| c.is_ascii_graphic()) {
        return Err(mistake(context, "remote-no-token", &name()));
    }
    Ok(token)
}

/// Connects only to servers whose certificate leads to one of the given ones, or to a public one if none is given.
fn agent(context: &Context<'_>, ca: Option<&Path>) -> Result<Agent> {
    let mut config = Agent::config_builder().http_status_as_error(false).max_redirects(0).timeout_global(Some(TIMEOUT));
    if let Some(path) = ca {
        let pem = std::fs::read(path).with_context(|| path.display().to_string())?;
        let mut certificates = Vec::new();
        for item in parse_pem(&pem) {
            if let Ok(PemItem::Certificate(certificate)) = item {
                certificates.push(certificate);
            }
        }
        if certificates.is_empty() {
            return Err(mistake(context, "remote-no-certificate", &path.display().to_string()));
        }
        config = config.tls_config(TlsConfig::builder().root_certs(RootCerts::new_with_certs(&certificates)).build());
    }
    Ok(config.build().new_agent())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_travels_unprotected_to_another_machine() {
        for server in ["https://mamori.example", "http://127.0.0.1:8443", "http://localhost", "http://[::1]:80"] {
            assert!(is_protected(server), "{server}");
        }
        for server in [
            "http://mamori.example",
            "http://127.0.0.1.evil.example",
            "http://localhost@evil.example",
            "ftp://localhost",
            "",
        ] {
            assert!(!is_protected(server), "{server}");
        }
    }
}

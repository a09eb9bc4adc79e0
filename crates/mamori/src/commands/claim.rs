//! `mamori claim`: what people say, kept as evidence and held against proof.

use anyhow::{Context as _, Result};
use base::{Date, Verdict};
use evidence::receive::Mode;
use evidence::{Gathered, Receipt, ReceiptState};
use governance::statement::write_claim;
use serde_json::json;

use super::{Context, job, parse_day, settle_site};
use crate::cli::{AnswerArg, ClaimCommand};
use crate::commands::import;
use crate::output::{self, Mistake, Outcome};
use installation::Installation;

/// Largest document, in bytes.
const MAX_DOCUMENT_BYTES: u64 = 256 << 20;

pub(crate) fn run(context: Context<'_>, command: &ClaimCommand) -> Result<Outcome> {
    let installation = context.open()?;
    let site = settle_site(&installation, &context.global.site, None)?.id;
    let who = context.who();
    match command {
        ClaimCommand::Answer { item, answer, target, note } => {
            let target = target.as_ref().map(|day| parse_day(&installation, day)).transpose()?;
            answer_item(&installation, &context, &site, &who, &Answered { item, answer: *answer, target, note })
        }
        ClaimCommand::Document { kind, file, title, edition, by, issued, until, sections } => {
            if installation.packs.kinds.find(kind).is_none() {
                let known: Vec<&str> = installation.packs.kinds.iter().map(|kind| kind.kind.as_str()).collect();
                return Err(Mistake(installation.say(
                    "claim-unknown-kind",
                    &[("kind", kind.as_str().into()), ("known", known.join(", ").into())],
                ))
                .into());
            }
            let size = std::fs::metadata(file).with_context(|| file.display().to_string())?.len();
            if size > MAX_DOCUMENT_BYTES {
                return Err(Mistake(
                    installation.say("refused-too-large", &[("detail", format!("{} MB", size >> 20).into())]),
                )
                .into());
            }
            let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
            let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            let statement = Paper {
                kind,
                title: title.as_deref().unwrap_or(&name),
                edition: edition.as_deref(),
                by,
                issued: issued.as_ref().map(|day| parse_day(&installation, day)).transpose()?,
                until: until.as_ref().map(|day| parse_day(&installation, day)).transpose()?,
                sections,
                attachment: base::ContentHash::of(&bytes),
            };
            let text = statement.to_toml();
            let statement_name = format!("{name}.statement.toml");
            let files = vec![(name, bytes), (statement_name, text.into_bytes())];
            receive(&installation, &context, &site, &who, Gathered::from_files(files, installation.settings.limits))
        }
        ClaimCommand::List => list(&installation, &context, &site),
    }
}

struct Answered<'a> {
    item: &'a str,
    answer: AnswerArg,
    target: Option<Date>,
    note: &'a str,
}

/// A "yes" against evidence is not recorded: first comes an exception, or new evidence.
fn answer_item(
    installation: &Installation,
    context: &Context<'_>,
    site: &str,
    who: &str,
    answered: &Answered<'_>,
) -> Result<Outcome> {
    let known = installation
        .packs
        .frameworks
        .iter()
        .flat_map(|framework| &framework.items)
        .find(|item| item.id == answered.item);
    let Some(item) = known else {
        return Err(Mistake(installation.say("claim-unknown-item", &[("item", answered.item.into())])).into());
    };
    if answered.answer == AnswerArg::No && answered.target.is_none() {
        return Err(Mistake(installation.say("claim-no-target", &[])).into());
    }
    if answered.answer != AnswerArg::No {
        let (_, assessment) = installation.assess(site)?;
        let against: Vec<String> = item
            .checks
            .iter()
            .filter(|id| {
                assessment.find(&installation.packs.checks, id).is_some_and(governance::CheckAnswer::is_finding)
            })
            .cloned()
            .collect();
        if !against.is_empty() {
            let arguments = [("item", answered.item.into()), ("checks", against.join(", ").into())];
            output::note(&installation.say("claim-against-evidence", &arguments));
            return Ok(Outcome::Contradicted);
        }
    }
    let answer = match answered.answer {
        AnswerArg::Yes => "yes",
        AnswerArg::No => "no",
        AnswerArg::Na => "na",
    };
    let now = installation.now();
    let text = write_claim(answered.item, answer, who, now.date_jst(), answered.target, answered.note);
    let name = format!("claim-{}-{}.statement.toml", answered.item, now.0);
    let gathered = Gathered::from_bytes(&name, text.into_bytes(), installation.settings.limits);
    receive(installation, context, site, who, gathered)
}

fn receive(
    installation: &Installation,
    context: &Context<'_>,
    site: &str,
    who: &str,
    gathered: Gathered,
) -> Result<Outcome> {
    let mut outcome = Outcome::Done;
    installation.receive_all(site, who, &gathered, Mode::Apply, |name, receipt| {
        let unread =
            |receipt: &Receipt| matches!(receipt.state, ReceiptState::Unreadable(_)) || !receipt.refusals.is_empty();
        if receipt.is_ok_and(unread) {
            outcome = Outcome::Refused;
        }
        match receipt {
            // The document itself need not be of a format that mamori reads.
            Ok(receipt) if receipt.state == ReceiptState::Unrecognised && !context.global.json => {
                let number = receipt.evidence.unwrap_or(0);
                output::line(&installation.say("claim-attached", &[("number", number.into()), ("name", name.into())]));
            }
            receipt => import::show(installation, context.global.json, name, receipt),
        }
        Ok(())
    })?;
    job::work(installation)?;
    Ok(outcome)
}

/// A document with who stands behind it.
struct Paper<'a> {
    kind: &'a str,
    title: &'a str,
    edition: Option<&'a str>,
    by: &'a str,
    issued: Option<Date>,
    until: Option<Date>,
    sections: &'a [String],
    attachment: base::ContentHash,
}

impl Paper<'_> {
    fn to_toml(&self) -> String {
        let mut table = toml::Table::new();
        let mut put = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                table.insert(key.to_owned(), toml::Value::String(value));
            }
        };
        put("kind", Some(self.kind.to_owned()));
        put("title", Some(self.title.to_owned()));
        put("edition", self.edition.map(ToOwned::to_owned));
        put("signed_by", Some(self.by.to_owned()));
        put("issued_on", self.issued.map(|day| day.to_string()));
        put("valid_until", self.until.map(|day| day.to_string()));
        put("attachment_sha256", Some(self.attachment.to_string()));
        if !self.sections.is_empty() {
            let sections = self.sections.iter().cloned().map(toml::Value::String).collect();
            table.insert("sections".to_owned(), toml::Value::Array(sections));
        }
        format!("mamori_statement = 1\n{table}")
    }
}

fn list(installation: &Installation, context: &Context<'_>, site: &str) -> Result<Outcome> {
    let Some(site) = installation.find_site(site)? else { return Ok(Outcome::Done) };
    let (world, assessment) = installation.assess(&site.id)?;
    let mut outcome = Outcome::Done;
    for answers in installation.answer(&site, &world, &assessment) {
        for item in &answers.items {
            if item.verdict == Verdict::Contradicted {
                outcome = Outcome::Contradicted;
            }
            let said = item.claim.as_ref().map(|claim| match claim.answer {
                Some(true) => "yes",
                Some(false) => "no",
                None => "na",
            });
            let text = item.item.text.get(installation.lang());
            if context.global.json {
                output::json(
                    &json!({ "item": item.item.id, "number": item.item.number, "verdict": item.verdict, "answer": said, "text": text }),
                );
            } else {
                let verdict = installation.say(verdict_word(item.verdict), &[]);
                output::line(&format!("{:<10} {verdict}  {:<4} {text}", item.item.id, said.unwrap_or("―")));
            }
        }
    }
    Ok(outcome)
}

const fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Proved => "verdict-proved",
        Verdict::Contradicted => "verdict-contradicted",
        Verdict::Attested => "verdict-attested",
        Verdict::Stale => "verdict-stale",
        Verdict::Unknown => "verdict-unknown",
    }
}

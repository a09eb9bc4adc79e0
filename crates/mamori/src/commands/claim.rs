//! `mamori claim`: what people say, kept as evidence and held against proof.

use anyhow::{Context as _, Result};
use base::Verdict;
use evidence::{Receipt, ReceiptState};
use installation::Installation;
use installation::claims::{ClaimError, MAX_DOCUMENT_BYTES, NewAnswer, Paper, Said, is_unread};
use serde_json::json;

use super::{Context, job, parse_day, settle_site};
use crate::cli::{AnswerArg, ClaimCommand};
use crate::commands::import;
use crate::output::{self, Mistake, Outcome};

pub(crate) fn run(context: Context<'_>, command: &ClaimCommand) -> Result<Outcome> {
    let installation = context.open()?;
    let site = settle_site(&installation, &context.who(), &context.global.site, None)?.id;
    let who = context.who();
    match command {
        ClaimCommand::Answer { item, answer, target, note } => {
            let target = target.as_ref().map(|day| parse_day(&installation, day)).transpose()?;
            let said = match answer {
                AnswerArg::Yes => Said::Yes,
                AnswerArg::No => Said::No(target),
                AnswerArg::Na => Said::NotApplicable,
            };
            answer_item(&installation, &context, &site, &NewAnswer { item, said, note, who: &who, seen: None })
        }
        ClaimCommand::Document { kind, file, title, edition, by, issued, until, sections } => {
            let size = std::fs::metadata(file).with_context(|| file.display().to_string())?.len();
            if size > MAX_DOCUMENT_BYTES {
                return refuse(&installation, "", ClaimError::BadSize { bytes: size });
            }
            let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
            let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            let paper = Paper {
                kind,
                title: title.as_deref().unwrap_or(&name),
                edition: edition.as_deref(),
                by,
                issued: issued.as_ref().map(|day| parse_day(&installation, day)).transpose()?,
                until: until.as_ref().map(|day| parse_day(&installation, day)).transpose()?,
                sections,
            };
            let received = installation.hand_in_document(&site, &who, &paper, (name.clone(), bytes));
            finish(&installation, &context, "", received)
        }
        ClaimCommand::List => list(&installation, &context, &site),
    }
}

fn answer_item(installation: &Installation, context: &Context<'_>, site: &str, new: &NewAnswer<'_>) -> Result<Outcome> {
    let mut assessment = None;
    let received = installation.answer_item(site, new, |id| {
        if assessment.is_none() {
            assessment = Some(installation.assess(site)?.1);
        }
        let found = assessment.as_ref().and_then(|assessment| assessment.find(&installation.packs.checks, id));
        Ok(found.is_some_and(governance::CheckAnswer::is_finding))
    });
    finish(installation, context, new.item, received)
}

/// Shows what was received, and brings the verdicts up to date.
fn finish(
    installation: &Installation,
    context: &Context<'_>,
    item: &str,
    received: Result<Vec<Receipt>, ClaimError>,
) -> Result<Outcome> {
    let receipts = match received {
        Ok(receipts) => receipts,
        Err(err) => return refuse(installation, item, err),
    };
    let mut outcome = Outcome::Done;
    for receipt in &receipts {
        if is_unread(receipt) {
            outcome = Outcome::Refused;
        }
        // The document itself need not be of a format that mamori reads.
        if receipt.state == ReceiptState::Unrecognised && !context.global.json {
            let number = receipt.evidence.unwrap_or(0);
            let arguments = [("number", number.into()), ("name", receipt.name.as_str().into())];
            output::line(&installation.say("claim-attached", &arguments));
        } else {
            import::show(installation, context.global.json, &receipt.name, Ok(receipt));
        }
    }
    job::work(installation)?;
    Ok(outcome)
}

fn refuse(installation: &Installation, item: &str, err: ClaimError) -> Result<Outcome> {
    let mistake = |id: &str, arguments: &[(&str, i18n::Argument)]| Err(Mistake(installation.say(id, arguments)).into());
    match err {
        ClaimError::UnknownItem { item } => mistake("claim-unknown-item", &[("item", item.into())]),
        ClaimError::UnknownKind { kind } => {
            let known: Vec<&str> = installation.packs.kinds.iter().map(|kind| kind.kind.as_str()).collect();
            mistake("claim-unknown-kind", &[("kind", kind.into()), ("known", known.join(", ").into())])
        }
        ClaimError::NoTarget | ClaimError::BadTarget { .. } => mistake("claim-no-target", &[]),
        ClaimError::BadSize { bytes } => {
            mistake("refused-too-large", &[("detail", format!("{} MB", bytes >> 20).into())])
        }
        ClaimError::BadText { .. } => mistake("refused-too-large", &[("detail", err.to_string().into())]),
        ClaimError::AgainstEvidence { checks } => {
            let arguments = [("item", item.into()), ("checks", checks.join(", ").into())];
            output::note(&installation.say("claim-against-evidence", &arguments));
            Ok(Outcome::Contradicted)
        }
        ClaimError::Withheld(err) => {
            output::note(&installation.say(err.message, &[("detail", err.detail.into())]));
            Ok(Outcome::Refused)
        }
        ClaimError::Overtaken { .. } | ClaimError::Store(_) | ClaimError::Receive(_) | ClaimError::Ledger(_) => {
            Err(err.into())
        }
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
                let verdict = installation
                    .say(if item.not_yet().is_some() { "verdict-not-yet" } else { verdict_word(item.verdict) }, &[]);
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

//! `mamori import`: evidence in, an answer per file.

use anyhow::Result;
use evidence::receive::Mode;
use evidence::{Receipt, ReceiptState, Refusal, gather};
use serde_json::{Value, json};

use super::{Context, job, settle_site};
use crate::cli::ImportArgs;
use crate::output::{self, Outcome};
use installation::Installation;

pub(crate) fn run(context: Context<'_>, arguments: &ImportArgs) -> Result<Outcome> {
    let installation = context.open()?;
    let site = settle_site(&installation, &context.who(), &context.global.site, Some(&arguments.about))?;
    let who = context.who();
    let gathered = gather(&arguments.paths, installation.settings.limits);
    let bar = output::progress(gathered.items().len(), &installation.say("progress-import", &[]));
    let mode = match (arguments.yes, arguments.preview) {
        (true, _) => Mode::Apply,
        (false, true) => Mode::PreviewAll,
        (false, false) => Mode::PreviewLedgers,
    };
    let mut outcome = Outcome::Done;
    let mut waiting = Vec::new();
    installation.receive_all(&site.id, &who, &gathered, mode, |name, receipt| {
        bar.set_message(name.to_owned());
        bar.inc(1);
        let refused = match receipt {
            Ok(receipt) => refused_anything(receipt),
            Err(_) => true,
        };
        if refused {
            outcome = Outcome::Refused;
        }
        if let Ok(Receipt { state: ReceiptState::Previewed(_), name, .. }) = receipt {
            waiting.push(name.clone());
        }
        bar.suspend(|| show_as(&installation, context.global.json, name, receipt, mode));
    })?;
    bar.finish_and_clear();
    if !waiting.is_empty() {
        let question = installation.say("import-apply-question", &[("count", waiting.len().into())]);
        if !arguments.preview && output::confirm(&question) {
            apply(&installation, &site.id, &who, &gathered, &waiting, context.global.json)?;
        } else {
            output::note(&installation.say("import-not-applied", &[("count", waiting.len().into())]));
            // Who only wanted to look has all they asked for; who wanted to import has not.
            if !arguments.preview {
                outcome = Outcome::Refused;
            }
        }
    }
    job::work(&installation)?;
    Ok(outcome)
}

fn refused_anything(receipt: &Receipt) -> bool {
    let unread = matches!(receipt.state, ReceiptState::Unrecognised | ReceiptState::Unreadable(_));
    unread || !receipt.refusals.is_empty()
}

fn apply(
    installation: &Installation,
    site: &str,
    who: &str,
    gathered: &evidence::Gathered,
    names: &[String],
    as_json: bool,
) -> Result<()> {
    let intake = installation.intake(site, who);
    for item in gathered.items().iter().filter(|item| names.contains(&item.name)) {
        let Ok(bytes) = gathered.read(item) else { continue };
        let receipt = intake.receive(&gathered.source(item, &bytes, installation.now()), Mode::Apply)?;
        show(installation, as_json, &item.name, Ok(&receipt));
    }
    Ok(())
}

/// Shows what became of one file. It is shown only after it is on the disk.
pub(crate) fn show(installation: &Installation, as_json: bool, name: &str, receipt: Result<&Receipt, &Refusal>) {
    show_as(installation, as_json, name, receipt, Mode::Apply);
}

fn show_as(installation: &Installation, as_json: bool, name: &str, receipt: Result<&Receipt, &Refusal>, mode: Mode) {
    if as_json {
        output::json(&to_json(installation, name, receipt, mode));
        return;
    }
    match receipt {
        Err(refusal) => {
            let arguments = [("name", name.into()), ("reason", installation.say_refusal(refusal).into())];
            output::line(&installation.say("import-refused-file", &arguments));
        }
        Ok(receipt) => show_receipt(installation, receipt, mode),
    }
}

/// Refusals printed one by one.
const MAX_SHOWN: usize = 20;

/// Whether nothing was kept because secrets could not be taken out.
fn is_withheld(receipt: &Receipt, mode: Mode) -> bool {
    matches!(receipt.state, ReceiptState::Unreadable(_)) && receipt.evidence.is_none() && mode != Mode::PreviewAll
}

fn show_receipt(installation: &Installation, receipt: &Receipt, mode: Mode) {
    let refused = receipt.refusals.len();
    let arguments = [
        ("name", receipt.name.as_str().into()),
        ("accepted", receipt.accepted.into()),
        ("facts", i64::try_from(receipt.facts).unwrap_or(i64::MAX).into()),
        ("refused", refused.into()),
        ("number", receipt.evidence.unwrap_or(0).into()),
    ];
    let id = match &receipt.state {
        ReceiptState::Applied => "import-applied",
        ReceiptState::Known => "import-known",
        ReceiptState::Unrecognised | ReceiptState::Unreadable(_) if mode == Mode::PreviewAll => "remote-unread-preview",
        ReceiptState::Unrecognised => "import-unrecognised",
        ReceiptState::Unreadable(_) if is_withheld(receipt, mode) => "import-withheld",
        ReceiptState::Unreadable(_) => "import-unreadable",
        ReceiptState::Previewed(_) => "import-previewed",
    };
    output::line(&installation.say(id, &arguments));
    if let ReceiptState::Previewed(preview) = &receipt.state {
        show_preview(installation, preview);
    }
    for refusal in receipt.refusals.iter().take(MAX_SHOWN) {
        let reason = installation.say_refusal(refusal);
        output::line(&format!("    {}  {reason}", refusal.locator));
    }
    if refused > MAX_SHOWN {
        output::line(&installation.say("import-more-refused", &[("count", (refused - MAX_SHOWN).into())]));
    }
    for struck in &receipt.struck {
        output::line(&installation.say(
            "import-struck",
            &[("what", struck.what.as_str().into()), ("place", struck.locator.to_string().into())],
        ));
    }
}

fn show_preview(installation: &Installation, preview: &evidence::preview::Preview) {
    let arguments = [
        ("added", preview.added.len().into()),
        ("changed", preview.changed.len().into()),
        ("missing", preview.missing.len().into()),
        ("same", preview.same.into()),
    ];
    output::line(&installation.say("preview-counts", &arguments));
    for subject in preview.added.iter().take(MAX_SHOWN) {
        output::line(&format!("    + {subject}"));
    }
    for change in preview.changed.iter().take(MAX_SHOWN) {
        let before = change.before.as_deref().unwrap_or("―");
        output::line(&format!("    ~ {} {}: {before} → {}", change.subject, change.key, change.after));
    }
    for subject in preview.missing.iter().take(MAX_SHOWN) {
        output::line(&format!("    - {subject}"));
    }
}

fn to_json(installation: &Installation, name: &str, receipt: Result<&Receipt, &Refusal>, mode: Mode) -> Value {
    let receipt = match receipt {
        Err(refusal) => {
            return json!({ "name": name, "state": "refused", "reason": installation.say_refusal(refusal) });
        }
        Ok(receipt) => receipt,
    };
    let state = match &receipt.state {
        ReceiptState::Applied => "applied",
        ReceiptState::Known => "known",
        ReceiptState::Unrecognised => "unrecognised",
        ReceiptState::Unreadable(_) if is_withheld(receipt, mode) => "withheld",
        ReceiptState::Unreadable(_) => "unreadable",
        ReceiptState::Previewed(_) => "previewed",
    };
    let preview = match &receipt.state {
        ReceiptState::Previewed(preview) => json!({
            "added": preview.added.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "changed": preview.changed.iter().map(|change| json!({
                "subject": change.subject.to_string(), "key": change.key, "before": change.before, "after": change.after,
            })).collect::<Vec<_>>(),
            "missing": preview.missing.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "same": preview.same,
        }),
        _ => Value::Null,
    };
    json!({
        "name": receipt.name,
        "state": state,
        "importer": receipt.importer,
        "sha256": receipt.sha256.to_string(),
        "evidence": receipt.evidence,
        "accepted": receipt.accepted,
        "unused": receipt.unused,
        "facts": receipt.facts,
        "refused": receipt.refusals.iter().map(|refusal| json!({
            "place": refusal.locator.to_string(),
            "reason": installation.say_refusal(refusal),
        })).collect::<Vec<_>>(),
        "refused_more": receipt.refused_more,
        "struck": receipt.struck.iter().map(|struck| json!({ "what": struck.what, "place": struck.locator.to_string() })).collect::<Vec<_>>(),
        "preview": preview,
    })
}

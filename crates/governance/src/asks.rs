//! What is not known, and which export or document would tell.

use std::collections::BTreeMap;

use assess::Reason;
use base::Verdict;
use i18n::message;
use report::model::{AskLine, MadeOn};

use crate::answers::ItemAnswer;
use crate::build::Material;

/// What would answer the open questions: the same export is asked for once, with every item it serves.
pub(crate) fn asks(material: &Material<'_>) -> Vec<AskLine> {
    let mut by_text: BTreeMap<(usize, String), AskLine> = BTreeMap::new();
    for item in material.answers.iter().flat_map(|answers| &answers.items) {
        if matches!(item.verdict, Verdict::Proved) {
            continue;
        }
        for reason in &item.reasons {
            let Reason::Check { check, verdict: Verdict::Unknown | Verdict::Stale } = reason else { continue };
            let Some(check) = material.checks.iter().find(|one| one.id == *check) else { continue };
            let wanted = Wanted {
                what: check.title.get(material.lang),
                how: check.ask.get(material.lang).to_owned(),
                papers: &[],
                made_on: check.made_on,
                limit: check.limit.as_ref().map_or("", |limit| limit.get(material.lang)),
            };
            add_ask(&mut by_text, wanted, item);
        }
        let no_paper = item.reasons.iter().any(|reason| {
            matches!(
                reason,
                Reason::NothingSubmitted
                    | Reason::ClaimNotEnough
                    | Reason::ClaimTooOld { .. }
                    | Reason::DocumentExpired { .. }
                    | Reason::ElementsMissing { .. }
            )
        });
        // A paper that is on file and in its time need not be asked for again.
        let is_on_file = item.reasons.iter().any(|reason| matches!(reason, Reason::Document { .. }));
        if no_paper && !is_on_file && !item.item.documents.is_empty() {
            let labels: Vec<String> = item
                .item
                .documents
                .iter()
                .map(|kind| material.kinds.label(kind).get(material.lang).to_owned())
                .collect();
            let how = message(material.lang, "ask-document", &[("documents", labels.join("・").into())]);
            let what = item.item.text.get(material.lang);
            add_ask(&mut by_text, Wanted { what, how, papers: &item.item.documents, made_on: None, limit: "" }, item);
        }
    }
    by_text.into_values().collect()
}

/// What one open question asks for.
struct Wanted<'a> {
    what: &'a str,
    how: String,
    /// Kinds of documents; empty for an export.
    papers: &'a [String],
    made_on: Option<assess::MadeOn>,
    /// Why no evidence of today answers it; empty if some does.
    limit: &'a str,
}

fn add_ask(by_text: &mut BTreeMap<(usize, String), AskLine>, wanted: Wanted<'_>, item: &ItemAnswer<'_>) {
    let Wanted { what, how, papers, made_on, limit } = wanted;
    let order = by_text.len();
    let present = by_text.iter().find(|((_, text), _)| *text == how).map(|(key, _)| key.clone());
    let line = by_text.entry(present.unwrap_or((order, how.clone()))).or_insert_with(|| AskLine {
        what: what.to_owned(),
        how,
        answers: Vec::new(),
        papers: papers.to_vec(),
        made_on: made_on.map(|sort| match sort {
            assess::MadeOn::Domain => MadeOn::Domain,
            assess::MadeOn::Machine => MadeOn::Machine,
        }),
        limit: limit.to_owned(),
    });
    if !line.answers.contains(&item.item.number) {
        line.answers.push(item.item.number.clone());
    }
}

//! Why a verdict is what it is, in sentences.

use assess::{Check, Reason};
use base::{Date, Lang, Verdict};
use i18n::message;

use crate::answers::ItemAnswer;
use crate::assessment::Assessment;
use crate::documents::DocumentKinds;

/// What is needed to say why.
#[derive(Clone, Copy)]
pub(crate) struct Speaker<'a> {
    pub(crate) lang: Lang,
    pub(crate) checks: &'a [Check],
    pub(crate) assessment: &'a Assessment,
    pub(crate) kinds: &'a DocumentKinds,
    pub(crate) today: Date,
}

/// Most reasons told for one item, the weightiest first.
const MAX_REASONS: usize = 4;

impl Speaker<'_> {
    /// The reasons of an item, one sentence each.
    pub(crate) fn reasons(&self, answer: &ItemAnswer<'_>) -> String {
        // Where a document stands, it need not be said that the answer alone would not do.
        let has_document = answer.reasons.iter().any(|reason| matches!(reason, Reason::Document { .. }));
        let counts = |reason: &&Reason| !(has_document && **reason == Reason::ClaimNotEnough);
        let mut reasons: Vec<&Reason> = answer.reasons.iter().filter(counts).collect();
        reasons.sort_by_key(|reason| weight(reason));
        let told: Vec<String> = reasons.iter().take(MAX_REASONS).map(|reason| self.reason(reason, answer)).collect();
        let mut text = told.join(if self.lang == Lang::Ja { "" } else { " " });
        if let Some(more) = reasons.len().checked_sub(MAX_REASONS).filter(|more| *more > 0) {
            text.push_str(&message(self.lang, "reason-more", &[("count", more.into())]));
        }
        if answer.claim.as_ref().is_some_and(|claim| claim.answer == Some(true))
            && answer.verdict == Verdict::Contradicted
        {
            text.insert_str(0, &message(self.lang, "reason-yes-against-evidence", &[]));
        }
        text
    }

    fn reason(&self, reason: &Reason, answer: &ItemAnswer<'_>) -> String {
        let lang = self.lang;
        let label = |kind: &str| self.kinds.label(kind).get(lang).to_owned();
        match reason {
            Reason::Check { check, verdict } => self.check_reason(check, *verdict),
            Reason::CheckNotApplicable { check } => {
                message(lang, "reason-check-not-applicable", &[("title", self.title(check).into())])
            }
            Reason::UnderException { check } => {
                message(lang, "reason-under-exception", &[("title", self.title(check).into())])
            }
            Reason::Document { kind } => message(lang, "reason-document", &[("document", label(kind).into())]),
            Reason::DocumentExpired { kind, valid_until } => message(
                lang,
                "reason-document-expired",
                &[("document", label(kind).into()), ("date", valid_until.to_string().into())],
            ),
            Reason::ElementsMissing { kind, elements } => {
                let named = elements.iter().map(|id| {
                    let element = answer.item.elements.iter().find(|element| element.id == *id);
                    element.map_or(id.as_str(), |element| element.label.get(lang))
                });
                let named: Vec<&str> = named.collect();
                let arguments = [("document", label(kind).into()), ("elements", named.join("、").into())];
                message(lang, "reason-elements-missing", &arguments)
            }
            Reason::SaidYes => message(lang, "reason-said-yes", &[]),
            Reason::SaidNo => match answer.claim.as_ref().and_then(|claim| claim.target_on) {
                Some(day) if day < self.today => {
                    message(lang, "reason-said-no-over", &[("date", day.to_string().into())])
                }
                Some(day) => message(lang, "reason-said-no-until", &[("date", day.to_string().into())]),
                None => message(lang, "reason-said-no", &[]),
            },
            Reason::ClaimNotEnough => message(lang, "reason-claim-not-enough", &[]),
            Reason::ClaimTooOld { checked_on } => {
                message(lang, "reason-claim-too-old", &[("date", checked_on.to_string().into())])
            }
            Reason::NothingSubmitted => message(lang, "reason-nothing-submitted", &[]),
        }
    }

    fn check_reason(&self, id: &str, verdict: Verdict) -> String {
        let counts = self.assessment.find(self.checks, id).map(|answer| answer.counts).unwrap_or_default();
        let arguments =
            |part: usize| [("title", self.title(id).into()), ("part", part.into()), ("all", counts.asked().into())];
        let lang = self.lang;
        match verdict {
            Verdict::Proved => message(lang, "reason-check-proved", &arguments(counts.holds)),
            Verdict::Contradicted => message(lang, "reason-check-contradicted", &arguments(counts.fails)),
            Verdict::Attested => message(lang, "reason-check-attested", &arguments(counts.holds)),
            Verdict::Stale => message(lang, "reason-check-stale", &arguments(counts.stale)),
            Verdict::Unknown => message(lang, "reason-check-unknown", &arguments(counts.unknown)),
        }
    }

    fn title(&self, id: &str) -> String {
        self.checks
            .iter()
            .find(|check| check.id == id)
            .map_or_else(|| id.to_owned(), |check| check.title.get(self.lang).to_owned())
    }
}

/// What speaks against comes first, then what is missing, then what stands.
const fn weight(reason: &Reason) -> u8 {
    match reason {
        Reason::Check { verdict: Verdict::Contradicted, .. } | Reason::SaidNo => 0,
        Reason::Check { verdict: Verdict::Stale, .. } | Reason::DocumentExpired { .. } | Reason::ClaimTooOld { .. } => {
            1
        }
        Reason::ElementsMissing { .. } | Reason::NothingSubmitted => 2,
        Reason::Check { verdict: Verdict::Unknown, .. } => 3,
        Reason::ClaimNotEnough | Reason::UnderException { .. } => 4,
        Reason::Check { verdict: Verdict::Attested, .. } | Reason::Document { .. } | Reason::SaidYes => 5,
        Reason::Check { verdict: Verdict::Proved, .. } => 6,
        Reason::CheckNotApplicable { .. } => 7,
    }
}

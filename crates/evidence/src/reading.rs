//! What an importer made of one file, before anything is stored.

use assess::Dictionary;
use base::{ContentHash, FactValue, Grade, Locator, UtcSeconds};

use crate::facts_root::{NamedFact, facts_root};
use crate::importer::{FactSink, Importer, NewFact, Source, Struck};
use crate::receive::{Receipt, ReceiptState};
use crate::store::EvidenceRow;

/// Evidence from a future further away than this is not believed; clocks differ, but not by days.
const MAX_CLOCK_LEAD_DAYS: i64 = 1;

/// What an importer made of a file, before anything is stored.
pub(crate) struct Reading<'a> {
    pub(crate) receipt: Receipt,
    pub(crate) original: ContentHash,
    pub(crate) stored: &'a [u8],
    pub(crate) subjects: Vec<base::Subject>,
    pub(crate) facts: Vec<NewFact>,
    pub(crate) received_at: UtcSeconds,
    pub(crate) observed_at: UtcSeconds,
    pub(crate) grade: Grade,
    pub(crate) wants_preview: bool,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(
        importer: Option<&dyn Importer>,
        source: &Source<'a>,
        mut sink: FactSink<'_>,
        state: ReceiptState,
        struck: Vec<Struck>,
        original: ContentHash,
    ) -> Self {
        let (stated_at, stated_grade) = sink.stated();
        let mut observed_at = stated_at.or(source.modified_at).unwrap_or(source.received_at);
        if observed_at > source.received_at.plus_days(MAX_CLOCK_LEAD_DAYS) {
            sink.refuse(Locator::Whole, "refused-clock-in-future", &observed_at.rfc3339());
            observed_at = source.received_at;
        }
        if let ReceiptState::Unreadable(err) = &state {
            sink.refuse(err.locator.clone(), err.message, &err.detail);
        }
        // A file that turned out unreadable half way says nothing, not even that something exists.
        let (subjects, facts, (accepted, unused)) = if state == ReceiptState::Applied {
            (sink.subjects().to_vec(), one_per_key(&mut sink), sink.counts())
        } else {
            (Vec::new(), Vec::new(), (0, 0))
        };
        let (refusals, refused_more) = sink.refusals();
        let receipt = Receipt {
            name: source.name.to_owned(),
            state,
            importer: importer.map_or("", Importer::id),
            sha256: ContentHash::of(source.bytes),
            evidence: None,
            accepted,
            unused,
            facts: u64::try_from(facts.len()).unwrap_or(u64::MAX),
            refusals: refusals.to_vec(),
            refused_more,
            struck,
        };
        Self {
            receipt,
            original,
            stored: source.bytes,
            subjects,
            facts,
            received_at: source.received_at,
            observed_at,
            grade: stated_grade.unwrap_or_else(|| importer.map_or(Grade::Stated, Importer::grade)),
            wants_preview: importer.is_some_and(Importer::wants_preview),
        }
    }

    /// Whether this says nothing that `known`, the same bytes, did not say. The same settings exported on a later day are a new
    /// observation; a file that could not be read before may be readable now.
    pub(crate) fn repeats(&self, known: &EvidenceRow) -> bool {
        known.importer == self.receipt.importer && self.observed_at.date_jst() <= known.observed_at.date_jst()
    }

    pub(crate) fn refused(&self) -> u32 {
        u32::try_from(self.receipt.refusals.len()).unwrap_or(u32::MAX).saturating_add(self.receipt.refused_more)
    }

    pub(crate) fn facts_root(&self, dictionary: &Dictionary) -> ContentHash {
        let leaves = self.facts.iter().filter_map(|fact| {
            let subject = self.subjects.get(usize::try_from(fact.subject).ok()?)?;
            let named = NamedFact {
                subject_kind: subject.kind().name(),
                subject_id: subject.id(),
                key: dictionary.key(fact.key),
                value: &fact.value.to_string(),
                locator: &fact.locator.to_string(),
                grade: self.grade,
                observed_at: self.observed_at,
            };
            Some(named.leaf())
        });
        facts_root(leaves.collect())
    }
}

/// One fact per subject and key, sorted for the table: lists are joined; of values that differ none stands, and both places are
/// refused, because nobody can say which one is right.
fn one_per_key(sink: &mut FactSink<'_>) -> Vec<NewFact> {
    let mut facts = sink.facts().to_vec();
    facts.sort_by_key(|fact| (fact.subject, fact.key));
    let mut disputed = Vec::new();
    facts.dedup_by(|later, first| {
        if (later.subject, later.key) != (first.subject, first.key) {
            return false;
        }
        if let (FactValue::List(a), FactValue::List(b)) = (&first.value, &later.value) {
            first.value = FactValue::list(a.iter().chain(b));
        } else if first.value != later.value {
            disputed.push((first.subject, first.key, first.locator.clone(), later.locator.clone()));
        }
        true
    });
    for (subject, key, first, later) in disputed {
        facts.retain(|fact| (fact.subject, fact.key) != (subject, key));
        let name = sink.dictionary().key(key).to_owned();
        sink.refuse(later, "refused-conflict", &format!("{name}, {first}"));
    }
    facts
}

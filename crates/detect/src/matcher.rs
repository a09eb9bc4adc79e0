//! Events, one after the other, against a plan.

use std::sync::Arc;

use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

use rustc_hash::FxHashMap;

use crate::plan::{Bits, FieldId, Interest, Kind, NO, Plan, RuleIndex, YES, fold_into};

/// Kinds of events whose interest is remembered; more of them and it begins anew.
const MAX_REMEMBERED: usize = 4_096;

/// The scratch memory of one thread. Per event: `begin`, `set` for its fields, `finish`.
#[derive(Debug)]
pub struct Matcher {
    plan: Arc<Plan>,
    interest: Interest,
    /// Stands in `interest` while that is taken out.
    nothing: Interest,
    remembered: FxHashMap<u64, Vec<Remembered>>,
    remembered_count: usize,
    /// Predicates that are true of this event.
    holds: Bits,
    found: Vec<u32>,
    folded: Vec<u8>,
    /// Values that lazy tests may ask for: field, and where its text lies in `text`.
    values: Vec<(FieldId, usize, usize)>,
    text: Vec<u8>,
    /// Lazy tests that were asked already, and their answers.
    asked: Bits,
    answers: Bits,
    asked_list: Vec<usize>,
    candidates: Bits,
}

#[derive(Debug)]
struct Remembered {
    channel: Option<Box<str>>,
    provider: Box<str>,
    event_id: u32,
    interest: Interest,
}

impl Matcher {
    /// Memory for one thread; it is used again for every event.
    pub fn new(plan: Arc<Plan>) -> Self {
        let nothing = Interest::none();
        Self {
            interest: nothing.clone(),
            nothing,
            remembered: FxHashMap::default(),
            remembered_count: 0,
            holds: Bits::default(),
            found: Vec::new(),
            folded: Vec::new(),
            values: Vec::new(),
            text: Vec::new(),
            asked: Bits::default(),
            answers: Bits::default(),
            asked_list: Vec::new(),
            candidates: Bits::default(),
            plan,
        }
    }

    /// The plan it matches against.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Begins an event; `false` if no rule can fire on it, whatever its fields hold.
    ///
    /// Interests are remembered here. A caller that keeps them itself uses [`Matcher::begin_with`].
    pub fn begin(&mut self, channel: Option<&str>, provider: &str, event_id: u32) -> bool {
        let interest = self.recall(channel, provider, event_id);
        let wanted = !interest.is_empty();
        self.begin_with(interest);
        wanted
    }

    /// Begins an event whose interest is known.
    pub fn begin_with(&mut self, interest: Interest) {
        self.clear();
        let kind = &interest.0;
        self.holds.grow(kind.predicate_count);
        self.asked.grow(kind.lazies.len());
        self.answers.grow(kind.lazies.len());
        self.candidates.grow(kind.open.len());
        for (field, value) in &kind.keys {
            let start = self.text.len();
            self.text.extend_from_slice(value.as_bytes());
            self.values.push((*field, start, self.text.len()));
        }
        self.interest = interest;
    }

    /// Hands the interest of the last event back, once that is over. Threads that keep interests themselves give and take
    /// them in turn, so that no counter is shared between them for every event.
    pub fn take_interest(&mut self) -> Interest {
        self.clear();
        std::mem::replace(&mut self.interest, self.nothing.clone())
    }

    /// What is wanted of the event that was begun.
    pub fn interest(&self) -> &Interest {
        &self.interest
    }

    /// Gives a value of a field; a field may have several. A field that the event lacks is not given at all, one that
    /// is there and empty is given as an empty text. Channel, provider and event id are not given here.
    #[inline]
    pub fn set(&mut self, field: FieldId, value: &str) {
        self.set_utf8(field, value.as_bytes());
    }

    /// As [`Matcher::set`], with the bytes of a text: a reader that wrote them knows that they are UTF-8.
    #[inline]
    pub fn set_utf8(&mut self, field: FieldId, value: &[u8]) {
        let (own, text) = (self.interest.needs(field), self.interest.needs_text());
        if !own && !text {
            return;
        }
        let ascii = fold_into(value, &mut self.folded);
        if own {
            self.look(field, value, ascii);
        }
        if text {
            self.look(FieldId::TEXT, value, ascii);
        }
    }

    /// Gives a value of a field that no rule names; keywords look at it.
    #[inline]
    pub fn set_unmapped(&mut self, value: &str) {
        self.set_unmapped_utf8(value.as_bytes());
    }

    /// As [`Matcher::set_unmapped`], with the bytes of a text.
    #[inline]
    pub fn set_unmapped_utf8(&mut self, value: &[u8]) {
        if self.interest.needs_text() {
            let ascii = fold_into(value, &mut self.folded);
            self.look(FieldId::TEXT, value, ascii);
        }
    }

    /// Adds the rules that fire on the event to `hits`, rising. The event is then over.
    pub fn finish(&mut self, hits: &mut Vec<RuleIndex>) {
        let first = hits.len();
        // Taken out for as long as the rest of the matcher is changed.
        let interest = std::mem::replace(&mut self.interest, self.nothing.clone());
        let kind = &*interest.0;
        for predicate in &self.found {
            for place in kind.witnessed_by(*predicate) {
                self.candidates.add(*place as usize);
            }
        }
        for place in &kind.always {
            self.candidates.add(*place as usize);
        }
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.drain(|place| {
            if self.fires(kind, place) {
                hits.extend(kind.open.get(place).copied().map(RuleIndex));
            }
        });
        self.candidates = candidates;
        if !kind.certain.is_empty() {
            hits.extend(kind.certain.iter().copied().map(RuleIndex));
            if let Some(own) = hits.get_mut(first..) {
                own.sort_unstable();
            }
        }
        self.interest = interest;
        self.clear();
    }

    #[inline]
    fn look(&mut self, field: FieldId, value: &[u8], ascii: bool) {
        let kind = &*self.interest.0;
        let Some(index) = kind.index_of(field) else { return };
        let (holds, found) = (&mut self.holds, &mut self.found);
        index.find(&self.folded, ascii, &mut |needle| {
            for predicate in kind.predicates_of(needle) {
                if holds.add(*predicate as usize) {
                    found.push(*predicate);
                }
            }
        });
        if index.keeps_value {
            let start = self.text.len();
            self.text.extend_from_slice(value);
            self.values.push((field, start, self.text.len()));
        }
    }

    fn fires(&mut self, kind: &Kind, place: usize) -> bool {
        let mut at = kind.entry_of(place);
        // Steps only lead to steps that were made before them, so the walk ends.
        while at < NO {
            let Some(step) = kind.step(at).copied() else { return false };
            let holds = match step.atom.lazy() {
                None => self.holds.has(step.atom.0 as usize),
                Some(index) => self.ask(kind, index),
            };
            at = if holds { step.yes } else { step.no };
        }
        at == YES
    }

    fn ask(&mut self, kind: &Kind, index: usize) -> bool {
        if !self.asked.add(index) {
            return self.answers.has(index);
        }
        self.asked_list.push(index);
        let Some(lazy) = kind.lazies.get(index).and_then(|index| self.plan.lazy(*index)) else { return false };
        let own = self.values.iter().filter(|(field, ..)| *field == lazy.field);
        let holds = own.into_iter().any(|(_, start, end)| {
            lazy.holds(self.text_at(*start, *end), |other| {
                let others = self.values.iter().filter(|(field, ..)| *field == other);
                others.map(|(_, start, end)| self.text_at(*start, *end)).collect()
            })
        });
        if holds {
            self.answers.add(index);
        }
        holds
    }

    /// A value that lazy tests may ask for; empty if it was no UTF-8.
    fn text_at(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).and_then(|value| std::str::from_utf8(value).ok()).unwrap_or_default()
    }

    fn clear(&mut self) {
        for predicate in self.found.drain(..) {
            self.holds.remove(predicate as usize);
        }
        for index in self.asked_list.drain(..) {
            self.asked.remove(index);
            self.answers.remove(index);
        }
        self.values.clear();
        self.text.clear();
    }

    fn recall(&mut self, channel: Option<&str>, provider: &str, event_id: u32) -> Interest {
        let mut hasher = FxHasher::default();
        (channel, provider, event_id).hash(&mut hasher);
        let key = hasher.finish();
        let same = |known: &&Remembered| {
            known.event_id == event_id && known.channel.as_deref() == channel && *known.provider == *provider
        };
        if let Some(known) = self.remembered.get(&key).and_then(|known| known.iter().find(same)) {
            return known.interest.clone();
        }
        if self.remembered_count >= MAX_REMEMBERED {
            self.remembered.clear();
            self.remembered_count = 0;
        }
        let interest = self.plan.interest(channel, provider, event_id);
        self.remembered_count += 1;
        self.remembered.entry(key).or_default().push(Remembered {
            channel: channel.map(Into::into),
            provider: provider.into(),
            event_id,
            interest: interest.clone(),
        });
        interest
    }
}

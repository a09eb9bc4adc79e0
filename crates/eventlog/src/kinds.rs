//! The kinds of events that were met: channel, provider, event id, and what the plan wants of them.

use std::hash::{Hash as _, Hasher as _};

use detect::{Interest, Plan};
use formats::evtx::Value;
use rustc_hash::{FxHashMap, FxHasher};

use crate::view::{Need, View};

/// Kinds remembered; more of them and it begins anew. Windows has some tens of thousands of events, a log some hundreds.
const MAX_KINDS: usize = 8_192;
/// Templates remembered for one kind.
const MAX_TEMPLATES: usize = 64;
/// Fields to be read that are remembered for all kinds and templates together: some tens of megabytes.
const MAX_NEEDS: usize = 1 << 20;

/// What makes a kind, as it lies in the record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key<'a> {
    pub(crate) channel: Option<Value<'a>>,
    pub(crate) provider: Option<Value<'a>>,
    /// `None` if the event has no id, or none that is a number.
    pub(crate) event_id: Option<u32>,
}

/// Type and bytes of a value, kept.
type Kept = Option<(u16, Box<[u8]>)>;

/// One kind of event.
#[derive(Debug)]
pub(crate) struct Kind {
    channel: Kept,
    provider: Kept,
    event_id: Option<u32>,
    /// Whether any rule can fire.
    pub(crate) is_wanted: bool,
    /// Out while an event is matched.
    pub(crate) interest: Option<Interest>,
    /// By number of the template: what is read of it.
    needs: Vec<(u32, Box<[Need]>)>,
}

/// The kinds of one thread.
#[derive(Debug, Default)]
pub(crate) struct Kinds {
    list: Vec<Kind>,
    by_hash: FxHashMap<u64, Vec<usize>>,
    text: [String; 2],
    /// Of all kinds together.
    need_count: usize,
}

impl Kinds {
    /// The kind with this number, and the count of what all kinds remember.
    pub(crate) fn get_mut(&mut self, kind: usize) -> Option<(&mut Kind, &mut usize)> {
        Some((self.list.get_mut(kind)?, &mut self.need_count))
    }

    /// Whether so much is remembered of templates that it should be forgotten.
    pub(crate) fn knows_too_much(&self) -> bool {
        MAX_NEEDS < self.need_count
    }

    /// Whether the kind with this number is that of `key`.
    #[inline]
    pub(crate) fn is(&self, kind: usize, key: &Key<'_>) -> bool {
        self.list.get(kind).is_some_and(|kind| kind.is(key))
    }

    /// Whether there is room for one kind more.
    pub(crate) fn is_full(&self) -> bool {
        MAX_KINDS <= self.list.len()
    }

    /// Forgets everything; numbers of kinds mean nothing any more.
    pub(crate) fn clear(&mut self) {
        self.list.clear();
        self.by_hash.clear();
        self.need_count = 0;
    }

    /// Number of the kind of `key`, `None` if it was not met yet.
    pub(crate) fn find(&self, key: &Key<'_>) -> Option<usize> {
        self.by_hash.get(&key.hash())?.iter().copied().find(|kind| self.is(*kind, key))
    }

    pub(crate) fn add(&mut self, plan: &Plan, key: &Key<'_>) -> usize {
        let [channel, provider] = &mut self.text;
        for (value, text) in [(key.channel, &mut *channel), (key.provider, &mut *provider)] {
            text.clear();
            if let Some(value) = value {
                value.write_to(text);
            }
        }
        let named = key.channel.map(|_| channel.as_str());
        // Without an id no rule that names one may fire.
        let interest = plan.interest(named, provider, key.event_id.unwrap_or(u32::MAX));
        let number = self.list.len();
        self.by_hash.entry(key.hash()).or_default().push(number);
        self.list.push(Kind {
            channel: kept(key.channel),
            provider: kept(key.provider),
            event_id: key.event_id,
            is_wanted: !interest.is_empty(),
            interest: Some(interest),
            needs: Vec::new(),
        });
        number
    }

    /// Forgets what was read of templates: their numbers were given anew.
    pub(crate) fn forget_templates(&mut self) {
        for kind in &mut self.list {
            kind.needs.clear();
        }
        self.need_count = 0;
    }
}

impl Kind {
    #[inline]
    fn is(&self, key: &Key<'_>) -> bool {
        self.event_id == key.event_id
            && is_same(self.channel.as_ref(), key.channel)
            && is_same(self.provider.as_ref(), key.provider)
    }

    /// What is read of a template for this kind; `interest` is the kind's own. What is remembered anew is counted.
    #[inline]
    pub(crate) fn needs_of(
        &mut self,
        template: u32,
        view: &View,
        interest: &Interest,
        need_count: &mut usize,
    ) -> &[Need] {
        let place = match self.needs.iter().position(|(number, _)| *number == template) {
            Some(place) => place,
            None => {
                let needs = view.needs(interest);
                *need_count += needs.len();
                self.add_needs(template, needs)
            }
        };
        self.needs.get(place).map_or(&[], |(_, needs)| needs)
    }

    #[cold]
    fn add_needs(&mut self, template: u32, needs: Box<[Need]>) -> usize {
        if MAX_TEMPLATES <= self.needs.len() {
            self.needs.clear();
        }
        self.needs.push((template, needs));
        self.needs.len() - 1
    }
}

impl Key<'_> {
    fn hash(&self) -> u64 {
        let mut hasher = FxHasher::default();
        for value in [self.channel, self.provider] {
            value.map(|value| value.raw()).hash(&mut hasher);
        }
        self.event_id.hash(&mut hasher);
        hasher.finish()
    }
}

fn kept(value: Option<Value<'_>>) -> Kept {
    value.map(|value| value.raw()).map(|(kind, bytes)| (kind, bytes.into()))
}

#[inline]
fn is_same(kept: Option<&(u16, Box<[u8]>)>, value: Option<Value<'_>>) -> bool {
    match (kept, value.map(|value| value.raw())) {
        (Some((kind, bytes)), Some((other_kind, other))) => *kind == other_kind && **bytes == *other,
        (None, None) => true,
        _ => false,
    }
}

//! Records against rules: the hot path of one thread.

use std::sync::Arc;

use detect::{FieldId, Matcher, Plan, RuleIndex};
use formats::evtx::{FileTime, Part, Record, Value};

use crate::kinds::{Key, Kinds};
use crate::view::{Need, SystemPlaces, View, text_at};

/// Matches records of one [`formats::evtx::Reader`] against a plan. Nothing is allocated for an event: what templates hold
/// and what the plan wants of a kind of event is worked out once.
#[derive(Debug)]
pub struct Detector {
    plan: Arc<Plan>,
    matcher: Matcher,
    views: Views,
    kinds: Kinds,
    text: Vec<u8>,
}

impl Detector {
    /// Memory for one thread, used again for every event.
    #[must_use]
    pub fn new(plan: Arc<Plan>) -> Self {
        Self {
            matcher: Matcher::new(Arc::clone(&plan)),
            views: Views::default(),
            kinds: Kinds::default(),
            text: Vec::new(),
            plan,
        }
    }

    /// Adds the rules that fire on an event to `hits`, rising. Whether any rule could have fired at all.
    pub fn detect(&mut self, record: &Record<'_>, hits: &mut Vec<RuleIndex>) -> bool {
        let number = self.find_kind(record);
        let Self { plan, matcher, views, kinds, text } = self;
        let Some((kind, need_count)) = kinds.get_mut(number).filter(|(kind, _)| kind.is_wanted) else {
            return false;
        };
        let Some(interest) = kind.interest.take() else { return false };
        matcher.begin_with(interest);
        for part in record.parts() {
            match views.keep(plan, &part) {
                Some((number, view)) => {
                    let needs = kind.needs_of(number, view, matcher.interest(), need_count);
                    give(matcher, text, &part, needs);
                }
                None => give(matcher, text, &part, &View::new(plan, &part).needs(matcher.interest())),
            }
        }
        matcher.finish(hits);
        kind.interest = Some(matcher.take_interest());
        true
    }

    /// When an event happened; where it does not say, when the log wrote it.
    #[must_use]
    pub fn time_of(&mut self, record: &Record<'_>) -> FileTime {
        self.renew(record);
        let own = record.parts().find_map(|part| match self.views.keep(&self.plan, &part) {
            Some((_, view)) => view.system.as_ref().map(|places| places.time(&part)),
            None => View::new(&self.plan, &part).system.map(|places| places.time(&part)),
        });
        own.flatten().unwrap_or(record.written_at)
    }

    /// Forgets what was worked out about templates if the reader has given their numbers anew.
    #[inline]
    fn renew(&mut self, record: &Record<'_>) {
        // Every part of a record is of one generation; those without a key are no template of the reader.
        let key = record.parts().find_map(|part| part.key());
        if let Some(key) = key.filter(|key| key.generation != self.views.generation) {
            self.views = Views { generation: key.generation, list: Vec::new() };
            self.kinds.forget_templates();
        }
        if self.kinds.knows_too_much() {
            self.kinds.forget_templates();
        }
    }

    /// Number of the kind of an event.
    #[inline]
    fn find_kind(&mut self, record: &Record<'_>) -> usize {
        self.renew(record);
        let Self { plan, views, kinds, .. } = self;
        for part in record.parts() {
            let Some((_, view)) = views.keep(plan, &part) else {
                if let Some(places) = View::new(plan, &part).system {
                    return self.kind_of(&key_of(&part, &places));
                }
                continue;
            };
            let Some(places) = &view.system else { continue };
            let key = key_of(&part, places);
            if kinds.is(view.last_kind, &key) {
                return view.last_kind;
            }
            let kind = self.kind_of(&key);
            self.views.remember(&part, kind);
            return kind;
        }
        self.kind_of(&Key { channel: None, provider: None, event_id: None })
    }

    fn kind_of(&mut self, key: &Key<'_>) -> usize {
        if let Some(kind) = self.kinds.find(key) {
            return kind;
        }
        if self.kinds.is_full() {
            // Numbers of kinds that views remember are only a guess where to look.
            self.kinds.clear();
        }
        self.kinds.add(&self.plan, key)
    }
}

/// The templates of one generation, as the plan sees them.
#[derive(Debug, Default)]
struct Views {
    generation: u32,
    list: Vec<Option<Box<View>>>,
}

impl Views {
    /// The view of a part and its number, made if need be; `None` for what is different every time.
    #[inline]
    fn keep(&mut self, plan: &Plan, part: &Part<'_>) -> Option<(u32, &View)> {
        let key = part.key()?;
        let place = key.number as usize;
        if self.list.get(place).is_none_or(Option::is_none) {
            self.add(place, View::new(plan, part));
        }
        self.list.get(place)?.as_deref().map(|view| (key.number, view))
    }

    #[cold]
    fn add(&mut self, place: usize, view: View) {
        if self.list.len() <= place {
            self.list.resize_with(place + 1, || None);
        }
        if let Some(kept) = self.list.get_mut(place) {
            *kept = Some(Box::new(view));
        }
    }

    fn remember(&mut self, part: &Part<'_>, kind: usize) {
        let place = part.key().map(|key| key.number as usize);
        if let Some(view) = place.and_then(|place| self.list.get_mut(place)).and_then(Option::as_deref_mut) {
            view.last_kind = kind;
        }
    }
}

#[inline]
fn key_of<'a>(part: &Part<'a>, places: &SystemPlaces) -> Key<'a> {
    let id = places.event_id.and_then(|place| part.value(place));
    Key {
        channel: text_at(part, places.channel),
        provider: text_at(part, places.provider),
        event_id: id.and_then(|id| id.as_u64()).and_then(|id| u32::try_from(id).ok()),
    }
}

/// Gives the values of the needed fields to the matcher.
#[inline]
fn give(matcher: &mut Matcher, text: &mut Vec<u8>, part: &Part<'_>, needs: &[Need]) {
    for need in needs {
        let Some(value) = part.value(need.place) else { continue };
        match value.as_array() {
            None => give_one(matcher, text, need.field, value),
            Some(array) => {
                for item in &array {
                    give_one(matcher, text, need.field, item);
                }
            }
        }
    }
}

#[inline]
fn give_one(matcher: &mut Matcher, text: &mut Vec<u8>, field: Option<FieldId>, value: Value<'_>) {
    if value.is_null() {
        return;
    }
    text.clear();
    value.write_utf8(text);
    match field {
        Some(field) => matcher.set_utf8(field, text),
        None => matcher.set_unmapped_utf8(text),
    }
}

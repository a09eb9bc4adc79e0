//! A JSON object → its values, flat, each with the names of the objects around it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer as _, MapAccess, SeqAccess, Visitor};

use super::super::{MAX_DEPTH, MAX_FIELDS, MAX_NAME_BYTES, Reason};

/// A value that is neither object nor list nor null.
#[derive(Debug)]
pub(super) struct Leaf<'a> {
    /// Place of the object it stands in.
    pub(super) place: usize,
    pub(super) name: Cow<'a, str>,
    pub(super) value: Cow<'a, str>,
}

/// The values of one object.
#[derive(Debug, Default)]
pub(super) struct Leaves<'a> {
    /// Objects: the one around it, and its name there. The first is the line itself.
    places: Vec<(usize, Cow<'a, str>)>,
    pub(super) leaves: Vec<Leaf<'a>>,
    fault: Option<Reason>,
}

impl<'a> Leaves<'a> {
    pub(super) fn read(line: &'a str) -> Result<Self, Reason> {
        let mut leaves = Self { places: vec![(0, Cow::Borrowed(""))], ..Self::default() };
        let mut reader = serde_json::Deserializer::from_str(line);
        let read = reader.deserialize_map(Object { leaves: &mut leaves, place: 0, depth: 1 });
        let read = read.and_then(|()| reader.end());
        match (leaves.fault.take(), read) {
            (Some(reason), _) => Err(reason),
            (None, Err(err)) => Err(Reason::Json(err)),
            (None, Ok(())) => Ok(leaves),
        }
    }

    /// Names of the objects around a place, the outermost first.
    pub(super) fn path(&self, place: usize) -> Vec<&str> {
        let (mut place, mut path) = (place, Vec::new());
        while let Some((around, name)) = self.places.get(place).filter(|_| place != 0) {
            path.push(&**name);
            place = *around;
        }
        path.reverse();
        path
    }

    /// Whether the line has an object of this name.
    pub(super) fn has_object(&self, name: &str) -> bool {
        self.places.iter().skip(1).any(|(around, found)| *around == 0 && found == name)
    }

    fn refuse<E: serde::de::Error>(&mut self, reason: Reason) -> E {
        let err = E::custom(&reason);
        self.fault = Some(reason);
        err
    }
}

/// Reads the entries of an object.
struct Object<'l, 'a> {
    leaves: &'l mut Leaves<'a>,
    place: usize,
    depth: usize,
}

impl<'de> Visitor<'de> for Object<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { leaves, place, depth } = self;
        while let Some(name) = map.next_key_seed(Text)? {
            if MAX_NAME_BYTES < name.len() {
                return Err(leaves.refuse(Reason::NameTooLong));
            }
            map.next_value_seed(Entry { leaves: &mut *leaves, place, depth, name })?;
        }
        Ok(())
    }
}

/// A text, borrowed where the line holds it as it is.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// The value behind a name.
struct Entry<'l, 'de> {
    leaves: &'l mut Leaves<'de>,
    place: usize,
    depth: usize,
    name: Cow<'de, str>,
}

impl<'de> Entry<'_, 'de> {
    fn add<E: serde::de::Error>(self, value: Cow<'de, str>) -> Result<(), E> {
        if self.leaves.leaves.len() >= MAX_FIELDS {
            return Err(self.leaves.refuse(Reason::TooManyFields));
        }
        self.leaves.leaves.push(Leaf { place: self.place, name: self.name, value });
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Entry<'_, 'de> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Entry<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let Self { leaves, place, depth, name } = self;
        if depth >= MAX_DEPTH {
            return Err(leaves.refuse(Reason::TooDeep));
        }
        if leaves.places.len() >= MAX_FIELDS {
            return Err(leaves.refuse(Reason::TooManyFields));
        }
        leaves.places.push((place, name));
        let place = leaves.places.len() - 1;
        Object { leaves, place, depth: depth + 1 }.visit_map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { leaves, place, depth, name } = self;
        if depth >= MAX_DEPTH {
            return Err(leaves.refuse(Reason::TooDeep));
        }
        // A list is no object, but lists in lists have to end somewhere too.
        loop {
            let item = Entry { leaves: &mut *leaves, place, depth: depth + 1, name: name.clone() };
            if list.next_element_seed(item)?.is_none() {
                return Ok(());
            }
        }
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<(), E> {
        self.add(Cow::Borrowed(text))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.add(Cow::Owned(text.to_owned()))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<(), E> {
        self.add(Cow::Owned(number.to_string()))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<(), E> {
        self.add(Cow::Owned(number.to_string()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<(), E> {
        self.add(Cow::Owned(number.to_string()))
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        self.add(Cow::Borrowed(if value { "true" } else { "false" }))
    }

    /// Null is a field that the event does not have.
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

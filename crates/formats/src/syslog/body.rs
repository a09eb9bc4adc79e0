//! What the messages of a device say: product, service, and fields, by tables of templates.

use std::borrow::Cow;

use serde::Deserialize;

use super::template::Template;
use super::{Message, pairs};
use crate::event::{Moment, parse_moment};

/// The tables that come with the program.
const BUILT_IN: &str = include_str!("bodies.toml");

/// How the messages of devices are read.
#[derive(Debug)]
pub struct Bodies {
    devices: Vec<Device>,
}

#[derive(Debug)]
struct Device {
    product: String,
    service: String,
    apps: Vec<String>,
    holds: Vec<String>,
    pairs: bool,
    service_field: Option<String>,
    time: Vec<String>,
    messages: Vec<(String, Template)>,
}

/// What one message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body<'b, 'a> {
    /// As rules name it: `fortigate`, `cisco`, `linux`.
    pub product: &'b str,
    /// As rules name it: `traffic`, `asa`, `sshd`.
    pub service: Cow<'a, str>,
    /// Which kind of message; empty if it is none of those known.
    pub name: &'b str,
    /// When it happened, where the message itself says so.
    pub time: Option<Moment>,
    /// Names and values in the order of the message.
    pub fields: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// Why a table cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BodiesError {
    /// No TOML of this kind.
    #[error("the table of syslog messages cannot be read")]
    Toml(#[source] Box<toml::de::Error>),
    /// A template that means nothing.
    #[error("syslog message `{name}` of `{product}`: two values stand beside each other, or a brace is left open")]
    Template {
        /// Of the device.
        product: String,
        /// Of the message.
        name: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    device: Vec<DeviceTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeviceTable {
    product: String,
    #[serde(default)]
    service: String,
    /// Programs whose messages these are.
    #[serde(default)]
    apps: Vec<String>,
    /// Texts any of which every message of the device holds.
    #[serde(default)]
    holds: Vec<String>,
    /// Whether messages are `key=value`.
    #[serde(default)]
    pairs: bool,
    /// The field that names the service, if there is one.
    service_field: Option<String>,
    /// Fields that, joined by spaces, are the time.
    #[serde(default)]
    time: Vec<String>,
    #[serde(default)]
    message: Vec<MessageTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MessageTable {
    name: String,
    template: String,
}

impl Bodies {
    /// The devices that come with the program.
    ///
    /// # Errors
    /// [`BodiesError`] only if the table inside the crate is broken; a test holds that it is not.
    pub fn built_in() -> Result<Self, BodiesError> {
        Self::parse(BUILT_IN)
    }

    /// Reads a table.
    ///
    /// # Errors
    /// [`BodiesError`] names what is wrong.
    pub fn parse(text: &str) -> Result<Self, BodiesError> {
        let table: Table = toml::from_str(text).map_err(|err| BodiesError::Toml(Box::new(err)))?;
        Ok(Self { devices: table.device.into_iter().map(Device::new).collect::<Result<_, _>>()? })
    }

    /// What a message says; `None` if it is of no device in the table. The first device that fits counts.
    #[must_use]
    pub fn read<'b, 'a>(&'b self, message: &Message<'a>) -> Option<Body<'b, 'a>> {
        self.devices.iter().find(|device| device.sends(message)).map(|device| device.read(message))
    }
}

impl Device {
    fn new(table: DeviceTable) -> Result<Self, BodiesError> {
        let DeviceTable { product, service, apps, holds, pairs, service_field, time, message } = table;
        let read = |MessageTable { name, template }| match Template::parse(&template) {
            Some(template) => Ok((name, template)),
            None => Err(BodiesError::Template { product: product.clone(), name }),
        };
        let messages = message.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { product, service, apps, holds, pairs, service_field, time, messages })
    }

    fn sends(&self, message: &Message<'_>) -> bool {
        let is_app = || message.app.is_some_and(|app| self.apps.iter().any(|known| known.eq_ignore_ascii_case(app)));
        let holds = || self.holds.iter().any(|text| message.content.contains(text));
        is_app() || holds()
    }

    fn read<'b, 'a>(&'b self, message: &Message<'a>) -> Body<'b, 'a> {
        // A device known by its program has said it already; one known by its text may have it in what looks like one.
        let text = if self.apps.is_empty() { message.content } else { message.text }.trim_end();
        let mut body = Body {
            product: &self.product,
            service: Cow::Owned(self.service.clone()),
            name: "",
            time: None,
            fields: Vec::new(),
        };
        if self.pairs {
            body.fields.extend(pairs(text).into_iter().map(|(key, value)| (Cow::Borrowed(key), value)));
        }
        for parameter in &message.structured {
            body.fields.push((Cow::Borrowed(parameter.name), parameter.value.clone()));
        }
        let found = self.messages.iter().find_map(|(name, template)| Some((name, template.read(text)?)));
        if let Some((name, fields)) = found {
            body.name = name;
            let owned = |(name, value): (&str, &'a str)| (Cow::Owned(name.to_owned()), Cow::Borrowed(value.trim()));
            body.fields.extend(fields.into_iter().map(owned));
        }
        if let Some(service) = self.service_field.as_ref().and_then(|name| body.field(name)) {
            body.service = Cow::Owned(service.to_owned());
        }
        let time: Vec<&str> = self.time.iter().filter_map(|name| body.field(name)).collect();
        body.time = parse_moment(&time.join(" "));
        body
    }
}

impl Body<'_, '_> {
    /// The first value of a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }
}

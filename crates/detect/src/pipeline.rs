//! Log sources of rules → channels, event ids and field names of Windows.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::rule::{Logsource, ReadError};

const WINDOWS: &str = include_str!("../mapping/windows.toml");

/// How rules are fitted to the events of an installation.
#[derive(Debug, Clone)]
pub struct Pipelines {
    /// Products whose rules are loaded, in lower case; empty means every rule. Rules of other products are refused
    /// with that reason: a rule for a router says nothing about Windows.
    pub products: Vec<String>,
    /// Whether rules on new processes also look at event 4688 of the Security channel, with its field names.
    pub audit_process_creation: bool,
    /// Whether what our mapping knows beyond pySigma's is used. Off, an unknown source means every channel, as there.
    pub additions: bool,
    /// Values of `%name%` in rules with `expand`.
    pub placeholders: BTreeMap<String, Vec<String>>,
}

impl Default for Pipelines {
    fn default() -> Self {
        Self::windows()
    }
}

impl Pipelines {
    /// Every rule for Windows, Sysmon or not.
    pub fn windows() -> Self {
        Self {
            products: vec!["windows".to_owned()],
            audit_process_creation: true,
            additions: true,
            placeholders: BTreeMap::new(),
        }
    }

    /// As pySigma's pipelines `sysmon` and `windows_logsource` do it, to compare results.
    pub fn reference() -> Self {
        Self { audit_process_creation: false, additions: false, ..Self::windows() }
    }

    /// No mapping at all: the fields of a rule are those of the event, whatever its source.
    pub fn none() -> Self {
        Self { products: Vec::new(), ..Self::reference() }
    }
}

/// Where the events of one rule may come from: each is one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Any of these channels; empty means any at all.
    pub channels: Vec<String>,
    /// Any of these event ids; empty means any at all.
    pub event_ids: Vec<u32>,
    /// Field of the rule → field of the event, where they differ.
    pub fields: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mapping {
    category: Vec<Category>,
    service: BTreeMap<String, Vec<String>>,
    extra_service: BTreeMap<String, Vec<String>>,
    audit: Vec<Audit>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Category {
    name: String,
    service: String,
    event_ids: Vec<u32>,
    #[serde(default)]
    extra: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Audit {
    category: String,
    service: String,
    event_ids: Vec<u32>,
    fields: BTreeMap<String, String>,
}

/// The mapping, read once per plan.
pub(crate) struct Sources<'a> {
    pipelines: &'a Pipelines,
    mapping: Mapping,
}

/// The mapping inside the crate is no valid mapping; a test holds that it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the mapping of Windows log sources cannot be read: {0}")]
pub struct MappingError(String);

impl<'a> Sources<'a> {
    pub(crate) fn new(pipelines: &'a Pipelines) -> Result<Self, MappingError> {
        let mapping = toml::from_str(WINDOWS).map_err(|err| MappingError(err.to_string()))?;
        Ok(Self { pipelines, mapping })
    }

    /// Where the events of a rule may come from.
    pub(crate) fn find(&self, logsource: &Logsource) -> Result<Vec<Source>, ReadError> {
        let product = logsource.product.as_deref();
        let products = &self.pipelines.products;
        if !products.is_empty() && !products.iter().any(|known| Some(known.as_str()) == product) {
            return Err(ReadError::OtherProduct(product.unwrap_or("any").to_owned()));
        }
        if product != Some("windows") {
            return Ok(vec![self.anywhere()]);
        }
        let category = logsource.category.as_deref().and_then(|name| self.category(name));
        let service = category.map(|category| category.service.as_str()).or(logsource.service.as_deref());
        let channels = service.and_then(|service| self.channels(service));
        let known = channels.is_some() || (logsource.service.is_none() && logsource.category.is_none());
        if !known && self.pipelines.additions {
            return Err(ReadError::NoChannel {
                category: logsource.category.clone().unwrap_or_default(),
                service: logsource.service.clone().unwrap_or_default(),
            });
        }
        let mut sources = vec![Source {
            channels: channels.cloned().unwrap_or_default(),
            event_ids: category.map(|category| category.event_ids.clone()).unwrap_or_default(),
            fields: BTreeMap::new(),
        }];
        if self.pipelines.audit_process_creation {
            let audits = self.mapping.audit.iter();
            for audit in audits.filter(|audit| logsource.category.as_ref() == Some(&audit.category)) {
                sources.push(Source {
                    channels: self.channels(&audit.service).cloned().unwrap_or_default(),
                    event_ids: audit.event_ids.clone(),
                    fields: audit.fields.clone(),
                });
            }
        }
        Ok(sources)
    }

    fn anywhere(&self) -> Source {
        Source { channels: Vec::new(), event_ids: Vec::new(), fields: BTreeMap::new() }
    }

    fn category(&self, name: &str) -> Option<&Category> {
        // What we added stands behind what it replaces.
        let usable = |category: &&Category| category.name == name && (self.pipelines.additions || !category.extra);
        self.mapping.category.iter().rev().find(usable)
    }

    fn channels(&self, service: &str) -> Option<&Vec<String>> {
        let extra = self.pipelines.additions.then(|| self.mapping.extra_service.get(service)).flatten();
        extra.or_else(|| self.mapping.service.get(service))
    }
}

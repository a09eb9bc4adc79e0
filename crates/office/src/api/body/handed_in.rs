//! Evidence, what it says, and what became of what was handed in.

use std::collections::BTreeMap;

use evidence::preview::Preview;
use evidence::store::EvidenceRow;
use governance::store::SubjectLine;
use serde::Serialize;
use utoipa::ToSchema;

use super::{GradeBody, ReceiptStateBody, SeverityBody};

/// One piece of evidence.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct EvidenceBody {
    id: i64,
    name: String,
    /// Hash of the stored bytes.
    sha256: String,
    /// Hash of what was handed in; differs only if secrets were struck.
    original: String,
    size_bytes: u64,
    /// What read it; empty if nobody knew the format.
    importer: String,
    #[schema(format = DateTime)]
    received_at: String,
    #[schema(format = DateTime)]
    observed_at: String,
    who: String,
    accepted: u32,
    unused: u32,
    refused: u32,
    facts: u64,
    /// One hash over all its facts; stands in the ledger.
    facts_root: String,
    /// Its entry in the ledger.
    ledger_seq: i64,
}

impl From<EvidenceRow> for EvidenceBody {
    fn from(row: EvidenceRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            sha256: row.sha256.to_string(),
            original: row.original.to_string(),
            size_bytes: row.size_bytes,
            importer: row.importer,
            received_at: row.received_at.rfc3339(),
            observed_at: row.observed_at.rfc3339(),
            who: row.who,
            accepted: row.accepted,
            unused: row.unused,
            refused: row.refused,
            facts: row.fact_count,
            facts_root: row.facts_root.to_string(),
            ledger_seq: row.ledger_seq,
        }
    }
}

/// Evidence, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct EvidencePageBody {
    pub(in crate::api) evidence: Vec<EvidenceBody>,
    /// What to give as `after` for the rest; `null` if this is all.
    pub(in crate::api) next: Option<i64>,
}

/// One known thing on one line; a text that is not known is empty.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct SubjectLineBody {
    kind: String,
    id: String,
    name: String,
    class: String,
    place: String,
    owner: String,
    address: String,
    os: String,
    criticality: String,
    /// Further facts that the list of the kind shows, by key.
    details: BTreeMap<String, String>,
    /// `null` if that is not known.
    in_ledger: Option<bool>,
    /// Newest observation.
    #[schema(format = DateTime)]
    observed_at: String,
    facts: usize,
    findings: usize,
    /// Severity of the gravest finding.
    worst: Option<SeverityBody>,
    /// Ids of the checks that fail.
    failing: Vec<String>,
}

impl From<&SubjectLine> for SubjectLineBody {
    fn from(line: &SubjectLine) -> Self {
        Self {
            kind: line.kind.name().to_owned(),
            id: line.ident.clone(),
            name: line.name.clone(),
            class: line.class.clone(),
            place: line.place.clone(),
            owner: line.owner.clone(),
            address: line.address.clone(),
            os: line.os.clone(),
            criticality: line.criticality.clone(),
            details: line.facts.clone(),
            in_ledger: line.in_ledger,
            observed_at: line.observed_at.rfc3339(),
            facts: line.fact_count,
            findings: line.findings,
            worst: match line.worst {
                0 => Some(SeverityBody::Critical),
                1 => Some(SeverityBody::High),
                2 => Some(SeverityBody::Medium),
                3 => Some(SeverityBody::Low),
                _ => None,
            },
            failing: line.failing.split_whitespace().map(ToOwned::to_owned).collect(),
        }
    }
}

/// Known things of one kind, gravest findings first.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct SubjectsBody {
    pub(in crate::api) subjects: Vec<SubjectLineBody>,
    /// What to give as `after` for the rest; `null` if this is all.
    pub(in crate::api) next: Option<i64>,
}

/// A fact that counts.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct FactBody {
    pub(in crate::api) key: String,
    pub(in crate::api) label: String,
    /// Items of a list stand on lines of their own.
    pub(in crate::api) value: String,
    #[schema(format = DateTime)]
    pub(in crate::api) observed_at: String,
    /// Days since then.
    pub(in crate::api) age_days: i64,
    pub(in crate::api) grade: GradeBody,
    /// Too old to count.
    pub(in crate::api) stale: bool,
    /// Concluded from other facts by the last assessment.
    pub(in crate::api) concluded: bool,
    /// Number of the evidence; `null` if it is not known.
    pub(in crate::api) evidence: Option<i64>,
    /// Name of its file.
    pub(in crate::api) file: String,
    /// Where in it; empty for conclusions.
    pub(in crate::api) place: String,
}

/// One known thing with its facts.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct SubjectBody {
    pub(in crate::api) kind: String,
    pub(in crate::api) id: String,
    /// How it stood at the last assessment; `null` if it was not listed then.
    pub(in crate::api) line: Option<SubjectLineBody>,
    /// Other names of the same thing, `kind:id`.
    pub(in crate::api) aliases: Vec<String>,
    pub(in crate::api) facts: Vec<FactBody>,
}

/// A place that was refused, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct RefusalBody {
    pub(in crate::api) place: String,
    pub(in crate::api) reason: String,
}

/// A secret that was taken out before storing.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct StruckBody {
    pub(in crate::api) what: String,
    pub(in crate::api) place: String,
}

/// A value that would change.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ChangeBody {
    subject: String,
    key: String,
    before: Option<String>,
    after: String,
}

/// What a file would change.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct PreviewBody {
    added: Vec<String>,
    changed: Vec<ChangeBody>,
    /// Things of the ledger that this file no longer names; they are not removed.
    missing: Vec<String>,
    same: usize,
}

impl From<&Preview> for PreviewBody {
    fn from(preview: &Preview) -> Self {
        let changed = preview.changed.iter().map(|change| ChangeBody {
            subject: change.subject.to_string(),
            key: change.key.clone(),
            before: change.before.clone(),
            after: change.after.clone(),
        });
        Self {
            added: preview.added.iter().map(ToString::to_string).collect(),
            changed: changed.collect(),
            missing: preview.missing.iter().map(ToString::to_string).collect(),
            same: preview.same,
        }
    }
}

/// What became of one file.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ReceiptBody {
    pub(in crate::api) name: String,
    pub(in crate::api) state: ReceiptStateBody,
    /// What read it; empty if nobody knew the format.
    pub(in crate::api) importer: String,
    /// Hash of what is stored; `null` if nothing is.
    pub(in crate::api) sha256: Option<String>,
    /// Number of the evidence; `null` if nothing was stored.
    pub(in crate::api) evidence: Option<i64>,
    pub(in crate::api) accepted: u32,
    pub(in crate::api) unused: u32,
    pub(in crate::api) facts: u64,
    pub(in crate::api) refused: Vec<RefusalBody>,
    /// Refusals that are not listed.
    pub(in crate::api) refused_more: u32,
    pub(in crate::api) struck: Vec<StruckBody>,
    pub(in crate::api) preview: Option<PreviewBody>,
}

/// What became of what was handed in: one line per file, several if it was an archive.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ReceiptsBody {
    pub(in crate::api) receipts: Vec<ReceiptBody>,
}

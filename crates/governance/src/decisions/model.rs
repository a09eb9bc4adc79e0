//! What a decision is made of.

use base::{Date, UtcSeconds};

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionClass {
    /// 診療や回線を止める
    StopService,
    /// 身代金への方針
    RansomPolicy,
    /// 公表する
    Publish,
    /// 再開する
    Resume,
    /// 高い危険を受け入れる
    AcceptHighRisk,
}

impl DecisionClass {
    /// Every class with its name in the table.
    pub const ALL: [(&'static str, Self); 5] = [
        ("stop_service", Self::StopService),
        ("ransom_policy", Self::RansomPolicy),
        ("publish", Self::Publish),
        ("resume", Self::Resume),
        ("accept_high_risk", Self::AcceptHighRisk),
    ];

    /// Name in the table and the ledger.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::StopService => "stop_service",
            Self::RansomPolicy => "ransom_policy",
            Self::Publish => "publish",
            Self::Resume => "resume",
            Self::AcceptHighRisk => "accept_high_risk",
        }
    }
}

/// State of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionState {
    /// Nobody has decided.
    Waiting,
    /// Yes, or one of the options.
    Approved,
    /// No.
    Refused,
}

impl DecisionState {
    /// Every state with its name in the table.
    pub const ALL: [(&'static str, Self); 3] =
        [("waiting", Self::Waiting), ("approved", Self::Approved), ("refused", Self::Refused)];
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Yes.
    Approve,
    /// No.
    Refuse,
}

impl Outcome {
    /// Name in the table and the ledger.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Refuse => "refused",
        }
    }
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Number.
    pub id: i64,
    /// Class.
    pub class: DecisionClass,
    /// What is to be decided.
    pub question: String,
    /// Why it is asked.
    pub reason: String,
    /// What can be chosen; empty: yes or no.
    pub options: Vec<String>,
    /// Until when.
    pub due_on: Date,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: UtcSeconds,
    /// State.
    pub state: DecisionState,
    /// The option chosen; empty if there were none.
    pub choice: String,
    /// Reason of who decided.
    pub remark: String,
    /// Who decided; empty while waiting.
    pub decided_by: String,
    /// In whose place; empty: in person.
    pub deputy_for: String,
    /// When.
    pub decided_at: Option<UtcSeconds>,
}

/// What somebody asks to be decided.
#[derive(Debug, Clone)]
pub struct NewDecision {
    /// Class.
    pub class: DecisionClass,
    /// What.
    pub question: String,
    /// Why.
    pub reason: String,
    /// What can be chosen; empty: yes or no.
    pub options: Vec<String>,
    /// Until when.
    pub due_on: Date,
    /// Who asks.
    pub asked_by: String,
}

/// As what somebody decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Capacity {
    /// The executive of the site.
    Executive,
    /// The named deputy of the executive, today.
    Deputy {
        /// Who appointed the deputy, and so in whose place.
        of: String,
    },
    /// The IT desk.
    Administrator,
    /// Any other role.
    Other,
}

impl Capacity {
    /// Name in the ledger.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Executive => "executive",
            Self::Deputy { .. } => "deputy",
            Self::Administrator => "administrator",
            Self::Other => "other",
        }
    }

    /// In whose place; empty: in person.
    #[must_use]
    pub fn deputy_for(&self) -> &str {
        match self {
            Self::Deputy { of } => of,
            Self::Executive | Self::Administrator | Self::Other => "",
        }
    }
}

/// Who decides.
#[derive(Debug, Clone)]
pub struct Decider<'a> {
    /// The person, as the ledger names them.
    pub who: &'a str,
    /// As what.
    pub capacity: Capacity,
}

/// What was decided and why.
#[derive(Debug, Clone)]
pub struct Ruling {
    /// Yes or no.
    pub outcome: Outcome,
    /// The option chosen; empty if there are none, or for no.
    pub choice: String,
    /// Why; needed for no.
    pub remark: String,
}

//! Signed statements and the answers to the checklist.

use std::fmt::Write as _;

use base::Date;

/// A document somebody stands behind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement {
    /// Kind, as the frameworks name it.
    pub(crate) kind: &'static str,
    pub(crate) title: &'static str,
    pub(crate) signed_by: &'static str,
    pub(crate) role: &'static str,
    /// Days since it was issued.
    pub(crate) issued_days_ago: i64,
    /// Days it is valid after the day it was issued.
    pub(crate) valid_days: i64,
    /// Elements it contains.
    pub(crate) sections: &'static [&'static str],
    pub(crate) text: &'static str,
}

/// The file of a statement.
pub(crate) fn statement(statement: &Statement, today: Date) -> String {
    let issued_on = today.plus_days(-statement.issued_days_ago);
    let sections: Vec<String> = statement.sections.iter().map(|section| format!("\"{section}\"")).collect();
    format!(
        "mamori_statement = 1\nkind = \"{}\"\ntitle = \"{}\"\nedition = \"第1版\"\nsigned_by = \"{}\"\nrole = \"{}\"\n\
         issued_on = \"{issued_on}\"\nvalid_until = \"{}\"\nsections = [{}]\ntext = \"\"\"\n{}\n\"\"\"\n",
        statement.kind,
        statement.title,
        statement.signed_by,
        statement.role,
        issued_on.plus_days(statement.valid_days),
        sections.join(", "),
        statement.text,
    )
}

/// An answer to one item of a checklist.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim {
    /// Item, as the frameworks number it.
    pub(crate) item: &'static str,
    /// `yes` or `no`.
    pub(crate) answer: &'static str,
    pub(crate) by: &'static str,
}

/// The file of the answers, all given on `checked_on`.
pub(crate) fn answers(title: &str, signed_by: &str, checked_on: Date, claims: &[Claim]) -> String {
    let mut text = format!(
        "mamori_statement = 1\nkind = \"checklist_answers\"\ntitle = \"{title}\"\nsigned_by = \"{signed_by}\"\n\
         issued_on = \"{checked_on}\"\n"
    );
    for claim in claims {
        let _ = write!(
            text,
            "\n[[claim]]\nitem = \"{}\"\nanswer = \"{}\"\nchecked_on = \"{checked_on}\"\nby = \"{}\"\n",
            claim.item, claim.answer, claim.by
        );
    }
    text
}

//! Statements and documents people stand behind, and their answers to checklists, as TOML.
//!
//! A statement may carry an Ed25519 signature over the text before the line `signature = …`. A wrong signature makes the whole
//! file unreadable; a missing one leaves it what it is: somebody's word, of grade *stated* (answers) or *document*.

use base::{FactValue, Grade, Locator, Subject, SubjectKind, Text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use evidence::{FactSink, Importer, ReadError, Source};
use formats::statement::{self, Answer, Claim, Statement};

/// Reads statements.
#[derive(Debug)]
pub struct StatementFile;

impl Importer for StatementFile {
    fn id(&self) -> &'static str {
        "statement"
    }

    fn label(&self) -> Text {
        Text {
            ja: "書類・回答（statement.toml）".to_owned(), en: "document or answers (statement.toml)".to_owned()
        }
    }

    fn grade(&self) -> Grade {
        Grade::Document
    }

    fn recognises(&self, source: &Source<'_>) -> bool {
        statement::looks_like(source.bytes)
    }

    fn read(&self, source: &Source<'_>, sink: &mut FactSink<'_>) -> Result<(), ReadError> {
        let file = statement::parse(source.bytes).map_err(|err| ReadError {
            message: "unreadable-statement",
            locator: Locator::Whole,
            detail: err.to_string(),
        })?;
        for error in &file.errors {
            sink.refuse(Locator::Line(error.line), "refused-bad-record", &error.problem.to_string());
        }
        let signed = check_signature(&file)?;
        let tomorrow = source.received_at.date_jst().plus_days(1);
        if file.issued_on.is_some_and(|day| day > tomorrow) {
            let detail = file.issued_on.map(|day| day.to_string()).unwrap_or_default();
            return Err(ReadError { message: "unreadable-future", locator: Locator::Whole, detail });
        }
        if file.kind != ANSWERS_KIND {
            read_document(&file, signed, sink);
        }
        if file.kind == ANSWERS_KIND {
            sink.graded(Grade::Stated);
        }
        for claim in &file.claims {
            // An answer is somebody's word; inside a document it would be taken for more.
            if file.kind == ANSWERS_KIND {
                read_claim(claim, &file, sink);
            } else {
                sink.refuse(Locator::Line(claim.line), "refused-claim-in-document", &claim.item);
            }
        }
        Ok(())
    }
}

/// Reads statements that come in over the network. Whoever may hand in evidence may not answer in somebody's name: an answer is given
/// on the page of its item, by whoever is signed in, or by whoever administers the machine.
#[derive(Debug)]
pub struct UploadedStatement;

impl Importer for UploadedStatement {
    fn id(&self) -> &'static str {
        StatementFile.id()
    }

    fn label(&self) -> Text {
        StatementFile.label()
    }

    fn grade(&self) -> Grade {
        StatementFile.grade()
    }

    fn recognises(&self, source: &Source<'_>) -> bool {
        StatementFile.recognises(source)
    }

    fn read(&self, source: &Source<'_>, sink: &mut FactSink<'_>) -> Result<(), ReadError> {
        if statement::parse(source.bytes).is_ok_and(|file| file.kind == ANSWERS_KIND) {
            let locator = Locator::Whole;
            return Err(ReadError { message: "unreadable-answers-uploaded", locator, detail: String::new() });
        }
        StatementFile.read(source, sink)
    }
}

/// Kind of a file that only answers checklist items.
pub const ANSWERS_KIND: &str = "checklist_answers";

/// The subject that holds the answer to an item.
#[must_use]
pub fn claim_subject(item: &str) -> Option<Subject> {
    Subject::new(SubjectKind::Document, format!("claim/{item}")).ok()
}

/// Whether the statement is signed; an error if the signature is wrong.
fn check_signature(file: &Statement) -> Result<bool, ReadError> {
    let Some(signature) = &file.signature else { return Ok(false) };
    let verified = || {
        let key: [u8; 32] = STANDARD.decode(&signature.public_key).ok()?.try_into().ok()?;
        let bytes: [u8; 64] = STANDARD.decode(&signature.signature).ok()?.try_into().ok()?;
        let key = VerifyingKey::from_bytes(&key).ok()?;
        key.verify_strict(&signature.signed_bytes, &Signature::from_bytes(&bytes)).ok()
    };
    if verified().is_none() {
        return Err(ReadError {
            message: "unreadable-signature",
            locator: Locator::Line(signature.line),
            detail: String::new(),
        });
    }
    Ok(true)
}

fn read_document(file: &Statement, signed: bool, sink: &mut FactSink<'_>) {
    let place = |field: &str| file.lines.get(field).map_or(Locator::Whole, |line| Locator::Line(*line));
    let Ok(subject) = Subject::new(SubjectKind::Document, format!("{}/{}", file.kind, file.title)) else {
        return sink.refuse(place("kind"), "refused-no-identity", &file.kind);
    };
    let mut say = |key: &str, field: &str, value: Option<FactValue>| {
        if let Some(value) = value {
            sink.say(&subject, key, value, place(field));
        }
    };
    let text = |value: &Option<String>| value.clone().map(FactValue::Text);
    say("document.kind", "kind", Some(FactValue::Text(file.kind.clone())));
    say("document.title", "title", Some(FactValue::Text(file.title.clone())));
    say("document.edition", "edition", text(&file.edition));
    say("document.signed_by", "signed_by", text(&file.signed_by));
    say("document.role", "role", text(&file.role));
    say("document.issued_on", "issued_on", file.issued_on.map(FactValue::Date));
    say("document.valid_until", "valid_until", file.valid_until.map(FactValue::Date));
    say("document.attachment", "attachment_sha256", text(&file.attachment_sha256));
    if !file.sections.is_empty() {
        say("document.sections", "sections", Some(FactValue::list(&file.sections)));
    }
    if signed {
        say("document.signature_valid", "signature", Some(FactValue::Bool(true)));
    }
    sink.accept();
}

fn read_claim(claim: &Claim, file: &Statement, sink: &mut FactSink<'_>) {
    let place = || Locator::Line(claim.line);
    let Some(subject) = claim_subject(&claim.item) else {
        return sink.refuse(place(), "refused-no-identity", &claim.item);
    };
    let answer = match claim.answer {
        Answer::Yes => "yes",
        Answer::No => "no",
        Answer::NotApplicable => "na",
    };
    let mut say = |key: &str, value: Option<FactValue>| {
        if let Some(value) = value {
            sink.say(&subject, key, value, place());
        }
    };
    let by = claim.by.as_ref().or(file.signed_by.as_ref());
    say("document.kind", Some(FactValue::Text("claim".to_owned())));
    say("document.item", Some(FactValue::Text(claim.item.clone())));
    say("document.answer", Some(FactValue::Text(answer.to_owned())));
    say("document.checked_on", claim.checked_on.or(file.issued_on).map(FactValue::Date));
    say("document.target_on", claim.target_on.map(FactValue::Date));
    say("document.signed_by", by.cloned().map(FactValue::Text));
    say("document.note", claim.note.clone().map(FactValue::Text));
    sink.accept();
}

/// Writes the answer to one item as a statement file, so that an answer given on the command line is evidence like any other.
#[must_use]
pub fn write_claim(
    item: &str,
    answer: &str,
    by: &str,
    checked_on: base::Date,
    target_on: Option<base::Date>,
    note: &str,
) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let target = target_on.map_or_else(String::new, |day| format!("target_on = {}\n", quoted(&day.to_string())));
    let note = if note.is_empty() { String::new() } else { format!("note = {}\n", quoted(note)) };
    format!(
        "mamori_statement = 1\nkind = \"{ANSWERS_KIND}\"\ntitle = {}\n\n[[claim]]\nitem = {}\nanswer = {}\nchecked_on = {}\n{target}by = {}\n{note}",
        quoted(item),
        quoted(item),
        quoted(answer),
        quoted(&checked_on.to_string()),
        quoted(by),
    )
}

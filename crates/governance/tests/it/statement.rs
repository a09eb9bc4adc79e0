//! Statements, answers, signatures.

use base::Grade;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use evidence::FactSink;

use crate::fixture::{dictionary, read};

/// The facts of a statement, `subject key=value @place`, with the grade the file states.
fn said(text: &str) -> Result<(Vec<String>, Option<Grade>), String> {
    let dictionary = dictionary();
    let mut sink = FactSink::new(&dictionary);
    read(text, &mut sink).map_err(|err| format!("{} @{}", err.message, err.locator))?;
    let facts = sink.facts().iter().map(|fact| {
        let subject = &sink.subjects()[usize::try_from(fact.subject).unwrap()];
        format!("{subject} {}={} @{}", dictionary.key(fact.key), fact.value, fact.locator).replace('\n', "|")
    });
    Ok((facts.collect(), sink.stated().1))
}

const DOCUMENT: &str = "mamori_statement = 1\nkind = \"account_review\"\ntitle = \"棚卸し\"\nsigned_by = \"佐藤\"\nissued_on = 2026-11-01\n\
                        sections = [\"b\", \"a\"]\n";

fn signed(text: &str, key: &SigningKey) -> String {
    let body = format!("{text}public_key = \"{}\"\n", STANDARD.encode(key.verifying_key().to_bytes()));
    let signature = STANDARD.encode(key.sign(body.as_bytes()).to_bytes());
    format!("{body}signature = \"{signature}\"\n")
}

#[test]
fn a_document_is_read_line_by_line() {
    let (facts, grade) = said(DOCUMENT).unwrap();
    let expected = [
        "document:account_review/棚卸し document.kind=account_review @line:2",
        "document:account_review/棚卸し document.title=棚卸し @line:3",
        "document:account_review/棚卸し document.signed_by=佐藤 @line:4",
        "document:account_review/棚卸し document.issued_on=2026-11-01 @line:5",
        "document:account_review/棚卸し document.sections=a|b @line:6",
    ];
    assert_eq!((facts, grade), (expected.map(str::to_owned).to_vec(), None));
}

#[test]
fn answers_are_only_somebodys_word() {
    let text = "mamori_statement = 1\nkind = \"checklist_answers\"\ntitle = \"回答\"\nsigned_by = \"佐藤\"\nissued_on = 2026-11-01\n\n\
                [[claim]]\nitem = \"T-1\"\nanswer = \"yes\"\n\n[[claim]]\nitem = \"T-2\"\nanswer = \"na\"\nby = \"田中\"\nchecked_on = 2026-10-01\n";
    let (facts, grade) = said(text).unwrap();
    assert_eq!(grade, Some(Grade::Stated));
    for fact in [
        "document:claim/T-1 document.answer=yes @line:7",
        "document:claim/T-1 document.signed_by=佐藤 @line:7",
        "document:claim/T-1 document.checked_on=2026-11-01 @line:7",
        "document:claim/T-2 document.answer=na @line:11",
        "document:claim/T-2 document.signed_by=田中 @line:11",
        "document:claim/T-2 document.checked_on=2026-10-01 @line:11",
    ] {
        assert!(facts.iter().any(|said| said == fact), "{fact} is not in {facts:#?}");
    }
    assert!(facts.iter().all(|fact| fact.starts_with("document:claim/")), "a file of answers is no document");
}

#[test]
fn an_answer_inside_a_document_counts_for_nothing() {
    let (facts, _) = said(&format!("{DOCUMENT}\n[[claim]]\nitem = \"T-1\"\nanswer = \"yes\"\n")).unwrap();
    assert!(facts.iter().all(|fact| !fact.contains("document.answer")), "{facts:#?}");
}

#[test]
fn a_right_signature_is_told_and_a_wrong_one_makes_the_file_unreadable() {
    let key = SigningKey::from_bytes(&[9; 32]);
    let right = signed(DOCUMENT, &key);
    let (facts, _) = said(&right).unwrap();
    assert!(facts.iter().any(|fact| fact.contains("document.signature_valid=true")), "{facts:#?}");
    assert_eq!(said(&right.replace("佐藤", "鈴木")).unwrap_err(), "unreadable-signature @line:8");
    let other = STANDARD.encode(SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes());
    let mine = STANDARD.encode(key.verifying_key().to_bytes());
    assert_eq!(said(&right.replace(&mine, &other)).unwrap_err(), "unreadable-signature @line:8");
    let nonsense = format!("{DOCUMENT}public_key = \"x\"\nsignature = \"y\"\n");
    assert_eq!(said(&nonsense).unwrap_err(), "unreadable-signature @line:8");
}

#[test]
fn without_a_signature_nothing_is_said_of_one() {
    let (facts, _) = said(DOCUMENT).unwrap();
    assert!(facts.iter().all(|fact| !fact.contains("signature_valid")));
}

#[test]
fn an_answer_given_on_the_command_line_is_read_like_any_other() {
    let day = "2026-11-20".parse().unwrap();
    let text = governance::statement::write_claim("T-1", "no", "佐藤 \"花子\"", day, Some(day), "二行\nのメモ");
    let (facts, grade) = said(&text).unwrap();
    assert_eq!(grade, Some(Grade::Stated));
    for end in
        ["answer=no", "signed_by=佐藤 \"花子\"", "checked_on=2026-11-20", "target_on=2026-11-20", "note=二行|のメモ"]
    {
        assert!(
            facts.iter().any(|fact| fact.contains(&format!("document:claim/T-1 document.{end}"))),
            "{end}: {facts:#?}"
        );
    }
}

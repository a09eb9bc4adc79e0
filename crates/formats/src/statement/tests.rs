use proptest::prelude::*;

use super::*;
use crate::text::encode_cp932;

const HEAD: &str = "mamori_statement = 1\nkind = \"account_review\"\ntitle = \"アカウント棚卸し記録\"\nissued_on = 2026-04-01\nvalid_until = \"2027-03-31\"\nsections = [\"scope\", \"result\"]\n";
const CLAIMS: &str = "\n[[claim]]\nitem = \"R7-2-5\"\nanswer = \"yes\"\nchecked_on = 2026-04-01\nby = \"佐藤\"\n\n[[claim]]\nitem = \"R7-2-6\"\nanswer = \"maybe\"\n\n[[claim]]\nanswer = \"na\"\n";

#[test]
fn a_statement_is_read_with_lines_and_bad_claims_cost_only_themselves() {
    let text = format!("{HEAD}colour = 1\nattachment_sha256 = \"12\"\n{CLAIMS}");
    let statement = parse(text.as_bytes()).unwrap();
    assert_eq!(statement.kind, "account_review");
    assert_eq!(
        (statement.issued_on, statement.valid_until),
        (Some("2026-04-01".parse().unwrap()), Some("2027-03-31".parse().unwrap()))
    );
    assert_eq!(statement.sections, ["scope", "result"]);
    assert_eq!(statement.lines["title"], 3);
    assert_eq!(statement.claims.len(), 1);
    let claim = &statement.claims[0];
    assert_eq!(
        (claim.item.as_str(), claim.answer, claim.line, claim.by.as_deref()),
        ("R7-2-5", Answer::Yes, 10, Some("佐藤"))
    );
    let errors: Vec<String> = statement.errors.iter().map(ToString::to_string).collect();
    expect_test::expect![[r#"
        line 7: unknown key "colour"
        line 8: attachment_sha256 is no SHA-256 of 64 hexadecimal digits
        line 18: answer is no answer (yes, no, na)
        line 20: the claim has no item"#]]
    .assert_eq(&errors.join("\n"));
}

#[test]
fn everything_above_the_signature_is_signed_claims_too() {
    let body = format!("{HEAD}public_key = \"a2V5\"\n{CLAIMS}");
    let statement = parse(format!("{body}signature = \"c2ln\"\n\n").as_bytes()).unwrap();
    let signature = statement.signature.unwrap();
    assert_eq!(signature.signed_bytes, body.as_bytes());
    assert_eq!((signature.public_key.as_str(), signature.signature.as_str(), signature.line), ("a2V5", "c2ln", 21));
    assert_eq!(statement.claims.len(), 1);
}

#[test]
fn nothing_may_follow_a_signature() {
    let text = format!("{HEAD}signature = \"c2ln\"\n{CLAIMS}");
    assert_eq!(parse(text.as_bytes()), Err(ParseStatementError::SignatureNotLast { line: 7 }));
}

#[test]
fn a_signature_without_a_key_is_not_used() {
    let statement = parse(format!("{HEAD}signature = \"c2ln\"").as_bytes()).unwrap();
    assert_eq!(statement.signature, None);
    assert_eq!(statement.errors, [FieldError { line: 7, problem: FieldProblem::NoPublicKey }]);
}

#[test]
fn a_text_that_speaks_of_a_signature_is_no_signature() {
    let statement = parse(format!("{HEAD}text = \"\"\"\nsignature = x\"\"\"\n").as_bytes()).unwrap();
    assert_eq!((statement.text.as_deref(), statement.signature), (Some("signature = x"), None));
}

#[test]
fn a_statement_in_cp932_is_read_too() {
    assert_eq!(parse(&encode_cp932(HEAD).0).unwrap().title, "アカウント棚卸し記録");
}

#[test]
fn what_is_no_statement_is_refused_with_a_reason() {
    assert_eq!(parse(b"a = 1"), Err(ParseStatementError::Format));
    assert_eq!(parse(b"mamori_statement = 2"), Err(ParseStatementError::Format));
    assert_eq!(parse(b"mamori_statement = 1\nkind = \"x\""), Err(ParseStatementError::Missing { key: "title" }));
    assert!(matches!(parse(b"a = 1\nb = ["), Err(ParseStatementError::Toml { line: 2, .. })));
    assert!(!looks_like(b"a = 1") && looks_like(HEAD.as_bytes()));
    let deep = format!("mamori_statement = {}", "[".repeat(100_000));
    assert!(parse(deep.as_bytes()).is_err());
}

#[test]
fn the_longest_file_of_nothing_but_keys_is_read() {
    let keys = |from: u32, to: u32| (from..to).map(|number| format!("k{number}=1\n")).collect::<String>();
    for text in [format!("{HEAD}{}", keys(0, 90_000)), format!("{HEAD}{CLAIMS}{}", keys(0, 90_000))] {
        assert!(text.len() <= MAX_BYTES);
        assert!(!parse(text.as_bytes()).unwrap().errors.is_empty());
        // The time grew with the square of the keys once; then this test takes minutes.
    }
}

#[test]
fn a_file_cut_anywhere_gives_an_answer() {
    let text = format!("{HEAD}public_key = \"a2V5\"\n{CLAIMS}signature = \"c2ln\"\n");
    for length in 0..text.len() {
        let _ = parse(&text.as_bytes()[..length]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn parsing_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), tail in "([a-z\\[\\]=\" 0-9]{0,20}\n){0,5}(signature = [\"a]{0,4})?") {
        let _ = (parse(&bytes), looks_like(&bytes), parse(format!("{HEAD}{tail}").as_bytes()));
    }
}

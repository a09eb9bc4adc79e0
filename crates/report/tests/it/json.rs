use report::json;

use crate::sample;

#[test]
fn field_names_dates_and_hashes_are_what_other_programs_rely_on() {
    let value: serde_json::Value = serde_json::from_str(&json::render(&sample::hospital()).unwrap()).unwrap();
    let item = &value["frameworks"][0]["items"][6];
    assert_eq!(item["verdict"], "contradicted");
    assert_eq!(item["answer"], "yes");
    assert_eq!(item["checked_on"], "2026-10-31");
    assert_eq!(item["target_on"], serde_json::Value::Null);
    assert_eq!(item["evidence"][0]["locator"], "line:12");
    assert_eq!(item["evidence"][0]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(item["evidence"][0]["grade"], "machine");
    assert_eq!(value["tiles"][1]["state"], "unknown");
    assert_eq!(value["frameworks"][0]["counts"]["proved"], 3);
    assert_eq!(value["made_at"], 1_795_150_800_i64);
}

#[test]
fn nothing_is_cut_or_cleaned() {
    let report = sample::nasty();
    let value: serde_json::Value = serde_json::from_str(&json::render(&report).unwrap()).unwrap();
    assert_eq!(value["site"]["name"], report.site.name.as_str());
}

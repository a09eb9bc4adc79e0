//! Alerts: what rules found in event logs, a person's word on it, and what the staff are told.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use base::{Clock, UtcSeconds};
use formats::evtx::FileTime;
use formats::evtx::write::{Content, Element, Writer, WrittenValue};
use people::Role;

use crate::house::{House, NOW, Person};

/// From 1601 to 1970, in seconds.
const EPOCH_S: i64 = 11_644_473_600;
const WEEK_S: i64 = 7 * 86_400;

/// A log of the antivirus of `computer`: it was switched off so many seconds after `NOW`.
fn log(computer: &str, seconds: &[i64]) -> Vec<u8> {
    let mut writer = Writer::new();
    let text = |name: &str, number| Element::new(name).with_value(number);
    let provider =
        Element::new("Provider").with_attribute("Name", Content::Text("Microsoft-Windows-Windows Defender".to_owned()));
    let system = Element::new("System")
        .with_element(provider)
        .with_element(text("EventID", 0))
        .with_element(Element::new("TimeCreated").with_attribute("SystemTime", Content::Value(1)))
        .with_element(text("Channel", 2))
        .with_element(text("Computer", 3));
    let data = Element::new("Data").with_attribute("Name", Content::Text("Product Name".to_owned()));
    let event = Element::new("Event")
        .with_element(system)
        .with_element(Element::new("EventData").with_element(data.with_value(4)));
    for second in seconds {
        let at = FileTime(u64::try_from((NOW.0 + second + EPOCH_S) * 10_000_000).unwrap());
        let values = [
            WrittenValue::u16(5001),
            WrittenValue::time(at),
            WrittenValue::text("Microsoft-Windows-Windows Defender/Operational"),
            WrittenValue::text(computer),
            WrittenValue::text("<b>守り</b>\u{202e}"),
        ];
        writer.add(at, &event, &values).unwrap();
    }
    writer.finish()
}

struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> UtcSeconds {
        UtcSeconds(self.0.load(Ordering::Relaxed))
    }
}

fn hand_in(house: &House, name: &str, bytes: Vec<u8>) {
    house.hand_in("minato", vec![(format!("ログ/{name}.evtx"), bytes)]);
}

fn desk(house: &House) -> Person<'_> {
    house.person("sato", "佐藤", &[("minato", Role::Administrator)])
}

const HARMLESS: &[(&str, &str)] = &[
    ("before", "open"),
    ("hits", "1"),
    ("state", "harmless"),
    ("why", "業者の保守。電話で確かめた"),
    ("until", "2026-12-15"),
];

#[test]
fn before_any_log_the_page_tells_how_to_get_one_and_praises_nobody() {
    let house = House::empty();
    desk(&house)
        .get("/s/minato/alerts")
        .expect(200)
        .says("まだイベントログを調べていません")
        .says("wevtutil epl")
        .keeps_quiet_about("問題はありません");
}

#[test]
fn a_log_handed_in_becomes_one_alert_for_each_rule_and_computer() {
    let house = House::empty();
    hand_in(&house, "外来", log("PC-Reception.hospital.local", &[-120, -60]));
    let sato = desk(&house);
    sato.get("/s/minato/alerts").expect(200).says("ウイルス対策が止められた").says("pc-reception").says("2 件の出来事");
    let page = sato.get("/s/minato/alerts/1").expect(200);
    page.says("ウイルス対策が止められました")
        .says("最初にすること")
        .says("at=byte%3A")
        .says("&#60;b&#62;守り")
        .keeps_quiet_about("\u{202e}");
}

#[test]
fn an_event_is_shown_field_by_field_from_the_very_bytes_handed_in() {
    let house = House::empty();
    hand_in(&house, "1", log("pc1", &[-60]));
    let sato = desk(&house);
    let page = sato.get("/s/minato/alerts/1").expect(200).text();
    let (_, rest) = page.split_once("href=\"/s/minato/evidence/1/view").unwrap();
    let path = format!("/s/minato/evidence/1/view{}", rest.split_once('"').unwrap().0);
    sato.get(&path).expect(200).says("Product Name").says("5001").says("守り").keeps_quiet_about("\u{202e}");
}

#[test]
fn the_same_log_handed_in_twice_is_one_log() {
    let house = House::empty();
    hand_in(&house, "1", log("pc1", &[-60]));
    hand_in(&house, "同じもの", log("pc1", &[-60]));
    desk(&house).get("/s/minato/alerts").expect(200).says("1 個のイベントログ、1 件の出来事");
}

#[test]
fn a_machine_that_only_a_log_names_is_on_the_list_of_assets() {
    let house = House::empty();
    hand_in(&house, "1", log("PC-Reception", &[-60]));
    desk(&house)
        .get("/s/minato/subjects/asset/hostname%2Fpc-reception")
        .expect(200)
        .says("Windows Defender/Operational");
}

#[test]
fn harmless_needs_a_reason_and_an_end_and_comes_back_after_it() {
    let clock = Arc::new(Hands(AtomicI64::new(NOW.0)));
    let house = House::at(Arc::clone(&clock) as Arc<dyn Clock>);
    hand_in(&house, "1", log("pc1", &[-60]));
    let sato = desk(&house);
    let rule = |fields: &[(&str, &str)]| sato.post("/s/minato/alerts/1/ruling", fields);
    let with = |name: &str, value: &'static str| {
        HARMLESS.iter().map(|pair| if pair.0 == name { (pair.0, value) } else { *pair }).collect::<Vec<_>>()
    };
    rule(&with("why", "　")).expect(400);
    rule(&with("until", "2027-12-31")).expect(400);
    rule(&with("until", "きのう")).expect(400);
    rule(HARMLESS).expect(303);
    sato.get("/s/minato/alerts").expect(200).keeps_quiet_about("ウイルス対策が止められた");
    sato.get("/s/minato/alerts?state=harmless").expect(200).says("ウイルス対策が止められた");

    hand_in(&house, "2", log("pc1", &[-30]));
    sato.get("/s/minato/alerts").expect(200).keeps_quiet_about("ウイルス対策が止められた");
    clock.0.fetch_add(5 * WEEK_S, Ordering::Relaxed);
    hand_in(&house, "3", log("pc1", &[5 * WEEK_S - 60]));
    desk_again(&house).get("/s/minato/alerts").expect(200).says("ウイルス対策が止められた");
}

/// Sessions of five weeks ago are over.
fn desk_again(house: &House) -> Person<'_> {
    house.person("suzuki", "鈴木", &[("minato", Role::Administrator)])
}

#[test]
fn who_looked_at_an_older_state_is_told_who_was_faster() {
    let house = House::empty();
    hand_in(&house, "1", log("pc1", &[-60]));
    let (sato, suzuki) = (desk(&house), desk_again(&house));
    sato.post("/s/minato/alerts/1/ruling", HARMLESS).expect(303);
    sato.post("/s/minato/alerts/1/ruling", HARMLESS).expect(303);
    let incident = [("before", "open"), ("hits", "1"), ("state", "incident"), ("why", "院長に電話した")];
    suzuki.post("/s/minato/alerts/1/ruling", &incident).expect(409).says("佐藤");
}

#[test]
fn a_word_does_not_cover_events_that_came_while_it_was_written() {
    let house = House::empty();
    hand_in(&house, "1", log("pc1", &[-60]));
    let sato = desk(&house);
    sato.get("/s/minato/alerts/1").expect(200).says("name=\"hits\" value=\"1\"");
    hand_in(&house, "2", log("pc1", &[-30]));
    sato.post("/s/minato/alerts/1/ruling", HARMLESS).expect(409).says("新しい出来事");
}

#[test]
fn only_the_desk_decides_and_what_it_decides_is_in_the_ledger() {
    let house = House::empty();
    hand_in(&house, "1", log("pc1", &[-60]));
    let auditor = house.person("kishi", "岸", &[("minato", Role::Auditor)]);
    auditor.get("/s/minato/alerts/1").expect(200).keeps_quiet_about("<form method=\"post\" action=\"/s/minato/alerts");
    auditor.post("/s/minato/alerts/1/ruling", HARMLESS).expect(403);
    let sato = desk(&house);
    sato.post("/s/minato/alerts/1/take", &[("owner", "佐藤"), ("due_on", "2026-12-01")]).expect(303);
    sato.post("/s/minato/alerts/1/ruling", HARMLESS).expect(303);
    let entries = house.office.database().read(|tx| store::ledger::list_entries(tx, None, 500)).unwrap();
    for kind in ["logs.searched", "alert.assigned", "alert.ruled"] {
        assert!(entries.iter().any(|entry| entry.kind == kind), "{kind}");
    }
    assert!(!entries.iter().any(|entry| entry.kind.starts_with("alert.") && !entry.who.starts_with("sato")));
}

#[test]
fn the_desk_hears_of_open_alerts_on_its_first_page() {
    let house = House::empty();
    hand_in(&house, "1", log("pc1", &[-60]));
    let sato = desk(&house);
    sato.get("/s/minato/today").expect(200).says("だれも調べていない検知が 1 件").says("うち高・緊急 1 件");
    sato.post("/s/minato/alerts/1/ruling", HARMLESS).expect(303);
    sato.get("/s/minato/today").expect(200).keeps_quiet_about("だれも調べていない検知");
}

#[test]
fn the_digest_names_no_machine_and_goes_out_as_a_notice() {
    let house = House::empty();
    let sato = desk(&house);
    sato.get("/s/minato/alerts/digest").expect(200).says("記録が届いていません");
    hand_in(&house, "1", log("PC-Reception", &[-60]));
    let page = sato.get("/s/minato/alerts/digest").expect(200);
    page.says("action=\"/s/minato/notices\"").says("ウイルス対策が止められた").keeps_quiet_about("pc-reception");
}

#[test]
fn a_rule_that_waits_for_the_site_says_for_what() {
    let house = House::empty();
    desk(&house).get("/s/minato/alerts/rules").expect(200).says("待っています").says("働いています");
}

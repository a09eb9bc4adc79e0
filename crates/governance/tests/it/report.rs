//! The report of a small site.

use ::store::ledger::LedgerError;
use base::{Grade, Lang, Verdict};
use governance::build::{Material, build_report};
use report::model::{Report, TileState};
use testkit::{NOW, on_each_database, test_ledger};

use crate::fixture::{Known, add_evidence, framework, migrations, site};

/// Builds the report of what is known, with its tasks settled, on each database, and looks at it.
fn report(known: &Known, look: impl Fn(&Report)) {
    on_each_database(&migrations(), |store| {
        add_evidence(store, "handa")?;
        let framework = framework();
        let assessment = known.assess();
        let answers = [known.answer(&framework, &assessment)];
        let wanted = governance::tasks::wanted_tasks(&known.checks, &assessment, &answers, NOW.date_jst());
        let held = governance::tasks::unwanted_tasks(&known.checks, &assessment);
        test_ledger()?.write::<_, LedgerError>(&store.database, NOW, |tx| {
            governance::tasks::settle_tasks(tx, "handa", &wanted, &held, NOW)
        })?;
        let material = Material {
            site: &site(),
            lang: Lang::Ja,
            world: &known.world,
            checks: &known.checks,
            assessment: &assessment,
            answers: &answers,
            kinds: &known.kinds,
            not_received: &[("悪い.zip".to_owned(), "開けません".to_owned())],
            prepared_by: "佐藤",
            notice: "",
            program: "mamori test",
        };
        look(&store.database.read(|tx| build_report(tx, &material))?);
        Ok(())
    });
}

fn tile(report: &Report, label: &str) -> TileState {
    report.tiles.iter().find(|tile| tile.label == label).unwrap().state
}

#[test]
fn a_site_without_evidence_is_unknown_everywhere() {
    report(&Known::new(), |report| {
        assert_eq!(report.site.kind, "病院");
        assert_eq!((report.frameworks[0].counts.unknown, report.frameworks[0].counts.total()), (4, 4));
        assert!(report.tiles.iter().all(|tile| tile.state == TileState::Unknown), "{:?}", report.tiles);
        assert_eq!(report.tiles.len(), 5);
        assert!(report.findings.is_empty());
        assert_eq!(report.summary[1], "証跡と矛盾する指摘はありません。");
        assert!(report.checkpoint.as_ref().is_some_and(|checkpoint| checkpoint.size == 1), "{:?}", report.checkpoint);
    });
}

#[test]
fn what_can_be_answered_by_one_export_is_asked_for_once() {
    report(&Known::new(), |report| {
        let export: Vec<_> = report.asks.iter().filter(|ask| ask.how == "同じ書き出しを取り込んでください。").collect();
        assert_eq!(export.len(), 1, "{:#?}", report.asks);
        assert_eq!(export[0].answers, ["1", "2"]);
        assert_eq!(
            report.summary[2],
            format!("分からないことは、{} 種類の書き出しや書類で確かめられます。", report.asks.len())
        );
        assert_eq!(report.todo.len(), report.tasks.len());
    });
}

#[test]
fn the_worst_finding_is_told_with_its_evidence() {
    let mut known = Known::new();
    known.say("asset:A-1", "asset.name", "電子カルテ", Grade::Document, 1);
    known.say("asset:A-1", "asset.av_enabled", "false", Grade::Document, 1);
    known.say("policy:DC01", "policy.lockout_threshold", "0", Grade::Machine, 1);
    report(&known, |report| {
        let ids: Vec<&str> = report.findings.iter().map(|finding| finding.check_id.as_str()).collect();
        assert_eq!(ids, ["AV-01", "ACC-01"], "critical before high");
        let first = &report.findings[0];
        assert!(first.subjects[0].contains("電子カルテ") && first.subjects_total == 1, "{first:?}");
        assert_eq!((first.evidence[0].file_name.as_str(), first.evidence[0].value.as_str()), ("台帳.csv", "いいえ"));
        assert!(report.summary[1].starts_with("重い指摘が 2 件あります。"), "{}", report.summary[1]);
        let item = &report.frameworks[0].items[0];
        assert_eq!(item.verdict, Verdict::Contradicted);
        assert!(
            item.reason.starts_with("「10回以内でロックする」に反するものが 1 件中 1 件あります。"),
            "{}",
            item.reason
        );
        assert_eq!(tile(report, "検知・ウイルス対策"), TileState::Danger);
    });
}

#[test]
fn a_yes_against_evidence_is_said_first() {
    let mut known = Known::new();
    known.say("policy:DC01", "policy.lockout_threshold", "0", Grade::Machine, 1);
    let text = "mamori_statement = 1\nkind = \"checklist_answers\"\ntitle = \"回答\"\n\n[[claim]]\nitem = \"T-1\"\nanswer = \"yes\"\n\
                checked_on = 2026-11-19\nby = \"佐藤\"\n";
    known.hand_in(1, 0, text);
    report(&known, |report| {
        let item = &report.frameworks[0].items[0];
        assert!(item.reason.starts_with("「はい」と答えていますが、証跡と矛盾しています。"), "{}", item.reason);
        assert_eq!((item.answer, item.answered_by.as_str()), (Some(report::model::Answer::Yes), "佐藤"));
    });
}

#[test]
fn a_tile_is_good_only_when_everything_it_watches_is_proved() {
    let state = |facts: &[(&str, &str, Grade, i64)]| {
        let mut known = Known::new();
        for (subject, value, grade, days_ago) in facts {
            known.say(subject, "asset.av_enabled", value, *grade, *days_ago);
        }
        let found = std::cell::Cell::new(TileState::Unknown);
        report(&known, |report| found.set(tile(report, "検知・ウイルス対策")));
        found.get()
    };
    assert_eq!(state(&[("asset:A-1", "true", Grade::Machine, 1)]), TileState::Good);
    assert_eq!(state(&[("asset:A-1", "true", Grade::Document, 1)]), TileState::Caution);
    assert_eq!(state(&[("asset:A-1", "true", Grade::Machine, 4_000)]), TileState::Caution, "stale");
    assert_eq!(
        state(&[("asset:A-1", "true", Grade::Machine, 1), ("asset:A-2", "false", Grade::Machine, 1)]),
        TileState::Danger
    );
}

#[test]
fn what_was_refused_is_listed_with_its_place() {
    report(&Known::new(), |report| {
        let lines: Vec<(&str, String)> =
            report.refused.iter().map(|line| (line.file_name.as_str(), line.locator.to_string())).collect();
        assert_eq!(lines, [("悪い.zip", "whole".to_owned()), ("台帳.csv", "line:3".to_owned())]);
        assert!(report.refused[1].reason.contains("きのう"), "{}", report.refused[1].reason);
    });
}

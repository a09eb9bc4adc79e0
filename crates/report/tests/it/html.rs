use base::{Lang, Verdict};
use report::{html, page_one_limit};

use crate::sample;

/// What a reader sees of a piece of HTML: no tags, no drawings, entities resolved.
fn visible(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        rest = after.split_once('>').map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

fn page_one(html: &str) -> String {
    let (_, body) = html.split_once("<div class=\"page-one\">").unwrap();
    let (page, _) = body.split_once("<div class=\"annex\">").unwrap();
    visible(page)
}

fn count(text: &str) -> usize {
    text.chars().filter(|char| !char.is_whitespace()).count()
}

#[test]
fn page_one_keeps_its_limit_whatever_the_report_holds() {
    for report in [sample::hospital(), sample::nasty(), sample::empty()] {
        for lang in [Lang::Ja, Lang::En] {
            let page = page_one(&html::render(&report, lang));
            assert!(count(&page) <= page_one_limit(lang), "{} characters: {page}", count(&page));
        }
    }
}

#[test]
fn page_one_of_a_normal_hospital_is_not_cut() {
    let report = sample::hospital();
    let page = page_one(&html::render(&report, Lang::Ja));
    for sentence in &report.summary {
        assert!(page.contains(sentence.as_str()), "{page}");
    }
    for todo in report.todo.iter().take(7) {
        assert!(page.contains(&todo.title), "{} in {page}", todo.title);
    }
    assert!(page.contains("ほか2件"), "{page}");
    assert!(page.contains("読み取れなかったファイル・行: 1件"));
}

#[test]
fn counts_have_a_denominator_without_the_items_that_do_not_apply() {
    let page = page_one(&html::render(&sample::hospital(), Lang::Ja));
    assert!(page.contains("医療機関確認用チェックリスト 令和7年度3505241"), "{page}");
    let report = sample::hospital();
    assert_eq!(report.frameworks[0].counts.total(), 19);
    // Two items are answered 対象外, but evidence contradicts one of them.
    assert_eq!((report.frameworks[1].counts.total(), report.frameworks[1].counts.not_applicable), (5, 1));
}

#[test]
fn no_text_of_a_user_becomes_markup() {
    let html = html::render(&sample::nasty(), Lang::Ja) + &html::render_checklist(&sample::nasty(), Lang::Ja);
    for forbidden in ["<script", "alert('x')", "\u{202e}", "\u{200b}", "\u{7}", "}</style>@import"] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    assert_eq!(html.matches("</style>").count(), 2);
    assert!(html.contains("&lt;script&gt;alert(&#39;x&#39;)"));
    assert!(html.contains("[U+202E]gpj.exe"));
}

#[test]
fn the_file_loads_nothing_from_elsewhere() {
    let html = html::render(&sample::hospital(), Lang::Ja);
    for forbidden in [" src=", " href=", "url(", "@import", "<link", "<iframe", "<form", " on"] {
        assert!(
            !html.replace("xmlns=\"http://www.w3.org/2000/svg\"", "").contains(&format!("<{forbidden}")),
            "{forbidden}"
        );
    }
    assert!(!html.contains("url(") && !html.contains(" href=") && !html.contains(" src="));
    assert!(html.contains("default-src 'none'"));
}

#[test]
fn only_proved_items_carry_the_mark_of_good() {
    let report = sample::hospital();
    let html = html::render(&report, Lang::Ja);
    let items = report.frameworks.iter().flat_map(|framework| &framework.items);
    let proved = items.filter(|item| item.verdict == Verdict::Proved).count();
    let heads = html.matches("</h4><span class=\"badge proved\">◎ 証明").count();
    assert_eq!(heads, proved);
    assert!(html.contains("<span class=\"badge unknown\">？ 不明"));
    assert!(html.contains("<div class=\"tile unknown\">"));
}

#[test]
fn the_annex_shows_answer_dates_file_place_hash_age_and_grade() {
    let html = html::render(&sample::hospital(), Lang::Ja);
    let text = visible(&html);
    for expected in [
        "2026-10-31（令和8年10月31日）",
        "2026-11-18令和8年11月18日2日前",
        "2027-03-31（令和9年3月31日）",
        "KARTE-DB01_secpol.inf",
        "12行目",
        "シート「ADユーザー一覧」C118",
        "2日前",
        "127日前▽ 期限切れ",
        "3 機械",
        "原本未確認（断片からの推定）",
        "全7件: svc_backup_old、tanaka.k、temp_nurse03、vendor_ct、test01、ほか2件",
        "auditpol /backup /file:C:\\temp\\audit.csv",
        "期限が過ぎています",
        "資産台帳_最終_2.xlsx",
        "シート「端末」D57",
    ] {
        assert!(text.contains(expected), "{expected}");
    }
    let hash = base::ContentHash::of(b"KARTE-DB01_secpol.inf");
    assert!(text.contains(&hash.short()) && text.contains(&hash.to_string()));
}

#[test]
fn a_cut_text_says_how_long_it_was() {
    let text = visible(&html::render(&sample::nasty(), Lang::Ja));
    assert!(text.contains("文字の先頭600文字）"));
}

#[test]
fn the_checklist_form_rings_the_answer() {
    let html = html::render_checklist(&sample::hospital(), Lang::Ja);
    assert!(html.contains("<span class=\"ring\">はい</span>・<span class=\"plain\">いいえ</span>"));
    assert!(html.contains("<span class=\"plain\">はい</span>・<span class=\"ring\">いいえ</span>"));
    assert!(
        html.contains("<span class=\"plain\">はい</span>・<span class=\"plain\">いいえ</span>"),
        "unanswered has no ring"
    );
    assert!(html.contains("<span class=\"ring\">対象外</span>"));
}

#[test]
fn english_has_no_japanese_labels() {
    let mut report = sample::empty();
    report.site.name = "Hikari".to_string();
    report.site.kind = "clinic".to_string();
    report.summary = vec!["No evidence yet.".to_string()];
    let page = visible(html::render(&report, Lang::En).split_once("</style>").unwrap().1);
    let kana = page.chars().find(|char| matches!(char, '\u{3041}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'));
    assert_eq!(kana, None, "{page}");
}

//! The five subjects a director watches.

use base::{Date, Lang, Verdict};
use i18n::message;
use report::model::{Tile, TileSource, TileState};

use crate::answers::ItemAnswer;
use crate::assessment::CheckAnswer;
use crate::build::Material;

/// The tiles of a report, in reading order.
pub(crate) fn tiles(material: &Material<'_>) -> Vec<Tile> {
    TILES.iter().map(|tile| tile_of(tile, material)).collect()
}

/// A subject of the first page: label, and the checks and items it watches.
struct TileSpec {
    label: &'static str,
    checks: &'static [&'static str],
    items: &'static [&'static str],
    /// Where a tile watches two things: how each is called, and its checks and items.
    parts: &'static [Part],
}

type Part = (&'static str, &'static [&'static str]);

const TILES: [TileSpec; 5] = [
    TileSpec {
        label: "tile-outside",
        checks: &["EXT-02", "VUL-01", "EXT-03", "EXT-04", "EXT-01"],
        items: &[],
        parts: &[],
    },
    TileSpec { label: "tile-backup", checks: &[], items: &["R7-3-2", "R7P-3-2"], parts: &[] },
    TileSpec {
        label: "tile-detection",
        checks: &["AV-01", "AV-02"],
        items: &["R7-2-11", "R7P-2-11"],
        parts: &[("tile-part-antivirus", &["AV-01", "AV-02"]), ("tile-part-logs", &["R7-2-11", "R7P-2-11"])],
    },
    TileSpec { label: "tile-vendors", checks: &["VND-01", "VND-02", "VND-03", "VND-04"], items: &[], parts: &[] },
    TileSpec { label: "tile-drill", checks: &[], items: &["R7-3-3", "R7P-3-3", "R7-3-1", "R7P-3-1"], parts: &[] },
];

fn tile_of(spec: &TileSpec, material: &Material<'_>) -> Tile {
    let (lang, today) = (material.lang, material.world.now().date_jst());
    let checks = spec.checks.iter().filter_map(|id| {
        let answer = material.assessment.find(material.checks, id)?;
        let check = material.checks.get(answer.check)?;
        Some((Standing::of(effective(answer)?), check.title.get(lang), TileSource::Check(check.id.clone())))
    });
    let items = material.answers.iter().flat_map(|answers| {
        let watched = answers.items.iter().filter(|item| spec.items.contains(&item.item.id.as_str()));
        watched.map(|item| {
            let source = TileSource::Item { checklist: answers.framework.id.clone(), item: item.item.id.clone() };
            (Standing::of_item(item, today), item.item.text.get(lang), source)
        })
    });
    let all: Vec<(Standing, &str, TileSource)> = checks.chain(items).collect();
    let worst = all.iter().min_by_key(|(standing, ..)| *standing);
    let source = worst.map(|(_, _, source)| source.clone());
    let worst = worst.map(|(standing, title, _)| (*standing, *title));
    let (state, reason) = match worst {
        None => (TileState::Unknown, message(lang, "tile-nothing-known", &[])),
        Some((Standing::Proved, _)) => (TileState::Good, message(lang, "tile-proved", &[("count", all.len().into())])),
        Some((standing, title)) => (standing.state(), message(lang, standing.message(), &[("title", title.into())])),
    };
    let reason = if state == TileState::Good { reason } else { in_parts(spec, &all, lang, reason) };
    Tile { label: message(lang, spec.label, &[]), state, reason, source }
}

/// Says of which of its parts the reason of a tile speaks, and which other parts are proved.
fn in_parts(spec: &TileSpec, all: &[(Standing, &str, TileSource)], lang: Lang, reason: String) -> String {
    let of_part = |(_, ids): &Part| {
        let watched = all.iter().filter(|(.., source)| ids.contains(&source.id()));
        watched.map(|(standing, ..)| *standing).min()
    };
    let worst = all.iter().map(|(standing, ..)| *standing).min();
    let named = |is_wanted: &dyn Fn(Option<Standing>) -> bool| -> Vec<String> {
        let parts = spec.parts.iter().filter(|part| is_wanted(of_part(part)));
        parts.map(|(label, _)| message(lang, label, &[])).collect()
    };
    let (bad, proved) = (named(&|standing| standing == worst), named(&|standing| standing == Some(Standing::Proved)));
    let separator = if lang == Lang::Ja { "・" } else { ", " };
    match (bad.is_empty(), proved.is_empty()) {
        (true, _) => reason,
        (false, true) => message(lang, "tile-part", &[("part", bad.join(separator).into()), ("reason", reason.into())]),
        (false, false) => {
            let arguments = [
                ("part", bad.join(separator).into()),
                ("reason", reason.into()),
                ("proved", proved.join(separator).into()),
            ];
            message(lang, "tile-part-other-proved", &arguments)
        }
    }
}

/// How one thing that a tile watches stands; the worst comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Contradicted,
    /// Answered no, and the target day is over.
    Overdue,
    Unknown,
    Stale,
    /// Answered no, until a day to come.
    NotYet,
    Attested,
    Proved,
}

impl Standing {
    const fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Contradicted => Self::Contradicted,
            Verdict::Unknown => Self::Unknown,
            Verdict::Stale => Self::Stale,
            Verdict::Attested => Self::Attested,
            Verdict::Proved => Self::Proved,
        }
    }

    fn of_item(item: &ItemAnswer<'_>, today: Date) -> Self {
        match item.not_yet() {
            Some(target) if target.is_none_or(|day| day < today) => Self::Overdue,
            Some(_) => Self::NotYet,
            None => Self::of(item.verdict),
        }
    }

    const fn state(self) -> TileState {
        match self {
            Self::Contradicted | Self::Overdue => TileState::Danger,
            Self::Unknown => TileState::Unknown,
            Self::Stale | Self::NotYet | Self::Attested => TileState::Caution,
            Self::Proved => TileState::Good,
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Self::Contradicted => "tile-contradicted",
            Self::Overdue => "tile-overdue",
            Self::Unknown => "tile-unknown",
            Self::Stale => "tile-stale",
            Self::NotYet => "tile-not-yet",
            Self::Attested => "tile-attested",
            Self::Proved => "tile-proved",
        }
    }
}

/// Under an exception a contradiction counts as somebody's word.
fn effective(answer: &CheckAnswer) -> Option<Verdict> {
    let verdict = answer.verdict()?;
    Some(if verdict == Verdict::Contradicted && answer.has_exception { Verdict::Attested } else { verdict })
}

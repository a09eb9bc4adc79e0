//! The five subjects a director watches.

use base::{Date, Verdict};
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
}

const TILES: [TileSpec; 5] = [
    TileSpec { label: "tile-outside", checks: &["EXT-02", "VUL-01", "EXT-03", "EXT-04", "EXT-01"], items: &[] },
    TileSpec { label: "tile-backup", checks: &[], items: &["R7-3-2", "R7P-3-2"] },
    TileSpec { label: "tile-detection", checks: &["AV-01", "AV-02"], items: &["R7-2-11", "R7P-2-11"] },
    TileSpec { label: "tile-vendors", checks: &["VND-01", "VND-02", "VND-03", "VND-04"], items: &[] },
    TileSpec { label: "tile-drill", checks: &[], items: &["R7-3-3", "R7P-3-3", "R7-3-1", "R7P-3-1"] },
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
    Tile { label: message(lang, spec.label, &[]), state, reason, source }
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

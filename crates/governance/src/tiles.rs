//! The five subjects a director watches.

use base::Verdict;
use i18n::message;
use report::model::{Tile, TileSource, TileState};

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
    let lang = material.lang;
    let checks = spec.checks.iter().filter_map(|id| {
        let answer = material.assessment.find(material.checks, id)?;
        let check = material.checks.get(answer.check)?;
        Some((effective(answer)?, check.title.get(lang), TileSource::Check(check.id.clone())))
    });
    let items = material.answers.iter().flat_map(|answers| {
        let watched = answers.items.iter().filter(|item| spec.items.contains(&item.item.id.as_str()));
        watched.map(|item| {
            let source = TileSource::Item { checklist: answers.framework.id.clone(), item: item.item.id.clone() };
            (item.verdict, item.item.text.get(lang), source)
        })
    });
    let all: Vec<(Verdict, &str, TileSource)> = checks.chain(items).collect();
    let worst = all.iter().min_by_key(|(verdict, ..)| badness(*verdict));
    let source = worst.map(|(_, _, source)| source.clone());
    let worst = worst.map(|(verdict, title, _)| (*verdict, *title));
    let (state, reason) = match worst {
        None => (TileState::Unknown, message(lang, "tile-nothing-known", &[])),
        Some((Verdict::Contradicted, title)) => {
            (TileState::Danger, message(lang, "tile-contradicted", &[("title", title.into())]))
        }
        Some((Verdict::Unknown, title)) => {
            (TileState::Unknown, message(lang, "tile-unknown", &[("title", title.into())]))
        }
        Some((Verdict::Stale, title)) => (TileState::Caution, message(lang, "tile-stale", &[("title", title.into())])),
        Some((Verdict::Attested, title)) => {
            (TileState::Caution, message(lang, "tile-attested", &[("title", title.into())]))
        }
        Some((Verdict::Proved, _)) => (TileState::Good, message(lang, "tile-proved", &[("count", all.len().into())])),
    };
    Tile { label: message(lang, spec.label, &[]), state, reason, source }
}

/// Under an exception a contradiction counts as somebody's word.
fn effective(answer: &CheckAnswer) -> Option<Verdict> {
    let verdict = answer.verdict()?;
    Some(if verdict == Verdict::Contradicted && answer.has_exception { Verdict::Attested } else { verdict })
}

const fn badness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Contradicted => 0,
        Verdict::Unknown => 1,
        Verdict::Stale => 2,
        Verdict::Attested => 3,
        Verdict::Proved => 4,
    }
}

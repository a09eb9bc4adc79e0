//! Texts that a value must hold, one of them at least, before a regular expression can match it.

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::rule::fold_char;

/// Alternatives that are looked for; more of them and the expression is simply tried.
const MAX_ALTERNATIVES: usize = 64;
/// Members of a class that are looked at one by one.
const MAX_CLASS: usize = 8;

/// Folded texts, one of which stands in every match; `None` if there is no such set.
pub(crate) fn find_required(hir: &Hir) -> Option<Vec<String>> {
    if let Some(text) = exact(hir) {
        return (!text.is_empty()).then(|| vec![text]);
    }
    match hir.kind() {
        HirKind::Concat(parts) => {
            let mut best: Option<Vec<String>> = None;
            let mut run = String::new();
            for part in parts {
                if let Some(text) = exact(part) {
                    run.push_str(&text);
                } else {
                    best = better(best, Some(vec![std::mem::take(&mut run)]));
                    best = better(best, find_required(part));
                }
            }
            better(best, Some(vec![run]))
        }
        HirKind::Alternation(parts) => {
            let mut union = Vec::new();
            for part in parts {
                union.extend(find_required(part)?);
            }
            (union.len() <= MAX_ALTERNATIVES).then_some(union)
        }
        HirKind::Repetition(repetition) if repetition.min > 0 => find_required(&repetition.sub),
        HirKind::Capture(capture) => find_required(&capture.sub),
        HirKind::Repetition(_) | HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => None,
    }
}

/// The set whose shortest text is longer.
fn better(left: Option<Vec<String>>, right: Option<Vec<String>>) -> Option<Vec<String>> {
    let shortest =
        |set: &Option<Vec<String>>| set.as_ref().and_then(|texts| texts.iter().map(String::len).min()).unwrap_or(0);
    let chosen = if shortest(&right) > shortest(&left) { right } else { left };
    chosen.filter(|texts| texts.iter().all(|text| !text.is_empty()))
}

/// The one folded text that every match is, if there is only one.
fn exact(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(String::new()),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            Some(text.chars().map(fold_char).collect())
        }
        HirKind::Class(Class::Unicode(class)) => {
            let mut members = class.iter().flat_map(|range| range.start()..=range.end()).map(fold_char);
            let first = members.next()?;
            let same = members.by_ref().take(MAX_CLASS).all(|member| member == first);
            (same && members.next().is_none()).then(|| first.to_string())
        }
        HirKind::Class(Class::Bytes(_)) => None,
        HirKind::Repetition(repetition) => {
            let count = usize::try_from(repetition.min).ok().filter(|count| *count <= 16)?;
            (repetition.max == Some(repetition.min)).then_some(())?;
            Some(exact(&repetition.sub)?.repeat(count))
        }
        HirKind::Capture(capture) => exact(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(exact).collect(),
        HirKind::Alternation(_) => None,
    }
}

//! Selections and conditions of a rule → an expression over atoms.

use std::collections::BTreeMap;

use regex::{Regex, RegexBuilder};

use super::atom::{Atom, Atoms, LazyKind, Shape};
use super::expression::Expression;
use super::field::{FieldId, FieldNames};
use super::literal::find_required;
use crate::pipeline::Source;
use crate::rule::{
    Condition, Item, Names, Part, Pattern, Quantity, ReadError, RegexTest, Rule, Selection, Test, count_places, fold,
};

/// Texts one value may become when its placeholders are filled.
const MAX_FILLED: usize = 50_000;
/// Sizes of a compiled regular expression that are tried one after the other, in bytes.
const REGEX_BYTES: [usize; 4] = [1 << 16, 1 << 18, 1 << 20, 4 << 20];
/// All regular expressions of a plan together, in bytes, each counted with the size it was tried with.
const MAX_REGEX_BYTES: usize = 128 << 20;
/// The same with every try that came to nothing.
const MAX_REGEX_TRIES: usize = 96 << 20;
/// Places of all regular expressions together, see [`count_places`]: steps for a character of a value that all of them
/// are asked about.
const MAX_PLACES: usize = 50_000;
/// Tables that one regular expression builds while it runs, per thread, in bytes.
const REGEX_TABLE_BYTES: usize = 512 << 10;
/// Tests of one rule, each counted as often as its condition names it.
const MAX_WORK: usize = 500_000;
/// The same of all rules, those that are refused in the end among them.
const MAX_ALL_WORK: usize = 2_000_000;
/// Bytes of what one value may become when its placeholders are filled.
const MAX_FILLED_BYTES: usize = 16 << 20;

/// Compiles rules one after the other into shared atoms.
pub(crate) struct Lowering<'a> {
    pub(crate) atoms: Atoms,
    pub(crate) fields: FieldNames,
    pub(crate) placeholders: &'a BTreeMap<String, Vec<String>>,
    /// Bytes left for regular expressions, and for trying them.
    regex_bytes: usize,
    regex_tries: usize,
    regex_places: usize,
    /// Tests that the rule at hand may still bring, and all rules.
    work: usize,
    all_work: usize,
}

impl<'a> Lowering<'a> {
    pub(crate) fn new(placeholders: &'a BTreeMap<String, Vec<String>>) -> Self {
        Self {
            atoms: Atoms::default(),
            fields: FieldNames::new(),
            placeholders,
            regex_bytes: MAX_REGEX_BYTES,
            regex_tries: MAX_REGEX_TRIES,
            regex_places: MAX_PLACES,
            work: 0,
            all_work: MAX_ALL_WORK,
        }
    }
}

impl Lowering<'_> {
    /// A rule under one of the sources its events may come from.
    pub(crate) fn lower_rule(&mut self, rule: &Rule, source: &Source) -> Result<Expression, ReadError> {
        self.work = MAX_WORK;
        let mut all = Vec::new();
        if !source.channels.is_empty() {
            let channels = source.channels.iter().map(|channel| (Shape::Whole, fold(channel)));
            all.push(self.any_needle(FieldId::CHANNEL, channels.collect()));
        }
        if !source.event_ids.is_empty() {
            let ids = source.event_ids.iter().map(|id| (Shape::Whole, id.to_string()));
            all.push(self.any_needle(FieldId::EVENT_ID, ids.collect()));
        }
        let conditions = rule.conditions.iter().map(|condition| self.condition(condition, rule, source));
        all.push(Expression::Or(conditions.collect::<Result<_, _>>()?));
        Ok(Expression::And(all))
    }

    fn condition(&mut self, condition: &Condition, rule: &Rule, source: &Source) -> Result<Expression, ReadError> {
        Ok(match condition {
            Condition::Name(name) => {
                self.named(&Names::Like(name.clone()), rule, source)?.pop().unwrap_or(Expression::Constant(false))
            }
            Condition::Of(quantity, names) => {
                let parts = self.named(names, rule, source)?;
                match quantity {
                    Quantity::All => Expression::And(parts),
                    Quantity::AtLeast(least) => Expression::AtLeast(*least, parts),
                }
            }
            Condition::Not(inner) => Expression::Not(Box::new(self.condition(inner, rule, source)?)),
            Condition::And(parts) => Expression::And(self.conditions(parts, rule, source)?),
            Condition::Or(parts) => Expression::Or(self.conditions(parts, rule, source)?),
        })
    }

    fn conditions(&mut self, parts: &[Condition], rule: &Rule, source: &Source) -> Result<Vec<Expression>, ReadError> {
        parts.iter().map(|part| self.condition(part, rule, source)).collect()
    }

    fn named(&mut self, names: &Names, rule: &Rule, source: &Source) -> Result<Vec<Expression>, ReadError> {
        let fits = names.prepare();
        let meant = rule.selections.iter().filter(|(name, _)| match names {
            // A plain name is compared as it is.
            Names::Like(pattern) if !pattern.contains('*') => pattern == name,
            Names::Like(_) | Names::Them => fits(name),
        });
        meant.map(|(_, selection)| self.selection(selection, source)).collect()
    }

    fn selection(&mut self, selection: &Selection, source: &Source) -> Result<Expression, ReadError> {
        Ok(match selection {
            Selection::All(parts) => {
                Expression::And(parts.iter().map(|part| self.selection(part, source)).collect::<Result<_, _>>()?)
            }
            Selection::Any(parts) => {
                Expression::Or(parts.iter().map(|part| self.selection(part, source)).collect::<Result<_, _>>()?)
            }
            Selection::Item(item) => self.item(item, source)?,
        })
    }

    fn field(&mut self, name: &str, source: &Source) -> Result<FieldId, ReadError> {
        let name = source.fields.get(name).map_or(name, |mapped| mapped);
        self.fields.intern(name).ok_or(ReadError::TooMany { what: "fields", limit: usize::from(u16::MAX) })
    }

    fn item(&mut self, item: &Item, source: &Source) -> Result<Expression, ReadError> {
        let tests = item.values.iter().map(Vec::len).sum();
        let left = self.work.checked_sub(tests);
        self.work = left.ok_or(ReadError::TooMany { what: "tests, by the condition", limit: MAX_WORK })?;
        let left = self.all_work.checked_sub(tests);
        self.all_work =
            left.ok_or(ReadError::TooMany { what: "tests, by the conditions of all rules", limit: MAX_ALL_WORK })?;
        let field = match &item.field {
            Some(name) => self.field(name, source)?,
            None => FieldId::TEXT,
        };
        let expression = if item.every {
            let parts = item.values.iter().map(|tests| self.any_test(field, tests.iter(), source));
            Expression::And(parts.collect::<Result<_, _>>()?)
        } else {
            self.any_test(field, item.values.iter().flatten(), source)?
        };
        Ok(if item.negated { Expression::Not(Box::new(expression)) } else { expression })
    }

    /// Any of the tests on one field: one predicate for all plain texts, the others beside it.
    fn any_test<'t>(
        &mut self,
        field: FieldId,
        tests: impl Iterator<Item = &'t Test>,
        source: &Source,
    ) -> Result<Expression, ReadError> {
        let mut needles = Vec::new();
        let mut others = Vec::new();
        for test in tests {
            match test {
                Test::Text { pattern, cased } => {
                    for filled in self.fill(pattern)? {
                        match plain(&filled.folded()) {
                            Some(needle) if !cased => needles.push(needle),
                            _ => others.push(self.pattern(field, &filled, *cased)),
                        }
                    }
                }
                Test::Number { number, text } => {
                    needles.push((Shape::Whole, number.to_decimal()));
                    needles.push((Shape::Whole, fold(text)));
                }
                other => others.push(self.other(field, other, source)?),
            }
        }
        if !needles.is_empty() {
            others.push(self.any_needle(field, needles));
        }
        Ok(Expression::Or(others))
    }

    fn any_needle(&mut self, field: FieldId, needles: Vec<(Shape, String)>) -> Expression {
        let ids = needles.iter().map(|(shape, text)| self.atoms.needle(field, *shape, text)).collect();
        Expression::Atom(self.atoms.predicate(ids))
    }

    fn present(&mut self, field: FieldId) -> Expression {
        self.any_needle(field, vec![(Shape::Present, String::new())])
    }

    /// A text that needs more than needles: first the longest literal in it, then the pattern itself.
    fn pattern(&mut self, field: FieldId, pattern: &Pattern, cased: bool) -> Expression {
        let folded = pattern.folded();
        let candidate = match plain(&folded) {
            Some(needle) => vec![needle],
            None => longest(&folded),
        };
        let key = format!("{cased} {pattern:?}");
        let make = || {
            Ok::<_, std::convert::Infallible>(if cased {
                LazyKind::Cased(pattern.clone())
            } else {
                LazyKind::Folded(folded.clone())
            })
        };
        match self.atoms.lazy(field, key, make) {
            Ok(atom) => Expression::And(vec![self.any_needle(field, candidate), Expression::Atom(atom)]),
            Err(never) => match never {},
        }
    }

    fn other(&mut self, field: FieldId, test: &Test, source: &Source) -> Result<Expression, ReadError> {
        let kind = match test {
            Test::Null | Test::Exists(false) => return Ok(Expression::Not(Box::new(self.present(field)))),
            Test::Exists(true) => return Ok(self.present(field)),
            Test::Text { .. } | Test::Number { .. } => return Ok(Expression::Constant(false)),
            Test::Regex(regex) => return self.regex(field, regex),
            Test::Cidr(network) => LazyKind::Cidr(*network),
            Test::Compare { order, number } => LazyKind::Compare(*order, *number),
            Test::Time { part, order, number } => LazyKind::Time(*part, *order, *number),
            Test::Field { name, anchor } => {
                let other = self.field(name, source)?;
                let (own, its) = (self.present(field), self.present(other));
                let lazy = self.lazy(field, LazyKind::Field(other, *anchor));
                return Ok(Expression::And(vec![own, its, lazy]));
            }
        };
        let lazy = self.lazy(field, kind);
        Ok(Expression::And(vec![self.present(field), lazy]))
    }

    fn lazy(&mut self, field: FieldId, kind: LazyKind) -> Expression {
        let key = format!("{kind:?}");
        match self.atoms.lazy(field, key, || Ok::<_, std::convert::Infallible>(kind)) {
            Ok(atom) => Expression::Atom(atom),
            Err(never) => match never {},
        }
    }

    fn regex(&mut self, field: FieldId, regex: &RegexTest) -> Result<Expression, ReadError> {
        let refuse = |reason: String| ReadError::Regex { pattern: regex.pattern.clone(), reason };
        let hir = regex.parse().map_err(refuse)?;
        let (left, tries, places) = (&mut self.regex_bytes, &mut self.regex_tries, &mut self.regex_places);
        let build = || {
            let too_many = || ReadError::TooMany { what: "characters of all regular expressions", limit: MAX_PLACES };
            *places = places.checked_sub(count_places(&hir)).ok_or_else(too_many)?;
            let mut refused = "no memory is left for it".to_owned();
            for size in REGEX_BYTES.into_iter().filter(|size| *size <= *left) {
                let Some(fewer) = tries.checked_sub(size) else { break };
                *tries = fewer;
                match build_regex(regex, size) {
                    Ok(built) => {
                        *left -= size;
                        return Ok(LazyKind::Regex(built));
                    }
                    Err(err) => refused = err.to_string(),
                }
            }
            Err(refuse(refused))
        };
        let atom: Atom = self.atoms.lazy(field, format!("{regex:?}"), build)?;
        // A single character stands in nearly every value; looking for it costs more than it spares.
        let required = find_required(&hir).filter(|texts| texts.iter().all(|text| text.len() > 1));
        let candidate = match required {
            Some(texts) => {
                let needles = texts.into_iter().map(|text| (Shape::Inside, text));
                self.any_needle(field, needles.collect())
            }
            None => self.present(field),
        };
        Ok(Expression::And(vec![candidate, Expression::Atom(atom)]))
    }

    /// The pattern once for every way to fill its placeholders.
    fn fill(&self, pattern: &Pattern) -> Result<Vec<Pattern>, ReadError> {
        let mut filled = vec![Pattern::default()];
        for part in &pattern.parts {
            let Part::Placeholder(name) = part else {
                filled.iter_mut().for_each(|pattern| pattern.push(part.clone()));
                continue;
            };
            let values = self.placeholders.get(name).ok_or_else(|| ReadError::Placeholder(name.clone()))?;
            let count = filled.len().saturating_mul(values.len());
            if count > MAX_FILLED || count.saturating_mul(pattern.literal_bytes()) > MAX_FILLED_BYTES {
                return Err(ReadError::TooMany { what: "values of placeholders", limit: MAX_FILLED });
            }
            let longer = filled.iter().flat_map(|pattern| {
                values.iter().map(move |value| {
                    let mut longer = pattern.clone();
                    Pattern::parse(value).parts.into_iter().for_each(|part| longer.push(part));
                    longer
                })
            });
            filled = longer.collect();
        }
        Ok(filled)
    }
}

fn build_regex(regex: &RegexTest, size: usize) -> Result<Regex, regex::Error> {
    RegexBuilder::new(&regex.pattern)
        .case_insensitive(regex.folds)
        .multi_line(regex.lines)
        .dot_matches_new_line(regex.dot_all)
        .nest_limit(64)
        .size_limit(size)
        .dfa_size_limit(REGEX_TABLE_BYTES)
        .build()
}

/// The needle a folded pattern is, if it is no more than that.
fn plain(pattern: &Pattern) -> Option<(Shape, String)> {
    match pattern.parts.as_slice() {
        [] => Some((Shape::Whole, String::new())),
        [Part::Any] => Some((Shape::Present, String::new())),
        [Part::Literal(text)] => Some((Shape::Whole, text.clone())),
        [Part::Literal(text), Part::Any] => Some((Shape::Start, text.clone())),
        [Part::Any, Part::Literal(text)] => Some((Shape::End, text.clone())),
        [Part::Any, Part::Literal(text), Part::Any] => Some((Shape::Inside, text.clone())),
        _ => None,
    }
}

/// The longest literal of a folded pattern, as a needle; without one, any value may match.
fn longest(pattern: &Pattern) -> Vec<(Shape, String)> {
    let literals = pattern.parts.iter().filter_map(|part| match part {
        Part::Literal(text) => Some(text),
        Part::Any | Part::One | Part::Placeholder(_) => None,
    });
    let longest = literals.max_by_key(|text| text.len());
    vec![longest.map_or((Shape::Present, String::new()), |text| (Shape::Inside, text.clone()))]
}

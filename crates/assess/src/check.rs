//! Packs of checks: one question each, about one kind of subject.

use base::{FactType, FactValue, Grade, Mark, Severity, SubjectKind, Text, UtcSeconds};
use toml::{Table, Value};

use crate::dictionary::{Definition, Dictionary};
use crate::expression::Expression;
use crate::facts::{Fact, FactId, SubjectFacts};
use crate::fields::{Fields, as_date, parse_file, place_of};
use crate::outcome::{State, evaluate};
use crate::problem::{PackError, Problem};

/// How outcomes of many subjects become one verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RollUp {
    /// This share of the subjects must hold, in percent, 1..=100.
    Every {
        /// 100 unless the check gives `share`.
        share_percent: u8,
    },
    /// One decided subject is enough, and none may contradict.
    Any,
}

/// One file of checks.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckPack {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// Its checks, in the order of the file.
    pub checks: Vec<Check>,
}

/// One question about one kind of subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Its id, unique over all packs.
    pub id: String,
    /// What it is about.
    pub subject: SubjectKind,
    /// How many subjects must hold.
    pub roll_up: RollUp,
    /// The good state, as a short sentence.
    pub title: Text,
    /// Which subjects it asks about; `None`: all.
    pub when: Option<Expression>,
    /// The good state.
    pub expect: Expression,
    /// How much it matters.
    pub severity: Severity,
    /// What happens to patients or care if it does not hold.
    pub why: Text,
    /// What to do.
    pub fix: Text,
    /// Which export or document would answer it.
    pub ask: Text,
    /// The sort of machine on which the export is made; `None` if it is not made on one, or on any.
    pub made_on: Option<MadeOn>,
    /// Why no evidence of today can make it hold; `None`: evidence can. What is asked then is told, but it is nobody's task.
    pub limit: Option<Text>,
    /// With `limit`: facts of a subject of which one must be known before the limit is what is in the way.
    pub limit_needs: Vec<String>,
    /// Where the value comes from.
    pub source: String,
    /// Edition of the source.
    pub edition: String,
    /// How far the source was checked.
    pub mark: Mark,
    /// Rows of the requirements it serves.
    pub rows: Vec<String>,
    /// Its own tests.
    pub tests: Vec<CheckTest>,
}

/// The sort of machine on which an export is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MadeOn {
    /// A domain controller.
    Domain,
    /// Each machine by itself.
    Machine,
}

/// A test a check brings along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckTest {
    /// A sentence.
    pub name: String,
    /// Facts of the subject and of the site, all fresh and graded machine.
    pub facts: Vec<(String, FactValue)>,
    /// `today = "2026-11-20"`: the day on which it runs; `None`: the day of the caller.
    pub today: Option<base::Date>,
    /// What must come out.
    pub outcome: State,
}

/// A test of a check that did not come out as it says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("check {check}, test {test:?}: expected {}, found {}", expected.name(), found.name())]
pub struct TestFailure {
    /// Id of the check.
    pub check: String,
    /// Name of the test.
    pub test: String,
    /// What it says.
    pub expected: State,
    /// What came out.
    pub found: State,
}

impl Check {
    /// Outcomes every check must have a test for.
    pub const NEEDED_TESTS: [State; 3] = [State::Holds, State::Fails, State::Unknown];

    /// Those of [`Self::NEEDED_TESTS`] without a test.
    #[must_use]
    pub fn missing_tests(&self) -> Vec<State> {
        let has = |state: &State| self.tests.iter().any(|test| test.outcome == *state);
        Self::NEEDED_TESTS.into_iter().filter(|state| !has(state)).collect()
    }

    /// Runs all tests as of `now`; returns those that failed.
    #[must_use]
    pub fn run_tests(&self, dictionary: &Dictionary, now: UtcSeconds) -> Vec<TestFailure> {
        self.tests.iter().filter_map(|test| self.run_test(test, dictionary, now)).collect()
    }

    fn run_test(&self, test: &CheckTest, dictionary: &Dictionary, now: UtcSeconds) -> Option<TestFailure> {
        let now = test.today.map_or(now, base::Date::start_jst);
        let facts = test.facts.iter().zip(1..).filter_map(|((key, value), id)| {
            let key = dictionary.find(key)?.id;
            Some(Fact { key, value: value.clone(), observed_at: now, grade: Grade::Machine, id: FactId(id) })
        });
        // Keys of the subject and of the site are different keys, so that one set serves as both.
        let facts = SubjectFacts::new(facts.collect());
        let found = evaluate(self, &facts, &facts, now).state;
        let (check, name, expected) = (self.id.clone(), test.name.clone(), test.outcome);
        (found != expected).then_some(TestFailure { check, test: name, expected, found })
    }
}

impl CheckPack {
    /// Reads one file of checks.
    ///
    /// # Errors
    /// Everything that is wrong in the file.
    pub fn parse(dictionary: &Dictionary, file: &str, text: &str) -> Result<Self, Vec<PackError>> {
        let table = parse_file(file, text)?;
        let mut errors = Vec::new();
        let mut top = Fields::new(&table);
        let (head, entries) = (top.table("pack"), top.tables("check"));
        top.finish(file, "file", &mut errors);
        let head = head.and_then(|head| {
            let mut fields = Fields::new(head);
            let head = (fields.text("id"), fields.label("title"));
            fields.finish(file, "pack", &mut errors);
            Some((head.0?, head.1?))
        });
        let mut checks: Vec<Check> = Vec::new();
        for (position, entry) in entries.into_iter().enumerate() {
            let place = place_of(entry, "id", "check", position);
            let mut fields = Fields::new(entry);
            let tests = fields.tables("test");
            let check = read_check(dictionary, &mut fields);
            if let Some(check) = check.as_ref().filter(|check| checks.iter().any(|one| one.id == check.id)) {
                let (name, first) = (check.id.clone(), "an earlier entry".to_owned());
                fields.report(Problem::Duplicate { what: "check id", name, first });
            }
            fields.finish(file, &place, &mut errors);
            if let Some(mut check) = check {
                check.tests = read_tests(dictionary, check.subject, &tests, (file, &place), &mut errors);
                checks.push(check);
            }
        }
        match head {
            Some((id, title)) if errors.is_empty() => Ok(Self { id, title, checks }),
            _ => Err(errors),
        }
    }
}

const SEVERITIES: [(&str, Severity); 4] =
    [("critical", Severity::Critical), ("high", Severity::High), ("medium", Severity::Medium), ("low", Severity::Low)];

const MADE_ON: [(&str, MadeOn); 2] = [("domain", MadeOn::Domain), ("machine", MadeOn::Machine)];

/// Names of the marks in packs.
pub(crate) const MARKS: [(&str, Mark); 4] =
    [("seen", Mark::Seen), ("press", Mark::Press), ("inferred", Mark::Inferred), ("unverified", Mark::Unverified)];

/// Reads everything but the tests.
fn read_check(dictionary: &Dictionary, fields: &mut Fields<'_>) -> Option<Check> {
    let id = fields.text("id");
    let subject = fields.choice("subject", &SubjectKind::ALL);
    let roll_up = read_roll_up(fields);
    let title = fields.label("title");
    let (when, expect) = (fields.optional_text("when"), fields.text("expect"));
    let when = compile(dictionary, subject, fields, "when", when);
    let expect = compile(dictionary, subject, fields, "expect", expect);
    let severity = fields.choice("severity", &SEVERITIES);
    let (why, fix, ask) = (fields.label("why"), fields.label("fix"), fields.label("ask"));
    let made_on = fields.optional_choice("made_on", &MADE_ON);
    let limit = fields.optional_label("limit");
    let limit_needs = if limit.is_some() { fields.texts("limit_needs") } else { Vec::new() };
    let (source, edition) = (fields.text("source"), fields.text("edition"));
    let mark = fields.choice("mark", &MARKS);
    let rows = fields.texts("rows");
    Some(Check {
        id: id?,
        subject: subject?,
        roll_up,
        title: title?,
        when,
        expect: expect?,
        severity: severity?,
        why: why?,
        fix: fix?,
        ask: ask?,
        made_on,
        limit,
        limit_needs,
        source: source?,
        edition: edition?,
        mark: mark?,
        rows,
        tests: Vec::new(),
    })
}

fn read_roll_up(fields: &mut Fields<'_>) -> RollUp {
    let any = fields.optional_choice("roll_up", &[("every", false), ("any", true)]).unwrap_or(false);
    let share = fields.optional_integer("share", 1, 100).and_then(|share| u8::try_from(share).ok());
    match (any, share) {
        (true, share) => {
            if share.is_some() {
                fields.report(Problem::Conflict { field: "share", with: "roll_up = \"any\"" });
            }
            RollUp::Any
        }
        (false, share) => RollUp::Every { share_percent: share.unwrap_or(100) },
    }
}

fn compile(
    dictionary: &Dictionary,
    subject: Option<SubjectKind>,
    fields: &mut Fields<'_>,
    field: &'static str,
    source: Option<String>,
) -> Option<Expression> {
    let result = Expression::compile(dictionary, subject?, &source?);
    result.map_err(|error| fields.report(Problem::Expression { field, error })).ok()
}

fn read_tests(
    dictionary: &Dictionary,
    subject: SubjectKind,
    tables: &[&Table],
    (file, check): (&str, &str),
    errors: &mut Vec<PackError>,
) -> Vec<CheckTest> {
    let mut tests = Vec::with_capacity(tables.len());
    for (position, table) in tables.iter().enumerate() {
        let mut fields = Fields::new(table);
        let test = read_test(dictionary, subject, &mut fields);
        let place = format!("{check}, {}", place_of(table, "name", "test", position));
        fields.finish(file, &place, errors);
        tests.extend(test);
    }
    tests
}

fn read_test(dictionary: &Dictionary, subject: SubjectKind, fields: &mut Fields<'_>) -> Option<CheckTest> {
    let name = fields.text("name");
    let today = fields.optional_date("today");
    let outcome = fields.choice("outcome", &State::ALL);
    let mut facts = Vec::new();
    for (key, value) in fields.table("facts").into_iter().flatten() {
        let definition = dictionary.find(key).filter(|one| [subject, SubjectKind::Site].contains(&one.subject));
        match definition.map(|definition| (definition, fact_value(definition, value))) {
            Some((_, Some(value))) => facts.push((key.clone(), value)),
            Some((definition, None)) => fields.report(bad_value(definition, value)),
            None => fields.report(Problem::UnknownKey { key: key.clone() }),
        }
    }
    Some(CheckTest { name: name?, facts, today, outcome: outcome? })
}

/// The value a TOML value means for a key; `None` if the dictionary does not allow it.
fn fact_value(definition: &Definition, value: &Value) -> Option<FactValue> {
    match definition.fact_type {
        FactType::Bool => value.as_bool().map(FactValue::Bool),
        FactType::Integer => value.as_integer().map(FactValue::Integer),
        FactType::Date => as_date(value).map(FactValue::Date),
        FactType::Text => {
            let text = value.as_str()?;
            let allowed = definition.values.is_empty() || definition.values.iter().any(|one| one == text);
            allowed.then(|| FactValue::Text(text.to_owned()))
        }
        FactType::List => {
            let items: Option<Vec<&str>> = value.as_array()?.iter().map(Value::as_str).collect();
            items.map(FactValue::list)
        }
    }
}

fn bad_value(definition: &Definition, value: &Value) -> Problem {
    let expected = match definition.values.as_slice() {
        [] => definition.fact_type.name().to_owned(),
        allowed => format!("one of {}", allowed.join(", ")),
    };
    Problem::BadValue { key: definition.key.clone(), expected, found: value.to_string() }
}

//! One check, one subject: what do the facts say?

use base::{Grade, UtcSeconds, Verdict};

use crate::check::Check;
use crate::dictionary::KeyId;
use crate::expression::{Expression, FactSource, Finding, Staleness, Truth};
use crate::facts::{FactId, SubjectFacts};

/// What a check finds for one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// The good state is there.
    Holds,
    /// It is not.
    Fails,
    /// The facts do not say.
    Unknown,
    /// Facts that are too old would say.
    Stale,
    /// The check does not ask about this subject.
    NotApplicable,
}

impl State {
    /// Every state with its name in packs and tables.
    pub const ALL: [(&'static str, Self); 5] = [
        ("holds", Self::Holds),
        ("fails", Self::Fails),
        ("unknown", Self::Unknown),
        ("stale", Self::Stale),
        ("not_applicable", Self::NotApplicable),
    ];

    /// The name in packs and tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, state)| *state == self).map_or("", |(name, _)| name)
    }
}

/// What one check finds for one subject, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What was found.
    pub state: State,
    /// The lowest grade among the facts in `used`; `None` if there are none. Without any fact nothing is proved.
    pub grade: Option<Grade>,
    /// Facts that decided, in the order of the source text. For [`State::Stale`] those that would have decided;
    /// none for [`State::Unknown`].
    pub used: Vec<FactId>,
    /// Keys without a fact that kept the check from deciding, or that `known` did not find.
    pub missing: Vec<KeyId>,
    /// Keys whose facts are too old and kept the check from deciding.
    pub stale: Vec<KeyId>,
    /// [`State::NotApplicable`] only because `when` could not be decided; `missing` and `stale` say what was lacking.
    pub undecided_when: bool,
}

impl Outcome {
    /// The verdict for this one subject; `None` if the check does not apply to it.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        match self.state {
            State::Holds if self.grade == Some(Grade::Machine) => Some(Verdict::Proved),
            State::Holds => Some(Verdict::Attested),
            State::Fails => Some(Verdict::Contradicted),
            State::Unknown => Some(Verdict::Unknown),
            State::Stale => Some(Verdict::Stale),
            State::NotApplicable => None,
        }
    }
}

/// Runs `check` on the facts of one subject and of its site. For a check about the site itself, pass the site's facts as
/// `subject`.
///
/// - `when` not true: not applicable. If it was undecided rather than false, [`Outcome::undecided_when`] says so, so that
///   [`crate::roll_up()`] does not take ignorance for an answer.
/// - Facts read by `when` count as used only if `expect` used none (`expect = "known(asset.owner)"` that finds nothing).
/// - Undecided with facts that are too old: if their values would decide, the state is [`State::Stale`].
#[must_use]
pub fn evaluate(check: &Check, subject: &SubjectFacts, site: &SubjectFacts, now: UtcSeconds) -> Outcome {
    let source = FactSource { subject, site, now };
    let Some(when) = &check.when else {
        return decide(&check.expect, source).0;
    };
    let (applies, answer) = decide(when, source);
    match applies.state {
        State::Holds => {}
        State::Fails => return Outcome { state: State::NotApplicable, ..applies },
        State::Unknown | State::Stale | State::NotApplicable => {
            let (state, used, grade) = (State::NotApplicable, Vec::new(), None);
            return Outcome { state, used, grade, undecided_when: true, ..applies };
        }
    }
    let (outcome, _) = decide(&check.expect, source);
    if outcome.used.is_empty() && matches!(outcome.state, State::Holds | State::Fails) {
        let (used, grade) = used_facts(when, answer, source);
        return Outcome { used, grade, ..outcome };
    }
    outcome
}

/// Answers one expression: first from facts that count, then, if old facts stand in the way, with them.
fn decide(expression: &Expression, source: FactSource<'_>) -> (Outcome, Finding) {
    let answer = expression.evaluate(source, Staleness::Blocks);
    let state = match answer.truth {
        Truth::True => State::Holds,
        Truth::False => State::Fails,
        Truth::Unknown if answer.stale.is_empty() => State::Unknown,
        Truth::Unknown => return decide_with_old_facts(expression, source, answer),
    };
    let (used, grade) = match state {
        State::Unknown => (Vec::new(), None),
        State::Holds | State::Fails | State::Stale | State::NotApplicable => used_facts(expression, answer, source),
    };
    (outcome(expression, state, (used, grade), answer), answer)
}

fn decide_with_old_facts(expression: &Expression, source: FactSource<'_>, blocked: Finding) -> (Outcome, Finding) {
    let counted = expression.evaluate(source, Staleness::Counts);
    if counted.truth == Truth::Unknown {
        return (outcome(expression, State::Unknown, (Vec::new(), None), blocked), blocked);
    }
    let used = used_facts(expression, counted, source);
    (outcome(expression, State::Stale, used, blocked), blocked)
}

fn outcome(
    expression: &Expression,
    state: State,
    (used, grade): (Vec<FactId>, Option<Grade>),
    answer: Finding,
) -> Outcome {
    let missing = expression.keys_in(answer.missing).collect();
    let stale = expression.keys_in(answer.stale).collect();
    Outcome { state, grade, used, missing, stale, undecided_when: false }
}

fn used_facts(expression: &Expression, answer: Finding, source: FactSource<'_>) -> (Vec<FactId>, Option<Grade>) {
    let grade = expression.facts_in(answer.used, source).map(|fact| fact.grade).min();
    (expression.facts_in(answer.used, source).map(|fact| fact.id).collect(), grade)
}

#[cfg(test)]
mod tests {
    use base::FactValue;
    use expect_test::{Expect, expect};

    use super::*;
    use crate::facts::Fact;
    use crate::test_pack::{self, NOW, dictionary, fact};

    fn bool_fact(key: &str, value: bool, grade: Grade, age_days: i64, id: i64) -> Fact {
        fact(key, FactValue::Bool(value), grade, age_days, id)
    }

    /// `state grade used=[ids] missing=[keys] stale=[keys]`
    #[track_caller]
    fn check(lines: &str, facts: Vec<Fact>, expected: Expect) {
        let outcome = evaluate(&test_pack::check(lines), &SubjectFacts::new(facts), &SubjectFacts::default(), NOW);
        let used: Vec<i64> = outcome.used.iter().map(|id| id.0).collect();
        let keys = |ids: &[KeyId]| ids.iter().map(|id| dictionary().key(*id).to_owned()).collect::<Vec<_>>().join(" ");
        let (missing, stale) = (keys(&outcome.missing), keys(&outcome.stale));
        let state = outcome.state.name();
        let text = format!("{state} {:?} used={used:?} missing=[{missing}] stale=[{stale}]", outcome.grade);
        let undecided = if outcome.undecided_when { " undecided_when" } else { "" };
        expected.assert_eq(&(text + undecided));
    }

    #[test]
    fn the_lowest_grade_among_the_deciding_facts_counts() {
        let facts = vec![
            bool_fact("asset.a", true, Grade::Machine, 0, 1),
            bool_fact("asset.b", true, Grade::Document, 0, 2),
            bool_fact("asset.c", true, Grade::Stated, 0, 3),
        ];
        check(
            "expect = 'asset.a and asset.b'",
            facts.clone(),
            expect!["holds Some(Document) used=[1, 2] missing=[] stale=[]"],
        );
        check(
            "expect = 'asset.a or asset.c'",
            facts.clone(),
            expect!["holds Some(Machine) used=[1] missing=[] stale=[]"],
        );
        check("expect = 'not asset.c and asset.a'", facts, expect!["fails Some(Stated) used=[3] missing=[] stale=[]"]);
    }

    #[test]
    fn of_two_false_operands_the_first_decides() {
        let facts =
            vec![bool_fact("asset.a", false, Grade::Machine, 0, 1), bool_fact("asset.b", false, Grade::Stated, 0, 2)];
        check(
            "expect = 'asset.a and asset.b'",
            facts.clone(),
            expect!["fails Some(Machine) used=[1] missing=[] stale=[]"],
        );
        check("expect = 'asset.c and asset.b'", facts, expect!["fails Some(Stated) used=[2] missing=[] stale=[]"]);
    }

    #[test]
    fn an_old_fact_makes_the_outcome_stale_only_if_it_would_decide() {
        let old = bool_fact("asset.a", true, Grade::Machine, 11, 1);
        check(
            "expect = 'asset.a'",
            vec![old.clone()],
            expect!["stale Some(Machine) used=[1] missing=[] stale=[asset.a]"],
        );
        check(
            "expect = 'asset.a and asset.b'",
            vec![old.clone()],
            expect!["unknown None used=[] missing=[asset.b] stale=[asset.a]"],
        );
        check(
            "expect = 'asset.a or asset.b'",
            vec![old.clone()],
            expect!["stale Some(Machine) used=[1] missing=[asset.b] stale=[asset.a]"],
        );
        check(
            "expect = 'known(asset.a)'",
            vec![old.clone()],
            expect!["stale Some(Machine) used=[1] missing=[] stale=[asset.a]"],
        );
        let fresh = bool_fact("asset.b", false, Grade::Machine, 0, 2);
        check(
            "expect = 'asset.a and asset.b'",
            vec![old, fresh],
            expect!["fails Some(Machine) used=[2] missing=[] stale=[]"],
        );
    }

    #[test]
    fn a_subject_for_which_when_is_not_true_is_left_out() {
        let when = "when = 'asset.a'\nexpect = 'asset.b'";
        check(
            when,
            vec![bool_fact("asset.a", false, Grade::Machine, 0, 1)],
            expect!["not_applicable Some(Machine) used=[1] missing=[] stale=[]"],
        );
        check(when, vec![], expect!["not_applicable None used=[] missing=[asset.a] stale=[] undecided_when"]);
        check(
            when,
            vec![bool_fact("asset.a", true, Grade::Machine, 11, 1)],
            expect!["not_applicable None used=[] missing=[] stale=[asset.a] undecided_when"],
        );
        check(
            when,
            vec![bool_fact("asset.a", true, Grade::Machine, 0, 1)],
            expect!["unknown None used=[] missing=[asset.b] stale=[]"],
        );
    }

    #[test]
    fn facts_of_when_count_only_if_expect_used_none() {
        let facts = vec![bool_fact("asset.a", true, Grade::Document, 0, 1)];
        check(
            "when = 'asset.a'\nexpect = 'known(asset.n)'",
            facts.clone(),
            expect!["fails Some(Document) used=[1] missing=[asset.n] stale=[]"],
        );
        check("expect = 'not known(asset.n)'", facts, expect!["holds None used=[] missing=[asset.n] stale=[]"]);
    }

    #[test]
    fn what_holds_without_any_fact_is_not_proved() {
        let check = test_pack::check("expect = 'not known(asset.a)'");
        let outcome = evaluate(&check, &SubjectFacts::default(), &SubjectFacts::default(), NOW);
        assert_eq!(outcome.verdict(), Some(Verdict::Attested));
    }

    #[test]
    fn the_latest_of_two_facts_for_one_key_counts() {
        let facts =
            vec![bool_fact("asset.a", true, Grade::Machine, 2, 1), bool_fact("asset.a", false, Grade::Stated, 1, 2)];
        check("expect = 'asset.a'", facts, expect!["fails Some(Stated) used=[2] missing=[] stale=[]"]);
    }

    #[test]
    fn facts_of_the_site_come_from_the_site() {
        let site = SubjectFacts::new(vec![fact("site.beds", FactValue::Integer(20), Grade::Document, 0, 9)]);
        let check = test_pack::check("expect = 'site.beds >= 20'");
        assert_eq!(evaluate(&check, &SubjectFacts::default(), &site, NOW).state, State::Holds);
        assert_eq!(evaluate(&check, &site, &SubjectFacts::default(), NOW).state, State::Unknown);
    }
}

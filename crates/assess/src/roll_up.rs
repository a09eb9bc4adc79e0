//! One check, all subjects: from outcomes to one verdict, with the denominators kept.

use base::{Grade, Verdict};

use crate::check::{Check, RollUp};
use crate::outcome::{Outcome, State};

/// What a check says about all its subjects together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckVerdict {
    /// It applies to at least one subject, or there is none at all.
    Is(Verdict),
    /// There are subjects, and it is known of each that it does not apply to it.
    NotApplicable,
}

/// How many subjects came out how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Good, by evidence of any grade or none.
    pub holds: usize,
    /// Not good.
    pub fails: usize,
    /// Not known.
    pub unknown: usize,
    /// Known once, too old now.
    pub stale: usize,
    /// Not asked about.
    pub not_applicable: usize,
    /// Of `not_applicable`: left out only because `when` could not be decided.
    pub undecided_when: usize,
    /// Of `holds`: by machines alone.
    pub holds_by_machine: usize,
    /// Of `holds`: with a document among the deciding facts.
    pub holds_by_document: usize,
    /// Of `holds`: with somebody's word among the deciding facts.
    pub holds_by_statement: usize,
}

impl Counts {
    /// The denominator: every subject the check asks about, known or not.
    #[must_use]
    pub const fn asked(&self) -> usize {
        self.holds + self.fails + self.unknown + self.stale
    }

    fn add(&mut self, outcome: &Outcome) {
        match outcome.state {
            State::Holds => self.holds += 1,
            State::Fails => self.fails += 1,
            State::Unknown => self.unknown += 1,
            State::Stale => self.stale += 1,
            State::NotApplicable => self.not_applicable += 1,
        }
        self.undecided_when += usize::from(outcome.undecided_when);
        match (outcome.state, outcome.grade) {
            (State::Holds, Some(Grade::Machine)) => self.holds_by_machine += 1,
            (State::Holds, Some(Grade::Document)) => self.holds_by_document += 1,
            (State::Holds, Some(Grade::Stated)) => self.holds_by_statement += 1,
            (State::Holds, None) | (State::Fails | State::Unknown | State::Stale | State::NotApplicable, _) => {}
        }
    }
}

/// The result of one check over all its subjects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckResult {
    /// What it comes to.
    pub verdict: CheckVerdict,
    /// How many subjects came out how.
    pub counts: Counts,
    /// Subjects that fail, also where `share` lets them. With [`RollUp::Any`] only those whose evidence counts.
    pub failing: Vec<usize>,
    /// Subjects that are unknown or stale.
    pub undecided: Vec<usize>,
}

/// Rolls up the outcomes of `check`: one per subject, with an index of the caller's choice.
///
/// [`RollUp::Every`]: contradicted once so many fail that the share cannot be reached; good once enough hold, proved if
/// machines alone show enough. [`RollUp::Any`]: of the decided subjects only those with the highest grade count; one that
/// fails contradicts. In both, what is undecided never counts as holding.
///
/// If the check asks about nobody: unknown without subjects, not applicable if `when` is false for each of them, and
/// unknown (or stale, if only old facts are in the way) if `when` could not be decided for one of them.
#[must_use]
pub fn roll_up(check: &Check, outcomes: impl IntoIterator<Item = (usize, Outcome)>) -> CheckResult {
    let mut counts = Counts::default();
    let mut failed: Vec<(usize, Option<Grade>)> = Vec::new();
    let mut undecided = Vec::new();
    let mut best: Option<Option<Grade>> = None;
    let mut only_old_facts = true;
    for (subject, outcome) in outcomes {
        counts.add(&outcome);
        match outcome.state {
            State::Holds => best = best.max(Some(outcome.grade)),
            State::Fails => {
                best = best.max(Some(outcome.grade));
                failed.push((subject, outcome.grade));
            }
            State::Unknown | State::Stale => undecided.push(subject),
            State::NotApplicable => only_old_facts &= !outcome.undecided_when || outcome.missing.is_empty(),
        }
    }
    if check.roll_up == RollUp::Any {
        failed.retain(|(_, grade)| best == Some(*grade));
    }
    let verdict = match check.roll_up {
        RollUp::Every { .. } | RollUp::Any if counts.asked() == 0 => verdict_of_nobody(&counts, only_old_facts),
        RollUp::Every { share_percent } => CheckVerdict::Is(verdict_of_every(&counts, share_percent)),
        RollUp::Any => CheckVerdict::Is(verdict_of_any(&counts, best, failed.is_empty())),
    };
    CheckResult { verdict, counts, failing: failed.into_iter().map(|(subject, _)| subject).collect(), undecided }
}

fn verdict_of_nobody(counts: &Counts, only_old_facts: bool) -> CheckVerdict {
    match (counts.not_applicable, counts.undecided_when) {
        (0, _) => CheckVerdict::Is(Verdict::Unknown),
        (_, 0) => CheckVerdict::NotApplicable,
        _ if only_old_facts => CheckVerdict::Is(Verdict::Stale),
        _ => CheckVerdict::Is(Verdict::Unknown),
    }
}

fn verdict_of_every(counts: &Counts, share_percent: u8) -> Verdict {
    let asked = counts.asked();
    let enough = |part: usize| part.saturating_mul(100) >= asked.saturating_mul(usize::from(share_percent));
    if !enough(asked.saturating_sub(counts.fails)) {
        Verdict::Contradicted
    } else if enough(counts.holds_by_machine) {
        Verdict::Proved
    } else if enough(counts.holds) {
        Verdict::Attested
    } else if enough(counts.holds + counts.stale) {
        Verdict::Stale
    } else {
        Verdict::Unknown
    }
}

fn verdict_of_any(counts: &Counts, best: Option<Option<Grade>>, none_fails: bool) -> Verdict {
    match best {
        Some(_) if !none_fails => Verdict::Contradicted,
        Some(Some(Grade::Machine)) => Verdict::Proved,
        Some(Some(Grade::Document | Grade::Stated) | None) => Verdict::Attested,
        None if counts.stale > 0 => Verdict::Stale,
        None => Verdict::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::test_pack;

    /// One letter per subject: `M D S` holds by machine, document, statement; `m d s` fails so; `f` fails and `h` holds
    /// without facts; `?` unknown, `o` stale, `-` left out, `~` left out because `when` was undecided.
    fn outcomes(letters: &str) -> Vec<(usize, Outcome)> {
        letters.chars().map(outcome).enumerate().collect()
    }

    fn outcome(letter: char) -> Outcome {
        let state = match letter {
            'M' | 'D' | 'S' | 'h' => State::Holds,
            'm' | 'd' | 's' | 'f' => State::Fails,
            '?' => State::Unknown,
            'o' => State::Stale,
            _ => State::NotApplicable,
        };
        let grade = match letter {
            'M' | 'm' => Some(Grade::Machine),
            'D' | 'd' => Some(Grade::Document),
            'S' | 's' => Some(Grade::Stated),
            _ => None,
        };
        let key = test_pack::dictionary().iter().next().unwrap().id;
        let missing = if letter == '~' { vec![key] } else { Vec::new() };
        Outcome { state, grade, used: Vec::new(), missing, stale: Vec::new(), undecided_when: letter == '~' }
    }

    fn verdict(lines: &str, letters: &str) -> CheckVerdict {
        roll_up(&test_pack::check(&format!("expect = 'asset.a'\n{lines}")), outcomes(letters)).verdict
    }

    #[track_caller]
    fn check(lines: &str, cases: &[(&str, Verdict)]) {
        for (letters, expected) in cases {
            assert_eq!(verdict(lines, letters), CheckVerdict::Is(*expected), "{letters}");
        }
    }

    #[test]
    fn every_subject_must_hold() {
        use Verdict::{Attested, Contradicted, Proved, Stale, Unknown};
        check(
            "",
            &[
                ("MM", Proved),
                ("MM-~", Proved),
                ("MD", Attested),
                ("MS", Attested),
                ("Mh", Attested),
                ("M?", Unknown),
                ("Mo", Stale),
                ("M?o", Unknown),
                ("M?om", Contradicted),
                ("Mf", Contradicted),
                ("", Unknown),
                ("~", Unknown),
                ("-~", Unknown),
            ],
        );
        assert_eq!(verdict("", "--"), CheckVerdict::NotApplicable);
    }

    #[test]
    fn a_share_counts_what_is_unknown_in_the_denominator() {
        use Verdict::{Attested, Contradicted, Proved, Stale, Unknown};
        check(
            "share = 75",
            &[
                ("MMMm", Proved),
                ("MMMD", Proved),
                ("MMDm", Attested),
                ("MMmm", Contradicted),
                ("MM??", Unknown),
                ("MMom", Stale),
                ("MM?m", Unknown),
                ("MMM?", Proved),
            ],
        );
    }

    #[test]
    fn of_any_the_highest_grade_speaks() {
        use Verdict::{Attested, Contradicted, Proved, Stale, Unknown};
        check(
            "roll_up = 'any'",
            &[
                ("Md", Proved),
                ("mD", Contradicted),
                ("Mm", Contradicted),
                ("D?", Attested),
                ("Ds", Attested),
                ("Sd", Contradicted),
                ("M?o", Proved),
                ("?o", Stale),
                ("??", Unknown),
                ("", Unknown),
            ],
        );
    }

    #[test]
    fn what_failed_and_what_is_open_is_named() {
        let every = roll_up(&test_pack::check("expect = 'asset.a'\nshare = 20"), outcomes("Md?o-m~"));
        assert_eq!((every.failing, every.undecided), (vec![1, 5], vec![2, 3]));
        let any = roll_up(&test_pack::check("expect = 'asset.a'\nroll_up = 'any'"), outcomes("Md?o-m"));
        assert_eq!((any.failing, any.undecided), (vec![5], vec![2, 3]));
        assert_eq!((every.counts.asked(), every.counts.not_applicable, every.counts.undecided_when), (5, 2, 1));
    }

    proptest! {
        #[test]
        fn what_is_undecided_never_helps(letters in "[MDShmdsf?o]{0,8}", share in 1_u8..=100, any in any::<bool>()) {
            let lines = if any { "roll_up = 'any'".to_owned() } else { format!("share = {share}") };
            let good = |letters: &str| match verdict(&lines, letters) {
                CheckVerdict::Is(Verdict::Proved) => 2,
                CheckVerdict::Is(Verdict::Attested) => 1,
                _ => 0,
            };
            for more in ["?", "o"] {
                let after = letters.clone() + more;
                prop_assert!(good(&after) <= good(&letters));
            }
        }
    }
}

//! `mamori detect`: event logs and rules in, a timeline out. Nothing is kept.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use ::detect::Pipelines;
use ::detect::rule::ReadError;
use anyhow::{Context as _, Result};
use base::{Date, Lang};
use eventlog::correlated::{Correlated, correlate, from_unix_micros};
use eventlog::files::{Logs, find_logs};
use eventlog::rules::{RuleFiles, Ruleset, is_not_for_us, read_rules};
use eventlog::scan::{Options, Scan, scan};
use eventlog::timeline::{CsvWriter, HtmlWriter, JsonWriter, RowWriter, Statistics, Summary, TextWriter, Timeline};
use formats::evtx::FileTime;
use i18n::{Argument, message};
use installation::Packs;

use super::Context;
use crate::cli::{DetectArgs, DetectFormat};
use crate::output::{self, Mistake, Outcome};

/// Problems of one kind printed one by one.
const MAX_SHOWN: usize = 50;

pub(crate) fn run(context: &Context<'_>, arguments: &DetectArgs) -> Result<Outcome> {
    let lang = context.settings.lang;
    let (rules, mut is_whole) =
        if arguments.rules.is_empty() { own_rules(context)? } else { rules_of(lang, &arguments.rules)? };
    let found = find_logs(&arguments.paths);
    is_whole &= found.refused.is_empty();
    tell_unreadable(lang, &found.refused);
    if found.logs.is_empty() {
        output::note(&message(lang, "eventlog-nothing-to-read", &[("others", found.others.into())]));
        return Ok(Outcome::Refused);
    }
    let scan = scan_with_progress(lang, &rules, found, arguments);
    is_whole &= tell_losses(lang, &scan);
    let correlated = correlate(&rules, &scan, ::detect::correlate::Limits::default());
    is_whole &= tell_correlations(lang, &correlated);
    let mut timeline = Timeline::new(&rules, &scan, &correlated, arguments.level);
    let mut summary = vec![summary(lang, &scan, timeline.len()), timeline.levels_in_words(lang)];
    summary.retain(|line| !line.is_empty());
    summary.iter().for_each(|line| output::note(line));
    show(context, arguments, &mut timeline, summary)?;
    Ok(if is_whole { Outcome::Done } else { Outcome::Refused })
}

/// The program's own rules, with what the packs of the data directory lay over them. One that waits for a word of the site is
/// told of and no mistake.
fn own_rules(context: &Context<'_>) -> Result<(Ruleset, bool)> {
    let lang = context.settings.lang;
    let pack = Packs::load(Some(&context.settings.data.join("packs")))?.rules;
    let rules = Ruleset::compile(pack.rules(), &pack.pipelines(), None)?;
    let mut waiting: BTreeMap<&str, usize> = BTreeMap::new();
    for placeholder in pack.explanations().iter().flat_map(|explanation| pack.unset_of(explanation)) {
        *waiting.entry(placeholder.label.get(lang)).or_default() += 1;
    }
    for (what, count) in waiting {
        output::note(&message(lang, "eventlog-rules-waiting", &[("what", what.into()), ("count", count.into())]));
    }
    tell_loaded(lang, &rules, rules.refusals().count());
    Ok((rules, true))
}

/// The rules of folders. Whether every rule that is meant for us is used.
fn rules_of(lang: Lang, folders: &[PathBuf]) -> Result<(Ruleset, bool)> {
    let files = read_rules(folders);
    if files.rules.rules.is_empty() && files.rules.correlations.is_empty() {
        tell_unreadable(lang, &files.unreadable);
        let shown: Vec<_> = folders.iter().map(|folder| folder.display().to_string()).collect();
        return Err(Mistake(message(lang, "eventlog-no-rules", &[("folder", shown.join(" ").into())])).into());
    }
    let rules = Ruleset::compile(&files.rules, &Pipelines::windows(), files.licence.clone())?;
    let is_whole = tell_rules(lang, &files, &rules);
    Ok((rules, is_whole))
}

/// Says which rules are not used and why. Whether every rule that is meant for us is.
fn tell_rules(lang: Lang, files: &RuleFiles, rules: &Ruleset) -> bool {
    tell_unreadable(lang, &files.unreadable);
    let mut others: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut refused, mut is_whole) = (0_usize, files.unreadable.is_empty());
    for refusal in rules.refusals() {
        is_whole &= is_not_for_us(&refusal.reason);
        if let ReadError::OtherProduct(product) = &refusal.reason {
            *others.entry(product).or_default() += 1;
            continue;
        }
        refused += 1;
        let arguments = [
            ("file", refusal.file.as_str().into()),
            ("rule", refusal.rule.as_str().into()),
            ("reason", refusal.reason.to_string().into()),
        ];
        output::note(&message(lang, "eventlog-rule-refused", &arguments));
    }
    for (product, count) in others {
        let arguments = [("product", product.into()), ("count", count.into())];
        output::note(&message(lang, "eventlog-rules-other", &arguments));
    }
    tell_loaded(lang, rules, refused);
    is_whole
}

fn tell_loaded(lang: Lang, rules: &Ruleset, refused: usize) {
    let arguments = [
        ("count", rules.plan.rules().len().into()),
        ("correlations", rules.correlations.correlations().len().into()),
        ("refused", refused.into()),
    ];
    output::note(&message(lang, "eventlog-rules-loaded", &arguments));
}

fn scan_with_progress(lang: Lang, rules: &Ruleset, found: Logs, arguments: &DetectArgs) -> Scan {
    let options = Options {
        threads: arguments.threads.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN),
        since: arguments.since.map(begin_of),
        until: arguments.until.map(|day| begin_of(day.plus_days(1))),
        level: arguments.level,
    };
    let megabytes = |bytes: u64| bytes >> 20;
    let all = megabytes(found.logs.iter().map(|log| log.bytes).sum());
    let bar = output::progress(usize::try_from(all).unwrap_or(usize::MAX), &message(lang, "progress-detect", &[]));
    bar.set_message("MB");
    let scan = scan(rules, found.logs, &options, &|done| bar.set_position(megabytes(done).min(all)));
    bar.finish_and_clear();
    scan
}

/// The first moment of a day in Japan.
fn begin_of(day: Date) -> FileTime {
    from_unix_micros(day.start_jst().0.saturating_mul(1_000_000))
}

fn tell_unreadable(lang: Lang, unreadable: &[(PathBuf, String)]) {
    for (path, reason) in unreadable.iter().take(MAX_SHOWN) {
        let arguments = [("path", path.display().to_string().into()), ("reason", reason.as_str().into())];
        output::note(&message(lang, "eventlog-unreadable", &arguments));
    }
    tell_more(lang, unreadable.len());
}

/// Says what could not be read. Whether nothing was lost.
fn tell_losses(lang: Lang, scan: &Scan) -> bool {
    for loss in scan.losses.iter().take(MAX_SHOWN) {
        let log = scan.logs.get(loss.log as usize).map_or(Path::new(""), |log| &log.path);
        let arguments = [
            ("log", log.display().to_string().into()),
            ("offset", number(loss.offset)),
            ("reason", loss.reason.to_string().into()),
        ];
        output::note(&message(lang, "eventlog-loss", &arguments));
    }
    tell_more(lang, scan.losses.len());
    scan.losses.iter().all(|loss| loss.records == Some(0))
}

fn tell_more(lang: Lang, all: usize) {
    if MAX_SHOWN < all {
        output::note(&message(lang, "eventlog-more", &[("count", (all - MAX_SHOWN).into())]));
    }
}

/// Says what took no part in correlations. Whether everything did.
fn tell_correlations(lang: Lang, correlated: &Correlated) -> bool {
    let losses = correlated.losses;
    if !correlated.is_whole() {
        let forgotten = losses.from_full_groups + losses.groups;
        let missed = correlated.unread + losses.late + losses.forced;
        let arguments = [("forgotten", number(forgotten)), ("missed", number(missed))];
        output::note(&message(lang, "eventlog-correlation-losses", &arguments));
    }
    let without = losses.without_group + losses.without_value;
    if 0 < without {
        output::note(&message(lang, "eventlog-correlation-without", &[("count", number(without))]));
    }
    correlated.is_whole()
}

fn number(number: u64) -> Argument {
    Argument::Number(i64::try_from(number).unwrap_or(i64::MAX))
}

fn summary(lang: Lang, scan: &Scan, rows: usize) -> String {
    let arguments = [
        ("logs", scan.logs.len().into()),
        ("events", number(scan.events)),
        ("rows", rows.into()),
        ("outside", number(scan.outside)),
        ("lost", number(scan.lost())),
    ];
    message(lang, "eventlog-summary", &arguments)
}

fn show(context: &Context<'_>, arguments: &DetectArgs, timeline: &mut Timeline<'_>, lines: Vec<String>) -> Result<()> {
    let lang = context.settings.lang;
    let default = if context.global.json { DetectFormat::Jsonl } else { DetectFormat::Table };
    let mut statistics = Statistics::default();
    let list = !arguments.statistics || arguments.out.is_some();
    let written = if list {
        let format = arguments.format.unwrap_or(default);
        write_rows(timeline, format, arguments.out.as_deref(), lang, lines, &mut statistics)
    } else {
        (0..timeline.len()).filter_map(|number| timeline.row(number)).for_each(|row| statistics.add(&row));
        Ok(())
    };
    match written {
        // A closed pipe (`mamori … | head`) is no trouble.
        Err(err) if err.kind() == ErrorKind::BrokenPipe && arguments.out.is_none() => return Ok(()),
        other => other.with_context(|| arguments.out.as_deref().unwrap_or(Path::new("-")).display().to_string())?,
    }
    if arguments.statistics {
        match context.global.json {
            true => output::json(&statistics.to_json()),
            false => output::line(statistics.to_text(lang).trim_end()),
        }
    }
    Ok(())
}

fn write_rows(
    timeline: &mut Timeline<'_>,
    format: DetectFormat,
    out: Option<&Path>,
    lang: Lang,
    lines: Vec<String>,
    statistics: &mut Statistics,
) -> std::io::Result<()> {
    let stream = output::stream(out)?;
    let mut writer: Box<dyn RowWriter> = match format {
        DetectFormat::Table => Box::new(TextWriter::new(stream, lang)),
        DetectFormat::Csv => Box::new(CsvWriter::new(stream, lang)?),
        DetectFormat::Jsonl => Box::new(JsonWriter::new(stream)),
        DetectFormat::Html => Box::new(HtmlWriter::new(stream, lang, &Summary { lines })?),
    };
    let bar = output::progress(timeline.len(), &message(lang, "progress-write", &[]));
    for number in 0..timeline.len() {
        if let Some(row) = timeline.row(number) {
            writer.write(&row)?;
            statistics.add(&row);
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    writer.finish()
}

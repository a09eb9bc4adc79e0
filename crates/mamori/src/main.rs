//! The program: reads the command line, opens the installation, runs one command, says how it ended.

mod bench;
mod bench_detect;
mod bench_pages;
mod cli;
mod commands;
mod config;

mod output;

mod serving;
mod show_report;

use std::io::ErrorKind;
use std::process::ExitCode;

use anyhow::Result;
use base::Lang;
use clap::Parser as _;
use governance::exceptions::ExceptionError;
use people::admin::AdminError;
use store::dump::DumpError;
use store::ledger::{ExportError, LedgerError, VerifyError};
use store::{BlobError, StoreError};

use crate::cli::{Cli, Command, ConfigCommand};
use crate::commands::Context;
use crate::config::{Config, SAMPLE, ServeConfig};
use crate::output::{Mistake, Outcome};
use installation::Settings;

fn main() -> ExitCode {
    keep_files_private();
    let cli = Cli::parse();
    init_tracing(matches!(cli.command, Command::Serve(_)));
    let (settings, serve) = match Config::load(cli.global.config.as_deref()) {
        Ok(config) => {
            let serve = config.serve.clone();
            let lang = cli.global.lang.as_deref();
            (config.settle(cli.global.data.clone(), cli.global.database.clone(), lang), serve)
        }
        Err(err) => {
            let lang = Lang::from_locale(cli.global.lang.as_deref().unwrap_or("ja"));
            return fail(lang, "trouble-config", &err);
        }
    };
    let lang = settings.lang;
    match run(&cli, settings, serve) {
        Ok(outcome) => ExitCode::from(outcome.code()),
        Err(err) => match err.downcast_ref::<Mistake>() {
            Some(mistake) => {
                output::note(&mistake.0);
                ExitCode::from(Outcome::Mistaken.code())
            }
            None => fail(lang, message_of(&err), &err),
        },
    }
}

/// Reports, exports and evidence tell every weakness of the house: whatever this program writes is for its own account alone.
fn keep_files_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

fn run(cli: &Cli, settings: Settings, serve: ServeConfig) -> Result<Outcome> {
    let context = Context { global: &cli.global, settings, serve };
    match &cli.command {
        Command::Demo(arguments) => commands::demo::run(context, arguments),
        Command::Assess(arguments) => commands::assess::run(context, arguments),
        Command::Report(arguments) => commands::report::run(context, arguments),
        Command::Import(arguments) => commands::import::run(context, arguments),
        Command::Claim(command) => commands::claim::run(context, command),
        Command::Exception(command) => commands::exception::run(context, command),
        Command::Task(command) => commands::task::run(context, command),
        Command::Ledger(command) => commands::ledger::run(context, command),
        Command::Fact { subject } => commands::fact::run(context, subject.as_deref()),
        Command::Job(command) => commands::job::run(context, command),
        Command::User(command) => commands::user::run(&context, command),
        Command::Serve(arguments) => commands::serve::run(context, arguments),
        Command::BackupSelf(arguments) => commands::backup::backup(&context, arguments),
        Command::RestoreSelf(arguments) => commands::backup::restore(&context, arguments),
        Command::Remote(arguments) => commands::remote::run(&context, arguments),
        Command::Detect(arguments) => commands::detect::run(&context, arguments),
        Command::Doctor => commands::doctor::run(&context),
        Command::Config(ConfigCommand::Sample) => {
            output::line(SAMPLE.trim_end());
            Ok(Outcome::Done)
        }
        Command::Config(ConfigCommand::Check) => {
            output::line(&i18n::message(context.settings.lang, "config-good", &[]));
            Ok(Outcome::Done)
        }
        Command::Bench { name, assets, samples } => bench::run(&context, *name, assets, samples.as_deref()),
    }
}

/// The message that says what to do next about an error.
fn message_of(err: &anyhow::Error) -> &'static str {
    match err.chain().find_map(store_error) {
        Some(StoreError::Full { .. }) => "trouble-disk-full",
        Some(StoreError::Gone { .. }) => "trouble-database-gone",
        Some(StoreError::Busy { .. } | StoreError::Conflict { .. }) => "trouble-busy",
        Some(StoreError::ReadOnly { .. }) => "trouble-read-only",
        Some(StoreError::Corrupt { .. }) => "trouble-corrupt",
        Some(_) => "trouble-store",
        None if disk_is_full(err) => "trouble-disk-full",
        None => "trouble-other",
    }
}

/// The database's error behind an error; those that pass it on as their own do not name it as their cause.
fn store_error<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a StoreError> {
    if let Some(LedgerError::Store(err)) = cause.downcast_ref() {
        return Some(err);
    }
    if let Some(BlobError::Store(err)) = cause.downcast_ref() {
        return Some(err);
    }
    if let Some(VerifyError::Store(err) | VerifyError::Blob(BlobError::Store(err))) = cause.downcast_ref() {
        return Some(err);
    }
    if let Some(ExportError::Store(err) | ExportError::Blob(BlobError::Store(err))) = cause.downcast_ref() {
        return Some(err);
    }
    if let Some(DumpError::Store(err) | DumpError::Blob(BlobError::Store(err))) = cause.downcast_ref() {
        return Some(err);
    }
    if let Some(ExceptionError::Store(err) | ExceptionError::Ledger(LedgerError::Store(err))) = cause.downcast_ref() {
        return Some(err);
    }
    if let Some(AdminError::Store(err) | AdminError::Ledger(LedgerError::Store(err))) = cause.downcast_ref() {
        return Some(err);
    }
    cause.downcast_ref()
}

fn disk_is_full(err: &anyhow::Error) -> bool {
    err.chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|err| matches!(err.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge))
}

fn fail(lang: Lang, id: &str, err: &anyhow::Error) -> ExitCode {
    output::note(&i18n::message(lang, id, &[("detail", format!("{err:#}").into())]));
    ExitCode::from(Outcome::Trouble.code())
}

/// Logs go to standard error as JSON lines: always when the office is served, else when `MAMORI_LOG` asks for a level. They carry
/// no contents and no secrets; the libraries below us, which know no such rule, are heard from warnings on.
fn init_tracing(always: bool) {
    use tracing_subscriber::filter::filter_fn;
    use tracing_subscriber::prelude::*;
    let asked = std::env::var_os("MAMORI_LOG")
        .and_then(|level| level.to_str().and_then(|level| level.parse::<tracing::Level>().ok()));
    let Some(level) = asked.or(always.then_some(tracing::Level::INFO)) else { return };
    let wanted = filter_fn(move |metadata| {
        let most = if is_ours(metadata.target()) { level } else { level.min(tracing::Level::WARN) };
        *metadata.level() <= most
    });
    let lines = tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr).with_filter(wanted);
    let _ = tracing_subscriber::registry().with(lines).try_init();
}

/// Whether a log line comes from one of our own crates.
fn is_ours(target: &str) -> bool {
    const OURS: [&str; 14] = [
        "mamori",
        "installation",
        "office",
        "web",
        "people",
        "governance",
        "evidence",
        "store",
        "asset",
        "hardening",
        "eventlog",
        "risk",
        "report",
        "assess",
    ];
    OURS.contains(&target.split("::").next().unwrap_or_default())
}

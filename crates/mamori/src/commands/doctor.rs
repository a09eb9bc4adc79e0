//! `mamori doctor`: what is missing here, and how to get it.

use std::path::Path;

use anyhow::Result;
use base::Lang;
use serde_json::json;

use super::Context;
use super::ledger::say_step_back;
use crate::output::{self, Outcome};

/// A program mamori works better with.
struct Tool {
    program: &'static str,
    package: &'static str,
    message: &'static str,
}

const TOOLS: [Tool; 2] = [
    Tool { program: "nmap", package: "nmap", message: "doctor-nmap" },
    Tool { program: "psql", package: "postgresql-client", message: "doctor-psql" },
];

pub(crate) fn run(context: &Context<'_>) -> Result<Outcome> {
    let lang = context.settings.lang;
    let mut lines = Vec::new();
    let mut sound = true;
    match context.open() {
        Ok(installation) => {
            let sites = installation.database.read(evidence::store::list_sites)?;
            let arguments =
                [("folder", context.settings.data.display().to_string().into()), ("sites", sites.len().into())];
            lines.push((true, installation.say("doctor-data-good", &arguments)));
            let arguments = [
                ("checks", installation.packs.checks.len().into()),
                ("frameworks", installation.packs.frameworks.len().into()),
            ];
            lines.push((true, installation.say("doctor-packs-good", &arguments)));
            let steps = installation.database.read(|tx| store::ledger::list_steps_back(tx, 0))?;
            lines.extend(steps.last().map(|step| (false, say_step_back(&installation, step))));
        }
        Err(err) => {
            sound = false;
            lines.push((false, i18n::message(lang, "doctor-data-bad", &[("detail", format!("{err:#}").into())])));
        }
    }
    lines.push(pdf_line(lang));
    for tool in &TOOLS {
        let id = if on_path(tool.program) { "doctor-tool-there" } else { "doctor-tool-missing" };
        let arguments = [
            ("program", tool.program.into()),
            ("package", tool.package.into()),
            ("purpose", i18n::message(lang, tool.message, &[]).into()),
        ];
        lines.push((on_path(tool.program), i18n::message(lang, id, &arguments)));
    }
    for (good, text) in &lines {
        if context.global.json {
            output::json(&json!({ "good": good, "text": text }));
        } else {
            output::line(&format!("{} {text}", if *good { "✔" } else { "・" }));
        }
    }
    Ok(if sound { Outcome::Done } else { Outcome::Trouble })
}

fn pdf_line(lang: Lang) -> (bool, String) {
    let good = report::pdf::is_available();
    (good, i18n::message(lang, if good { "doctor-pdf-good" } else { "doctor-pdf-missing" }, &[]))
}

fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| Path::new(&folder).join(program).is_file())
}

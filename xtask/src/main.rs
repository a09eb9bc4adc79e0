//! `cargo xtask demo` shows the main job; `cargo xtask test` passes the tests. Both install what they need where they may.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool speaks to its user")]

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};

const USAGE: &str =
    "usage: cargo xtask demo [ARGUMENTS OF `mamori demo`] | test [ARGUMENTS OF `cargo test`] | setup | gate";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = arguments.split_first() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let outcome = match command.as_str() {
        "demo" => demo(rest),
        "test" => test(rest),
        "setup" => setup(&[FONT, POSTGRESQL, POPPLER]),
        "gate" => run(Command::new("ci/check.sh").current_dir(root())),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("xtask: {err:#}");
            ExitCode::FAILURE
        }
    }
}

/// Something outside cargo that a command wants.
struct Part {
    /// Debian's name of the package.
    package: &'static str,
    /// Any of these present means it is there; `*` stands for one path component.
    present_if: &'static [&'static str],
    /// What is missed without it.
    without: &'static str,
}

const FONT: Part = Part {
    package: "fonts-morisawa-bizud-gothic",
    present_if: &["/usr/share/fonts/truetype/bizud-gothic"],
    without: "reports are made as HTML, XLSX and JSON, but not as PDF",
};
const POSTGRESQL: Part = Part {
    package: "postgresql",
    present_if: &["/usr/lib/postgresql/*/bin/initdb", "/usr/local/bin/initdb"],
    without: "the tests against PostgreSQL are skipped",
};
const POPPLER: Part = Part {
    package: "poppler-utils",
    present_if: &["/usr/bin/pdftotext"],
    without: "the text inside the PDF is not read back by the tests",
};

fn demo(arguments: &[String]) -> Result<()> {
    setup(&[FONT])?;
    run(cargo().args(["build", "--quiet", "--locked", "--package", "mamori"]))?;
    run(Command::new(target().join("debug/mamori")).arg("demo").args(arguments))
}

fn test(arguments: &[String]) -> Result<()> {
    setup(&[FONT, POSTGRESQL, POPPLER])?;
    run(cargo().args(["build", "--locked", "--package", "mamori"]))?;
    run(cargo().args(["test", "--workspace", "--locked"]).args(arguments))
}

/// Installs the missing parts where this user may; says what is missed where not.
fn setup(parts: &[Part]) -> Result<()> {
    let missing: Vec<&Part> = parts.iter().filter(|part| !part.present_if.iter().any(|path| exists(path))).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|part| part.package).collect();
    eprintln!("installing {}", packages.join(" "));
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").args(["-qq", "-o", "Dpkg::Use-Pty=0"]).args(arguments);
        command.stdout(std::process::Stdio::null()).status().is_ok_and(|status| status.success())
    };
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(&packages);
    if apt(&install) || (apt(&["update"]) && apt(&install)) {
        return Ok(());
    }
    for part in missing {
        eprintln!(
            "SKIPPED: {} could not be installed here (apt-get install {}): {}",
            part.package, part.package, part.without
        );
    }
    Ok(())
}

/// Whether `pattern` names something; a `*` component matches any one entry of that folder.
fn exists(pattern: &str) -> bool {
    let Some((before, after)) = pattern.split_once("/*/") else { return PathBuf::from(pattern).exists() };
    let Ok(entries) = std::fs::read_dir(before) else { return false };
    entries.flatten().any(|entry| entry.path().join(after).exists())
}

fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or(here.clone(), PathBuf::from)
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

fn run(command: &mut Command) -> Result<()> {
    let status =
        command.status().with_context(|| format!("{} could not be started", command.get_program().display()))?;
    if !status.success() {
        bail!("{} ended with {status}", command.get_program().display());
    }
    Ok(())
}

//! `cargo xtask demo` shows the main job; `cargo xtask test` passes the tests. Both install what they need where they may.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool speaks to its user")]

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};

const USAGE: &str =
    "usage: cargo xtask demo [ARGUMENTS OF `mamori demo`] | test [ARGUMENTS OF `cargo test`] | browse | setup | gate";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = arguments.split_first() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let outcome = match command.as_str() {
        "demo" => demo(rest),
        "test" => test(rest),
        "browse" => browse(rest),
        "setup" => setup(&[FONT, POSTGRESQL, POPPLER, CHROMIUM]),
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

const CHROMIUM: Part = Part {
    package: "chromium",
    present_if: &["/usr/bin/chromium", "/usr/bin/chromium-browser"],
    without: "the office is not tried in a browser",
};
/// The oldest Node.js that drives the browser.
const NODE_MAJOR: u32 = 20;

fn demo(arguments: &[String]) -> Result<()> {
    setup(&[FONT])?;
    run(cargo().args(["build", "--quiet", "--locked", "--package", "mamori"]))?;
    run(Command::new(target().join("debug/mamori")).arg("demo").args(arguments))
}

fn test(arguments: &[String]) -> Result<()> {
    setup(&[FONT, POSTGRESQL, POPPLER])?;
    run(cargo().args(["build", "--locked", "--package", "mamori"]))?;
    run(cargo().args(["test", "--workspace", "--locked"]).args(arguments))?;
    // A choice of tests by name means none of those beside the workspace.
    if !arguments.is_empty() {
        return Ok(());
    }
    run(cargo().args(["test", "--locked", "--no-default-features"]).current_dir(root().join("peers")))?;
    browse(&[])
}

/// The office in a real browser. `arguments` go to Node's test runner.
fn browse(arguments: &[String]) -> Result<()> {
    setup(&[FONT, CHROMIUM])?;
    let folder = root().join("e2e");
    if node_major().is_none_or(|major| major < NODE_MAJOR) {
        eprintln!("SKIPPED: Node.js {NODE_MAJOR} or newer is not installed: the office is not tried in a browser");
        return Ok(());
    }
    run(cargo().args(["build", "--locked", "--package", "mamori"]))?;
    let modules = folder.join("node_modules/playwright-core/package.json");
    if !modules.exists() {
        run(Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder))?;
    }
    let mut node = Command::new("node");
    node.args(["--test", "--test-concurrency=1"]).current_dir(&folder).env("MAMORI", target().join("debug/mamori"));
    if arguments.is_empty() {
        node.args(test_files(&folder)?)
    } else {
        node.args(arguments)
    };
    run(&mut node)
}

fn test_files(folder: &std::path::Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder.join("tests")).context("e2e/tests")?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".test.mjs"));
    files.sort();
    Ok(files)
}

/// The first number of `v20.20.2`.
fn node_major() -> Option<u32> {
    let output = Command::new("node").arg("--version").output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
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

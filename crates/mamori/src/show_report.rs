//! The gist of a report on the terminal.

use base::Lang;
use installation::Installation;
use report::Report;

use crate::output;

/// Shows the gist of a report on the terminal.
pub(crate) fn show(installation: &Installation, report: &Report) {
    output::line(&format!("■ {}", report.site.name));
    for sentence in &report.summary {
        output::line(&format!("  {sentence}"));
    }
    for finding in report.findings.iter().filter(|finding| finding.severity <= base::Severity::High) {
        let subjects = finding.subjects.iter().take(3).cloned().collect::<Vec<_>>().join("、");
        let arguments = [
            ("title", finding.title.as_str().into()),
            ("subjects", subjects.into()),
            ("count", finding.subjects_total.into()),
        ];
        output::line(&installation.say("show-finding", &arguments));
    }
    if installation.lang() == Lang::Ja {
        output::line("");
    }
}

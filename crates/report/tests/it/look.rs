use std::path::Path;

use base::Lang;
use report::{html, pdf, xlsx};

use crate::sample;

/// Leaves the files in cargo's folder for test files, `report-look`, for a person to open.
#[test]
fn every_form_can_be_looked_at() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report-look");
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
    for (name, report) in [("hospital", sample::hospital()), ("nasty", sample::nasty()), ("empty", sample::empty())] {
        write(&format!("{name}.html"), html::render(&report, Lang::Ja).as_bytes());
        write(&format!("{name}.checklist.html"), html::render_checklist(&report, Lang::Ja).as_bytes());
        write(&format!("{name}.xlsx"), &xlsx::render(&report, Lang::Ja).unwrap());
        match pdf::render(&report, Lang::Ja) {
            Ok(pdf) => write(&format!("{name}.pdf"), &pdf.bytes),
            Err(err) => eprintln!("SKIPPED: {err}"),
        }
    }
    if let Ok(pdf) = pdf::render_checklist(&sample::hospital(), Lang::Ja) {
        write("hospital.checklist.pdf", &pdf.bytes);
    }
}

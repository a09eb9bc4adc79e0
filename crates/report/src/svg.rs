//! Drawings of numbers only: the bar of verdicts and the QR code. No text of a user enters an SVG.

use std::fmt::Write as _;

use base::Verdict;
use qrcode::{EcLevel, QrCode, render::svg};

use crate::model::{Checkpoint, Standing, VerdictCounts};

/// A finished drawing, safe to put into HTML as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Svg(pub(crate) String);

const HEIGHT: usize = 14;
const WIDTH: usize = 240;

/// A bar whose parts are as long as the counts and differ in texture as well as in colour.
pub(crate) fn bar(counts: &VerdictCounts) -> Svg {
    let total = counts.total().max(1);
    let mut drawing = open(WIDTH);
    let (mut seen, mut left) = (0, 0);
    for standing in Standing::ALL {
        seen += counts.get(standing);
        let right = seen * WIDTH / total;
        drawing.push_str(&part(standing, left, right));
        left = right;
    }
    close(drawing, WIDTH)
}

/// The texture of one standing, for the legend.
pub(crate) fn swatch(standing: Standing) -> Svg {
    let width = 22;
    let mut drawing = open(width);
    drawing.push_str(&part(standing, 0, width));
    close(drawing, width)
}

fn open(width: usize) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {HEIGHT}\" width=\"{width}\" height=\"{HEIGHT}\" \
         preserveAspectRatio=\"none\" aria-hidden=\"true\">"
    )
}

fn close(mut drawing: String, width: usize) -> Svg {
    let (inner_width, inner_height) = (width - 1, HEIGHT - 1);
    // Writing to a String cannot fail.
    _ = write!(
        drawing,
        "<rect x=\"0.5\" y=\"0.5\" width=\"{inner_width}\" height=\"{inner_height}\" fill=\"none\" stroke=\"#333\"/></svg>"
    );
    Svg(drawing)
}

fn part(standing: Standing, left: usize, right: usize) -> String {
    if right <= left {
        return String::new();
    }
    let (fill, line) = match standing {
        Standing::NotYet => ("#c9cfd4", diagonal(left, right)),
        Standing::Is(Verdict::Proved) => ("#14532d", String::new()),
        Standing::Is(Verdict::Contradicted) => ("#c8321f", zigzag(left, right)),
        Standing::Is(Verdict::Attested) => ("#e3e7ea", horizontal(left, right)),
        Standing::Is(Verdict::Stale) => ("#fff", vertical(left, right)),
        Standing::Is(Verdict::Unknown) => ("#fff", String::new()),
    };
    let stroke = if standing == Standing::Is(Verdict::Contradicted) { "#fff" } else { "#555" };
    format!(
        "<rect x=\"{left}\" y=\"0\" width=\"{}\" height=\"{HEIGHT}\" fill=\"{fill}\" stroke=\"#333\"/>\
         <path d=\"{line}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"1.4\"/>",
        right - left
    )
}

fn zigzag(left: usize, right: usize) -> String {
    let mut path = format!("M{left} {HEIGHT}");
    for (index, x) in (left..=right).step_by(6).enumerate().skip(1) {
        _ = write!(path, "L{x} {}", if index % 2 == 0 { HEIGHT } else { 0 });
    }
    path
}

fn diagonal(left: usize, right: usize) -> String {
    (left..right).step_by(6).map(|x| format!("M{x} {HEIGHT}L{} 0", (x + 6).min(right))).collect()
}

fn horizontal(left: usize, right: usize) -> String {
    [4, 7, 10].iter().map(|y| format!("M{left} {y}H{right}")).collect()
}

fn vertical(left: usize, right: usize) -> String {
    (left..right).step_by(4).skip(1).map(|x| format!("M{x} 0V{HEIGHT}")).collect()
}

/// QR code of origin, size and root, one per line: the body of the signed note. `None` if it is too long for a code.
pub(crate) fn qr(checkpoint: &Checkpoint) -> Option<Svg> {
    let body = format!("{}\n{}\n{}\n", checkpoint.origin, checkpoint.size, checkpoint.root);
    let code = QrCode::with_error_correction_level(body, EcLevel::M).ok()?;
    let drawing = code.render::<svg::Color<'_>>().min_dimensions(160, 160).quiet_zone(true).build();
    // The XML declaration may stand only at the head of a file.
    let start = drawing.find("<svg")?;
    drawing.get(start..).map(|drawing| Svg(drawing.to_owned()))
}

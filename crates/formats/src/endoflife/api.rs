//! The list of cycles that the public API (version 0) returns for one product.

use base::Locator;
use serde_json::Value;

use super::{
    ParseProductError, Product, ProductProblemReason, Release, bad_field, parse_end, parse_long_term, parse_supported,
    shorten,
};

pub(super) fn parse(text: &str) -> Result<Product, ParseProductError> {
    let mut product = Product::default();
    let cycles = match serde_json::from_str::<Vec<Value>>(text) {
        Ok(cycles) => cycles,
        Err(err) if text.contains("\"cycle\"") => {
            let reason = ProductProblemReason::Malformed { found: shorten(&err.to_string()) };
            product.report(Locator::Whole, reason);
            return Ok(product);
        }
        Err(_) => return Err(ParseProductError::NotProduct),
    };
    if !cycles.iter().any(|cycle| cycle.get("cycle").is_some()) {
        return Err(ParseProductError::NotProduct);
    }
    for (index, cycle) in cycles.iter().enumerate() {
        let place = Locator::Path(format!("/[{}]", index + 1));
        match parse_cycle(place.clone(), cycle) {
            Ok(release) => product.add_release(release),
            Err(reason) => product.report(place, reason),
        }
    }
    Ok(product)
}

fn parse_cycle(place: Locator, value: &Value) -> Result<Release, ProductProblemReason> {
    let text = |field: &str| text_of(value.get(field));
    let cycle = text("cycle");
    if cycle.is_empty() {
        return Err(bad_field("cycle", ""));
    }
    let label = Some(text("releaseLabel")).filter(|label| !label.is_empty()).unwrap_or_else(|| cycle.clone());
    Ok(Release {
        place,
        label,
        released: text("releaseDate").parse().ok(),
        eol: parse_end("eol", &text("eol"))?,
        eoas: parse_supported("support", &text("support"))?,
        eoes: parse_supported("extendedSupport", &text("extendedSupport"))?,
        latest: Some(text("latest")).filter(|latest| !latest.is_empty()),
        lts: parse_long_term(&text("lts"))?,
        cycle,
    })
}

fn text_of(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => shorten(text.trim()),
        Some(other) => shorten(&other.to_string()),
    }
}

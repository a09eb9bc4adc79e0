//! One cell of a ledger → one fact value.

use assess::{Definition, Wording};
use base::{Date, FactType, FactValue};
use formats::scalar;

/// Why a cell holds no value, as a message id.
pub(crate) type CellRefusal = &'static str;

/// What people write for "nothing here".
const BLANKS: [&str; 10] = ["", "-", "--", "ー", "―", "－", "n/a", "na", "未定", "未記入"];

/// Reads the text of a cell as the fact's type; `None` for a blank.
pub(crate) fn read(definition: &Definition, wording: &Wording, text: &str) -> Result<Option<FactValue>, CellRefusal> {
    let folded = scalar::fold_width(text);
    if BLANKS.contains(&folded.to_lowercase().as_str()) {
        return Ok(None);
    }
    if let Some(value) = wording.value_of(&definition.key, &folded) {
        return Ok(Some(value));
    }
    match definition.fact_type {
        FactType::Bool => Err("refused-not-yes-or-no"),
        FactType::Integer => folded
            .replace(',', "")
            .parse()
            .map(|number| Some(FactValue::Integer(number)))
            .map_err(|_| "refused-not-a-number"),
        FactType::Date => read_date(&folded),
        FactType::Text if !definition.values.is_empty() => Err("refused-unknown-word"),
        FactType::Text => Ok(Some(FactValue::Text(limited(&folded)))),
        FactType::List => read_list(&definition.key, &folded),
    }
}

/// Whether a text is a blank or a word for a value of this fact.
pub(crate) fn is_word(key: &str, wording: &Wording, text: &str) -> bool {
    let folded = scalar::fold_width(text);
    BLANKS.contains(&folded.to_lowercase().as_str()) || wording.value_of(key, &folded).is_some()
}

fn read_date(text: &str) -> Result<Option<FactValue>, CellRefusal> {
    if text == "不明" {
        return Ok(None);
    }
    // Spreadsheets add a time of day to dates; it carries nothing here.
    let day = text.split([' ', 'T']).next().unwrap_or(text);
    day.parse::<Date>().map(|date| Some(FactValue::Date(date))).map_err(|_| "refused-not-a-date")
}

fn read_list(key: &str, text: &str) -> Result<Option<FactValue>, CellRefusal> {
    match key {
        "asset.ip" => {
            let list = scalar::parse_ip_list(text);
            if list.addresses.is_empty() {
                // "DHCP" says how an address is given, not which one.
                return if list.rejected.iter().all(|word| word.eq_ignore_ascii_case("dhcp")) {
                    Ok(None)
                } else {
                    Err("refused-not-an-address")
                };
            }
            if list.addresses.len() > MAX_ADDRESSES {
                return Err("refused-too-many-addresses");
            }
            Ok(Some(FactValue::list(list.addresses.iter().map(|ip| ip.address.to_string()))))
        }
        "asset.mac" => {
            let parts = text.split([',', ';', '、', '\n', ' ']).filter(|part| !part.trim().is_empty());
            let addresses: Option<Vec<String>> = parts.map(scalar::parse_mac).collect();
            addresses.map(|addresses| Some(FactValue::list(addresses))).ok_or("refused-not-an-address")
        }
        _ => Ok(Some(FactValue::list(text.split(['、', ';', '\n'])))),
    }
}

/// Addresses one row may claim. A row that claims a whole network would hide everything in it.
const MAX_ADDRESSES: usize = 8;

/// Longest text kept of a cell, in characters.
const MAX_CHARS: usize = 1_000;

fn limited(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_CHARS).collect()
}

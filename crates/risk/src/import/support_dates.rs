//! Support dates of products (endoflife.date: Markdown with front matter, or the JSON of its interface).

use base::{FactValue, Grade, Locator, Subject, SubjectKind, Text};
use evidence::{FactSink, Importer, ReadError, Source};
use formats::endoflife::{self, SupportEnd};

/// Reads one product.
#[derive(Debug)]
pub(crate) struct SupportDates;

impl Importer for SupportDates {
    fn id(&self) -> &'static str {
        "support_dates"
    }

    fn label(&self) -> Text {
        Text {
            ja: "製品のサポート期限（endoflife）".to_owned(),
            en: "support dates of a product (endoflife)".to_owned(),
        }
    }

    fn grade(&self) -> Grade {
        Grade::Machine
    }

    fn recognises(&self, source: &Source<'_>) -> bool {
        endoflife::looks_like_endoflife(source.bytes)
    }

    fn read(&self, source: &Source<'_>, sink: &mut FactSink<'_>) -> Result<(), ReadError> {
        let file = source.name.rsplit('/').next().unwrap_or(source.name);
        let product = endoflife::parse(source.bytes, file).map_err(|err| ReadError {
            message: "unreadable-support-dates",
            locator: Locator::Whole,
            detail: err.to_string(),
        })?;
        for problem in &product.problems {
            sink.refuse(problem.place.clone(), "refused-bad-record", &problem.reason.to_string());
        }
        for release in &product.releases {
            let place = || release.place.clone();
            let Ok(subject) = Subject::new(SubjectKind::Product, format!("{}/{}", product.name, release.cycle)) else {
                sink.refuse(place(), "refused-no-identity", &release.cycle);
                continue;
            };
            sink.say(&subject, "product.name", FactValue::Text(product.name.clone()), place());
            sink.say(&subject, "product.release", FactValue::Text(release.cycle.clone()), place());
            match &release.eol {
                SupportEnd::On(day) => sink.say(&subject, "product.end_of_support", FactValue::Date(*day), place()),
                SupportEnd::Ended => sink.say(&subject, "product.unsupported", FactValue::Bool(true), place()),
                SupportEnd::NotYet => sink.say(&subject, "product.unsupported", FactValue::Bool(false), place()),
            }
            if let Some(SupportEnd::On(day)) = &release.eoes {
                sink.say(&subject, "product.extended_support_until", FactValue::Date(*day), place());
            }
            sink.accept();
        }
        Ok(())
    }
}

//! The lists themselves.

use base::FactValue;

use crate::fixture::{read, sample};

#[test]
fn the_exploited_list_is_read_to_its_last_entry() {
    let Some(bytes) = sample("feeds/kev/known_exploited_vulnerabilities.json") else { return };
    read("kev.json", &bytes, |sink| {
        assert_eq!(sink.counts(), (1_404, 0));
        assert_eq!(sink.refusals().0, []);
        let of = |subject: &str, key: &str| {
            let key = sink.dictionary().find(key).unwrap().id;
            let is_it = |index: u32| sink.subjects()[usize::try_from(index).unwrap()].to_string() == subject;
            let found = sink.facts().iter().find(|fact| fact.key == key && is_it(fact.subject));
            found.map(|fact| (fact.value.to_string(), fact.locator.to_string()))
        };
        let (product, place) = of("vulnerability:CVE-2018-13379", "vulnerability.product").unwrap();
        assert!(product.contains("FortiOS") && place.starts_with("path:/vulnerabilities"), "{product} {place}");
        let known = of("vulnerability:CVE-2018-13379", "vulnerability.ransomware").unwrap();
        assert_eq!(known.0, "true");
        let unknown = of("vulnerability:CVE-2025-48384", "vulnerability.ransomware");
        assert_eq!(unknown, None, "not known is no \"no\"");
        assert_eq!(of("vulnerability:CVE-2025-48384", "vulnerability.exploited_since").unwrap().0, "2025-08-25");
    });
}

#[test]
fn the_list_is_as_old_as_the_date_in_it() {
    let list = |released: &str| {
        format!(
            r#"{{"title":"CISA Catalog of Known Exploited Vulnerabilities","catalogVersion":"1",{released}"count":0,"vulnerabilities":[]}}"#
        )
    };
    let dated = list(r#""dateReleased":"2025-08-25T17:04:19.9796Z","#);
    read("kev.json", dated.as_bytes(), |sink| {
        // 17:04 UTC is the next day in Japan.
        assert_eq!(sink.facts()[0].value, FactValue::Date("2025-08-26".parse().unwrap()));
        assert_eq!(sink.subjects()[0].to_string(), "site:self");
        assert_eq!(sink.stated().0.unwrap().rfc3339(), "2025-08-25T17:04:19Z");
    });
    read("kev.json", list("").as_bytes(), |sink| assert_eq!((sink.facts().len(), sink.stated().0), (0, None)));
}

#[test]
fn support_dates_are_read_with_their_lines() {
    let Some(bytes) = sample("feeds/endoflife/products/fortios.md") else { return };
    read("endoflife/fortios.md", &bytes, |sink| {
        let key = sink.dictionary().find("product.end_of_support").unwrap().id;
        let fact = sink.facts().iter().find(|fact| {
            fact.key == key && sink.subjects()[usize::try_from(fact.subject).unwrap()].id() == "fortios/7.4"
        });
        let fact = fact.unwrap();
        assert_eq!(fact.value.to_string(), "2028-11-11");
        assert!(fact.locator.to_string().starts_with("line:"), "{}", fact.locator);
        assert_eq!(sink.refusals().0, []);
    });
}

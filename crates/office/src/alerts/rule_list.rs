//! Every rule of the packs: what it looks for, and why it may see nothing.

use axum::extract::State;
use axum::response::Response;
use detect::pack::Explanation;
use detect::rule::{About, Level};
use eventlog::alerts::store as tables;
use eventlog::rules::Ruleset;
use web::list::{Cell, Column, List, ListQuery, Look, Total};
use web::{HttpError, Page, SiteVisit, blocking};

use super::words;
use crate::Office;
use crate::state::Shared;

/// One rule that speaks.
struct Line {
    level: Level,
    title: String,
    /// Why it is not in force; empty if it is.
    waits_for: String,
    needs: String,
    alerts: usize,
}

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let alerts = office.database().read(|tx| tables::list_alerts(tx, visit.site_id()))?;
        let mut lines = lines(&visit, &office)?;
        for (line, rule) in &mut lines {
            line.alerts = alerts.iter().filter(|alert| alert.rule == *rule).count();
        }
        lines.sort_by_key(|(line, _)| std::cmp::Reverse(line.level));
        let list = List {
            caption: visit.text("alert-rules-title"),
            columns: vec![
                Column::new(visit.text("alert-level")),
                Column::new(visit.text("alert-what")).sort("what"),
                Column::new(visit.text("alert-in-force")),
                Column::new(visit.text("alert-needs")),
                Column::new(visit.text("alert-title")).sort("alerts").number(),
            ],
            total: Total::Exactly(lines.len()),
            rows: lines.iter().map(|(line, _)| cells(&visit, line)).collect(),
            filters: Vec::new(),
            can_search: true,
            empty: visit.text("alert-empty-filter"),
        };
        let around = Page::new(visit.text("alert-rules-title"), "alerts")
            .help(visit.text("alert-rules-help"))
            .trail(visit.text("alert-title"), visit.path_of("alerts"));
        list.cut(&query).respond(&visit, &around, &query, "")
    })
    .await
}

/// Every rule that speaks, with its id.
fn lines(visit: &SiteVisit, office: &Office) -> Result<Vec<(Line, String)>, HttpError> {
    let pack = &office.installation.packs.rules;
    let rules = Ruleset::compile(pack.rules(), &pack.pipelines(), None).map_err(HttpError::internal)?;
    let in_force: Vec<&About> =
        rules.plan.rules().iter().chain(rules.correlations.correlations().iter().map(|rule| &rule.about)).collect();
    let lines = pack.explanations().iter().map(|known| {
        let about = in_force.iter().find(|about| about.id.as_deref() == Some(&known.rule));
        let waits_for = match about {
            Some(_) => String::new(),
            None => waits_for(visit, office, &rules, known),
        };
        let needs = known.also_needs.as_ref().map_or_else(String::new, |needs| needs.get(visit.lang).to_owned());
        let line = Line {
            level: about.and_then(|about| about.level).unwrap_or(Level::Medium),
            title: words::title(office, visit.lang, &known.rule),
            waits_for,
            needs,
            alerts: 0,
        };
        (line, known.rule.clone())
    });
    Ok(lines.collect())
}

/// Why a rule is not in force: what the site has to tell, or what is wrong with it.
fn waits_for(visit: &SiteVisit, office: &Office, rules: &Ruleset, known: &Explanation) -> String {
    let unset = office.installation.packs.rules.unset_of(known);
    if !unset.is_empty() {
        let labels: Vec<&str> = unset.iter().map(|placeholder| placeholder.label.get(visit.lang)).collect();
        return visit.say("alert-waits-for", &[("what", labels.join("・").into())]);
    }
    let refusal = rules.refusals().find(|refusal| refusal.rule == known.title.en);
    refusal.map_or_else(|| visit.text("alert-not-in-force"), |refusal| refusal.reason.to_string())
}

fn cells(visit: &SiteVisit, line: &Line) -> Vec<Cell> {
    let level = words::level(visit, line.level);
    let in_force = if line.waits_for.is_empty() {
        Cell::text(visit.text("alert-in-force-yes"))
    } else {
        Cell::text(line.waits_for.as_str()).look(Look::Unknown)
    };
    vec![
        Cell::text(level.text).look(level.look),
        Cell::text(line.title.as_str()),
        in_force,
        Cell::text(line.needs.as_str()),
        Cell::text(line.alerts.to_string()),
    ]
}

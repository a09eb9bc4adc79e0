//! One file per command.

pub(crate) mod assess;
pub(crate) mod backup;
pub(crate) mod claim;
pub(crate) mod demo;
mod demo_office;
pub(crate) mod detect;
pub(crate) mod doctor;
pub(crate) mod exception;
pub(crate) mod fact;
pub(crate) mod import;
pub(crate) mod job;
pub(crate) mod ledger;
pub(crate) mod remote;
pub(crate) mod report;
pub(crate) mod serve;
pub(crate) mod task;
pub(crate) mod user;

use anyhow::Result;
use evidence::store::SiteRow;

use crate::cli::{Global, SiteArgs};
use crate::config::ServeConfig;
use crate::output::Mistake;
use installation::Settings;
use installation::{Installation, SystemClock};

/// What every command is given.
pub(crate) struct Context<'a> {
    pub(crate) global: &'a Global,
    pub(crate) settings: Settings,
    pub(crate) serve: ServeConfig,
}

impl Context<'_> {
    /// Who is at the keyboard.
    pub(crate) fn who(&self) -> String {
        let login = ["USER", "LOGNAME", "USERNAME"].iter().find_map(std::env::var_os);
        let who = self.global.who.clone().or_else(|| login.map(|name| name.to_string_lossy().into_owned()));
        who.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "operator".to_owned())
    }

    /// Opens the installation these settings describe.
    pub(crate) fn open(&self) -> Result<Installation> {
        Installation::open(self.settings.clone(), Box::new(SystemClock))
    }

    /// As [`Context::open`], without making anything new and without refusing a damaged ledger: the one who verifies has to see it.
    pub(crate) fn open_for_verification(&self) -> Result<Installation> {
        let has_database = self.settings.database.is_some() || self.settings.data.join("mamori.db").exists();
        if !has_database || !self.settings.data.join("ledger-key.pem").exists() {
            let arguments = [("folder", self.settings.data.display().to_string().into())];
            return Err(Mistake(i18n::message(self.settings.lang, "trouble-no-installation", &arguments)).into());
        }
        Installation::open_unchecked(self.settings.clone(), Box::new(SystemClock))
    }
}

/// The site of this run, made or brought up to date from the options.
pub(crate) fn settle_site(
    installation: &Installation,
    who: &str,
    id: &str,
    about: Option<&SiteArgs>,
) -> Result<SiteRow> {
    if id.is_empty() || id.chars().count() > 60 || id.chars().any(|c| c.is_control() || c == '/') {
        return Err(Mistake(installation.say("site-bad-id", &[("id", id.into())])).into());
    }
    let present = installation.find_site(id)?;
    // A slip of the pen in --site must not found a new hospital.
    if present.is_none() && about.is_none() && !installation.database.read(evidence::store::list_sites)?.is_empty() {
        return Err(Mistake(installation.say("site-unknown", &[("id", id.into())])).into());
    }
    let mut site = present.clone().unwrap_or_else(|| SiteRow {
        id: id.to_owned(),
        name: installation.say("site-unnamed", &[]),
        kind: ::assess::SiteKind::Hospital,
        beds: None,
    });
    if let Some(about) = about {
        if let Some(name) = &about.name {
            site.name.clone_from(name);
        }
        site.kind = about.kind.unwrap_or(site.kind);
        site.beds = about.beds.or(site.beds);
    }
    if present.as_ref() != Some(&site) {
        installation.settle_site(&site, who)?;
    }
    Ok(site)
}

/// A day given on the command line.
pub(crate) fn parse_day(installation: &Installation, text: &str) -> Result<base::Date> {
    text.parse().map_err(|_| Mistake(installation.say("not-a-day", &[("detail", text.into())])).into())
}

//! The office of the demonstration: people without passwords, and a link for each.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use base::{Lang, UtcSeconds};
use installation::{Installation, SystemRandomness, work};
use people::account::Login;
use people::admin::{Actor, AdminError, NewPerson, add_person};
use people::store as tables;
use people::{EVERYWHERE, Role};
use serde_json::json;
use store::StoreError;

use crate::output::{self, Mistake};
use crate::serving::{self, Serving};

/// Where the office listens if nobody says otherwise: any port that is free.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
/// The links count for as long as the demonstration runs, and at most so long, in seconds; after a process that was killed no
/// office but another demonstration's takes them.
const LINK_S: i64 = 90 * 86_400;

/// Somebody made up.
struct Somebody {
    login: &'static str,
    name: &'static str,
    department: &'static str,
    vendor: &'static str,
    site: &'static str,
    role: Role,
    message: &'static str,
}

const NOBODY: Somebody = Somebody {
    login: "",
    name: "",
    department: "",
    vendor: "",
    site: "minato",
    role: Role::Staff,
    message: "serve-demo-staff",
};

const PEOPLE: [Somebody; 6] = [
    Somebody {
        login: "aoki",
        name: "青木 誠一",
        department: "院長室",
        role: Role::Executive,
        message: "serve-demo-executive",
        ..NOBODY
    },
    Somebody {
        login: "morita",
        name: "森田 由美",
        department: "医療情報室",
        site: EVERYWHERE,
        role: Role::Administrator,
        message: "serve-demo-administrator",
        ..NOBODY
    },
    Somebody {
        login: "kishimoto",
        name: "岸本 隆",
        department: "監査室",
        site: EVERYWHERE,
        role: Role::Auditor,
        message: "serve-demo-auditor",
        ..NOBODY
    },
    Somebody { login: "yamaguchi", name: "山口 さくら", department: "看護部", ..NOBODY },
    Somebody {
        login: "kitagawa",
        name: "北川 亮",
        vendor: "架空ひかり画像機器",
        role: Role::Vendor,
        message: "serve-demo-vendor",
        ..NOBODY
    },
    Somebody {
        login: "kubo",
        name: "久保 直人",
        department: "法人本部",
        site: EVERYWHERE,
        role: Role::GroupOperator,
        message: "serve-demo-group-operator",
        ..NOBODY
    },
];

/// Refuses an address that others can reach: whoever has a link is in.
pub(super) fn check_address(lang: Lang, listen: Option<SocketAddr>) -> Result<()> {
    match listen {
        Some(address) if !address.ip().is_loopback() => {
            let arguments = [("address", address.to_string().into())];
            Err(Mistake(i18n::message(lang, "serve-plain-not-local", &arguments)).into())
        }
        _ => Ok(()),
    }
}

/// Serves the office of the demonstration until a signal says to end.
pub(super) fn open(installation: &Arc<Installation>, listen: Option<SocketAddr>, as_json: bool) -> Result<()> {
    // The pages read what an assessment left for them.
    let done = work::do_all(installation)?;
    done.failures.iter().for_each(|failure| output::note(&failure.to_string()));
    let tokens = add_people(installation)?;
    let listen = listen.unwrap_or(LISTEN);
    let serving = Serving {
        installation: Arc::clone(installation),
        listen,
        monitor: None,
        encryption: None,
        with_setup: false,
        demo: true,
        public_address: None,
        proxies: web::Proxies::default(),
    };
    let served = serving::serve(&serving, |opened| {
        show(installation, &opened.url, &tokens, as_json);
        Ok(())
    });
    let now = installation.now();
    installation.database.transaction::<_, StoreError>(|tx| tables::end_demo_links(tx, now))?;
    served
}

/// Makes the accounts; returns the token of each link, in the order of [`PEOPLE`].
fn add_people(installation: &Installation) -> Result<Vec<String>> {
    let now = installation.now();
    let expires_at = UtcSeconds(now.0.saturating_add(LINK_S));
    let mut tokens = Vec::new();
    for somebody in &PEOPLE {
        let login = Login::new(somebody.login).context("a login of the demonstration")?;
        let edit = tables::AccountEdit {
            name: somebody.name.to_owned(),
            department: somebody.department.to_owned(),
            vendor: somebody.vendor.to_owned(),
            lang: installation.lang(),
            enabled: true,
        };
        let token = people::new_token(&SystemRandomness);
        let roles = [(somebody.site.to_owned(), somebody.role)];
        let actor = Actor { who: "mamori demo", site: somebody.site, now };
        installation.ledger.write::<_, AdminError>(&installation.database, now, |tx| {
            let account = add_person(tx, &NewPerson { login: &login, edit: &edit, roles: &roles }, actor)?;
            Ok(tables::add_demo_link(tx, &token, account, expires_at, now)?)
        })?;
        tokens.push(token);
    }
    Ok(tokens)
}

fn show(installation: &Installation, url: &str, tokens: &[String], as_json: bool) {
    let links: Vec<(&Somebody, String)> =
        PEOPLE.iter().zip(tokens).map(|(somebody, token)| (somebody, format!("{url}/link/{token}"))).collect();
    if as_json {
        let people: Vec<_> = links
            .iter()
            .map(|(somebody, link)| json!({ "login": somebody.login, "role": somebody.role.name(), "link": link }))
            .collect();
        output::json(&json!({ "url": url, "people": people }));
        return;
    }
    output::line("");
    output::line(&installation.say("serve-demo-open", &[("url", url.into())]));
    for (somebody, link) in &links {
        let what = installation.say(somebody.message, &[]);
        let name = if installation.lang() == Lang::Ja { somebody.name } else { somebody.login };
        output::line(&format!("  {what}（{name}）\n    {link}"));
    }
    output::line(&installation.say("serve-how-to-end", &[]));
    let first = links.iter().find(|(somebody, _)| somebody.role == Role::Administrator);
    if let Some((_, link)) = first {
        open_in_browser(link);
    }
}

/// Opens the page where there is somebody to look; silence where there is not.
fn open_in_browser(url: &str) {
    let has_screen = std::env::var_os("DISPLAY").is_some() || std::env::var_os("WAYLAND_DISPLAY").is_some();
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    if has_screen || cfg!(target_os = "macos") {
        let quiet = std::process::Stdio::null;
        let _ = std::process::Command::new(opener).arg(url).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn();
    }
}

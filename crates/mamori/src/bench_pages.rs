//! `mamori bench pages`: how long the main pages take with eight people at once, and whether that grows with the hospital.
//!
//! Every size has an office of its own on a loopback port, all within one run; rounds alternate between them, so that a noisy
//! machine is as noisy for each.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use base::{Clock as _, Lang, SubjectKind};
use demo_hospital::Options;
use evidence::Gathered;
use evidence::receive::Mode;
use evidence::store::SiteRow;
use governance::store::{SubjectSearch, list_subject_lines};
use installation::{Installation, Settings, SystemClock, SystemRandomness};
use office::{Office, OfficeSettings};
use people::account::Login;
use people::store::{AccountEdit, NewSession, add_account, add_membership, add_session};
use people::{Role, new_token};
use serde_json::{Value, json};
use store::StoreError;
use web::visit::encode_segment;

use crate::bench::peak_mb;
use crate::commands::Context;
use crate::output::{self, Outcome};

/// People at once.
const USERS: usize = 8;
/// Times every user opens every page of every size.
const ROUNDS: usize = 25;

/// An office of one size that answers on a port.
struct Served {
    assets: u32,
    address: SocketAddr,
    cookie: String,
    pages: Pages,
    /// What looks through every asset: it may grow with their number and is shown apart.
    finding: Pages,
    _folder: tempfile::TempDir,
}

/// Measures the ten main pages for every size.
pub(crate) fn run(context: &Context<'_>, sizes: &[u32]) -> Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build()?;
    let served: Vec<Served> = sizes.iter().map(|size| serve(context, &runtime, *size)).collect::<Result<_>>()?;
    // Everybody has opened everything once before it counts.
    measure(&served, 1, |office| &office.pages)?;
    let samples = measure(&served, ROUNDS, |office| &office.pages)?;
    let finding = measure(&served, ROUNDS, |office| &office.finding)?;
    let first = served.first().map_or(0, |served| served.assets);
    let mut rows = Vec::new();
    for ((assets, page), times) in samples.iter().chain(&finding) {
        let base = samples
            .get(&(first, *page))
            .or_else(|| finding.get(&(first, *page)))
            .map(Vec::as_slice)
            .unwrap_or_default();
        let (median, p99) = (quantile(times, 0.5), quantile(times, 0.99));
        let row = json!({
            "assets": assets, "page": page, "requests": times.len(),
            "median_ms": median, "p99_ms": p99,
            "median_ratio": median / quantile(base, 0.5), "p99_ratio": p99 / quantile(base, 0.99),
        });
        if !context.global.json {
            output::line(&row.to_string());
        }
        rows.push(row);
    }
    let all = overall(&samples, first);
    if context.global.json {
        output::json(&json!({ "bench": "pages", "rows": rows, "overall": all, "peak_mb": peak_mb() }));
    } else {
        output::line(&json!({ "overall": all, "peak_mb": peak_mb() }).to_string());
    }
    Ok(Outcome::Done)
}

type Samples = BTreeMap<(u32, &'static str), Vec<f64>>;

/// Median and 99th percentile over all pages, per size, with their ratio to the first size.
fn overall(samples: &Samples, first: u32) -> Vec<Value> {
    let mut by_size: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for ((assets, _), times) in samples {
        by_size.entry(*assets).or_default().extend(times);
    }
    let base = by_size.get(&first).cloned().unwrap_or_default();
    by_size
        .iter()
        .map(|(assets, times)| {
            json!({
                "assets": assets,
                "median_ms": quantile(times, 0.5), "p99_ms": quantile(times, 0.99),
                "median_ratio": quantile(times, 0.5) / quantile(&base, 0.5),
                "p99_ratio": quantile(times, 0.99) / quantile(&base, 0.99),
            })
        })
        .collect()
}

fn quantile(times: &[f64], share: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let index = ((sorted.len() as f64 - 1.0).max(0.0) * share).round() as usize;
    sorted.get(index).copied().unwrap_or(f64::NAN)
}

/// Named paths.
type Pages = Vec<(&'static str, String)>;

/// Opens these pages of every office `rounds` times by every user; milliseconds per size and page.
fn measure(served: &[Served], rounds: usize, pages: impl Fn(&Served) -> &Pages) -> Result<Samples> {
    let mut samples = Samples::new();
    for _ in 0..rounds {
        for office in served {
            for times in visit_all(office, pages(office))? {
                for (page, took) in times {
                    samples.entry((office.assets, page)).or_default().push(took.as_secs_f64() * 1e3);
                }
            }
        }
    }
    Ok(samples)
}

/// Eight users, each opening every page once, all at the same time.
fn visit_all(office: &Served, pages: &Pages) -> Result<Vec<Vec<(&'static str, Duration)>>> {
    std::thread::scope(|scope| {
        let users: Vec<_> = (0..USERS).map(|user| scope.spawn(move || visit(office, pages, user))).collect();
        users.into_iter().map(|user| user.join().map_err(|_| anyhow::anyhow!("a user gave up"))?).collect()
    })
}

fn visit(office: &Served, pages: &Pages, user: usize) -> Result<Vec<(&'static str, Duration)>> {
    let agent: ureq::Agent = ureq::Agent::config_builder().max_redirects(0).build().into();
    let mut times = Vec::new();
    for number in 0..pages.len() {
        let Some((page, path)) = pages.get((number + user) % pages.len()) else { continue };
        let began = Instant::now();
        let url = format!("http://{}{path}", office.address);
        let mut answer = agent.get(&url).header("cookie", &office.cookie).call().with_context(|| url.clone())?;
        let body = answer.body_mut().read_to_string()?;
        times.push((*page, began.elapsed()));
        anyhow::ensure!(answer.status() == 200 && body.contains("</html>"), "{url}: {}", answer.status());
    }
    Ok(times)
}

/// Makes a hospital of this size, assesses it, and serves it.
fn serve(context: &Context<'_>, runtime: &tokio::runtime::Runtime, size: u32) -> Result<Served> {
    let folder = tempfile::tempdir().context("no temporary folder")?;
    let settings = Settings { data: folder.path().to_path_buf(), database: None, ..context.settings.clone() };
    let installation = Arc::new(Installation::open(settings, Box::new(SystemClock))?);
    let today = SystemClock.now().date_jst();
    let options = Options { today, extra_assets: size, seed: 1 };
    let site = demo_hospital::generate(&options)?.into_iter().next().context("no site")?;
    let row =
        SiteRow { id: site.id.to_owned(), name: site.name.to_owned(), kind: assess::SiteKind::Hospital, beds: None };
    installation.put_site(&row)?;
    let files = site.files.into_iter().map(|file| (file.path, file.bytes)).collect();
    let gathered = Gathered::from_files(files, installation.settings.limits);
    installation.receive_all(&row.id, "bench", &gathered, Mode::Apply, |_, _| {})?;
    let settings = OfficeSettings {
        secure: false,
        setup_code: None,
        upload_bytes: 1 << 20,
        demo: false,
        public_address: None,
        proxies: web::Proxies::default(),
    };
    let office = Office::open(Arc::clone(&installation), Arc::new(SystemRandomness), settings)?;
    installation::work::do_all(&installation)?;
    let head = installation.database.read(|tx| governance::snapshot::find_head(tx, &row.id, Lang::Ja))?;
    let assets = head.and_then(|head| head.subjects.get("asset").copied()).unwrap_or(0);
    let cookie = format!("{}={}", office.frame.session_cookie(), sign_in(&installation, &row.id)?);
    let pages = pages(&installation, &row.id)?;
    let below = |path: &str| format!("/s/{}/{path}", encode_segment(&row.id));
    let finding = vec![("search", below("search?q=windows")), ("assets filtered", below("subjects/asset?q=windows"))];
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    let service = office::router(&office).into_make_service_with_connect_info::<SocketAddr>();
    runtime.spawn(async move { axum::serve(listener, service).await });
    Ok(Served { assets: u32::try_from(assets).unwrap_or(u32::MAX), address, cookie, pages, finding, _folder: folder })
}

/// An account that may see every page; returns the secret of its cookie.
fn sign_in(installation: &Installation, site: &str) -> Result<String> {
    let (token, csrf) = (new_token(&SystemRandomness), new_token(&SystemRandomness));
    let login = Login::new("bench")?;
    let edit = AccountEdit {
        name: "bench".to_owned(),
        department: String::new(),
        vendor: String::new(),
        lang: Lang::Ja,
        enabled: true,
    };
    let now = installation.now();
    installation.database.transaction::<_, StoreError>(|tx| {
        let account = add_account(tx, &login, &edit, now)?;
        for role in [Role::Administrator, Role::Executive] {
            add_membership(tx, account, site, role, "bench", now)?;
        }
        let new = NewSession { account, token: &token, csrf: &csrf, device: "bench", address: "127.0.0.1" };
        add_session(tx, &new, now)
    })?;
    Ok(token)
}

/// The ten main pages: name and path. The asset is one from the middle of the list.
fn pages(installation: &Installation, site: &str) -> Result<Pages> {
    let search = SubjectSearch::default();
    let some = installation
        .database
        .read(|tx| list_subject_lines(tx, site, SubjectKind::Asset, &search, 500, 1))?
        .into_iter()
        .next()
        .context("no asset")?;
    let site = encode_segment(site);
    let below = |path: &str| format!("/s/{site}/{path}");
    Ok(vec![
        ("executive", below("executive")),
        ("today", below("today")),
        ("checklist", below("checklists/mhlw-r7-hospital")),
        ("item", below("checklists/mhlw-r7-hospital/R7-2-8")),
        ("check", below("checks/LAP-00")),
        ("assets", below("subjects/asset")),
        ("asset", below(&format!("subjects/asset/{}", encode_segment(&some.ident)))),
        ("tasks", below("tasks")),
        ("unknown", below("unknown")),
        ("evidence", below("evidence")),
    ])
}

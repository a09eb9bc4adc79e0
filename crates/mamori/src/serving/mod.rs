//! The running office: listeners, the work behind them, and how they end.

mod background;
mod certificate;
mod connections;
mod monitor;
mod setup_code;

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use installation::{Installation, SystemRandomness};
use office::{Office, OfficeSettings};
use web::Proxies;

use background::Background;
pub(crate) use certificate::Names;
use certificate::Source;
use connections::Counted;
pub(crate) use setup_code::write_secret;

/// How long a request that runs may go on after the signal to end.
const GRACE: Duration = Duration::from_secs(10);
/// How long a job that runs may go on after the signal to end; then it is given back.
const JOB_GRACE: Duration = Duration::from_secs(20);
/// How long uploads that were answered may go on being received after the signal to end.
const IMPORT_GRACE: Duration = Duration::from_secs(30);
/// How often the certificate is looked at.
const LOOK_AT_CERTIFICATE: Duration = Duration::from_secs(3600);
/// How long the head of a request may take.
const HEAD_TIMEOUT: Duration = Duration::from_secs(20);
/// Largest upload, in bytes.
const UPLOAD_BYTES: u64 = 256 << 20;

/// What to serve, and how.
pub(crate) struct Serving {
    /// The installation.
    pub(crate) installation: Arc<Installation>,
    /// Where the office listens.
    pub(crate) listen: SocketAddr,
    /// Where the monitor listens, if anywhere.
    pub(crate) monitor: Option<SocketAddr>,
    /// Encryption; `None` for plain HTTP.
    pub(crate) encryption: Option<Encryption>,
    /// Whether somebody has to set this installation up.
    pub(crate) with_setup: bool,
    /// Whether this is the demonstration.
    pub(crate) demo: bool,
    /// Address of the office as people type it, if it is known.
    pub(crate) public_address: Option<String>,
    /// The proxies that say where a request comes from.
    pub(crate) proxies: Proxies,
}

/// Where the certificate comes from.
pub(crate) enum Encryption {
    /// Made here, for these names besides those of the host.
    Own(Names),
    /// Given in the configuration: chain and key.
    Given(PathBuf, PathBuf),
}

/// What whoever started the office wants to know.
pub(crate) struct Opened {
    /// Address of the office, as a browser takes it.
    pub(crate) url: String,
    /// Address of the monitor.
    pub(crate) monitor: Option<SocketAddr>,
    /// SHA-256 of our own certificate authority and where its certificate lies.
    pub(crate) authority: Option<(String, PathBuf)>,
    /// The code for setting up, while nobody has.
    pub(crate) setup_code: Option<String>,
}

/// Serves until a signal says to end. `opened` is called once, when everything listens.
pub(crate) fn serve(serving: &Serving, opened: impl FnOnce(&Opened) -> Result<()>) -> Result<()> {
    let ready = Ready::prepare(serving)?;
    // Few threads: requests wait for the database, and each thread keeps memory of its own.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(16)
        .thread_keep_alive(Duration::from_secs(5))
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(ready.run(opened));
    runtime.shutdown_timeout(Duration::from_secs(1));
    outcome
}

/// Everything that is needed before the first request. The database is asked only outside of the runtime's own threads.
struct Ready {
    office: Arc<Office>,
    source: Option<Source>,
    tls: Option<RustlsConfig>,
    listener: TcpListener,
    monitor: Option<TcpListener>,
    facts: Opened,
}

impl Ready {
    fn prepare(serving: &Serving) -> Result<Self> {
        let installation = &serving.installation;
        let setup_code = if serving.with_setup { setup_code::find_or_make(installation)? } else { None };
        let settings = OfficeSettings {
            secure: serving.encryption.is_some(),
            setup_code: setup_code.clone(),
            upload_bytes: UPLOAD_BYTES.min(installation.settings.limits.file_bytes),
            demo: serving.demo,
            public_address: serving.public_address.clone(),
            proxies: serving.proxies.clone(),
        };
        let office = Office::open(Arc::clone(installation), Arc::new(SystemRandomness), settings)?;
        let data = &installation.settings.data;
        let source = serving.encryption.as_ref().map(|encryption| Source::new(encryption, data));
        let tls = source.as_ref().map(|source| source.load(installation.now())).transpose()?;
        let listener = bind(serving.listen)?;
        let monitor = serving.monitor.map(bind).transpose()?;
        let facts = Opened {
            url: url_of(listener.local_addr()?, serving),
            monitor: monitor.as_ref().map(TcpListener::local_addr).transpose()?,
            authority: source.as_ref().and_then(Source::authority),
            setup_code,
        };
        Ok(Self { office, source, tls: tls.map(RustlsConfig::from_config), listener, monitor, facts })
    }

    async fn run(self, opened: impl FnOnce(&Opened) -> Result<()>) -> Result<()> {
        let installation = Arc::clone(&self.office.installation);
        let stop = stop_signal()?;
        let background = Background::start(Arc::clone(&installation))?;
        let (handle, monitor_handle) = (Handle::new(), Handle::new());
        let router = waking(office::router(&self.office), &background);
        let counted = Counted::new(self.office.settings.proxies.clone());
        let mut main = tokio::spawn(listen(self.listener, router, self.tls.clone(), counted, handle.clone()));
        if let Some(listener) = self.monitor {
            let router = monitor::router(&self.office, &background);
            tokio::spawn(listen(listener, router, None, Counted::default(), monitor_handle.clone()));
        }
        if let (Some(source), Some(config)) = (self.source, self.tls) {
            tokio::spawn(keep_certificate(source, config, installation));
        }
        tracing::info!(address = self.facts.url, "serving");
        opened(&self.facts)?;
        let ended_by_itself = tokio::select! {
            () = stop => None,
            ended = &mut main => Some(ended),
        };
        tracing::info!("ending");
        handle.graceful_shutdown(Some(GRACE));
        monitor_handle.graceful_shutdown(Some(Duration::from_secs(1)));
        tokio::task::spawn_blocking(move || background.stop(JOB_GRACE)).await?;
        wait_for(GRACE, || handle.connection_count() == 0).await;
        // An upload is answered before its files are received: they are nowhere but in the memory of this process.
        if !wait_for(IMPORT_GRACE, || self.office.frame.uploads.are_free()).await {
            tracing::error!("files of an upload were not received: it ended first");
        }
        if let Some(ended) = ended_by_itself {
            return ended?.context("the listener ended");
        }
        tracing::info!("ended");
        Ok(())
    }
}

/// Waits until something is so, but no longer than this; returns whether it is.
async fn wait_for(grace: Duration, is_so: impl Fn() -> bool) -> bool {
    let until = tokio::time::Instant::now() + grace;
    while !is_so() && tokio::time::Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    is_so()
}

/// What to type into a browser. Where every address of the host is listened to, that is a name.
fn url_of(address: SocketAddr, serving: &Serving) -> String {
    let scheme = if serving.encryption.is_some() { "https" } else { "http" };
    match &serving.encryption {
        Some(Encryption::Own(names)) if address.ip().is_unspecified() => {
            format!("{scheme}://{}:{}", names.first(), address.port())
        }
        _ => format!("{scheme}://{address}"),
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener> {
    let listener = TcpListener::bind(address).with_context(|| address.to_string())?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

async fn listen(
    listener: TcpListener,
    router: Router,
    tls: Option<RustlsConfig>,
    counted: Counted,
    handle: Handle<SocketAddr>,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        Some(config) => {
            let acceptor = RustlsAcceptor::new(config).acceptor(counted);
            let mut server = axum_server::from_tcp(listener)?.acceptor(acceptor).handle(handle).http1_only();
            limit(server.http_builder());
            server.serve(service).await
        }
        None => {
            let mut server = axum_server::from_tcp(listener)?.acceptor(counted).handle(handle).http1_only();
            limit(server.http_builder());
            server.serve(service).await
        }
    }
}

/// Whoever opens a connection and then says nothing is not waited for.
fn limit(builder: &mut Builder<TokioExecutor>) {
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
}

/// What changes something may leave work behind: the worker looks at once.
fn waking(router: Router, background: &Background) -> Router {
    let background = background.clone();
    router.layer(from_fn(move |request: Request, next: Next| {
        let background = background.clone();
        async move {
            let changes = !request.method().is_safe();
            let response = next.run(request).await;
            if changes {
                background.wake();
            }
            response
        }
    }))
}

async fn keep_certificate(source: Source, config: RustlsConfig, installation: Arc<Installation>) {
    let mut ticks = tokio::time::interval(LOOK_AT_CERTIFICATE);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        match source.load(installation.now()) {
            Ok(loaded) => config.reload_from_config(loaded),
            // The one in use goes on being used.
            Err(err) => tracing::error!(error = format!("{err:#}"), "the certificate can't be loaded"),
        }
    }
}

#[cfg(unix)]
fn stop_signal() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

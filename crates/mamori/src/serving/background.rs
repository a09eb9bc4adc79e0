//! The work behind the pages: one thread that does the jobs.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use base::{Date, UtcSeconds};
use installation::Installation;
use installation::work::{self, Running, Worker};

use super::setup_code;

/// First pause when nothing waits; doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// Longest pause. Work that other nodes or threads leave, and jobs to be tried again, wait at most this long.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The thread that does the jobs. Cloning shares it.
#[derive(Clone)]
pub(crate) struct Background(Arc<Inner>);

struct Inner {
    installation: Arc<Installation>,
    state: Mutex<State>,
    changed: Condvar,
    running: Running,
}

#[derive(Default)]
struct State {
    woken: bool,
    stopping: bool,
    ended: bool,
    last_round: Option<UtcSeconds>,
}

impl Background {
    /// Starts the thread.
    pub(crate) fn start(installation: Arc<Installation>) -> Result<Self> {
        let inner =
            Inner { installation, state: Mutex::default(), changed: Condvar::new(), running: Running::default() };
        let background = Self(Arc::new(inner));
        let inner = Arc::clone(&background.0);
        std::thread::Builder::new().name("work".to_owned()).spawn(move || {
            inner.work();
            inner.state().ended = true;
            inner.changed.notify_all();
        })?;
        Ok(background)
    }

    /// Something may have to be done.
    pub(crate) fn wake(&self) {
        self.0.state().woken = true;
        self.0.changed.notify_all();
    }

    /// When the thread last looked for work without trouble.
    pub(crate) fn last_round(&self) -> Option<UtcSeconds> {
        self.0.state().last_round
    }

    /// Whether a job is being done.
    pub(crate) fn is_busy(&self) -> bool {
        self.0.running.is_busy()
    }

    /// Begins no further job, and waits for the one that runs; if it takes longer than `grace`, it is given back.
    pub(crate) fn stop(&self, grace: Duration) {
        self.0.state().stopping = true;
        self.0.changed.notify_all();
        let ended = self.0.changed.wait_timeout_while(self.0.state(), grace, |state| !state.ended);
        let ended = ended.unwrap_or_else(PoisonError::into_inner).0.ended;
        if !ended && let Err(err) = self.0.running.give_back(&self.0.installation) {
            tracing::error!(error = %err, "the running job could not be given back");
        }
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        let workers = office::workers();
        let workers: Vec<&dyn Worker> = workers.iter().map(|worker| &**worker).collect();
        let mut asked_for = None;
        let mut pause = FIRST_PAUSE;
        while !self.state().stopping {
            match self.round(&workers, &mut asked_for) {
                Ok(0) => pause = (pause * 2).min(LONGEST_PAUSE),
                Ok(_) => pause = FIRST_PAUSE,
                Err(err) => {
                    tracing::error!(error = format!("{err:#}"), "work could not be looked for");
                    pause = LONGEST_PAUSE;
                }
            }
            let idle = |state: &mut State| !state.woken && !state.stopping;
            let waited = self.changed.wait_timeout_while(self.state(), pause, idle);
            let mut state = waited.unwrap_or_else(PoisonError::into_inner).0;
            if std::mem::take(&mut state.woken) {
                pause = FIRST_PAUSE;
            }
        }
    }

    /// Does everything that waits; returns how many jobs there were.
    fn round(&self, workers: &[&dyn Worker], asked_for: &mut Option<Date>) -> Result<usize> {
        let today = self.installation.now().date_jst();
        if *asked_for != Some(today) {
            let asked = work::request_daily(&self.installation, today)?;
            tracing::info!(day = %today, sites = asked, "assessments of the day asked for");
            *asked_for = Some(today);
        }
        setup_code::forget_when_used(&self.installation)?;
        let done = work::do_while(&self.installation, workers, &self.running, &|| !self.state().stopping)?;
        self.state().last_round = Some(self.installation.now());
        Ok(done.done + done.failures.len())
    }
}

//! The office as a process: it starts, answers, does the work behind it, and ends.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use people::AccountId;
use people::store::{NewSession, add_session};
use serde_json::{Value, json};
use store::{Database, StoreError};
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::world::{World, secedit};

/// A running office; killed when dropped.
pub(crate) struct Served {
    child: Child,
    out: BufReader<ChildStdout>,
    opened: Value,
    agent: Agent,
}

impl Served {
    /// Starts `mamori serve` on a free port and waits until it listens.
    pub(crate) fn start(world: &World, arguments: &[&str]) -> Self {
        let mut all = vec!["serve", "--json", "--listen", "127.0.0.1:0", "--monitor", "127.0.0.1:0"];
        all.extend(arguments);
        let mut child = world.command(&all).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let opened: Value = serde_json::from_str(&line).unwrap_or_else(|err| panic!("{err}: {line:?}"));
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(Duration::from_secs(30)));
        if let Some(path) = opened["ca"].as_str() {
            let pem = std::fs::read(path).unwrap();
            let roots = RootCerts::new_with_certs(&[Certificate::from_pem(&pem).unwrap()]);
            config = config.tls_config(TlsConfig::builder().root_certs(roots).build());
        }
        Self { child, out, opened, agent: config.build().into() }
    }

    pub(crate) fn says(&self, key: &str) -> &str {
        self.opened[key].as_str().unwrap_or_else(|| panic!("{key}: {}", self.opened))
    }

    /// The answer of the office: its status and text.
    pub(crate) fn get(&self, path: &str, cookie: &str) -> (u16, String) {
        self.ask(&format!("{}{path}", self.says("url")), cookie)
    }

    pub(crate) fn monitor(&self, path: &str) -> (u16, String) {
        self.ask(&format!("http://{}{path}", self.says("monitor")), "")
    }

    fn ask(&self, url: &str, cookie: &str) -> (u16, String) {
        let mut response = self.agent.get(url).header("cookie", cookie).call().unwrap();
        (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
    }

    /// Asks again and again until `good` says so.
    pub(crate) fn wait_for(&self, path: &str, good: impl Fn(&str) -> bool) -> String {
        let began = Instant::now();
        loop {
            let (_, text) = self.monitor(path);
            if good(&text) {
                return text;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "{text}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, as systemd does; returns its exit code.
    pub(crate) fn end(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = &self.out;
    }
}

/// Somebody with every right, and the token of a session. `place` says which database, if it is not the one in the data folder.
pub(crate) fn sign_in(world: &World, database: &Database, place: &[&str]) -> &'static str {
    let person =
        ["user", "add", "joho", "--name", "情報 太郎", "--role", "administrator", "--role", "auditor", "--everywhere"];
    let ran = world.run(&[&person[..], place].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = base::UtcSeconds(i64::try_from(since.as_secs()).unwrap());
    let token = "a-session-of-a-test-0123456789-0123456789-0";
    // The first account of the installation.
    let new = NewSession { account: AccountId(1), token, csrf: "c", device: "test", address: "127.0.0.1" };
    database.transaction::<_, StoreError>(|tx| add_session(tx, &new, now).map(|_| ())).unwrap();
    token
}

#[test]
fn it_answers_over_https_with_its_own_authority_and_ends_well_when_asked_to() {
    let world = World::new();
    let office = Served::start(&world, &[]);
    assert!(office.says("url").starts_with("https://127.0.0.1:"));
    assert_eq!(office.get("/health", ""), (200, "ok\n".to_owned()));
    assert_eq!(office.says("ca_sha256").split(':').count(), 32);
    assert_eq!(office.end(), Some(0));
}

#[test]
fn the_code_for_setting_up_stays_until_there_is_an_account() {
    let world = World::new();
    let first = Served::start(&world, &["--plain-http"]);
    let code = first.says("setup_code").to_owned();
    assert!(code.len() == 8 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
    assert_eq!(first.end(), Some(0));
    let second = Served::start(&world, &["--plain-http"]);
    assert_eq!(second.says("setup_code"), code);
    let database = Database::open_sqlite(&world.data().join("mamori.db")).unwrap();
    sign_in(&world, &database, &[]);
    assert_eq!(second.end(), Some(0));
    let third = Served::start(&world, &["--plain-http"]);
    assert!(third.opened["setup_code"].is_null(), "{}", third.opened);
    assert!(!world.data().join("setup-code").exists());
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_what_is_secret() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let office = Served::start(&world, &[]);
    for name in ["tls/ca-key.pem", "tls/server-key.pem", "setup-code", "ledger-key.pem"] {
        let mode = std::fs::metadata(world.data().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
    }
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&world.data()), 0o700);
    for name in ["mamori.db", "mamori.db-wal"] {
        assert_eq!(mode(&world.data().join(name)), 0o600, "{name}");
    }
    drop(office);
    world.write("PC1_secedit.inf", secedit(5));
    world.import("PC1_secedit.inf");
    assert_eq!(world.run(&["ledger", "export", "監査へ"]).code, Some(0));
    let exported = world.path("監査へ");
    assert_eq!((mode(&exported), mode(&exported.join("entries.jsonl"))), (0o700, 0o600), "what is handed on");
    std::fs::set_permissions(world.data(), std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(Served::start(&world, &[]).end(), Some(0));
    assert_eq!(mode(&world.data()), 0o700, "an older folder is closed");
}

#[test]
fn a_monitor_for_other_machines_must_be_asked_for() {
    let world = World::new();
    let ran = world.run(&["serve", "--plain-http", "--listen", "127.0.0.1:0", "--monitor", "0.0.0.0:0"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("--monitor-open"), "{ran:?}");
}

#[test]
fn connections_beyond_all_places_are_closed_and_the_others_go_on() {
    let world = World::new();
    let office = Served::start(&world, &["--plain-http"]);
    let address = office.says("url").trim_start_matches("http://").to_owned();
    let connect = |_| {
        std::thread::sleep(Duration::from_millis(1));
        let stream = std::net::TcpStream::connect(&address).unwrap();
        stream.set_nonblocking(true).unwrap();
        stream
    };
    let held: Vec<_> = (0..540).map(connect).collect();
    let is_closed = |stream: &std::net::TcpStream| match stream.peek(&mut [0; 1]) {
        Ok(length) => length == 0,
        Err(err) => err.kind() != std::io::ErrorKind::WouldBlock,
    };
    let began = Instant::now();
    // Less than it takes until those who say nothing are given up.
    while held.iter().filter(|stream| is_closed(stream)).count() < 28 && began.elapsed() < Duration::from_secs(12) {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(held.iter().filter(|stream| is_closed(stream)).count(), 28);
    drop(held);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(office.get("/health", "").0, 200);
}

#[test]
fn an_upload_that_was_answered_is_received_whole_although_the_end_was_asked_for() {
    const FILES: usize = 200;
    let world = World::new();
    world.write("PC0_secedit.inf", secedit(5));
    world.import("PC0_secedit.inf");
    let database = Database::open_sqlite(&world.data().join("mamori.db")).unwrap();
    let cookie = format!("mamori={}", sign_in(&world, &database, &[]));
    let office = Served::start(&world, &["--plain-http"]);
    let part = |head: &str, bytes: &[u8]| {
        [format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes(), bytes, b"\r\n"].concat()
    };
    let mut body = part("name=\"csrf\"", b"c");
    for number in 1..=FILES {
        let head = format!("name=\"files\"; filename=\"PC{number}_secedit.inf\"");
        body.extend(part(&head, &secedit(u32::try_from(number + 100).unwrap())));
    }
    body.extend(b"--b--\r\n");
    let url = format!("{}/s/main/import", office.says("url"));
    let request = office.agent.post(url).header("cookie", &cookie).header("sec-fetch-site", "same-origin");
    let answer = request.header("content-type", "multipart/form-data; boundary=b").send(&body[..]).unwrap();
    assert_eq!(answer.status().as_u16(), 303);
    assert_eq!(office.end(), Some(0));
    let next = database.read(evidence::store::next_evidence_id).unwrap();
    assert_eq!(usize::try_from(next).unwrap(), FILES + 2);
    world.assert_sound();
}

#[test]
fn a_command_beside_the_office_leaves_its_journal_so_that_a_kill_loses_nothing() {
    let world = World::new();
    let path = world.data().join("mamori.db");
    let office = Served::start(&world, &["--plain-http"]);
    // Each of these is a program of its own that opens the database and is the last of its kind to close it.
    for number in [1, 2] {
        let name = format!("PC{number}_secedit.inf");
        world.write(&name, secedit(number));
        world.import(&name);
    }
    assert!(world.data().join("mamori.db-wal").exists(), "a command took the journal of the running office away");
    // What the office itself writes from now on (the assessment of what came in) must outlive it.
    office.wait_for("/metrics", |text| text.contains("mamori_assessment_age_seconds{site=\"main\"}"));
    drop(office);
    let database = Database::open_sqlite(&path).unwrap();
    assert!(database.read(store::jobs::count).unwrap().done > 0);
    world.assert_sound();
}

#[test]
fn the_certificate_is_kept_and_is_made_anew_when_the_names_change() {
    let world = World::new();
    let read = |name: &str| std::fs::read(world.data().join("tls").join(name)).unwrap();
    assert_eq!(Served::start(&world, &[]).end(), Some(0));
    let (authority, leaf) = (read("ca.pem"), read("server.pem"));
    assert_eq!(Served::start(&world, &[]).end(), Some(0));
    assert_eq!((read("ca.pem"), read("server.pem")), (authority.clone(), leaf.clone()));
    world.write("mamori.toml", "[serve]\nname = [\"mamori.byoin.example\"]\n");
    let office = Served::start(&world, &[]);
    assert_eq!(office.get("/health", "").0, 200);
    assert_eq!(read("ca.pem"), authority);
    assert_ne!(read("server.pem"), leaf);
}

#[test]
fn a_certificate_of_the_configuration_is_used() {
    let world = World::new();
    assert_eq!(Served::start(&world, &[]).end(), Some(0));
    for (from, to) in [("server.pem", "我が院.pem"), ("server-key.pem", "我が院の鍵.pem")] {
        std::fs::rename(world.data().join("tls").join(from), world.path(to)).unwrap();
    }
    world.write("mamori.toml", "[serve]\ncertificate = \"我が院.pem\"\nkey = \"我が院の鍵.pem\"\n");
    let office = Served::start(&world, &[]);
    assert!(office.opened["ca"].is_null());
    assert!(!world.data().join("tls/server.pem").exists());
    drop(office);
    world.write("mamori.toml", "[serve]\ncertificate = \"我が院.pem\"\n");
    let ran = world.run(&["serve"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("certificate と key"), "{ran:?}");
}

#[test]
fn without_encryption_it_listens_to_this_machine_alone() {
    let world = World::new();
    let ran = world.run(&["serve", "--plain-http", "--listen", "0.0.0.0:0"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("127.0.0.1"), "{ran:?}");
    assert_eq!(Served::start(&world, &["--plain-http"]).get("/health", "").0, 200);
}

#[test]
fn a_monitor_sees_jobs_evidence_ledger_memory_and_age() {
    let world = World::new();
    world.write("PC1_secedit.inf", secedit(5));
    world.import("PC1_secedit.inf");
    let office = Served::start(&world, &["--plain-http"]);
    let text = office.wait_for("/metrics", |text| text.contains("mamori_assessment_age_seconds{site=\"main\"}"));
    for line in ["mamori_evidence 1", "mamori_jobs{state=\"failed\"} 0", "mamori_sites 1"] {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
    assert_eq!(office.get("/health", "").0, 200);
    let text = office.monitor("/metrics").1;
    for name in ["mamori_ledger_entries ", "mamori_process_resident_bytes ", "mamori_http_requests"] {
        assert!(text.contains(name), "{name}: {text}");
    }
    assert!(text.ends_with("# EOF\n") && text.matches("# EOF").count() == 1, "{text}");
    office.wait_for("/health", |text| text == "ok\n");
    assert_eq!(office.get("/metrics", "").0, 404, "the office itself tells nobody");
    assert_eq!(office.end(), Some(0));
}

#[test]
fn work_left_behind_is_done_and_a_job_that_can_not_be_done_stays_visible() {
    let world = World::new();
    world.write("PC1_secedit.inf", secedit(5));
    world.import("PC1_secedit.inf");
    let database = Database::open_sqlite(&world.data().join("mamori.db")).unwrap();
    let now = base::UtcSeconds(0);
    database
        .transaction::<_, StoreError>(|tx| {
            let body = json!({ "site": "main" }).to_string();
            store::outbox::publish(tx, evidence::receive::RECEIVED_TOPIC, &body, now)?;
            let broken = store::jobs::NewJob { kind: "governance.assess", payload: "{", run_at: now, dedupe_key: None };
            store::jobs::enqueue(tx, &broken, now).map(|_| ())
        })
        .unwrap();
    let before = database.read(store::jobs::count).unwrap().done;
    let office = Served::start(&world, &["--plain-http"]);
    let began = Instant::now();
    loop {
        let counts = database.read(store::jobs::count).unwrap();
        if counts.done > before && counts.running == 0 && counts.queued == 1 {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{counts:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
    let text = office.monitor("/metrics").1;
    assert!(text.contains("mamori_jobs{state=\"waiting\"} 1"), "{text}");
    assert_eq!(office.end(), Some(0));
}

#[test]
fn a_session_of_one_node_counts_on_the_other_and_goes_on_when_one_is_killed() {
    let Some(server) = testkit::TestStore::postgres(&[]).unwrap() else { return };
    let sql = "SELECT current_setting('unix_socket_directories'), current_database()::text";
    let row = server.database.read::<_, StoreError>(|tx| tx.get(sql, &[])).unwrap();
    let url = format!("host={} user=mamori dbname={}", row.text(0).unwrap(), row.text(1).unwrap());
    let (here, there) = (World::new(), World::new());
    here.write("PC1_secedit.inf", secedit(5));
    let imported = here.run(&["--database", &url, "import", "--yes", "PC1_secedit.inf"]);
    assert_eq!(imported.code, Some(0), "{imported:?}");
    std::fs::create_dir_all(there.data()).unwrap();
    std::fs::copy(here.data().join("ledger-key.pem"), there.data().join("ledger-key.pem")).unwrap();
    let cookie = format!("mamori={}", sign_in(&here, &server.database, &["--database", &url]));
    let first = Served::start(&here, &["--database", &url, "--plain-http"]);
    let second = Served::start(&there, &["--database", &url, "--plain-http"]);
    for node in [&first, &second] {
        let (status, text) = node.get("/s/main/evidence", &cookie);
        assert!(status == 200 && text.contains("PC1_secedit.inf"), "{status} {text}");
        assert_eq!(node.get("/s/main/evidence", "mamori=x").0, 303);
    }
    assert!(Command::new("kill").args(["-KILL", &first.id().to_string()]).status().unwrap().success());
    drop(first);
    assert_eq!(second.get("/s/main/evidence", &cookie).0, 200);
    here.write("PC2_secedit.inf", secedit(6));
    assert_eq!(here.run(&["--database", &url, "import", "--yes", "PC2_secedit.inf"]).code, Some(0));
    assert!(second.get("/s/main/evidence", &cookie).1.contains("PC2_secedit.inf"));
    assert_eq!(second.end(), Some(0));
    assert_eq!(there.run(&["--database", &url, "ledger", "verify"]).code, Some(0));
}

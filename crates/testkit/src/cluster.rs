//! A PostgreSQL cluster of the test process's own, started when first needed.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Context as _;
use postgres::{Client, NoTls};

/// Names the server to use instead of starting one; its user must be allowed to create databases.
const SERVER_VARIABLE: &str = "MAMORI_TEST_POSTGRES";

/// Starts the server and waits until it answers; ends it when standard input is closed, which happens however the test process ends.
/// PostgreSQL refuses to run as root, so root becomes `postgres` or `nobody`.
const RUN_CLUSTER: &str = r#"
set -eu
bin=$1
dir=$(mktemp -d "${TMPDIR:-/tmp}/mamori-pg.XXXXXX")
as() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    user=nobody
    id postgres >/dev/null 2>&1 && user=postgres
    chown "$user" "$dir"
    if command -v setpriv >/dev/null; then
        as() { setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"; }
    else
        as() { runuser -u "$user" -- "$@"; }
    fi
fi
cd "$dir"
exec 3>&1 >"$dir/log" 2>&1
stop() {
    kill -INT "$(head -n 1 "$dir/db/postmaster.pid")" && wait
    cd / && rm -rf "$dir"
}
trap stop EXIT
as "$bin/initdb" -D "$dir/db" -U mamori -A trust -E UTF8 --locale=C --no-sync || { cat "$dir/log" >&3; exit 1; }
as "$bin/postgres" -D "$dir/db" -k "$dir" -c listen_addresses= -c fsync=off -c max_connections=200 </dev/null 3>&- &
for _ in $(seq 300); do
    "$bin/pg_isready" -q -h "$dir" 3>&- && break
    kill -0 $! || { cat "$dir/log" >&3; exit 1; }
    sleep 0.1
done
echo "host=$dir user=mamori" >&3
exec 3>&-
cat >/dev/null
"#;

struct Cluster {
    address: String,
    /// Holds the standard input that keeps the server running.
    _guard: Option<Child>,
}

static CLUSTER: OnceLock<anyhow::Result<Option<Cluster>>> = OnceLock::new();
static NEXT: AtomicU32 = AtomicU32::new(1);

/// Makes a new empty database; returns how to connect to it. `None` if there is no PostgreSQL here.
pub(crate) fn create_database() -> anyhow::Result<Option<String>> {
    let cluster = match CLUSTER.get_or_init(start) {
        Ok(Some(cluster)) => cluster,
        Ok(None) => {
            skip("no PostgreSQL (initdb) is installed");
            return Ok(None);
        }
        Err(err) => anyhow::bail!("PostgreSQL is installed but did not start: {err:#}"),
    };
    let name = format!("mamori_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut client = Client::connect(&format!("{} dbname=postgres", cluster.address), NoTls).context("test server")?;
    client.batch_execute(&format!("CREATE DATABASE {name}")).context("CREATE DATABASE")?;
    Ok(Some(format!("{} dbname={name}", cluster.address)))
}

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn skip(why: &str) {
    eprintln!("SKIPPED: {why}");
}

fn start() -> anyhow::Result<Option<Cluster>> {
    if let Some(address) = std::env::var_os(SERVER_VARIABLE) {
        let address = address.to_string_lossy().into_owned();
        anyhow::ensure!(!address.contains("://"), "{SERVER_VARIABLE} must have the form host=… user=…, not a URL");
        return Ok(Some(Cluster { address, _guard: None }));
    }
    let Some(programs) = find_programs() else { return Ok(None) };
    let mut shell = Command::new("sh");
    shell.args(["-c", RUN_CLUSTER, "sh"]).arg(programs).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut guard = shell.spawn().context("sh")?;
    let output = guard.stdout.take().context("output of the server")?;
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    match lines.next() {
        Some(address) if address.starts_with("host=") => Ok(Some(Cluster { address, _guard: Some(guard) })),
        first => anyhow::bail!("{first:?} {:?}", lines.take(20).collect::<Vec<_>>()),
    }
}

/// The folder with `initdb`, the newest version first.
fn find_programs() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .collect();
    folders.sort();
    folders.reverse();
    folders.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    folders.into_iter().find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

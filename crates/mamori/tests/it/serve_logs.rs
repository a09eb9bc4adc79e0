//! What a running office says to whoever started it, and what it writes into its log.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::world::World;

#[test]
fn it_says_where_it_is_whom_to_trust_and_how_to_begin_and_logs_neither_questions_nor_cookies() {
    for level in [None, Some("trace")] {
        let world = World::new();
        let mut command = world.command(&["serve", "--listen", "127.0.0.1:0"]);
        if let Some(level) = level {
            command.env("MAMORI_LOG", level);
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said: Vec<String> = {
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            let mut said = Vec::new();
            for line in lines.map(Result::unwrap) {
                said.push(line);
                if said.last().unwrap().contains("Ctrl+C") {
                    break;
                }
            }
            said
        };
        let text = said.join("\n");
        let code = std::fs::read_to_string(world.data().join("setup-code")).unwrap();
        for part in ["https://127.0.0.1:", "ca.pem", "SHA-256", &code] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let url = said[0].split(' ').find(|word| word.starts_with("https://")).unwrap();
        let authority = world.data().join("tls/ca.pem");
        let asked = Command::new("curl")
            .args(["-s", "-o", "/dev/null", "--cookie", "mamori=himitsu-no-cookie", "--cacert"])
            .arg(&authority)
            .arg(format!("{url}/login?next=himitsu-no-toi"))
            .status();
        let tried = Command::new("curl")
            .args(["-s", "-o", "/dev/null", "--data", "login=himitsu-no-kotoba&password=himitsu-no-kotoba", "--cacert"])
            .arg(&authority)
            .arg(format!("{url}/login"))
            .status();
        if asked.is_err() || tried.is_err() {
            eprintln!("SKIPPED: no curl");
        }
        assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
        let mut log = String::new();
        child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0));
        let messages: Vec<String> = log
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap_or_else(|err| panic!("{err}: {line}")))
            .map(|line| line["fields"]["message"].as_str().unwrap_or_default().to_owned())
            .collect();
        assert!(messages.contains(&"serving".to_owned()) && messages.contains(&"ended".to_owned()), "{log}");
        assert!(asked.is_err() || messages.contains(&"request".to_owned()), "{log}");
        let failed = log.lines().find(|line| line.contains("a sign-in failed"));
        assert!(tried.is_err() || failed.is_some_and(|line| line.contains("127.0.0.1")), "{log}");
        assert!(!log.contains("himitsu") && !log.contains(&code), "{log}");
    }
}

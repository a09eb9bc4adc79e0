//! What the firewall tells: traffic of the offices, doctors at home, and an internet that tries every door.

use super::event::LogEvent;
use super::{Action, Draws, Moment};

pub(super) fn act(draws: &mut Draws, moment: Moment) -> Action {
    let mut action = Action::default();
    match draws.below(1_000) {
        0..800 => surf(&mut action, draws),
        800..960 => refuse(&mut action, draws),
        960..990 => be_tried(&mut action, draws),
        990..999 => work_from_home(&mut action, draws),
        _ if moment.is_office_time() => manage(&mut action),
        _ => refuse(&mut action, draws),
    }
    action
}

fn surf(action: &mut Action, draws: &mut Draws) {
    let (source, target) =
        (format!("10.30.{}.{}", draws.below(4), draws.below(200)), format!("203.0.113.{}", draws.below(200)));
    let port = draws.one(&["443", "443", "80", "993"], "443");
    action.add(0, traffic(&source, &target, port, "close"));
}

/// A clinical terminal asks for an update outside and does not get it.
fn refuse(action: &mut Action, draws: &mut Draws) {
    let source = format!("10.20.{}.{}", draws.below(9), draws.below(200));
    action.add(0, traffic(&source, "203.0.113.80", "443", "deny"));
}

fn traffic(source: &str, target: &str, port: &str, decision: &str) -> LogEvent {
    let fields = [
        ("devname", "FG-01"),
        ("type", "traffic"),
        ("subtype", "forward"),
        ("action", decision),
        ("srcip", source),
        ("dstip", target),
        ("dstport", port),
    ];
    LogEvent::of_firewall(&fields)
}

fn vpn(decision: &str, user: &str, source: &str, country: &str) -> LogEvent {
    let fields = [
        ("devname", "FG-01"),
        ("type", "event"),
        ("subtype", "vpn"),
        ("action", decision),
        ("user", user),
        ("remip", source),
        ("srccountry", country),
    ];
    LogEvent::of_firewall(&fields)
}

/// Bots with lists of names; none gets in.
fn be_tried(action: &mut Action, draws: &mut Draws) {
    let source = format!("198.51.100.{}", draws.below(250));
    let user = draws.one(&["admin", "test", "root", "vpn", "user1"], "admin");
    for step in 0..1 + i64::try_from(draws.below(20)).unwrap_or(0) {
        action.add(step * 3, vpn("ssl-login-fail", user, &source, "Netherlands"));
    }
}

/// A doctor at home, sometimes after a typing error; once in a while from a congress.
fn work_from_home(action: &mut Action, draws: &mut Draws) {
    let (user, source) = (format!("dr-{:03}", draws.below(150)), format!("192.0.2.{}", draws.below(250)));
    let country = if draws.below(300) == 0 { "France" } else { "Japan" };
    for step in 0..i64::try_from(draws.below(3)).unwrap_or(0) {
        action.add(step * 10, vpn("ssl-login-fail", &user, &source, country));
    }
    action.add(60, vpn("tunnel-up", &user, &source, country));
}

/// The network administrator at the machine meant for it.
fn manage(action: &mut Action) {
    let fields = [
        ("devname", "FG-01"),
        ("type", "event"),
        ("subtype", "system"),
        ("action", "login"),
        ("status", "success"),
        ("user", "net-admin"),
        ("srcip", "10.20.8.15"),
    ];
    action.add(0, LogEvent::of_firewall(&fields));
}

//! Every route, and every role at every route.

use axum::http::Method;
use expect_test::expect_file;
use people::Role;
use web::Needs;

use crate::house::House;

fn path_for(pattern: &str) -> String {
    let known = [
        ("{site}", "minato"),
        ("{kind}", "asset"),
        ("{checklist}", "mhlw-r7-hospital"),
        ("{item}", "R7-2-8"),
        ("{check}", "LAP-00"),
    ];
    let mut path = pattern.to_owned();
    for (name, value) in known {
        path = path.replace(name, value);
    }
    let mut filled = String::new();
    let mut rest = path.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        filled.push('1');
        rest = after.split_once('}').unwrap().1;
    }
    filled + rest
}

#[test]
fn every_route_is_listed_with_who_may() {
    let mut text = String::new();
    for (method, path, needs) in office::routes().list() {
        text.push_str(&format!("{method:<5} {path:<58} {}\n", needs.label()));
    }
    expect_file!["routes.txt"].assert_eq(&text);
}

/// Whether an answer lets somebody in: anything but "sign in", "you may not" and "there is no such thing for you".
fn is_let_in(method: &Method, status: u16, location: &str) -> bool {
    let is_sent_to_sign_in = status == 303 && location.starts_with("/login");
    let _ = method;
    !(matches!(status, 401 | 403) || is_sent_to_sign_in)
}

#[test]
fn every_role_gets_in_where_it_may_and_nowhere_else() {
    let house = House::empty();
    let mut problems = Vec::new();
    for (name, role) in Role::ALL {
        let person = house.person(&format!("one-{name}"), name, &[("minato", role)]);
        for (method, pattern, needs) in office::routes().list() {
            if pattern == "/logout" || matches!(needs, Needs::TokenRead | Needs::TokenWrite) {
                continue;
            }
            let expected = match needs {
                Needs::Public | Needs::SignedIn => true,
                Needs::Site(roles) => roles.contains(&role),
                Needs::TokenRead | Needs::TokenWrite => false,
            };
            let path = path_for(pattern);
            let answer = if method == Method::GET { person.get(&path) } else { person.post(&path, &[]) };
            let status = answer.status.as_u16();
            let let_in = is_let_in(&method, status, answer.location());
            if let_in != expected && !(expected && status == 403 && answer.text().contains("data-rule")) {
                problems.push(format!("{name} {method} {path}: {status}, expected in: {expected}"));
            }
            if status >= 500 {
                problems.push(format!("{name} {method} {path}: {status}"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn nobody_of_another_site_learns_that_this_one_exists() {
    let house = House::empty();
    let stranger = house.person("stranger", "よその管理者", &[("elsewhere", Role::Administrator)]);
    for (method, pattern, needs) in office::routes().list() {
        if matches!(needs, Needs::Site(_)) {
            let path = path_for(pattern);
            let answer = if method == Method::GET { stranger.get(&path) } else { stranger.post(&path, &[]) };
            assert_eq!(answer.status.as_u16(), 404, "{method} {path}");
        }
    }
}

#[test]
fn without_an_account_there_are_only_the_public_pages() {
    let house = House::empty();
    for (method, pattern, needs) in office::routes().list() {
        let path = path_for(pattern);
        let answer =
            house.send(method.clone(), &path, &[("content-type", "application/x-www-form-urlencoded")], Vec::new());
        let status = answer.status.as_u16();
        match needs {
            Needs::Public => assert!(!matches!(status, 401 | 403) && status < 500, "{method} {path}: {status}"),
            Needs::TokenRead | Needs::TokenWrite => assert_eq!(status, 401, "{method} {path}"),
            Needs::SignedIn | Needs::Site(_) if method == Method::GET => {
                assert!(status == 303 && answer.location().starts_with("/login"), "{method} {path}: {status}");
            }
            Needs::SignedIn | Needs::Site(_) => assert_eq!(status, 401, "{method} {path}"),
        }
    }
}

#[test]
fn no_change_is_made_for_a_form_without_the_secret_or_from_elsewhere() {
    let house = House::empty();
    let everything: Vec<(&str, Role)> = Role::ALL.iter().map(|(_, role)| ("minato", *role)).collect();
    let person = house.person("all", "全役割", &everything);
    for (method, pattern, needs) in office::routes().list() {
        if method != Method::POST || !matches!(needs, Needs::Site(_) | Needs::SignedIn) {
            continue;
        }
        let path = path_for(pattern);
        let status = person.post_bare(&path, &[("csrf", "forged")]).status.as_u16();
        assert!(matches!(status, 403 | 415), "{path}: {status}");
        let cookie = format!("mamori={}", person.token);
        let foreign = [
            ("cookie", cookie.as_str()),
            ("sec-fetch-site", "cross-site"),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let body = format!("csrf={}", person.csrf).into_bytes();
        assert_eq!(house.send(Method::POST, &path, &foreign, body).status.as_u16(), 403, "{path} from elsewhere");
    }
}

#[test]
fn every_page_carries_the_headers_and_no_script_of_its_own() {
    let house = House::empty();
    let person = house.person("admin", "管理者", &[("minato", Role::Administrator), ("minato", Role::Executive)]);
    for (method, pattern, _) in office::routes().list() {
        if method != Method::GET {
            continue;
        }
        let answer = person.get(&path_for(pattern));
        assert!(answer.headers.contains_key("content-security-policy"), "{pattern}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{pattern}");
        let text = answer.text();
        if answer.headers.get("content-type").is_some_and(|kind| kind.to_str().unwrap().starts_with("text/html")) {
            for forbidden in ["style=\"", "onclick=", "javascript:", "<script>", "⟦"] {
                assert!(!text.contains(forbidden), "{pattern}: {forbidden} in {text}");
            }
        }
    }
}

#[test]
fn a_page_that_names_no_site_is_no_page_of_one() {
    let mut house = House::empty();
    let routes =
        web::Routes::<()>::new().get("/s/{site}/nobody", Needs::SignedIn, |visit: web::SiteVisit| async move {
            visit.site_id().to_owned()
        });
    house.router = routes.into_router(&house.office.frame);
    let here = house.person("here", "監査", &[("minato", Role::Auditor)]);
    here.get("/s/minato/nobody").expect(500);
}

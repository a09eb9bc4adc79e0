//! Every route names who may use it; what names nobody does not exist.

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};
use people::Role;

use crate::frame::Frame;
use crate::guard;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Anybody in the house, without an account.
    Public,
    /// Anybody signed in.
    SignedIn,
    /// One of these roles at the site the path names (`/s/{site}/…`).
    Site(&'static [Role]),
    /// A program with a token that may read.
    TokenRead,
    /// A program with a token that may hand in evidence.
    TokenWrite,
}

impl Needs {
    /// As the golden list has it.
    #[must_use]
    pub fn label(self) -> String {
        let names = |roles: &[Role]| roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" ");
        match self {
            Self::Public => "public".to_owned(),
            Self::SignedIn => "signed_in".to_owned(),
            Self::Site(roles) => format!("site: {}", names(roles)),
            Self::TokenRead => "token: read".to_owned(),
            Self::TokenWrite => "token: write".to_owned(),
        }
    }
}

struct Route<S> {
    method: Method,
    path: &'static str,
    needs: Needs,
    router: MethodRouter<S>,
}

/// Routes with who may use them.
pub struct Routes<S> {
    routes: Vec<Route<S>>,
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No routes.
    #[must_use]
    pub const fn new() -> Self {
        Self { routes: Vec::new() }
    }

    /// A page.
    #[must_use]
    pub fn get<H: Handler<T, S>, T: 'static>(self, path: &'static str, needs: Needs, handler: H) -> Self {
        self.add(Method::GET, path, needs, on(MethodFilter::GET, handler))
    }

    /// Something that changes something.
    #[must_use]
    pub fn post<H: Handler<T, S>, T: 'static>(self, path: &'static str, needs: Needs, handler: H) -> Self {
        self.add(Method::POST, path, needs, on(MethodFilter::POST, handler))
    }

    fn add(mut self, method: Method, path: &'static str, needs: Needs, router: MethodRouter<S>) -> Self {
        self.routes.push(Route { method, path, needs, router });
        self
    }

    /// Those of another part as well.
    #[must_use]
    pub fn and(mut self, mut other: Self) -> Self {
        self.routes.append(&mut other.routes);
        self
    }

    /// Every route: method, path, who may. In the order of the paths.
    #[must_use]
    pub fn list(&self) -> Vec<(Method, &'static str, Needs)> {
        let mut list: Vec<_> =
            self.routes.iter().map(|route| (route.method.clone(), route.path, route.needs)).collect();
        list.sort_by(|(a, a_path, _), (b, b_path, _)| (*a_path).cmp(b_path).then_with(|| a.as_str().cmp(b.as_str())));
        list
    }

    /// The router, every route behind its guard, all of it in the frame.
    pub fn into_router(self, frame: &Arc<Frame>) -> Router<S> {
        let mut router = Router::new();
        for route in self.routes {
            let guarded = route.router.route_layer(from_fn_with_state((Arc::clone(frame), route.needs), guard::admit));
            router = router.route(route.path, guarded);
        }
        crate::security::wrap(router, frame)
    }
}

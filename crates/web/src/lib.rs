//! The frame every page hangs in: who may see it, how it looks, lists with export, forms, errors, metrics.
//!
//! Nothing here knows a capability. It must never run a handler whose route names no role, render what came from outside as
//! markup, or send script or style that is not its own. Start with [`access`] (who may), then [`visit`] (what a handler is
//! given) and [`list`] (the one table of every list).

pub mod access;
mod assets;
mod blocking;
mod error;
mod form;
mod frame;
pub mod guard;
mod instruction;
mod layout;
pub mod list;
pub mod metrics;
mod own_address;
mod proxies;
mod security;
pub mod upload;
pub mod visit;

pub use access::{Needs, Routes};
pub use blocking::blocking;
pub use error::HttpError;
pub use form::{Form, MAX_FORM_BYTES};
pub use frame::{Frame, NavEntry, NavGroup, SiteName, Sites};
pub use layout::{Page, page, redirect};
pub use proxies::{Network, NetworkError, Proxies};
pub use upload::{Received, Upload, UploadLimits, UploadPlace, Uploads};
pub use visit::{SiteVisit, Visit};

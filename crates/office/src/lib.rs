//! The office: the pages in which a hospital works, and the API that does what they do.
//!
//! A page asks the capabilities and draws what they say; no rule of theirs lives here. A room's own tables stand in its `store`;
//! what those say about jobs (reports) or evidence (import) is joined there, everything else is asked of the crate that owns it.
//! Each room is a folder with its routes, its handlers and its templates. Start with [`rooms`].

mod alerts;
mod api;
mod assets;
mod checklist;
mod desk;
mod evidence;
mod executive;
mod home;
mod import;
pub mod navigation;
mod people;
pub mod rooms;
mod sign_in;
mod staff;
pub mod state;
mod words;

pub use rooms::{router, routes, workers};
pub use state::{Office, OfficeSettings};

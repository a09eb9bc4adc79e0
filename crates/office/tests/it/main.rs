//! The office through its front door.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may")]

mod alert_pages;
mod api;
mod asset_pages;
mod checklist_pages;
mod desk_pages;
mod evidence_pages;
mod executive_pages;
mod house;
mod import_pages;
mod people_pages;
mod routes;
mod search;
mod sign_in;
mod staff_pages;

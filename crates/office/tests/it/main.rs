//! The office through its front door.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may")]

mod api;
mod house;
mod routes;
mod search;
mod staff_pages;

//! The office through its front door.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests may")]

mod house;
mod people_pages;
mod routes;
mod sign_in;

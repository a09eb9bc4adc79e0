//! Other readers and engines of event logs: what ours is measured against, and what it is checked by.
//!
//! It must never be needed to build, run or test the product. Start with [`flat`]; the program is in `main.rs`.

pub mod flat;

//! Placeholder until the first code of `testkit` arrives.

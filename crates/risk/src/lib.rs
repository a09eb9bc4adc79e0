//! Placeholder until the first code of `risk` arrives.

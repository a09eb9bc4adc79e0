//! Placeholder until the first code of `evidence` arrives.

//! Placeholder until the first code of `governance` arrives.

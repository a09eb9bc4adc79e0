//! Placeholder until the first code of `assess` arrives.

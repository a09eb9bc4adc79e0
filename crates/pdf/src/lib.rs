//! Placeholder until the first code of `pdf` arrives.

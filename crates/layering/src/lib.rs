//! Placeholder until the first code of `layering` arrives.

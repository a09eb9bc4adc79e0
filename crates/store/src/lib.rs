//! Placeholder until the first code of `store` arrives.

//! Placeholder until the first code of `asset` arrives.

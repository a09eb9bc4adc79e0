//! Placeholder until the first code of `demo_hospital` arrives.

//! Placeholder until the first code of `hardening` arrives.

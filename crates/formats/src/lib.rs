//! Placeholder until the first code of `formats` arrives.

//! Placeholder until the first code of `vuln` arrives.

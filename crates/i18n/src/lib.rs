//! Placeholder until the first code of `i18n` arrives.

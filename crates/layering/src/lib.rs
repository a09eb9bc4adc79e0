//! Holds the rules about where code may live. There is nothing to call: the rules are the tests in `tests/it`.

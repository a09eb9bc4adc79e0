//! Checklists, answers, documents, exceptions, what is unknown.

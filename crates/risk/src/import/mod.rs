//! The importers of this capability, one file each.

pub(crate) mod exploited_list;
pub(crate) mod support_dates;

//! The quiet week: large enough to mean something, in order, and the same every time.

use base::Date;
use demo_hospital::week::{Week, WeekOptions};

fn week(size_percent: u32) -> Week {
    Week::new(WeekOptions { monday: Date::new(2026, 11, 16).unwrap(), seed: 1, size_percent })
}

#[test]
fn a_whole_week_has_more_than_two_million_events_in_order_of_time() {
    let mut last = i64::MIN;
    let mut count = 0_u64;
    for event in week(100) {
        assert!(last < event.at);
        last = event.at;
        count += 1;
    }
    assert!(count >= 2_000_000, "{count}");
}

#[test]
fn equal_options_give_equal_events() {
    assert!(week(1).take(10_000).eq(week(1).take(10_000)));
    assert!(week(1).count() < week(2).count());
}

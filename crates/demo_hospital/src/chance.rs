//! Repeatable variety: the same seed, site and number always give the same value.

/// Source of variety of one site.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chance {
    seed: u64,
}

impl Chance {
    /// `site` keeps the sites apart under one seed.
    pub(crate) const fn new(seed: u64, site: u64) -> Self {
        Self { seed: mix(seed ^ site.wrapping_mul(0x9e37_79b9_7f4a_7c15)) }
    }

    /// A value for the thing with this number.
    pub(crate) const fn value(self, number: u64) -> u64 {
        mix(self.seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// A number of days in `from..=to`, for the thing with this number.
    pub(crate) fn days(self, number: u64, from: u32, to: u32) -> i64 {
        let span = u64::from(to.saturating_sub(from)) + 1;
        let days = self.value(number) % span + u64::from(from);
        i64::try_from(days).unwrap_or(0)
    }

    /// A locally administered hardware address; different numbers below 2^24 give different addresses.
    pub(crate) fn mac(self, number: u32) -> String {
        let [_, high, middle, low] = number.to_be_bytes();
        let [first, second, ..] = self.value(0).to_be_bytes();
        format!("02:{first:02X}:{second:02X}:{high:02X}:{middle:02X}:{low:02X}")
    }
}

/// The finalizer of splitmix64.
const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_stay_in_their_range() {
        let chance = Chance::new(1, 2);
        assert!((0..1000).all(|number| (3..=9).contains(&chance.days(number, 3, 9))));
    }

    #[test]
    fn sites_of_one_seed_have_different_addresses() {
        assert_ne!(Chance::new(1, 1).mac(5), Chance::new(1, 2).mac(5));
        assert_eq!(Chance::new(1, 1).mac(5), Chance::new(1, 1).mac(5));
    }
}

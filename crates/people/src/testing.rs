//! For the tests of this crate.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::Randomness;

/// Numbers that differ from call to call.
#[derive(Default)]
pub(crate) struct Counting(AtomicU64);

impl Randomness for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let number = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        for (index, byte) in bytes.iter_mut().enumerate() {
            let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(u32::try_from(index * 7 % 64).unwrap());
            *byte = mixed.to_le_bytes()[index % 8] ^ u8::try_from(index % 256).unwrap();
        }
    }
}

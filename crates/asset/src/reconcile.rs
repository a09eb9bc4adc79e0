//! The ledger against what machines saw.

use base::{FactValue, Grade, SubjectKind};
use evidence::{Deriver, World};

use crate::identity;

/// Joins what is one asset, then says of everything a machine saw whether the ledger has it.
#[derive(Debug)]
pub struct LedgerAgainstReality;

impl Deriver for LedgerAgainstReality {
    fn derive(&self, world: &mut World) {
        identity::join(world);
        let assets: Vec<usize> = world.of_kind(SubjectKind::Asset).map(|(index, _)| index).collect();
        // Without any ledger the question cannot be answered.
        if !assets.iter().any(|index| world.find(*index, "asset.in_ledger").is_some()) {
            return;
        }
        for index in assets {
            let seen =
                ["asset.seen_on_network", "asset.in_directory"].iter().find_map(|key| world.find(index, key)).cloned();
            let Some(seen) = seen else { continue };
            match world.find(index, "asset.in_ledger").cloned() {
                None => world.conclude(index, "asset.in_ledger", FactValue::Bool(false), Grade::Machine, &seen),
                // Both have to be true today: the comparison is as old as the older of the two.
                Some(listed) => {
                    let premise = if listed.observed_at < seen.observed_at { &listed } else { &seen };
                    world.conclude(index, "asset.in_ledger", listed.value.clone(), Grade::Machine, premise);
                }
            }
        }
    }
}

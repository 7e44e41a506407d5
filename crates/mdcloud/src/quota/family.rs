//! The name of an allowance: a key of maps, and text where it is written down.

use std::cmp::Ordering;

use mdcloud_process::ledger::Name;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The service's name of an allowance, such as `reputation_api`; empty for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Family(pub(crate) Name);

impl Family {
    pub(crate) const NONE: Family = Family(Name::EMPTY);

    pub(crate) fn is_none(&self) -> bool {
        self.0.is_empty()
    }
}

impl Ord for Family {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.as_str().cmp(other.0.as_str())
    }
}

impl PartialOrd for Family {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Serialize for Family {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl<'de> Deserialize<'de> for Family {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Family(Name::new(&String::deserialize(deserializer)?)))
    }
}

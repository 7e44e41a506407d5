//! Addresses that sent too many wrong keys.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

#[derive(Debug, Default)]
struct Visitor {
    wrong: VecDeque<Duration>,
    blocked_until: Option<Duration>,
}

/// What is held against which address.
#[derive(Debug, Default)]
pub(crate) struct Abuse {
    visitors: HashMap<IpAddr, Visitor>,
}

impl Abuse {
    /// Whether nothing from this address is answered now.
    pub(crate) fn is_blocked(&self, address: IpAddr, now: Duration) -> bool {
        self.visitors.get(&address).and_then(|visitor| visitor.blocked_until).is_some_and(|until| now < until)
    }

    /// Counts a wrong key; the one that reaches the limit starts the block.
    pub(crate) fn wrong_key(&mut self, address: IpAddr, limit: u32, now: Duration) {
        if limit == 0 {
            return;
        }
        let visitor = self.visitors.entry(address).or_default();
        visitor.wrong.retain(|moment| *moment + HOUR > now);
        visitor.wrong.push_back(now);
        if visitor.wrong.len() >= limit as usize {
            visitor.wrong.clear();
            visitor.blocked_until = Some(now + HOUR);
        }
    }
}

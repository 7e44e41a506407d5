//! How many throttled calls may be in the air while nobody knows the rate.
//!
//! Only a refusal tells it, and whatever is in the air by then is refused as well. So those who know nothing
//! start one by one, and the more got through lately, the more go together: what a refusal wastes is one
//! request, and one in twenty of those that got through. An allowance that only many requests a minute can
//! spend counts like requests that got through: who is sold so much is not throttled below it.

use std::collections::VecDeque;

use super::guess::MINUTE;
use super::throttle::{Nanos, Start};

/// For so many calls that got through, one more may be in the air.
const SHARE: u64 = 20;

/// A start without an answer for this long counts no more: the service counted a long upload when it began,
/// and others must not wait for its end.
const LONG: Nanos = 2_000_000_000;

/// The soonest that it is worth asking again.
const LEAST_PAUSE: Nanos = 1_000_000;

/// When a caller that is `ahead` of by others has to ask again; `None` if it may start. `sold` is what the
/// allowance of its family comes to in a minute.
pub(super) fn hold(now: Nanos, starts: &VecDeque<Start>, ahead: usize, sold: u64) -> Option<Nanos> {
    // Those that are not answered stand at the end of the log.
    let is_in_air = |start: &&Start| start.answered.is_none() && now < start.granted.saturating_add(LONG);
    let in_air = starts.iter().rev().take_while(is_in_air).count();
    let through = || {
        let lately = now.saturating_sub(MINUTE);
        let before = starts.partition_point(|start| start.answered.is_some_and(|at| at <= lately));
        let answered = starts.partition_point(|start| start.answered.is_some());
        answered.saturating_sub(before) as u64
    };
    let has_room = || in_air == 0 || (in_air as u64) <= through().max(sold) / SHARE;
    if ahead == 0 && has_room() {
        return None;
    }
    let oldest = starts.len().checked_sub(in_air).and_then(|first| starts.get(first));
    let pause = pause(now, oldest.map_or(now, |start| start.granted));
    Some(now.saturating_add(pause.saturating_mul(ahead as u64 + 1)))
}

/// How long not to ask after an answer that has been awaited `since` then: an eighth of the time that it has
/// taken already, so that asking costs little, and noticing late no more than that.
pub(super) fn pause(now: Nanos, since: Nanos) -> Nanos {
    (now.saturating_sub(since) / 8).max(LEAST_PAUSE)
}

#[cfg(test)]
#[path = "caution_tests.rs"]
mod tests;

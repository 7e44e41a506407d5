//! The ideal schedule: the same calls by somebody who knows the service's rules, and to whom the service's
//! counter is as near as his own.
//!
//! First come, first served; each starts as soon as no stretch of W holds more than N and the allowance has
//! room. No schedule that is right for both kinds of windows ends sooner.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::plan::CallerPlan;
use crate::scene::{Limit, Nanos, SECOND, Scene};

/// What the ideal schedule comes to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ideal {
    /// Calls that got through.
    pub done: usize,
    /// When the last of them started.
    pub last: Nanos,
    /// All waiting together.
    pub waited: u128,
    /// The longest wait.
    pub longest: Nanos,
}

/// Schedules what was planned.
pub fn schedule(scene: &Scene, plans: &[CallerPlan]) -> Ideal {
    let mut ideal = Ideal::default();
    let mut starts: Vec<Nanos> = Vec::new();
    let mut windows: BTreeMap<&str, (Nanos, u64)> = BTreeMap::new();
    let mut next = vec![0; plans.len()];
    let first = |(caller, plan): (usize, &CallerPlan)| Some(Reverse((plan.jobs.first()?.wanted, caller)));
    let mut ready: BinaryHeap<_> = plans.iter().enumerate().filter_map(first).collect();
    while let Some(Reverse((wanted, caller))) = ready.pop() {
        let plan = &plans[caller];
        let job = &plan.jobs[next[caller]];
        let mut start = wanted;
        let allowance = scene.service.allowances.iter().find(|(name, ..)| *name == job.request.family);
        let window = allowance.map(|(family, amount, interval)| {
            let (opened, used) = windows.get(family).copied().unwrap_or((start, 0));
            let end = opened + interval * SECOND;
            let full = used + job.request.cost + plan.leave > *amount;
            start = start.max(if full { end } else { opened });
            if start >= end { (start, 0) } else { (opened, used) }
        });
        let rate = scene.service.rate.filter(|_| job.request.throttled);
        if let Some(limit) = rate {
            start = room(&starts, start, limit);
        }
        let waited = start - wanted;
        let mut free = wanted;
        if waited <= plan.max_wait {
            if let Some((opened, used)) = window {
                let opened = if used == 0 { start } else { opened };
                windows.insert(job.request.family, (opened, used + job.request.cost));
            }
            if rate.is_some() {
                starts.insert(starts.partition_point(|at| *at <= start), start);
            }
            ideal.done += 1;
            ideal.last = ideal.last.max(start);
            ideal.waited += u128::from(waited);
            ideal.longest = ideal.longest.max(waited);
            free = start + job.there + job.back;
        }
        next[caller] += 1;
        if let Some(job) = plan.jobs.get(next[caller]) {
            ready.push(Reverse((job.wanted.max(free), caller)));
        }
    }
    ideal
}

/// The first moment from `start` on before which no stretch of W is full.
fn room(starts: &[Nanos], mut start: Nanos, limit: Limit) -> Nanos {
    loop {
        let before = starts.partition_point(|at| *at <= start);
        let Some(oldest) = before.checked_sub(limit.requests as usize) else { return start };
        let open = starts[oldest] + limit.seconds * SECOND;
        if open <= start {
            return start;
        }
        start = open;
    }
}

//! The ideal schedule: the same calls by somebody who knows the service's rules as they are at each moment,
//! also where they change in the middle of the day; only what calls tell: that an allowance has opened anew
//! shows when one is made.
//!
//! First come, first served; each starts as soon as no stretch of W holds more than N and the allowance has
//! room. No schedule that is right for both kinds of windows ends sooner. When a request counts is a matter
//! of what one can see: see [`Sight`].

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::plan::{CallerPlan, Job};
use crate::run::START;
use crate::scene::{Event, Limit, Nanos, SECOND, Scene, Sight};

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
    let mut starts: Vec<Start> = Vec::new();
    let rates = rates(scene);
    let is_reset = |event: &&(u64, Event)| matches!(event.1, Event::Reset);
    let resets: Vec<_> = scene.events.iter().filter(is_reset).map(|(at, _)| START + at * SECOND).collect();
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
            let anew = start >= end || resets.iter().any(|at| (opened + 1..=start).contains(at));
            if anew { (start, 0) } else { (opened, used) }
        });
        let throttled = job.request.throttled && !rates.is_empty();
        if throttled {
            start = room(&starts, start, &rates);
        }
        let waited = start - wanted;
        let mut free = wanted;
        if waited <= plan.max_wait {
            if let Some((opened, used)) = window {
                let opened = if used == 0 { start } else { opened };
                windows.insert(job.request.family, (opened, used + job.request.cost));
            }
            if throttled {
                let counted = counted(start, job, scene.promise.sight, &rates);
                let place = starts.partition_point(|other| other.counted <= counted);
                starts.insert(place, Start { at: start, counted });
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

/// A throttled request.
struct Start {
    at: Nanos,
    /// When it counts as made.
    counted: Nanos,
}

fn counted(at: Nanos, job: &Job, sight: Sight, rates: &[(Nanos, Limit)]) -> Nanos {
    match sight {
        Sight::Counter => at,
        // As the tracker does: nobody waits for the end of a long upload.
        Sight::Answers => at + (job.there + job.back).min(rate(rates, at).seconds * SECOND / 20),
    }
}

/// What the service allows, from when on; nothing, where it allows everything.
fn rates(scene: &Scene) -> Vec<(Nanos, Limit)> {
    let changed = scene.events.iter().filter_map(|(second, event)| match event {
        Event::Rate(limit) => Some((START + second * SECOND, *limit)),
        _ => None,
    });
    scene.service.rate.map(|limit| (START, limit)).into_iter().chain(changed).collect()
}

fn rate(rates: &[(Nanos, Limit)], at: Nanos) -> Limit {
    rates[rates.partition_point(|(from, _)| *from <= at).max(1) - 1].1
}

/// The first moment from `start` on before which no stretch of W is full. `starts` are in the order in which
/// they count; some may be of calls that wait for an allowance and start later.
fn room(starts: &[Start], mut start: Nanos, rates: &[(Nanos, Limit)]) -> Nanos {
    loop {
        let limit = rate(rates, start);
        let mut before = starts.iter().rev().filter(|other| other.at <= start);
        let Some(oldest) = before.nth(limit.requests as usize - 1) else { return start };
        let open = oldest.counted + limit.seconds * SECOND;
        if open <= start {
            return start;
        }
        start = open;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Fate;
    use crate::scene::Language;
    use crate::scenes;
    use crate::service::Request;

    /// When the last of these calls starts, each wanted at its second and answered after 2 s.
    fn last(name: &str, family: &'static str, wanted: &[u64], change: impl FnOnce(&mut Scene)) -> f64 {
        let mut scene = scenes::all().into_iter().find(|scene| scene.name == name).unwrap();
        scene.service.rate = Some(Limit { requests: 2, seconds: 60 });
        change(&mut scene);
        let request = Request { family, cost: 1, throttled: family == "prevention_api" };
        let plan = |second: &u64| CallerPlan {
            crowd: 0,
            language: Language::Rust,
            process: 0,
            jobs: vec![Job {
                wanted: START + second * SECOND,
                request,
                there: SECOND,
                back: SECOND,
                fate: Fate::Answered,
            }],
            max_wait: Nanos::MAX,
            leave: 0,
            reserves: false,
        };
        let plans: Vec<_> = wanted.iter().map(plan).collect();
        (schedule(&scene, &plans).last - START) as f64 / SECOND as f64
    }

    #[test]
    fn a_request_counts_when_it_starts_or_as_far_as_answers_tell() {
        assert_eq!(
            last("jitter", "prevention_api", &[0, 1, 2], |scene| scene.promise.sight = Sight::Counter),
            60.0
        );
        assert_eq!(last("jitter", "prevention_api", &[0, 1, 2], |_| ()), 62.0);
        // In flight together, and so are two that wait for them.
        assert_eq!(last("jitter", "prevention_api", &[0, 1, 2, 3], |_| ()), 63.0);
    }

    #[test]
    fn a_rate_holds_from_when_it_changes() {
        let slower =
            |scene: &mut Scene| scene.events = vec![(70, Event::Rate(Limit { requests: 1, seconds: 60 }))];
        assert_eq!(last("standard", "prevention_api", &[0, 0, 61, 61], slower), 61.0);
        assert_eq!(last("standard", "prevention_api", &[0, 0, 71, 71], slower), 131.0);
    }

    #[test]
    fn an_allowance_that_opens_anew_shows_with_the_next_call() {
        let rules = |scene: &mut Scene| {
            scene.service.allowances = vec![("reputation_api", 3, 3_600)];
            scene.events = vec![(100, Event::Reset)];
        };
        // Three more from then on; the next window is that one's.
        assert_eq!(last("early-reset", "reputation_api", &[0, 1, 110, 111, 112], rules), 112.0);
        assert_eq!(last("early-reset", "reputation_api", &[0, 1, 110, 111, 112, 113], rules), 3_710.0);
        // Whoever finds nothing left makes no call that would tell.
        assert_eq!(last("early-reset", "reputation_api", &[0, 1, 2, 110], rules), 3_600.0);
    }
}

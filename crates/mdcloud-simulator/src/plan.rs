//! Who will call what and when, and what the network will do to each call: drawn before anything runs, so
//! that the tracker's schedule and the ideal one are about the same calls.

use crate::chance::Chance;
use crate::scene::{Call, Language, Nanos, SECOND, Scene};
use crate::service::Request;

/// How long a caller waits for an answer that never comes.
const TIMEOUT: Nanos = 20 * SECOND;

/// One caller.
#[derive(Clone, Debug)]
pub struct CallerPlan {
    /// Callers of one crowd are alike.
    pub crowd: usize,
    /// What it is written in.
    pub language: Language,
    /// Its process.
    pub process: usize,
    /// Its calls in order.
    pub jobs: Vec<Job>,
    /// How long it is ready to wait for each.
    pub max_wait: Nanos,
    /// What each call leaves to others.
    pub leave: u64,
    /// Whether it reserves what all of its calls will spend.
    pub reserves: bool,
}

/// One call.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// When its caller wants it, if it is done with the one before.
    pub wanted: Nanos,
    /// What reaches the service.
    pub request: Request,
    /// From the start until the service counts it.
    pub there: Nanos,
    /// From there until the answer is read, or no longer waited for.
    pub back: Nanos,
    /// What the network does.
    pub fate: Fate,
}

/// What the network does to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is answered.
    Answered,
    /// The service does it, and the answer is lost.
    Lost,
    /// The first attempt does not leave the house.
    Unsent,
}

/// Draws everybody's calls.
pub fn draw(scene: &Scene, start: Nanos, chance: &mut Chance) -> Vec<CallerPlan> {
    let mut plans = Vec::new();
    for (number, crowd) in scene.crowds.iter().enumerate() {
        for caller in 0..crowd.callers {
            let mut wanted = start;
            let jobs = (0..crowd.calls)
                .map(|_| {
                    wanted += chance.gap(crowd.every * SECOND);
                    job(scene, crowd.call, wanted, chance)
                })
                .collect();
            plans.push(CallerPlan {
                crowd: number,
                language: Language::ALL[caller % Language::ALL.len()],
                process: caller % crowd.processes.max(1),
                jobs,
                max_wait: crowd.max_wait * SECOND,
                leave: crowd.leave,
                reserves: crowd.reserves,
            });
        }
    }
    plans
}

fn job(scene: &Scene, call: Call, wanted: Nanos, chance: &mut Chance) -> Job {
    const MS: Nanos = 1_000_000;
    let network = &scene.network;
    let request = match call {
        Call::Upload => Request { family: "prevention_api", cost: 1, throttled: true },
        Call::Lookup => Request { family: "reputation_api", cost: 1, throttled: false },
        Call::Bulk(from, to) => Request {
            family: "reputation_api",
            cost: chance.between(from.into(), to.into()),
            throttled: true,
        },
    };
    let fate = match (chance.percent(network.unsent), chance.percent(network.lost)) {
        (true, _) => Fate::Unsent,
        (_, true) => Fate::Lost,
        _ => Fate::Answered,
    };
    let there = chance.between(network.there.0 * MS, network.there.1 * MS);
    let back = match fate {
        Fate::Lost => TIMEOUT,
        _ => chance.between(network.back.0 * MS, network.back.1 * MS),
    };
    Job { wanted, request, there, back, fate }
}

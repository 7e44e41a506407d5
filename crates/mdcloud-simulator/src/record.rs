//! What came of a scene, and whether that is what was promised.

use std::collections::BTreeMap;

use mdcloud::Quota;
use mdcloud_process::ledger::Answer;

use crate::ideal::Ideal;
use crate::plan::CallerPlan;
use crate::run::START;
use crate::scene::{Event, Language, Nanos, SECOND, Scene};

/// Callers that come back at once for more make the mean wait depend on who comes first: by so many hundredths of
/// a percent, though the last call starts at the same moment.
const TURNS: u128 = 300;

/// So many callers that the wait of a quarter of them hardly hangs on chance.
const CROWD: usize = 32;

/// How a call ended.
pub enum Outcome {
    /// It was served: when it started, and how long it had waited for that.
    Done {
        /// Start.
        granted: Nanos,
        /// Wait before it.
        waited: Nanos,
    },
    /// The ledger refused it; nothing was sent.
    RefusedHere,
    /// The service refused it, not for the short window.
    RefusedThere,
}

/// Refusals of one kind. A first one teaches; those that were under way when it was heard could not be helped.
#[derive(Clone, Copy, Debug, Default)]
pub struct Refusals {
    /// Those that came although no other had been heard of since the last lesson.
    pub lessons: usize,
    /// Those that had started before the lesson was heard.
    pub under_way: usize,
    heard: Option<Nanos>,
}

impl Refusals {
    fn arrived(&mut self, granted: Nanos) {
        if self.lessons > 0 && self.heard.is_none_or(|heard| granted < heard) {
            self.under_way += 1;
        } else {
            self.lessons += 1;
            self.heard = None;
        }
    }

    fn heard(&mut self, now: Nanos) {
        self.heard.get_or_insert(now);
    }
}

/// What one caller had of it.
#[derive(Clone, Copy, Debug)]
struct Share {
    crowd: usize,
    language: Language,
    done: u32,
    waited: u128,
}

impl Share {
    fn of(plan: &CallerPlan) -> Self {
        Share { crowd: plan.crowd, language: plan.language, done: 0, waited: 0 }
    }
}

/// What came of a scene.
#[derive(Clone, Debug)]
pub struct Record {
    /// Calls served.
    pub done: usize,
    /// Calls that the ledger refused.
    pub refused_here: usize,
    /// Calls that the service refused, and not for the short window.
    pub refused_there: usize,
    /// 429001.
    pub throttled: Refusals,
    /// 429000.
    pub exhausted: Refusals,
    /// 403002.
    pub blocked: Refusals,
    /// When the last call that was served started.
    pub last: Nanos,
    /// All waiting of calls that were served.
    pub waited: u128,
    /// The longest wait.
    pub longest: Nanos,
    /// Decisions of the ledger.
    pub decisions: u64,
    /// All decisions and their moments in one number: two runs are alike if it is.
    pub trace: u64,
    /// When nothing was left to happen.
    pub ended: Nanos,
    /// What the ledger knew then.
    pub quota: Vec<Quota>,
    /// The same by an ideal schedule.
    pub ideal: Ideal,
    shares: Vec<Share>,
}

impl Record {
    pub(crate) fn new(plans: &[CallerPlan], ideal: Ideal) -> Self {
        Record {
            done: 0,
            refused_here: 0,
            refused_there: 0,
            throttled: Refusals::default(),
            exhausted: Refusals::default(),
            blocked: Refusals::default(),
            last: START,
            waited: 0,
            longest: 0,
            decisions: 0,
            trace: 0xcbf2_9ce4_8422_2325,
            ended: START,
            quota: Vec::new(),
            ideal,
            shares: plans.iter().map(Share::of).collect(),
        }
    }

    pub(crate) fn decided(&mut self, now: Nanos, answer: &Answer) {
        self.decisions += 1;
        for word in [now, answer.verdict as u64, answer.ticket, answer.wait_ns, u64::from(answer.granted)] {
            self.trace = (self.trace ^ word).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn refusals(&mut self, code: i64) -> Option<&mut Refusals> {
        match code {
            429_001 => Some(&mut self.throttled),
            429_000 => Some(&mut self.exhausted),
            403_002 => Some(&mut self.blocked),
            _ => None,
        }
    }

    pub(crate) fn arrived(&mut self, granted: Nanos, code: i64) {
        if let Some(refusals) = self.refusals(code) {
            refusals.arrived(granted);
        }
    }

    pub(crate) fn heard(&mut self, now: Nanos, code: i64) {
        if let Some(refusals) = self.refusals(code) {
            refusals.heard(now);
        }
    }

    pub(crate) fn over(&mut self, caller: usize, outcome: Outcome) {
        match outcome {
            Outcome::Done { granted, waited } => {
                self.done += 1;
                self.last = self.last.max(granted);
                self.waited += u128::from(waited);
                self.longest = self.longest.max(waited);
                self.shares[caller].done += 1;
                self.shares[caller].waited += u128::from(waited);
            }
            Outcome::RefusedHere => self.refused_here += 1,
            Outcome::RefusedThere => self.refused_there += 1,
        }
    }

    pub(crate) fn end(&mut self, now: Nanos, quota: Vec<Quota>) {
        (self.ended, self.quota) = (now, quota);
    }

    /// By how many hundredths of a percent the last start is later than in the ideal schedule.
    pub fn late(&self) -> u64 {
        let (ours, ideal) = (self.last - START, self.ideal.last.saturating_sub(START).max(1));
        u64::try_from(u128::from(ours.saturating_sub(ideal)) * 10_000 / u128::from(ideal)).unwrap_or(u64::MAX)
    }

    /// Mean wait of the calls that were served.
    pub fn mean_wait(&self) -> Nanos {
        mean(self.waited, self.done)
    }

    /// Mean wait in the ideal schedule.
    pub fn ideal_wait(&self) -> Nanos {
        mean(self.ideal.waited, self.ideal.done)
    }

    /// The mean waits of the caller that had it best and of the one that had it worst, of those callers that are
    /// alike; where there are several kinds, of the kind with the greatest difference.
    pub fn spread(&self) -> (Nanos, Nanos) {
        let mut of_crowd = BTreeMap::new();
        for share in self.shares.iter().filter(|share| share.done > 0) {
            let mean = mean(share.waited, share.done as usize);
            let (best, worst) = of_crowd.entry(share.crowd).or_insert((mean, mean));
            (*best, *worst) = (mean.min(*best), mean.max(*worst));
        }
        of_crowd.into_values().max_by_key(|(best, worst)| worst - best).unwrap_or_default()
    }

    /// The mean wait of each language's callers, in the largest crowd; none where that is so small that chance
    /// decides.
    pub fn by_language(&self) -> Option<[(Language, Nanos); 4]> {
        let size = |crowd| self.shares.iter().filter(|share| share.crowd == crowd).count();
        let largest = self.shares.iter().map(|share| share.crowd).max_by_key(|crowd| size(*crowd))?;
        let of = |language| {
            let alike = |share: &&Share| share.crowd == largest && share.language == language;
            let sum = |(waited, done), share: &Share| (waited + share.waited, done + share.done as usize);
            let (waited, done) = self.shares.iter().filter(alike).fold((0, 0), sum);
            (language, mean(waited, done))
        };
        (size(largest) >= CROWD).then(|| Language::ALL.map(of))
    }

    /// What was promised and does not hold.
    pub fn broken(&self, scene: &Scene) -> Vec<String> {
        let promise = scene.promise;
        let mut broken = Vec::new();
        let mut at_most = |what: &str, is: u128, most: u128| {
            if is > most {
                broken.push(format!("{what}: {is}, at most {most} are promised"));
            }
        };
        let lessons = if scene.setting.is_some() && promise.lessons == 0 {
            "429001 with the rate known"
        } else {
            "429001 that teach"
        };
        at_most(lessons, self.throttled.lessons as u128, promise.lessons as u128);
        at_most("429001 that were in the air", self.throttled.under_way as u128, promise.in_air as u128);
        at_most("429000", self.exhausted.lessons as u128, promise.exhausted as u128);
        let blocks = scene.events.iter().filter(|(_, event)| matches!(event, Event::Block)).count();
        at_most("403002 that teach", self.blocked.lessons as u128, blocks as u128);
        at_most("hundredths of a percent over the ideal end", self.late().into(), promise.late.into());
        let more = |ideal: u128| ideal + ideal * u128::from(promise.late) / 10_000;
        // A caller that died in the queue is missed after a few seconds.
        let longest = more(self.ideal.longest.into()) + u128::from((5 + promise.surprise) * SECOND);
        at_most("longest wait in ns", self.longest.into(), longest);
        let waited = more(self.ideal_wait().into()) * (10_000 + TURNS) / 10_000
            + u128::from(SECOND / 2 + promise.surprise * SECOND / 10);
        at_most("mean wait in ns", self.mean_wait().into(), waited);
        if let Some(languages) = self.by_language() {
            let waits = languages.map(|(_, wait)| u128::from(wait));
            let (least, most) =
                waits.iter().fold((u128::MAX, 0), |(least, most), wait| (least.min(*wait), most.max(*wait)));
            at_most("mean wait of the worst language in ns", most, least * (10_000 + TURNS) / 10_000);
        }
        if promise.all_done {
            at_most(
                "calls that the ideal schedule served and ours did not",
                self.ideal.done.saturating_sub(self.done) as u128,
                0,
            );
        }
        let held = |quota: &Quota| {
            quota.in_flight
                + quota.throttle.waiting
                + quota.families.iter().map(|family| family.in_flight + family.reserved).sum::<u64>()
        };
        at_most(
            "permits and places that nobody has any more",
            self.quota.iter().map(held).sum::<u64>().into(),
            0,
        );
        broken
    }
}

fn mean(sum: u128, of: usize) -> Nanos {
    u64::try_from(sum / of.max(1) as u128).unwrap_or(u64::MAX)
}

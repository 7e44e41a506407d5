//! The ledger of a fleet, in a Redis.
//!
//! Callers never wait for the network: a thread of this process does, and they wait for the thread, as long
//! as their patience lasts. A forked child makes a thread and a connection of its own, and leaves those of
//! its parent alone.

mod address;
mod connection;
mod resp;
mod slot;
mod store;
mod trouble;
mod worker;

use std::collections::BTreeSet;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use mdcloud_process::ledger::{ABSENT, ANSWERED, Account, Answer, Ask, REFUSE, RESERVE, Tell};
use once_cell::race::OnceBox;

pub(crate) use address::Address;
pub(crate) use connection::Roots;

use super::snapshot::AccountView;
use super::store::{Outside, StoreError};
use crate::error::Status;
use crate::wait::Patience;
use slot::{Nothing, Slot};
use store::LONGEST;
use worker::{Glimpses, Job, Worker};

/// Reads answers as long as there are any.
#[cfg(feature = "fuzzing")]
pub(super) fn read_for_fuzzing(mut data: &[u8]) {
    while let Ok(_answer) = resp::read(&mut data) {}
}

/// How long a caller waits: the exchange before its own may be a slow one too.
const MOST_WAIT: Duration = LONGEST.saturating_add(Duration::from_millis(250));

/// What is known of a block is looked at again after this time, while only free calls are made; sooner
/// where Redis was away.
const LOOK: Duration = Duration::from_secs(10);
const LOOK_AFTER_FAILURE: Duration = Duration::from_secs(1);

/// How long the end of a client waits for what it has told last.
const MOST_FLUSH: Duration = Duration::from_millis(250);

/// The ticket of calls that cost nothing and are not throttled: Redis does not hear of them.
const FREE: u64 = (1 << 62) - 1;

/// Which Redis, and whom to trust there.
#[derive(Clone)]
struct Place {
    address: Arc<Address>,
    roots: Roots,
}

/// Every ledger in one Redis, as this process and its forked children use it.
pub(crate) struct Fleet {
    place: Place,
    hands: Hands,
}

/// The thread of one process in a line of forks. The list only grows, without a lock.
struct Hands {
    generation: u64,
    jobs: Option<Sender<Job>>,
    glimpses: Glimpses,
    next: OnceBox<Hands>,
}

impl Fleet {
    /// Connects with the first call.
    pub(crate) fn new(address: Address, roots: Roots) -> Self {
        let place = Place { address: Arc::new(address), roots };
        let hands = Hands::new(&place);
        Fleet { place, hands }
    }

    /// Those of this process.
    fn hands(&self) -> &Hands {
        let generation = mdcloud_process::fork_generation();
        let mut hands = &self.hands;
        while hands.generation != generation {
            hands = hands.next.get_or_init(|| Box::new(Hands::new(&self.place)));
        }
        hands
    }

    /// Those of this process, if it has any yet.
    fn made(&self) -> Option<&Hands> {
        let generation = mdcloud_process::fork_generation();
        let mut hands = &self.hands;
        while hands.generation != generation {
            hands = hands.next.get()?;
        }
        Some(hands)
    }

    fn hand_over(&self, job: Job) -> Result<(), StoreError> {
        let jobs = self.hands().jobs.as_ref();
        match jobs.is_some_and(|jobs| jobs.send(job).is_ok()) {
            true => Ok(()),
            false => Err(self.error("its thread could not be started")),
        }
    }

    fn error(&self, what: &str) -> StoreError {
        StoreError::new(Status::Network, format!("{}: {what}", self.place.address))
    }

    /// Decides on a call that costs nothing and is not throttled, on what was seen last.
    fn ask_free(&self, ask: &Ask) -> Option<Result<Answer, StoreError>> {
        if ask.cost > 0 || ask.throttled != 0 || ask.operation == RESERVE {
            return None;
        }
        let now = Instant::now();
        let mut glimpses = self.hands().glimpses.lock().unwrap_or_else(PoisonError::into_inner);
        let glimpse = glimpses.entry(ask.account).or_default();
        if glimpse.throttled.contains(&ask.operation) {
            return None;
        }
        let again_after = if glimpse.trouble.is_some() { LOOK_AFTER_FAILURE } else { LOOK };
        if glimpse.looked.is_none_or(|looked| now.saturating_duration_since(looked) >= again_after) {
            glimpse.looked = Some(now);
            if let Err(error) = self.hand_over(Job::Look(ask.account)) {
                return Some(Err(error));
            }
        }
        if let Some(trouble) = &glimpse.trouble {
            return Some(Err(trouble.clone()));
        }
        let blocked = glimpse.blocked_until.map(|until| until.saturating_duration_since(now));
        Some(Ok(match blocked.filter(|left| !left.is_zero()) {
            None => Answer::go(FREE, 0),
            Some(left) => Answer {
                verdict: REFUSE,
                status: Status::Blocked as i32,
                wait_ns: u64::try_from(left.as_nanos()).unwrap_or(ABSENT),
                ..Answer::go(0, 0)
            },
        }))
    }
}

impl Hands {
    fn new(place: &Place) -> Self {
        let (jobs, received) = mpsc::channel();
        let glimpses = Glimpses::default();
        let worker = Worker::new(place.clone(), Arc::clone(&glimpses));
        let work = move || worker.work(&received);
        let started = std::thread::Builder::new().name("mdcloud-redis".to_owned()).spawn(work);
        Hands {
            generation: mdcloud_process::fork_generation(),
            jobs: started.is_ok().then_some(jobs),
            glimpses,
            next: OnceBox::new(),
        }
    }
}

impl Drop for Hands {
    fn drop(&mut self) {
        // A lock in there may be held by a thread that only the parent has.
        if self.generation != mdcloud_process::fork_generation() {
            std::mem::forget((self.jobs.take(), Arc::clone(&self.glimpses)));
        }
    }
}

impl Outside for Fleet {
    fn ask(&self, ask: &Ask, patience: &Patience) -> Result<Answer, StoreError> {
        if let Some(decided) = self.ask_free(ask) {
            return decided;
        }
        let slot = Arc::new(Slot::new());
        let ticket = if ask.ticket == FREE { 0 } else { ask.ticket };
        self.hand_over(Job::Ask(Ask { ticket, ..*ask }, Arc::clone(&slot)))?;
        match slot.wait(Some(patience), Instant::now() + MOST_WAIT) {
            Ok(answer) => answer,
            Err(Nothing::Late) => Err(self.error("it does not answer in time")),
            Err(Nothing::Stopped(_)) => Err(self.error("its caller has stopped waiting")),
        }
    }

    fn tell(&self, tell: &Tell) -> Result<(), StoreError> {
        let mut tell = *tell;
        if tell.ticket == FREE {
            let is_news = matches!(tell.http_status, 403 | 429)
                || tell.limit != ABSENT
                || tell.remaining != ABSENT
                || tell.bad_headers > 0;
            if tell.outcome != ANSWERED || !is_news {
                return Ok(());
            }
            tell.ticket = 0;
        }
        self.hand_over(Job::Tell(tell, Instant::now()))
    }

    fn view(&self, accounts: &BTreeSet<Account>) -> Result<(Vec<AccountView>, Option<String>), StoreError> {
        let slot = Arc::new(Slot::new());
        self.hand_over(Job::View(accounts.clone(), Arc::clone(&slot)))?;
        slot.wait(None, Instant::now() + MOST_WAIT)
            .unwrap_or_else(|_| Err(self.error("it does not answer in time")))
    }

    fn flush(&self) {
        // A child that has asked nothing has nothing to tell, and needs no thread for that.
        let Some(jobs) = self.made().and_then(|hands| hands.jobs.as_ref()) else { return };
        let slot = Arc::new(Slot::new());
        if jobs.send(Job::Flush(Arc::clone(&slot))).is_ok() {
            let _ = slot.wait(None, Instant::now() + MOST_FLUSH);
        }
    }
}

#[cfg(test)]
mod fleet_tests;
#[cfg(test)]
#[path = "../../../tests/support/redis_server.rs"]
mod server;
#[cfg(test)]
mod trouble_tests;

//! The thread that speaks with Redis. What callers hand over while it is busy goes into its next exchange
//! together.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mdcloud_process::ledger::{Account, Answer, Ask, GO, NOT_SENT, REFUSE, Tell};

use super::Place;
use super::slot::Slot;
use super::store::{BEAT, RedisStore};
use crate::quota::shared::Shared;
use crate::quota::snapshot::AccountView;
use crate::quota::store::StoreError;

/// How long to leave a Redis alone that has failed, where nobody asks.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Most news kept for a Redis that is away.
const MOST_NEWS: usize = 10_000;

/// Most jobs in one go.
const MOST_JOBS: usize = 1_000;

pub(super) type Granted = Slot<Result<Answer, StoreError>>;
pub(super) type Viewed = Slot<Result<(Vec<AccountView>, Option<String>), StoreError>>;

/// What is handed over to the thread.
pub(super) enum Job {
    Ask(Ask, Arc<Granted>),
    Tell(Tell, Instant),
    /// Have a look at an account of which only free calls are made.
    Look(Account),
    /// What there is to be seen of these accounts.
    View(BTreeSet<Account>, Arc<Viewed>),
    /// Answered once all that was handed over before has been tried.
    Flush(Arc<Slot<()>>),
}

/// What callers may know of an account without asking Redis.
#[derive(Clone, Default)]
pub(super) struct Glimpse {
    /// All calls are to stop until then.
    pub(super) blocked_until: Option<Instant>,
    /// Operations that are throttled although the table says that they are not.
    pub(super) throttled: BTreeSet<i32>,
    pub(super) looked: Option<Instant>,
    /// Why Redis could not be used the last time.
    pub(super) trouble: Option<StoreError>,
}

pub(super) type Glimpses = Arc<Mutex<BTreeMap<Account, Glimpse>>>;

pub(super) struct Worker {
    place: Place,
    /// This process among all that share the ledger; process numbers repeat from machine to machine.
    holder: u64,
    ledgers: BTreeMap<Account, Ledger>,
    glimpses: Glimpses,
}

/// One account.
struct Ledger {
    shared: Shared<RedisStore>,
    /// Tickets of calls that this process has in flight.
    held: BTreeSet<u64>,
    /// What Redis has not heard yet, and when it happened.
    news: VecDeque<(Tell, Instant)>,
    /// When Redis was last told that this process lives.
    beat: Option<Instant>,
    /// When the last exchange failed, if it did.
    failed: Option<Instant>,
}

/// What is to be done for one account in one exchange.
#[derive(Default)]
struct Batch {
    asks: Vec<(Ask, Arc<Granted>)>,
    views: bool,
}

impl Worker {
    pub(super) fn new(place: Place, glimpses: Glimpses) -> Self {
        let holder = RandomState::new().hash_one((mdcloud_process::holder(), Instant::now())).max(1);
        Worker { place, holder, ledgers: BTreeMap::new(), glimpses }
    }

    /// Works until nobody can hand anything over any more.
    pub(super) fn work(mut self, jobs: &Receiver<Job>) {
        loop {
            let first = match self.pause() {
                None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(pause) => jobs.recv_timeout(pause),
            };
            match first {
                Ok(first) => self.turn(std::iter::once(first).chain(jobs.try_iter().take(MOST_JOBS))),
                Err(RecvTimeoutError::Timeout) => self.turn(std::iter::empty()),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// How long there is nothing to do without being asked.
    fn pause(&self) -> Option<Duration> {
        self.ledgers.values().filter_map(Ledger::pause).min()
    }

    fn turn(&mut self, jobs: impl Iterator<Item = Job>) {
        let mut batches: BTreeMap<Account, Batch> = BTreeMap::new();
        let (mut viewers, mut flushers) = (Vec::new(), Vec::new());
        for job in jobs {
            match job {
                Job::Ask(ask, slot) => batches.entry(ask.account).or_default().asks.push((ask, slot)),
                Job::Tell(tell, at) => {
                    self.ledger(tell.account).hear(tell, at);
                    batches.entry(tell.account).or_default();
                }
                Job::Look(account) => drop(batches.entry(account).or_default()),
                Job::View(accounts, slot) => {
                    accounts.into_iter().for_each(|account| batches.entry(account).or_default().views = true);
                    viewers.push(slot);
                }
                Job::Flush(slot) => flushers.push(slot),
            }
        }
        for (account, ledger) in &self.ledgers {
            if ledger.pause() == Some(Duration::ZERO) {
                batches.entry(*account).or_default();
            }
        }
        let mut views = Ok((Vec::new(), None));
        for (account, batch) in batches {
            let (holder, glimpses) = (self.holder, Arc::clone(&self.glimpses));
            match self.ledger(account).exchange(account, holder, batch, &glimpses) {
                Ok((seen, note)) => {
                    if let Ok((all, notes)) = &mut views {
                        all.extend(seen);
                        *notes = notes.take().or(note);
                    }
                }
                Err(error) => views = Err(error),
            }
        }
        for slot in viewers {
            let _ = slot.fill(views.clone());
        }
        for slot in flushers {
            let _ = slot.fill(());
        }
    }

    fn ledger(&mut self, account: Account) -> &mut Ledger {
        self.ledgers.entry(account).or_insert_with(|| {
            let fingerprint = crate::quota::fingerprint(&account);
            let store = RedisStore::new(self.place.clone(), &fingerprint, self.holder);
            Ledger {
                shared: Shared::new(store, self.holder),
                held: BTreeSet::new(),
                news: VecDeque::new(),
                beat: None,
                failed: None,
            }
        })
    }
}

impl Ledger {
    fn pause(&self) -> Option<Duration> {
        if self.news.is_empty() && self.held.is_empty() {
            return None;
        }
        let left = |of: Duration, since: Option<Instant>| {
            since.map_or(Duration::ZERO, |since| of.saturating_sub(since.elapsed()))
        };
        Some(match self.failed {
            Some(_) => left(AFTER_FAILURE, self.failed),
            None if self.news.is_empty() => left(BEAT, self.beat),
            None => Duration::ZERO,
        })
    }

    fn hear(&mut self, tell: Tell, at: Instant) {
        if self.news.len() == MOST_NEWS {
            self.news.pop_front();
        }
        self.news.push_back((tell, at));
    }

    /// Tells, asks and looks, all in one step; gives what there is to be seen if somebody wants to.
    fn exchange(
        &mut self,
        account: Account,
        holder: u64,
        batch: Batch,
        glimpses: &Glimpses,
    ) -> Result<(Vec<AccountView>, Option<String>), StoreError> {
        let asks: Vec<_> = batch.asks.into_iter().filter(|(_, slot)| !slot.is_left()).collect();
        let Ledger { shared, held, news, beat, .. } = self;
        let is_beat = !held.is_empty() && beat.is_none_or(|beat| beat.elapsed() >= BEAT);
        let done = shared.with(|tracker, now| {
            // An answer that was lost on its way granted calls that nobody makes.
            tracker.give_back(account, now, holder, &|ticket| held.contains(&ticket));
            for (tell, at) in news.iter() {
                let ago = u64::try_from(at.elapsed().as_nanos()).unwrap_or(0);
                tracker.tell(now, &Tell { ago_ns: tell.ago_ns.saturating_add(ago), ..*tell });
            }
            if is_beat {
                tracker.touch();
            }
            let answers: Vec<Answer> = asks.iter().map(|(ask, _)| tracker.ask(now, ask)).collect();
            let view = if batch.views { tracker.view(now) } else { Vec::new() };
            (answers, view, tracker.free_calls(&account, now))
        });
        self.failed = done.is_err().then(Instant::now);
        let (answers, view, (blocked_for, throttled)) = match done {
            Ok(done) => done,
            Err(error) => {
                for (_, slot) in asks {
                    let _ = slot.fill(Err(error.clone()));
                }
                let mut glimpses = glimpses.lock().unwrap_or_else(PoisonError::into_inner);
                glimpses.entry(account).or_default().trouble = Some(error.clone());
                return Err(error);
            }
        };
        for (tell, _) in self.news.drain(..) {
            self.held.remove(&tell.ticket);
        }
        if is_beat || answers.iter().any(|answer| answer.verdict == GO) {
            self.beat = Some(Instant::now());
        }
        let now = Instant::now();
        let blocked_until = Some(blocked_for).filter(|ns| *ns > 0).map(|ns| now + Duration::from_nanos(ns));
        let glimpse = Glimpse { blocked_until, throttled, looked: Some(now), trouble: None };
        glimpses.lock().unwrap_or_else(PoisonError::into_inner).insert(account, glimpse);
        for (answer, (_, slot)) in answers.into_iter().zip(asks) {
            let (verdict, ticket) = (answer.verdict, answer.ticket);
            if verdict == GO {
                self.held.insert(ticket);
            }
            // Who has left makes no call.
            if slot.fill(Ok(answer)).is_err() && verdict != REFUSE {
                self.hear(Tell::new(account, ticket, NOT_SENT), now);
            }
        }
        Ok((view, self.shared.note.clone()))
    }
}

//! A ledger outside of this process, with one inside to go on with while the other cannot be used.
//!
//! What the outside ledger allows and hears is told to the inside one all along, so that it knows how
//! things stand when it is needed. What the inside one allows meanwhile is kept, and told to the outside
//! one when that is back. So each knows of all calls of this process, and no limit is overrun by a change
//! from one to the other.

use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use mdcloud_process::ledger::{
    ANSWERED, Account, Answer, Ask, GO, LOST, Ledger, NOT_SENT, Name, RESERVE, SAID, STARTED, Tell,
};

use super::snapshot::AccountView;
use super::store::{Outside, StoreError};
use crate::sync::ForkMutex;
use crate::wait::Patience;

/// How long a store that has failed is left alone, so that not every call waits for it in vain.
const PAUSE: Duration = Duration::from_secs(1);

/// How many news are kept for a store that is away; older ones are dropped.
const MOST_UNTOLD: usize = 4096;

/// Two ledgers, of which the outside one decides as long as it can be used.
pub(crate) struct Backed {
    outside: Box<dyn Outside>,
    inside: &'static dyn Ledger,
    /// Marks the tickets of the inside one. Each pair in a stack of them needs a bit of its own.
    mark: u64,
    away: &'static ForkMutex<Away>,
}

/// What is known of an outside ledger that cannot be used.
#[derive(Default)]
struct Away {
    /// Why; `None` while it is in use.
    error: Option<StoreError>,
    /// When to try again.
    until: Option<Instant>,
    /// What it has missed, oldest first.
    untold: VecDeque<(Tell, Instant)>,
}

enum Turn {
    InUse,
    /// It is to be tried again, by this thread only.
    Try,
    LeftAlone(StoreError),
}

impl Away {
    fn turn(&mut self) -> Turn {
        let Some(error) = &self.error else { return Turn::InUse };
        let now = Instant::now();
        if self.until.is_some_and(|until| now < until) {
            return Turn::LeftAlone(error.clone());
        }
        self.until = Some(now + PAUSE);
        Turn::Try
    }

    fn keep(&mut self, tell: Tell, since: Instant) {
        if self.untold.len() == MOST_UNTOLD {
            self.untold.pop_front();
        }
        self.untold.push_back((tell, since));
    }

    /// In a forked child: what the parent did is the parent's to tell.
    fn forget(&mut self) {
        self.untold.clear();
    }
}

impl Backed {
    pub(crate) fn new(outside: Box<dyn Outside>, inside: &'static dyn Ledger, mark: u64) -> Self {
        Backed { outside, inside, mark, away: ForkMutex::leaked(Away::default(), Away::forget) }
    }

    /// May this call start? Fails only where the caller is strict, or has stopped waiting.
    pub(crate) fn ask(&self, ask: &Ask, strict: bool, patience: &Patience) -> Result<Answer, StoreError> {
        let is_inside = |ticket: u64| ticket & self.mark != 0;
        let there = Ask {
            ticket: if is_inside(ask.ticket) { 0 } else { ask.ticket },
            reservation: if is_inside(ask.reservation) { 0 } else { ask.reservation },
            ..*ask
        };
        let asked = self.outside(|outside| outside.ask(&there, patience), || patience.check().is_err());
        match asked {
            Ok(answer) => {
                if is_inside(ask.ticket) {
                    self.tell(&Tell::new(ask.account, ask.ticket, NOT_SENT));
                }
                if answer.verdict == GO && ask.operation != RESERVE {
                    self.inside.tell(&started(ask, &answer));
                }
                Ok(answer)
            }
            Err(error) if strict || patience.check().is_err() => Err(error),
            Err(_) => Ok(self.ask_inside(ask)),
        }
    }

    fn ask_inside(&self, ask: &Ask) -> Answer {
        let own = |ticket: u64| if ticket & self.mark != 0 { ticket & !self.mark } else { 0 };
        let here = Ask { ticket: own(ask.ticket), reservation: own(ask.reservation), ..*ask };
        let mut answer = self.inside.ask(&here);
        if ask.ticket != 0 && here.ticket == 0 {
            self.tell_outside(Tell::new(ask.account, ask.ticket, NOT_SENT));
        }
        answer.ticket |= self.mark;
        if answer.verdict == GO && ask.operation != RESERVE {
            // With its ticket until it is told, in case that nothing is sent after all.
            self.tell_outside(Tell { ticket: answer.ticket, ..started(ask, &answer) });
        }
        answer
    }

    /// What became of a call.
    pub(crate) fn tell(&self, tell: &Tell) {
        let elsewhere = Tell { ticket: 0, ..*tell };
        if tell.ticket & self.mark == 0 {
            if matches!(tell.outcome, ANSWERED | SAID) {
                self.inside.tell(&elsewhere);
            }
            return self.tell_outside(*tell);
        }
        self.inside.tell(&Tell { ticket: tell.ticket & !self.mark, ..*tell });
        match tell.outcome {
            NOT_SENT => {
                let is_its_start = |kept: &Tell| kept.outcome == STARTED && kept.ticket == tell.ticket;
                self.away.lock().untold.retain(|(kept, _)| !is_its_start(kept));
            }
            ANSWERED => self.tell_outside(elsewhere),
            // It was counted when it started.
            LOST => {}
            _ => {}
        }
    }

    /// All that the outside ledger knows.
    pub(crate) fn view(
        &self,
        accounts: &BTreeSet<Account>,
    ) -> Result<(Vec<AccountView>, Option<String>), StoreError> {
        self.outside(|outside| outside.view(accounts), || false)
    }

    /// A client ends.
    pub(crate) fn flush(&self) {
        if self.away.lock().error.is_none() {
            self.outside.flush();
        }
    }

    /// Uses the outside ledger, if it is there or due to be tried again.
    fn outside<R>(
        &self,
        act: impl FnOnce(&dyn Outside) -> Result<R, StoreError>,
        is_stopped: impl Fn() -> bool,
    ) -> Result<R, StoreError> {
        let turn = self.away.lock().turn();
        let done = match turn {
            Turn::LeftAlone(error) => return Err(error),
            Turn::InUse => act(&*self.outside),
            // First what it has missed, so that it decides on all that there is.
            Turn::Try => self.catch_up(false).and_then(|()| act(&*self.outside)).and_then(|done| {
                self.catch_up(true)?;
                Ok(done)
            }),
        };
        // A caller who has had enough says nothing of the store.
        done.inspect_err(|error| {
            if !is_stopped() {
                self.failed(error)
            }
        })
    }

    /// Tells the outside ledger what it has missed; after that it is in use again, if `and_use` says so.
    fn catch_up(&self, and_use: bool) -> Result<(), StoreError> {
        loop {
            let mut away = self.away.lock();
            let Some((tell, since)) = away.untold.pop_front() else {
                if and_use {
                    away.error = None;
                    drop(away);
                    log::info!("mdcloud: the quota store can be used again");
                }
                return Ok(());
            };
            drop(away);
            if let Err(error) = self.outside.tell(&aged(tell, since)) {
                self.away.lock().untold.push_front((tell, since));
                return Err(error);
            }
        }
    }

    fn tell_outside(&self, tell: Tell) {
        let since = Instant::now();
        let mut away = self.away.lock();
        if away.error.is_some() {
            return away.keep(tell, since);
        }
        drop(away);
        if let Err(error) = self.outside.tell(&aged(tell, since)) {
            self.failed(&error);
            self.away.lock().keep(tell, since);
        }
    }

    fn failed(&self, error: &StoreError) {
        let mut away = self.away.lock();
        let before = away.error.replace(error.clone());
        away.until = Some(Instant::now() + PAUSE);
        drop(away);
        if before.is_none() {
            log::warn!("mdcloud: the quota store cannot be used: {}", error.detail);
        }
    }
}

/// News of a call that one ledger has allowed, for the other.
fn started(ask: &Ask, answer: &Answer) -> Tell {
    let mut tell = Tell::new(ask.account, 0, STARTED);
    (tell.operation, tell.throttled) = (ask.operation, ask.throttled);
    if ask.cost > 0 {
        tell.cost = answer.granted;
        tell.family = if answer.family.is_empty() { ask.family } else { answer.family };
    } else {
        tell.family = Name::EMPTY;
    }
    tell
}

/// As it is told now.
fn aged(tell: Tell, since: Instant) -> Tell {
    let ago = u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX);
    // A start carries the inside ledger's ticket, for this file only.
    let ticket = if tell.outcome == STARTED { 0 } else { tell.ticket };
    Tell { ticket, ago_ns: tell.ago_ns.saturating_add(ago), ..tell }
}

#[cfg(test)]
#[path = "backed_tests.rs"]
mod tests;

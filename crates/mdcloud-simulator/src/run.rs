//! Lets a scene happen: virtual time goes from event to event, and every caller does what the library's own
//! callers do: ask, wait as told, send, tell.

use std::collections::{BTreeMap, BTreeSet};

use mdcloud::__simulator::read_answer;
use mdcloud_process::ledger::{ANSWERED, Answer, Ask, GO, LOST, NOT_SENT, Name, RESERVE, Tell, WAIT};

use crate::books::{Books, Failure};
use crate::chance::Chance;
use crate::ideal;
use crate::plan::{self, CallerPlan, Fate, Job};
use crate::record::{Outcome, Record};
use crate::scene::{Event, Language, LedgerKind, Nanos, SECOND, Scene};
use crate::service::{Reply, Request, Service};

/// Virtual time begins an hour in, as the ledger's own does.
pub const START: Nanos = 3600 * SECOND;

/// The one account of a scene.
const ACCOUNT: [u8; 16] = [7; 16];

/// Whoever waits for an allowance does not stand in line, and may sleep longer.
const LONG_SLICE: Nanos = 60 * SECOND;

/// A scene that has not ended by then goes round in circles.
const MOST_EVENTS: u64 = 3_000_000;

/// How soon a process notices that another is gone.
const BURIAL: Nanos = SECOND;

enum Happens {
    /// A caller wakes up and asks.
    Wakes(usize),
    /// Its request reaches the service.
    Arrives(usize),
    /// The answer reaches the caller; `None` if it never does.
    Hears(usize, Option<Box<Reply>>),
    /// Something of the scene's.
    Event(Event),
    /// The survivors notice that a process is gone.
    Buried(usize),
}

struct Caller {
    plan: CallerPlan,
    next: usize,
    /// Of the call that it makes or waits for; 0 for none.
    ticket: u64,
    /// When it first asked for the present call.
    asked: Option<Nanos>,
    granted: Nanos,
    /// Of its reservation.
    reservation: u64,
    /// The present call has already failed to leave the house.
    was_unsent: bool,
}

/// A scene on its way.
pub struct Run<'a> {
    scene: &'a Scene,
    books: Books,
    service: Service,
    callers: Vec<Caller>,
    dead: BTreeSet<usize>,
    /// What happens when; what was planned first comes first.
    agenda: BTreeMap<(Nanos, u64), Happens>,
    planned: u64,
    record: Record,
}

/// Lets a scene happen, with everything by chance drawn from `seed`.
pub fn run(scene: &Scene, seed: u64) -> Result<Record, Failure> {
    let mut chance = Chance::new(seed);
    let plans = plan::draw(scene, START, &mut chance);
    let processes = plans.iter().map(|plan| plan.process + 1).max().unwrap_or(1);
    let mut run = Run {
        scene,
        books: Books::open(scene.ledger, processes),
        service: Service::new(scene.service.clone(), chance),
        record: Record::new(&plans, ideal::schedule(scene, &plans)),
        callers: plans.into_iter().map(Caller::new).collect(),
        dead: BTreeSet::new(),
        agenda: BTreeMap::new(),
        planned: 0,
    };
    for (second, event) in &scene.events {
        run.at(START + second * SECOND, Happens::Event(*event));
    }
    for caller in 0..run.callers.len() {
        run.wake_for_next(caller, START);
    }
    run.play(processes)
}

impl Caller {
    fn new(plan: CallerPlan) -> Self {
        Caller { plan, next: 0, ticket: 0, asked: None, granted: 0, reservation: 0, was_unsent: false }
    }

    fn job(&self) -> Option<&Job> {
        self.plan.jobs.get(self.next)
    }
}

impl Run<'_> {
    fn at(&mut self, time: Nanos, what: Happens) {
        self.planned += 1;
        self.agenda.insert((time, self.planned), what);
    }

    fn play(mut self, processes: usize) -> Result<Record, Failure> {
        let mut now = START;
        while let Some(((time, _), what)) = self.agenda.pop_first() {
            now = time;
            if self.planned > MOST_EVENTS {
                return Err(format!("no end after {MOST_EVENTS} events, at {} s", (now - START) / SECOND));
            }
            match what {
                Happens::Wakes(caller) => self.ask(now, caller)?,
                Happens::Arrives(caller) => self.arrive(now, caller),
                Happens::Hears(caller, reply) => self.hear(now, caller, reply.as_deref())?,
                Happens::Event(event) => self.event(now, event),
                Happens::Buried(gone) => {
                    if let Some(seer) = (0..processes).find(|process| !self.dead.contains(process)) {
                        self.books.bury(seer, gone, now)?;
                    }
                }
            }
        }
        let seer = (0..processes).find(|process| !self.dead.contains(process)).unwrap_or(0);
        self.record.end(now, self.books.quota(seer, now)?);
        Ok(self.record)
    }

    fn ask(&mut self, now: Nanos, number: usize) -> Result<(), Failure> {
        let caller = &mut self.callers[number];
        let Some(job) = caller.job().copied() else { return Ok(()) };
        if self.dead.contains(&caller.plan.process) {
            return Ok(());
        }
        let asked = *caller.asked.get_or_insert(now);
        let mut ask = Ask::new(ACCOUNT);
        // By their numbers in the table: an upload, a bulk lookup, a lookup.
        ask.operation = operation(&job.request);
        ask.ticket = caller.ticket;
        ask.family = Name::new(job.request.family);
        ask.cost = job.request.cost as u32;
        ask.at_least = ask.cost;
        ask.throttled = u32::from(job.request.throttled);
        ask.max_wait_ns = caller.plan.max_wait.saturating_sub(now - asked);
        ask.leave = caller.plan.leave;
        ask.reservation = caller.reservation;
        let reserving = caller.plan.reserves && caller.reservation == 0;
        if reserving {
            ask.operation = RESERVE;
            ask.cost = caller.plan.jobs.iter().map(|job| job.request.cost as u32).sum();
            (ask.at_least, ask.throttled, ask.leave) = (ask.cost, 0, 0);
        }
        if let Some((requests, seconds)) = self.scene.setting {
            (ask.throttle_requests, ask.throttle_window_ns) = (requests, seconds * SECOND);
        }
        let process = caller.plan.process;
        let answer = self.books.ask(process, now, &ask)?;
        self.record.decided(now, &answer);
        let caller = &mut self.callers[number];
        caller.ticket = answer.ticket;
        match answer.verdict {
            GO if reserving => {
                (caller.reservation, caller.ticket) = (answer.ticket, 0);
                self.at(now, Happens::Wakes(number));
            }
            GO => self.send(now, number, &job)?,
            WAIT if answer.wait_ns == 0 => return Err("a caller was told to wait for no time".to_owned()),
            WAIT => {
                let slice = slice(&answer, caller.plan.language);
                self.at(now + slice, Happens::Wakes(number));
            }
            _ => self.over(now, number, Outcome::RefusedHere)?,
        }
        Ok(())
    }

    fn send(&mut self, now: Nanos, number: usize, job: &Job) -> Result<(), Failure> {
        let caller = &mut self.callers[number];
        caller.granted = now;
        if job.fate == Fate::Unsent && !caller.was_unsent {
            caller.was_unsent = true;
            let tell = Tell::new(ACCOUNT, caller.ticket, NOT_SENT);
            caller.ticket = 0;
            let process = caller.plan.process;
            self.at(now, Happens::Wakes(number));
            return self.books.tell(process, now, &tell);
        }
        self.at(now + job.there, Happens::Arrives(number));
        Ok(())
    }

    fn arrive(&mut self, now: Nanos, number: usize) {
        let caller = &self.callers[number];
        let Some(job) = caller.job().copied() else { return };
        let reply = self.service.arrive(now, &job.request);
        self.record.arrived(caller.granted, reply.code);
        let heard = Some(Box::new(reply)).filter(|_| job.fate != Fate::Lost);
        self.at(now + job.back, Happens::Hears(number, heard));
    }

    fn hear(&mut self, now: Nanos, number: usize, reply: Option<&Reply>) -> Result<(), Failure> {
        let caller = &mut self.callers[number];
        let Some(job) = caller.job().copied() else { return Ok(()) };
        if self.dead.contains(&caller.plan.process) {
            return Ok(());
        }
        let outcome = if reply.is_some() { ANSWERED } else { LOST };
        let mut tell = Tell::new(ACCOUNT, caller.ticket, outcome);
        tell.operation = operation(&job.request);
        if let Some(reply) = reply {
            let code = Some(reply.code).filter(|code| *code != 0);
            read_answer(&mut tell, reply.status, code, &reply.messages, &reply.headers);
        }
        self.books.tell(caller.plan.process, now, &tell)?;
        self.record.heard(now, tell.code);
        match tell.code {
            // Refused for the short window: the library asks again at its old place, with what is left of its
            // patience.
            429_001 => self.at(now, Happens::Wakes(number)),
            0 => {
                let waited = caller.granted - caller.asked.unwrap_or(caller.granted);
                let granted = caller.granted;
                self.over(now, number, Outcome::Done { granted, waited })?;
            }
            _ => self.over(now, number, Outcome::RefusedThere)?,
        }
        Ok(())
    }

    /// A call has ended, one way or another.
    fn over(&mut self, now: Nanos, number: usize, outcome: Outcome) -> Result<(), Failure> {
        self.record.over(number, outcome);
        let caller = &mut self.callers[number];
        (caller.ticket, caller.asked, caller.was_unsent) = (0, None, false);
        caller.next += 1;
        if caller.next == caller.plan.jobs.len() && caller.reservation != 0 {
            let tell = Tell::new(ACCOUNT, caller.reservation, NOT_SENT);
            let process = caller.plan.process;
            self.books.tell(process, now, &tell)?;
        }
        self.wake_for_next(number, now);
        Ok(())
    }

    fn wake_for_next(&mut self, number: usize, now: Nanos) {
        if let Some(job) = self.callers[number].job() {
            let time = job.wanted.max(now);
            self.at(time, Happens::Wakes(number));
        }
    }

    fn event(&mut self, now: Nanos, event: Event) {
        match event {
            Event::Kill(process) => {
                self.dead.insert(process);
                if self.scene.ledger == LedgerKind::Shared {
                    self.at(now + BURIAL, Happens::Buried(process));
                }
            }
            Event::SetClock(process, seconds) => self.books.set_clock(process, seconds),
            Event::Rate(limit) => self.service.set_rate(limit),
            Event::Reset => self.service.reset(),
            Event::Block => self.service.block(now),
            Event::Stranger(requests) => {
                let request = Request { family: "prevention_api", cost: 1, throttled: true };
                for _ in 0..requests {
                    self.service.arrive(now, &request);
                }
            }
        }
    }
}

fn slice(answer: &Answer, language: Language) -> Nanos {
    const THROTTLED: i32 = mdcloud::Status::Throttled as i32;
    answer.wait_ns.min(if answer.status == THROTTLED { language.slice() } else { LONG_SLICE })
}

fn operation(request: &Request) -> i32 {
    use mdcloud::Operation;
    match (request.family, request.throttled) {
        ("prevention_api", _) => Operation::FileSubmit as i32,
        (_, true) => Operation::HashLookupMany as i32,
        _ => Operation::HashLookup as i32,
    }
}

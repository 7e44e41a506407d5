//! One account's ledger under one key of a Redis.
//!
//! Clients do not lock: each decides on the version that it saw last and for the moment when its script will
//! run, and the script writes only if both are right. So an exchange that nobody disturbs is one round trip,
//! and a step that was held up on its way, after its client gave up, does nothing when it arrives.

use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

use super::Place;
use super::connection::{Connection, Script};
use super::resp::Reply;
use super::trouble::Trouble;
use crate::quota::store::{Change, Kept, Reading, Store, StoreError};

/// Longest time for one exchange, connecting included.
pub(super) const LONGEST: Duration = Duration::from_secs(1);

/// A process that has not been heard of for this long is gone. One that has calls in flight writes at least
/// every [`BEAT`].
const GONE: u64 = 30 * SECOND;
pub(super) const BEAT: Duration = Duration::from_secs(10);

/// A ledger that nobody has changed for this long goes: all but monthly windows are over by then.
const EXPIRY_S: &str = "604800";

/// Microseconds, in which Redis tells the time.
const SECOND: u64 = 1_000_000;

/// By how much a moment may be wrong: less than what the throttle adds to its windows for clocks. Where
/// the way to Redis is so uneven that this fails again and again, more is let pass.
const TOLERANCE: u64 = 2_000;
const PRECISE_TRIES: u32 = 4;

/// What was kept when the server was last heard.
#[derive(Default)]
struct Seen {
    /// Its version in the server's words: a number and who wrote it, so that no two writes look alike.
    version: Vec<u8>,
    number: u64,
    document: Vec<u8>,
    /// When each process last wrote.
    alive: BTreeMap<u64, u64>,
    /// For which moment it was written.
    at: u64,
}

/// When a step was sent, and what time it was on the server when it ran.
#[derive(Clone, Copy)]
struct Tick {
    sent: Instant,
    server: u64,
}

pub(super) struct RedisStore {
    place: Place,
    connection: Option<Connection>,
    exchange: Script,
    set_aside: Script,
    key: String,
    /// Who this process is, among all that share the ledger.
    holder: u64,
    seen: Option<Seen>,
    tick: Option<Tick>,
}

impl RedisStore {
    pub(super) fn new(place: Place, fingerprint: &str, holder: u64) -> Self {
        RedisStore {
            place,
            connection: None,
            exchange: Script::new(include_str!("exchange.lua")),
            set_aside: Script::new(include_str!("set_aside.lua")),
            key: format!("mdcloud:ledger:v1:{fingerprint}"),
            holder,
            seen: None,
            tick: None,
        }
    }

    /// Runs a script; on a new connection where the old one has been closed meanwhile.
    fn run(
        &mut self,
        which: fn(&Self) -> &Script,
        keys: &[&str],
        arguments: &[&[u8]],
        deadline: Instant,
    ) -> Result<Reply, Trouble> {
        loop {
            let (mut connection, is_old) = match self.connection.take() {
                Some(connection) => (connection, true),
                None => (Connection::open(&self.place.address, &self.place.roots, deadline)?, false),
            };
            let done = connection.run(which(self), keys, arguments, deadline);
            match &done {
                Err(Trouble::Broken(error)) if is_old && was_closed(error) => continue,
                Err(Trouble::Broken(_)) => {}
                _ => self.connection = Some(connection),
            }
            return done;
        }
    }

    /// Sends one step. Whether it found what was seen, at the right time; what it found instead is seen now.
    fn step(&mut self, wanted: Option<&[u8]>, at: u64, off: u64, deadline: Instant) -> Result<bool, Trouble> {
        let seen = self.seen.get_or_insert_default();
        let version = if seen.version.is_empty() { b"0".to_vec() } else { seen.version.clone() };
        let number = seen.number + 1;
        let next = format!("{number}-{:016x}", self.holder);
        let mut alive = seen.alive.clone();
        alive.retain(|_, last| *last + GONE >= at);
        alive.insert(self.holder, at);
        let alive_text = serde_json::to_vec(&alive).map_err(|_| Trouble::Strange)?;
        let key = self.key.clone();
        let (at_text, off_text) = (at.to_string(), off.to_string());
        let arguments: [&[u8]; 7] = [
            &version,
            wanted.unwrap_or_default(),
            &alive_text,
            at_text.as_bytes(),
            off_text.as_bytes(),
            next.as_bytes(),
            EXPIRY_S.as_bytes(),
        ];
        let sent = Instant::now();
        let answer = match self.run(|store| &store.exchange, &[&key], &arguments, deadline) {
            // What stands there is no ledger at all.
            Err(trouble) if trouble.says("WRONGTYPE") => {
                self.seen = Some(Seen { number: 1, ..Seen::default() });
                self.tick.get_or_insert(Tick { sent, server: 0 });
                return Ok(false);
            }
            answer => answer?,
        };
        let Reply::Parts(parts) = answer else { return Err(Trouble::Strange) };
        let mut parts = parts.into_iter();
        let mut next_part = || parts.next().ok_or(Trouble::Strange);
        let server = next_part()?.number().ok_or(Trouble::Strange)?;
        let kept = next_part()?.bytes().ok_or(Trouble::Strange)?;
        let done = next_part()?.number().ok_or(Trouble::Strange)? == 1;
        self.tick = Some(Tick { sent, server });
        let seen = self.seen.get_or_insert_default();
        if kept == version {
            if let (true, Some(document)) = (done, wanted) {
                *seen = Seen { version: next.into_bytes(), number, document: document.to_vec(), alive, at };
            }
            return Ok(done);
        }
        if kept == b"0" {
            // The server has forgotten all: what we know is the best there is.
            seen.version.clear();
            return Ok(false);
        }
        *seen = Seen::read(kept, next_part()?, next_part()?, next_part()?);
        Ok(false)
    }

    /// The moment at which a step that is sent now will run, if its way takes as long as that of the last.
    fn moment(&self, tick: Tick) -> u64 {
        let expected = tick.server + u64::try_from(tick.sent.elapsed().as_micros()).unwrap_or(0);
        // Others guess too: a moment a little before that of the last change is that one. Much before means
        // that the server's clock was set.
        let last = self.seen.as_ref().map_or(0, |seen| seen.at);
        if last.saturating_sub(expected) < SECOND { expected.max(last) } else { expected }
    }

    fn exchanged(&mut self, change: &mut Change<'_>) -> Result<(), Trouble> {
        let deadline = Instant::now() + LONGEST;
        let mut tries: u32 = 0;
        loop {
            let Some(tick) = self.tick else {
                self.step(None, 0, 0, deadline)?;
                continue;
            };
            let at = self.moment(tick);
            let seen = self.seen.get_or_insert_default();
            let time = Reading { run: 0, ticks: at * 1000, wall: at * 1000 };
            let is_strange = seen.number > 0 && seen.document.is_empty();
            let wanted = change(Kept { version: seen.number, document: &seen.document, time });
            if is_strange && wanted.is_none() {
                return Ok(());
            }
            let off = TOLERANCE << tries.saturating_sub(PRECISE_TRIES).min(10);
            if self.step(wanted.as_deref(), at, off, deadline)? {
                return Ok(());
            }
            tries += 1;
            if Instant::now() >= deadline {
                return Err(io::Error::from(io::ErrorKind::TimedOut).into());
            }
        }
    }

    fn put_aside(&mut self) -> Result<String, Trouble> {
        const TAKEN: Option<u64> = Some(2);
        let deadline = Instant::now() + LONGEST;
        let version = self.seen.take().unwrap_or_default().version;
        self.tick = None;
        let key = self.key.clone();
        for number in 1..100 {
            // The braces make a cluster keep both in one place.
            let aside = format!("{{{key}}}:damaged:{number}");
            let arguments: [&[u8]; 2] = [&version, EXPIRY_S.as_bytes()];
            let answer = self.run(|store| &store.set_aside, &[&key, &aside], &arguments, deadline)?;
            match answer.number() {
                TAKEN => {}
                Some(1) => return Ok(aside),
                _ => return Ok("the name that another client has given it".to_owned()),
            }
        }
        Err(Trouble::Refused("there are a hundred damaged ledgers already; delete some".to_owned()))
    }
}

impl Seen {
    /// What cannot be read is an empty document, which is none.
    fn read(version: Vec<u8>, document: Reply, alive: Reply, at: Reply) -> Self {
        let text = std::str::from_utf8(&version).unwrap_or_default();
        let number = text.split_once('-').and_then(|(number, _)| number.parse().ok());
        let alive = alive.bytes().and_then(|text| serde_json::from_slice(&text).ok());
        match (number, document.bytes(), alive, at.number()) {
            (Some(number @ 1..), Some(document), Some(alive), Some(at)) => {
                Seen { version, number, document, alive, at }
            }
            _ => Seen { version, number: 1, ..Seen::default() },
        }
    }
}

impl Store for RedisStore {
    fn exchange(&mut self, change: &mut Change<'_>) -> Result<(), StoreError> {
        self.exchanged(change).map_err(|trouble| trouble.explain(&self.place.address))
    }

    fn set_aside(&mut self) -> Result<String, StoreError> {
        self.put_aside().map_err(|trouble| trouble.explain(&self.place.address))
    }

    /// As of when the server was last heard: what others have written since is not known yet.
    fn is_gone(&self, holder: u64) -> bool {
        match (&self.seen, self.tick) {
            (Some(seen), Some(tick)) => {
                holder != self.holder && seen.alive.get(&holder).is_none_or(|last| *last + GONE < tick.server)
            }
            _ => false,
        }
    }
}

/// A connection that was idle may have been closed by the server, or been lost with its restart.
fn was_closed(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}

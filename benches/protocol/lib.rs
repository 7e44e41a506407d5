//! What every client that is measured does: `MODE BASE_URL N [FILE]`, and one line that says how long it took.
//!
//! | MODE | N times |
//! |---|---|
//! | `raw` | a hash looked up, the answer as bytes |
//! | `lookup` | the same, and its verdict read |
//! | `full` | the same, and every engine's result |
//! | `bulk1000` | one of N hashes in batches of 1000 |
//! | `upload` | FILE, and the answer read |
//! | `sha256` | the hash of FILE |
//! | `reader` | FILE uploaded from what it is read with, not by its path |
//! | `stream` | the same as `bulk1000`, of hashes that are made as they are asked for (in Rust they always are) |
//! | `in_turn` | the same, one batch after the other |
//! | `keys1000` | as `decide`, where the ledger keeps as many keys |
//! | `decide` | the quota ledger asked for leave, and told that it was not used; nothing is sent |
//! | `throttle` | lookups past the limit of the service |
//!
//! A number behind `raw`, `lookup` or `full` is of threads, which share the N. The line begins with seconds, then
//! has words such as `ok=100`; a client that has no such mode ends with status 3.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr)] // the line is the result

use std::process::ExitCode;
use std::sync::Barrier;
use std::time::Instant;

use rustix::time::{ClockId, clock_gettime};

/// What went wrong, in words.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
/// What a mode gives: how many were done.
pub type Done<T = usize> = Result<T, Failure>;

/// The key that every client sends.
pub const KEY: &str = "0123456789abcdef0123456789abcdef";
/// Nobody has such a mode.
const NO_SUCH_MODE: u8 = 3;

/// A client under measurement. Each gives a number that it read off the answer.
pub trait Client: Sync {
    /// One lookup, the answer as bytes: their number.
    fn raw(&self, hash: &str) -> Done;
    /// One lookup, its verdict read.
    fn lookup(&self, hash: &str) -> Done;
    /// One lookup, every engine read: their number.
    fn full(&self, hash: &str) -> Done;
    /// Lookups in batches of 1000: how many were answered. The hashes are made as they are asked for.
    fn bulk(&self, hashes: impl Iterator<Item = String>) -> Done;
    /// An upload of the file at this path.
    fn upload(&self, path: &str) -> Done;
    /// What only some clients have: the last modes of the table. None for one that this client has not.
    fn special(&self, _mode: &str, _count: usize, _file: &str) -> Option<Done> {
        None
    }
}

/// The command line.
pub struct Orders {
    mode: String,
    threads: usize,
    /// Such as `http://127.0.0.1:8080`; the interface is below `/v4`.
    pub base_url: String,
    count: usize,
    file: String,
}

impl Orders {
    /// Reads the words behind the program's name.
    pub fn read(words: impl Iterator<Item = String>) -> Done<Self> {
        let words: Vec<String> = words.collect();
        let [mode, base_url, count, rest @ ..] = &words[..] else {
            return Err("MODE BASE_URL N [FILE]".into());
        };
        let kind = mode.trim_end_matches(|c: char| c.is_ascii_digit());
        let threaded = ["raw", "lookup", "full"].contains(&kind);
        Ok(Orders {
            mode: if threaded { kind } else { mode }.to_owned(),
            threads: if threaded { mode[kind.len()..].parse().unwrap_or(1) } else { 1 },
            base_url: base_url.trim_end_matches('/').to_owned(),
            count: count.parse()?,
            file: rest.first().cloned().unwrap_or_default(),
        })
    }
}

/// Does what the command line asks for with the client that `make` makes.
pub fn run<C: Client>(make: impl Fn(&Orders) -> Done<C>) -> ExitCode {
    match Orders::read(std::env::args().skip(1)).and_then(|orders| measure(&make(&orders)?, &orders)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(NO_SUCH_MODE),
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

/// False for a mode that the client has not.
fn measure<C: Client>(client: &C, orders: &Orders) -> Done<bool> {
    let one = if orders.mode == "raw" {
        C::raw
    } else if orders.mode == "full" {
        C::full
    } else {
        C::lookup
    };
    if orders.mode == "throttle" {
        throttle(client, orders.count);
        return Ok(true);
    }
    if orders.threads > 1 {
        return threads(client, orders, one).map(|()| true);
    }
    if orders.mode != "sha256" {
        one(client, &hash(0))?;
    }
    let clock = Clock::start();
    let done = match orders.mode.as_str() {
        "bulk1000" | "stream" => client.bulk((0..orders.count).map(hash))?,
        "upload" => (0..orders.count).map(|_| client.upload(&orders.file)).sum::<Done>()?,
        "raw" | "lookup" | "full" => {
            let each = |index| one(client, &hash(index)).map(|read| usize::from(read > 0));
            (0..orders.count).map(each).sum::<Done>()?
        }
        special => match client.special(special, orders.count, &orders.file) {
            Some(done) => done?,
            None => return Ok(false),
        },
    };
    clock.stop(done, "");
    Ok(true)
}

/// The clock starts when every thread has made its first lookup.
fn threads<C: Client>(client: &C, orders: &Orders, one: fn(&C, &str) -> Done) -> Done<()> {
    let (ready, go) = (Barrier::new(orders.threads + 1), Barrier::new(orders.threads + 1));
    let each = orders.count / orders.threads;
    let work = |first: usize| -> Done {
        let warm = one(client, &hash(first));
        ready.wait();
        go.wait();
        warm?;
        (first..first + each).map(|index| one(client, &hash(index)).map(|read| usize::from(read > 0))).sum()
    };
    std::thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> =
            (0..orders.threads).map(|thread| scope.spawn(move || work(thread * each))).collect();
        ready.wait();
        let clock = Clock::start();
        go.wait();
        let ended = running.into_iter().map(|thread| thread.join().map_err(|_| "a thread panicked")?);
        let done = ended.sum::<Done>()?;
        clock.stop(done, "");
        Ok(())
    })
}

/// Goes on until one fails.
fn throttle<C: Client>(client: &C, count: usize) {
    let clock = Clock::start();
    for index in 0..count {
        if let Err(failure) = client.lookup(&hash(index)) {
            let why = failure.to_string().replace(char::is_whitespace, "_");
            return clock.stop(index, &format!("gave_up=1 why={why}"));
        }
    }
    clock.stop(count, "");
}

/// Hash number `index`: digits that no two have in common.
pub fn hash(index: usize) -> String {
    let spread = (index as u128 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    format!("{spread:064x}")
}

struct Clock {
    start: Instant,
    cpu: f64,
    peak: u64,
}

impl Clock {
    fn start() -> Self {
        Clock { peak: peak(), cpu: cpu(), start: Instant::now() }
    }

    fn stop(&self, done: usize, more: &str) {
        let took = self.start.elapsed().as_secs_f64();
        let (cpu, peak, before) = (cpu() - self.cpu, peak(), self.peak);
        println!("{took:.6} user={cpu:.6} sys=0 ok={done} hwm0={before} hwm={peak} {more}");
    }
}

/// Seconds of this process on any core, the system's work for it included.
fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The most memory that this process has had, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

//! What the core logs, as records of Python's logger `mdcloud`.
//!
//! Costs nothing in a program that does not use `logging`: then the core is told to make no records. No
//! thread of the library ever calls Python: records wait in a queue until the calling thread comes by, which
//! is every 50 ms while it waits, and at the end of its call.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use log::{Level, LevelFilter, Log, Metadata};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyFunction};

struct Record {
    level: Level,
    text: String,
    created: f64,
    thread: String,
}

/// Records that wait; the oldest go where nobody fetches them.
struct Queue(Mutex<VecDeque<Record>>);

const MOST: usize = 10_000;

static QUEUE: Queue = Queue(Mutex::new(VecDeque::new()));

impl Queue {
    /// Not `lock`: a child that was forked while another thread held it would wait for ever. A record that
    /// cannot be queued in so many attempts is lost.
    fn open(&self) -> Option<MutexGuard<'_, VecDeque<Record>>> {
        for _ in 0..1000 {
            match self.0.try_lock() {
                Ok(records) => return Some(records),
                Err(std::sync::TryLockError::Poisoned(records)) => return Some(records.into_inner()),
                Err(std::sync::TryLockError::WouldBlock) => std::thread::yield_now(),
            }
        }
        None
    }
}

impl Log for Queue {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Only ours: other crates would say more of a request than its address.
        metadata.target().starts_with("mdcloud")
    }

    fn log(&self, record: &log::Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let record = Record {
            level: record.level(),
            text: record.args().to_string(),
            created: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64()),
            // Python knows better names for its own threads.
            thread: std::thread::current()
                .name()
                .filter(|name| name.starts_with("mdcloud"))
                .unwrap_or("")
                .to_owned(),
        };
        if let Some(mut records) = self.open() {
            if records.len() == MOST {
                records.pop_front();
            }
            records.push_back(record);
        }
    }

    fn flush(&self) {}
}

/// Takes the core's records from now on.
pub(crate) fn install() {
    // A second import of the module in one process finds the first one's.
    let _ = log::set_logger(&QUEUE);
}

/// Python's number of a level.
fn number(level: Level) -> u8 {
    match level {
        Level::Error => 40,
        Level::Warn => 30,
        Level::Info => 20,
        Level::Debug | Level::Trace => 10,
    }
}

/// Asks Python which records are wanted. To be called at the start of a call.
pub(crate) fn tune(py: Python<'_>) {
    let wanted = wanted(py).unwrap_or(LevelFilter::Off);
    if log::max_level() != wanted {
        log::set_max_level(wanted);
    }
}

fn wanted(py: Python<'_>) -> PyResult<LevelFilter> {
    static MODULES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
    static LEVEL: PyOnceLock<Py<PyFunction>> = PyOnceLock::new();
    let modules = MODULES
        .get_or_try_init(py, || PyResult::Ok(py.import("sys")?.getattr("modules")?.cast_into()?.unbind()))?;
    // Who has not imported it has set no handler.
    if !modules.bind(py).contains(intern!(py, "logging"))? {
        return Ok(LevelFilter::Off);
    }
    let level: u8 = LEVEL.import(py, "mdcloud._logging", "level")?.call0()?.extract()?;
    Ok(match level {
        0..=10 => LevelFilter::Debug,
        11..=20 => LevelFilter::Info,
        21..=30 => LevelFilter::Warn,
        31..=40 => LevelFilter::Error,
        _ => LevelFilter::Off,
    })
}

/// Hands over what waits.
pub(crate) fn deliver(py: Python<'_>) -> PyResult<()> {
    static EMIT: PyOnceLock<Py<PyFunction>> = PyOnceLock::new();
    if log::max_level() == LevelFilter::Off {
        return Ok(());
    }
    loop {
        // One by one, and the queue closed again: a handler may use a client itself.
        let Some(record) = QUEUE.open().and_then(|mut records| records.pop_front()) else { return Ok(()) };
        let emit = EMIT.import(py, "mdcloud._logging", "emit")?;
        emit.call1((number(record.level), record.text, record.created, record.thread))?;
    }
}

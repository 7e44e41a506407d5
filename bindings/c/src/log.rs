//! Log

use std::cell::Cell;
use std::os::raw::{c_char, c_void};
use std::sync::{OnceLock, PoisonError, RwLock};

use log::{LevelFilter, Log, Metadata, Record};
use mdcloud_core::{Error, Result, Status};

use crate::source::UserData;
use crate::text::c_string;

/// How much a line of the log matters.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum mdcloud_log_level {
    /// Something is broken.
    Error = 1,
    /// Something will be.
    Warn = 2,
    /// Why a call takes longer: repeated requests, waiting for quota.
    Info = 3,
    /// Every request, and how it ended.
    Debug = 4,
}

/// Told a line of the log: its mdcloud_log_level, and a text for people that dies with the call. Runs on the
/// thread that does the work: that of the call, or for the `_many` calls one of the library's, also on
/// several at once. May use everything but mdcloud_log_set_callback; what it calls is not logged. Must not
/// throw or jump out.
pub type mdcloud_log_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, level: i32, message: *const c_char)>;

struct Target {
    tell: unsafe extern "C" fn(*mut c_void, i32, *const c_char),
    user_data: UserData,
}

/// Held for reading while a callback runs, so that whoever replaces it waits for it to return.
static TARGET: RwLock<Option<Target>> = RwLock::new(None);

thread_local! {
    /// Whether this thread is in a callback: a second lock would wait for the first, for ever.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Tells `log` the lines of this library up to `level`, of all clients; NULL ends that. There is one such
/// function in the process for each copy of the library.
///
/// Once this has returned, the function that was set before does not run and never will again, on any
/// thread: its `user_data` may go. Lines name what was asked for, hashes and addresses among them, and never
/// hold the key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_log_set_callback(
    level: i32,
    log: mdcloud_log_fn,
    user_data: *mut c_void,
) -> Status {
    guard_status!({
        let filter = match log {
            None => LevelFilter::Off,
            Some(_) => filter(level)?,
        };
        if INSIDE.get() {
            return Err(Error::invalid("log", "cannot be replaced by the function that is being told"));
        }
        static INSTALLED: OnceLock<bool> = OnceLock::new();
        if !INSTALLED.get_or_init(|| log::set_logger(&Door).is_ok()) {
            return Err(Error::invalid(
                "log",
                "goes to the logger of the Rust program that holds the library",
            ));
        }
        let target = log.map(|tell| Target { tell, user_data: UserData(user_data) });
        *TARGET.write().unwrap_or_else(PoisonError::into_inner) = target;
        log::set_max_level(filter);
        Ok(())
    })
}

fn filter(level: i32) -> Result<LevelFilter> {
    match level {
        1 => Ok(LevelFilter::Error),
        2 => Ok(LevelFilter::Warn),
        3 => Ok(LevelFilter::Info),
        4 => Ok(LevelFilter::Debug),
        other => Err(Error::invalid("level", format!("{other} is no mdcloud_log_level"))),
    }
}

struct Door;

impl Log for Door {
    /// Lines of ours alone: what HTTP and TLS log is made for others, and may show more than it should.
    fn enabled(&self, about: &Metadata<'_>) -> bool {
        about.target().starts_with("mdcloud") && about.level() <= log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) || INSIDE.replace(true) {
            return;
        }
        let target = TARGET.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(Target { tell, user_data }) = &*target {
            let message = c_string(&record.args().to_string());
            // SAFETY: by the header's rules the function takes a number, a text and the caller's own data.
            unsafe { tell(user_data.0, record.level() as i32, message.as_ptr()) };
        }
        drop(target);
        INSIDE.set(false);
    }

    fn flush(&self) {}
}

//! What belongs to the request that this thread is in the middle of.
//!
//! Connections are pooled and outlive a request, and ureq hands no context of a request to its transport.
//! It does all I/O on the caller's thread, though, so a thread-local carries the cancel tokens and time
//! limits to the sockets, and brings back why they stopped.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use ureq::http::Uri;

use super::Limits;
use super::kept::Connection;
use crate::error::Status;
use crate::wait::{Patience, Stop};

/// The request under way.
pub(super) struct Scope {
    pub(super) patience: Patience,
    pub(super) connect: Duration,
    pub(super) silence: Duration,
    pub(super) careful: bool,
    /// Scheme, host and port that the request is for.
    target: String,
    through_proxy: bool,
    /// Why the sockets stopped; once set, every further read and write fails at once. TLS swallows an
    /// error in the middle of a buffered write, so saying it once is not enough.
    stopped: Cell<Option<Stopped>>,
    /// Whether bytes of the request itself went out, as opposed to a handshake.
    sent: Cell<bool>,
    /// The connection on which an answer waits for ureq to read it.
    answered: Cell<Option<Connection>>,
}

/// Why a request ended without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stopped {
    By(Stop),
    NoConnection,
    Silence,
}

impl Stopped {
    pub(super) fn status(self) -> Status {
        match self {
            Stopped::By(Stop::Cancelled) => Status::Cancelled,
            Stopped::By(Stop::Deadline) | Stopped::NoConnection | Stopped::Silence => Status::Timeout,
        }
    }

    pub(super) fn text(self) -> &'static str {
        match self {
            Stopped::By(Stop::Cancelled) => "",
            Stopped::By(Stop::Deadline) => "the time for the whole call is over",
            Stopped::NoConnection => "no connection within connect_timeout",
            Stopped::Silence => "nothing came within read_timeout",
        }
    }
}

thread_local! {
    static CURRENT: RefCell<Option<Rc<Scope>>> = const { RefCell::new(None) };
}

/// Ends the scope when the request is over, also when it panics.
pub(super) struct Entered {
    scope: Rc<Scope>,
    outer: Option<Rc<Scope>>,
}

impl std::ops::Deref for Entered {
    type Target = Scope;
    fn deref(&self) -> &Scope {
        &self.scope
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let outer = self.outer.take();
        CURRENT.with(|current| *current.borrow_mut() = outer);
    }
}

impl Scope {
    /// Makes this the scope of the thread. A callback may start a request of its own in the middle of
    /// another, so scopes nest.
    pub(super) fn enter(limits: &Limits<'_>, target: &str, through_proxy: bool, careful: bool) -> Entered {
        let scope = Rc::new(Scope {
            patience: limits.patience.clone(),
            connect: limits.connect,
            silence: limits.silence,
            careful,
            target: target.to_owned(),
            through_proxy,
            stopped: Cell::new(None),
            sent: Cell::new(false),
            answered: Cell::new(None),
        });
        let outer = CURRENT.with(|current| current.borrow_mut().replace(scope.clone()));
        Entered { scope, outer }
    }

    /// The scope of this thread; an error where there is none, which only a bug of ours can bring about.
    pub(super) fn current() -> io::Result<Rc<Scope>> {
        CURRENT
            .with(|current| current.borrow().clone())
            .ok_or_else(|| io::Error::other("no request under way"))
    }

    pub(super) fn target(&self) -> &str {
        &self.target
    }

    /// Whether this leads to the service itself, as opposed to a proxy on the way.
    pub(super) fn leads_to(&self, uri: &Uri, through_proxy: bool) -> bool {
        let host = self.target.split_once("://").map(|(_, host)| host);
        uri.authority().map(|authority| authority.as_str()) == host && through_proxy == self.through_proxy
    }

    /// Leaves it to ureq to read the answer on this connection.
    pub(super) fn leave_answer(&self, connection: Connection) {
        self.answered.set(Some(connection));
    }

    /// The connection whose answer is to be read.
    pub(super) fn answered(&self) -> Option<Connection> {
        self.answered.take()
    }

    pub(super) fn stopped(&self) -> Option<Stopped> {
        self.stopped.get()
    }

    pub(super) fn has_sent(&self) -> bool {
        self.sent.get()
    }

    pub(super) fn mark_sent(&self) {
        self.sent.set(true);
    }

    /// Fails for good with this reason.
    pub(super) fn stop(&self, why: Stopped) -> io::Error {
        let why = self.stopped.get().unwrap_or(why);
        self.stopped.set(Some(why));
        io::Error::new(io::ErrorKind::TimedOut, "stopped")
    }

    /// To be asked before anything that blocks.
    pub(super) fn before(&self) -> io::Result<()> {
        match self.stopped.get() {
            Some(why) => Err(self.stop(why)),
            None => self.patience.check().map_err(|why| self.stop(Stopped::By(why))),
        }
    }

    /// To be asked after a block was handed on to the caller.
    pub(super) fn between_blocks(&self) -> io::Result<()> {
        self.patience.poll().map_err(|why| self.stop(Stopped::By(why)))
    }

    /// To be asked when a slice of waiting brought nothing: may it go on, since `start`, for `most`?
    pub(super) fn after_slice(&self, start: Instant, most: Duration, why: Stopped) -> io::Result<()> {
        self.patience.poll().map_err(|why| self.stop(Stopped::By(why)))?;
        if start.elapsed() >= most { Err(self.stop(why)) } else { Ok(()) }
    }

    /// Runs something that cannot be interrupted, such as resolving a name, on a thread of its own and
    /// waits for it in slices. Where the wait ends early the thread is left to end by itself.
    pub(super) fn wait_for<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let (tell, told) = std::sync::mpsc::sync_channel(1);
        std::thread::Builder::new().name("mdcloud-connect".into()).spawn(move || {
            // The caller may be gone already; then nobody wants the result.
            let _ = tell.send(work());
        })?;
        let start = Instant::now();
        loop {
            match told.recv_timeout(self.slice()) {
                Ok(result) => return result,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
                    self.after_slice(start, self.connect, Stopped::NoConnection)?;
                }
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => {
                    return Err(io::Error::other("the connecting thread ended without a result"));
                }
            }
        }
    }

    /// How long to block before looking up: a short slice where the deadline or a signal may be near. A
    /// signal does not wake a channel as it wakes a read.
    fn slice(&self) -> Duration {
        const CONNECT_SLICE: Duration = Duration::from_millis(20);
        self.patience
            .left()
            .map_or(CONNECT_SLICE, |left| left.min(CONNECT_SLICE).max(Duration::from_millis(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::{Cancel, Cancels};
    use crate::wait::SystemClock;

    /// What a resolver that never answers is to a call, on the thread that asks it.
    fn hang() -> io::Result<()> {
        std::thread::sleep(Duration::from_secs(20));
        Ok(())
    }

    #[test]
    fn a_name_that_is_not_resolved_holds_up_neither_cancel_nor_deadline_nor_connect_timeout() {
        let cancel = Cancel::new();
        let patience = Patience::new(std::sync::Arc::new(SystemClock), Cancels::new([cancel.clone()], None));
        let soon = Duration::from_millis(100);
        let stopped = |patience: &Patience, connect: Duration| {
            let limits = Limits { patience, connect, silence: Duration::from_secs(20) };
            let scope = Scope::enter(&limits, "", false, false);
            let start = Instant::now();
            assert!(scope.wait_for(hang).is_err());
            assert!(start.elapsed() < Duration::from_secs(5));
            scope.stopped()
        };
        let long = Duration::from_secs(20);
        assert_eq!(stopped(&patience, soon), Some(Stopped::NoConnection));
        assert_eq!(stopped(&patience.at_most(Some(soon)), long), Some(Stopped::By(Stop::Deadline)));
        std::thread::spawn(move || {
            std::thread::sleep(soon);
            cancel.cancel();
        });
        assert_eq!(stopped(&patience, long), Some(Stopped::By(Stop::Cancelled)));
    }

    #[test]
    fn a_proxy_with_the_address_of_the_service_is_not_taken_for_it() {
        let patience = Patience::new(std::sync::Arc::new(SystemClock), Cancels::default());
        let limits = Limits { patience: &patience, connect: Duration::ZERO, silence: Duration::ZERO };
        let leads_to = |uri: &'static str, through_proxy| {
            Scope::enter(&limits, "https://h:8443", true, false)
                .leads_to(&Uri::from_static(uri), through_proxy)
        };
        assert!(leads_to("https://h:8443/v4/x", true));
        // ureq asks the proxy itself without one: what goes there is not sealed yet.
        assert!(!leads_to("http://h:8443", false));
        assert!(!leads_to("https://h/v4/x", true));
    }
}

//! Connections between two requests.
//!
//! They are kept here and not in the pool of ureq, so that plain requests, which do without ureq, use the
//! same ones (see `plain`). ureq opens them, with all that belongs to it: names, proxies, TLS.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport,
};

use super::scope::Scope;

/// A connection to the service, through whatever proxies and TLS.
pub(super) struct Connection {
    wire: Box<dyn Transport>,
    /// Scheme, host and port that it leads to.
    target: String,
    idle_since: Instant,
}

impl Connection {
    pub(super) fn new(wire: Box<dyn Transport>, target: &str) -> Self {
        Connection { wire, target: target.to_owned(), idle_since: Instant::now() }
    }

    /// Writes so many bytes from the beginning of `buffers().output()`.
    pub(super) fn write(&mut self, amount: usize) -> Result<(), Error> {
        Scope::current()?.mark_sent();
        self.wire.transmit_output(amount, NextTimeout::default())
    }

    /// Reads some bytes into `buffers().input()`; false at the end.
    pub(super) fn read(&mut self) -> Result<bool, Error> {
        self.wire.await_input(NextTimeout::default())
    }

    pub(super) fn buffers(&mut self) -> &mut dyn Buffers {
        self.wire.buffers()
    }
}

/// The idle connections of a client.
pub(super) struct Kept {
    most: usize,
    idle: Mutex<Vec<Connection>>,
}

impl Kept {
    pub(super) fn new(most: usize) -> Self {
        Kept { most, idle: Mutex::new(Vec::new()) }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The one that was used last of those that lead to `target` and are still open.
    pub(super) fn take(&self, target: &str) -> Option<Connection> {
        /// Services and what stands before them close a connection after a minute or more.
        const LONGEST: Duration = Duration::from_secs(15);
        let now = Instant::now();
        loop {
            let mut idle = self.idle();
            idle.retain(|one| now.saturating_duration_since(one.idle_since) < LONGEST);
            let place = idle.iter().rposition(|one| one.target == target)?;
            let mut connection = idle.remove(place);
            drop(idle);
            if connection.wire.is_open() {
                return Some(connection);
            }
        }
    }

    /// Keeps one whose answer was read to its end. With bytes in it that nobody asked for it is closed.
    pub(super) fn put(&self, mut connection: Connection) {
        if !connection.buffers().input().is_empty() || !connection.wire.is_open() {
            return;
        }
        connection.idle_since = Instant::now();
        let mut idle = self.idle();
        idle.push(connection);
        if idle.len() > self.most {
            idle.remove(0);
        }
    }
}

/// Gives ureq a connection that is kept, or one that `open` makes.
#[derive(Debug)]
pub(super) struct Keeping<Open> {
    pub(super) open: Open,
    pub(super) kept: Arc<Kept>,
}

impl<Open: Connector> Connector for Keeping<Open> {
    type Out = Lent;

    fn connect(&self, details: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<Lent>, Error> {
        let scope = Scope::current()?;
        let lent = |connection| Lent {
            connection: Some(connection),
            kept: self.kept.clone(),
            use_of: Use::Request,
            none: LazyBuffers::new(1, 1),
        };
        if let Some(connection) = scope.answered() {
            return Ok(Some(Lent { use_of: Use::Answer, ..lent(connection) }));
        }
        // ureq also asks for a connection to a proxy that is to lead on to the service.
        let is_target = scope.leads_to(details.uri, details.config.proxy().is_some());
        if is_target && let Some(connection) = self.kept.take(scope.target()) {
            return Ok(Some(lent(connection)));
        }
        let Some(opened) = self.open.connect(details, None)? else { return Ok(None) };
        let connection = Connection::new(opened.boxed(), scope.target());
        let use_of = if is_target { Use::Request } else { Use::Way };
        Ok(Some(Lent { use_of, ..lent(connection) }))
    }
}

/// What ureq does with a connection.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Use {
    /// It asks another to lead on to the service: nothing of the request.
    Way,
    /// A request and its answer.
    Request,
    /// The answer alone: the request is out and its answer begins in the input.
    Answer,
}

/// A connection in ureq's hands.
pub(super) struct Lent {
    /// None once it was given back; ureq then lets go of this.
    connection: Option<Connection>,
    kept: Arc<Kept>,
    use_of: Use,
    none: LazyBuffers,
}

fn gone() -> Error {
    std::io::Error::from(std::io::ErrorKind::NotConnected).into()
}

impl Transport for Lent {
    fn buffers(&mut self) -> &mut dyn Buffers {
        match &mut self.connection {
            Some(connection) => connection.buffers(),
            None => &mut self.none,
        }
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let connection = self.connection.as_mut().ok_or_else(gone)?;
        match self.use_of {
            Use::Way => connection.wire.transmit_output(amount, timeout),
            Use::Request => connection.write(amount),
            Use::Answer => Ok(()),
        }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let connection = self.connection.as_mut().ok_or_else(gone)?;
        if self.use_of == Use::Answer {
            self.use_of = Use::Request;
            if !connection.buffers().input().is_empty() {
                return Ok(true);
            }
        }
        connection.wire.await_input(timeout)
    }

    /// ureq asks before it would keep the connection. We keep it instead: for ureq it is closed.
    fn is_open(&mut self) -> bool {
        if self.use_of == Use::Way {
            return self.connection.as_mut().is_some_and(|connection| connection.wire.is_open());
        }
        if let Some(connection) = self.connection.take() {
            self.kept.put(connection);
        }
        false
    }

    fn is_tls(&self) -> bool {
        self.connection.as_ref().is_some_and(|connection| connection.wire.is_tls())
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("most", &self.most).finish_non_exhaustive()
    }
}

impl fmt::Debug for Lent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lent").field("use_of", &self.use_of).finish_non_exhaustive()
    }
}

//! Sockets whose every wait can be cancelled: ureq's connector and transport, ours.
//!
//! A socket blocks for 50 ms at most, then the cancel tokens and the time limits of the request are
//! asked (see `scope`). ureq's own traits for this are outside its promise of stability, so all that
//! implements them lies in this file and in `kept.rs`, `resolver.rs` and `socks.rs`, and ureq is pinned to `~3.5`.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, Either, NextTimeout, Transport};

use super::held::Held;
use super::scope::{Scope, Stopped};
use crate::wait::SLICE;

/// Opens sockets, unless a connector before it has opened one already.
#[derive(Debug)]
pub(super) struct SlicedConnector;

impl<In: Transport> Connector<In> for SlicedConnector {
    type Out = Either<In, Sliced>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        if let Some(transport) = chained {
            return Ok(Some(Either::A(transport)));
        }
        let addresses: Vec<SocketAddr> = details.addrs.iter().copied().collect();
        Ok(Some(Either::B(Sliced::connect(addresses, details)?)))
    }
}

/// A TCP connection that never blocks for longer than a slice.
pub(super) struct Sliced {
    stream: TcpStream,
    buffers: Held,
    last_use: Instant,
    handshake_until: Instant,
    established: bool,
}

impl Sliced {
    /// Connects to the first address that answers, within the connect time of the request.
    pub(super) fn connect(addresses: Vec<SocketAddr>, details: &ConnectionDetails<'_>) -> io::Result<Self> {
        let scope = Scope::current()?;
        scope.before()?;
        let start = Instant::now();
        let most = scope.connect;
        let stream = scope.wait_for(move || connect_any(&addresses, most))?;
        if details.config.no_delay() {
            stream.set_nodelay(true)?;
        }
        stream.set_read_timeout(Some(SLICE))?;
        stream.set_write_timeout(Some(SLICE))?;
        Ok(Sliced {
            stream,
            buffers: Held::new(details.config.input_buffer_size(), details.needs_tls()),
            last_use: Instant::now(),
            handshake_until: start + most,
            established: false,
        })
    }

    /// How long silence may last now: the rest of the connect time until the handshakes of TLS and
    /// proxies are through, the read time afterwards.
    fn patience(&self, scope: &Scope) -> (Duration, Stopped) {
        if self.established {
            (scope.silence, Stopped::Silence)
        } else {
            (self.handshake_until.saturating_duration_since(Instant::now()), Stopped::NoConnection)
        }
    }

    /// Reads once, however long that takes; first all goes out.
    pub(super) fn read_some(&mut self) -> io::Result<usize> {
        self.write_held()?;
        let scope = Scope::current()?;
        self.established |= scope.has_sent();
        let (most, why) = self.patience(&scope);
        let start = Instant::now();
        let room = self.buffers.input_append_buf();
        loop {
            scope.before()?;
            match (&self.stream).read(room) {
                Ok(count) => {
                    self.buffers.input_appended(count);
                    self.last_use = Instant::now();
                    return Ok(count);
                }
                Err(error) if is_slice_end(&error) => scope.after_slice(start, most, why)?,
                Err(error) => return Err(error),
            }
        }
    }

    /// Writes all that is held. A write that was cut by the end of a slice goes on where it stopped.
    fn write_held(&mut self) -> io::Result<()> {
        let amount = self.buffers.waiting().len();
        if amount == 0 {
            return Ok(());
        }
        let time = self.write_waiting(amount);
        self.buffers.clear(*time.as_ref().unwrap_or(&Duration::MAX));
        time.map(drop)
    }

    /// Says how long it took.
    fn write_waiting(&mut self, amount: usize) -> io::Result<Duration> {
        let scope = Scope::current()?;
        self.established |= scope.has_sent();
        let (most, why) = self.patience(&scope);
        let begin = Instant::now();
        let (mut start, mut done) = (begin, 0);
        while done < amount {
            scope.before()?;
            match (&self.stream).write(&self.buffers.waiting()[done..]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => {
                    done += count;
                    start = Instant::now();
                }
                Err(error) if is_slice_end(&error) => scope.after_slice(start, most, why)?,
                Err(error) => return Err(error),
            }
        }
        self.last_use = Instant::now();
        Ok(self.last_use - begin)
    }

    /// Whether the other side has neither closed nor sent anything unasked.
    fn probe(&self) -> io::Result<bool> {
        self.stream.set_nonblocking(true)?;
        let open = match self.stream.peek(&mut [0]) {
            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
            Ok(_) => false,
        };
        self.stream.set_nonblocking(false)?;
        Ok(open)
    }
}

fn connect_any(addresses: &[SocketAddr], most: Duration) -> io::Result<TcpStream> {
    let end = Instant::now() + most;
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for (index, address) in addresses.iter().enumerate() {
        // Half of what is left for each address but the last, so that a dead one leaves time for others.
        let left = end.saturating_duration_since(Instant::now());
        let share = if index + 1 == addresses.len() { left } else { left / 2 };
        match TcpStream::connect_timeout(address, share.max(Duration::from_millis(10))) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// The end of a slice, or a signal: look up, then go on.
fn is_slice_end(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted)
}

impl Transport for Sliced {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Error> {
        if self.buffers.add(amount) {
            self.write_held()?;
        }
        Ok(())
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
        Ok(self.read_some()? > 0)
    }

    /// Asked when a connection is put by and when it is taken again (`kept.rs`). A connection that was in
    /// use a moment ago is not asked again, which saves six system calls a request; one that is about to
    /// carry what must not be sent twice always is.
    fn is_open(&mut self) -> bool {
        const FRESH: Duration = Duration::from_millis(2);
        let careful = Scope::current().is_ok_and(|scope| scope.careful && !scope.has_sent());
        if !careful && self.last_use.elapsed() < FRESH {
            return true;
        }
        self.probe().unwrap_or(false)
    }
}

impl fmt::Debug for Sliced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sliced").field("peer", &self.stream.peer_addr().ok()).finish()
    }
}

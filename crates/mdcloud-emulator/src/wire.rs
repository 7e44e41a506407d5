//! The layer below the HTTP server, where the bytes of an answer can be cut, slowed down or replaced.
//!
//! A well-kept HTTP server will not send a wrong answer, so faults in the bytes are made beneath it: the
//! server writes into a [`Wire`], and the plan of the moment decides what reaches the socket.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// What a large answer consists of, in one piece.
static FILLER: [u8; 64 * 1024] = [b'x'; 64 * 1024];

/// What happens to the bytes that the server writes next.
#[derive(Clone, Debug, Default)]
pub(crate) enum Plan {
    /// They go out as they are.
    #[default]
    Plain,
    /// So many go out, then the connection breaks.
    CloseAfter(usize),
    /// So many go out, then nothing more.
    StallAfter(usize),
    /// They go out in pieces, with a wait before each.
    Drip { bytes: usize, every: Duration },
    /// The first `Content-Length` is changed by so much.
    Length(i64),
    /// Others go out in their place.
    Raw(Vec<u8>),
    /// These go out in their place, and so many times the letter x behind them.
    Large(Vec<u8>, u64),
    /// None go out, and none are missed.
    Swallow,
    /// The connection is reset when it ends.
    Reset,
}

/// The end of a wire that the service holds, to change the plan.
#[derive(Clone, Debug, Default)]
pub(crate) struct Control(Arc<Mutex<Plan>>);

impl Control {
    pub(crate) fn set(&self, plan: Plan) {
        *self.plan() = plan;
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection whose output follows a plan.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    control: Control,
    /// Bytes that took the place of others and still have to go out.
    replaced: Vec<u8>,
    /// How often the letter x follows them.
    filler: u64,
    /// The wait before the next piece of a drip.
    nap: Option<Pin<Box<Sleep>>>,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream, control: Control) -> Self {
        Wire { stream, control, replaced: Vec::new(), filler: 0, nap: None }
    }

    fn poll_replaced(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.replaced.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, &self.replaced))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.replaced.drain(..written);
        }
        while self.filler > 0 {
            let most = FILLER.len().min(usize::try_from(self.filler).unwrap_or(usize::MAX));
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, &FILLER[..most]))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.filler -= written as u64;
        }
        Poll::Ready(Ok(()))
    }

    /// Writes at most `most` bytes.
    fn poll_some(&mut self, context: &mut Context<'_>, bytes: &[u8], most: usize) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, &bytes[..bytes.len().min(most)])
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        ready!(wire.poll_replaced(context))?;
        let plan = wire.control.plan().clone();
        match plan {
            Plan::Plain => wire.poll_some(context, bytes, usize::MAX),
            Plan::CloseAfter(0) | Plan::Reset => Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
            Plan::CloseAfter(left) => {
                let written = ready!(wire.poll_some(context, bytes, left))?;
                wire.control.set(Plan::CloseAfter(left - written));
                Poll::Ready(Ok(written))
            }
            // Nobody wakes this task again but the client, by going away, or the end of the emulator.
            Plan::StallAfter(0) => Poll::Pending,
            Plan::StallAfter(left) => {
                let written = ready!(wire.poll_some(context, bytes, left))?;
                wire.control.set(Plan::StallAfter(left - written));
                Poll::Ready(Ok(written))
            }
            Plan::Drip { bytes: piece, every } => {
                let nap = wire.nap.get_or_insert_with(|| Box::pin(tokio::time::sleep(every)));
                ready!(nap.as_mut().poll(context));
                let written = ready!(wire.poll_some(context, bytes, piece.max(1)))?;
                wire.nap = None;
                Poll::Ready(Ok(written))
            }
            Plan::Length(off) => {
                wire.replaced = with_length_off(bytes, off);
                wire.control.set(Plan::Plain);
                Poll::Ready(Ok(bytes.len()))
            }
            Plan::Raw(instead) => {
                wire.replaced = instead;
                wire.control.set(Plan::Swallow);
                Poll::Ready(Ok(bytes.len()))
            }
            Plan::Large(head, filler) => {
                wire.replaced = head;
                wire.filler = filler;
                wire.control.set(Plan::Swallow);
                Poll::Ready(Ok(bytes.len()))
            }
            Plan::Swallow => Poll::Ready(Ok(bytes.len())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        ready!(wire.poll_replaced(context))?;
        Pin::new(&mut wire.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        ready!(wire.poll_replaced(context))?;
        Pin::new(&mut wire.stream).poll_shutdown(context)
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, buffer)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if matches!(*self.control.plan(), Plan::Reset) {
            // If it fails the connection just closes, which a client has to bear as well.
            let _ = self.stream.set_zero_linger();
        }
    }
}

/// The same bytes with another number in the first `Content-Length` of the head.
fn with_length_off(bytes: &[u8], off: i64) -> Vec<u8> {
    const NAME: &[u8] = b"content-length: ";
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(bytes.len());
    let name = bytes[..head].windows(NAME.len()).position(|window| window.eq_ignore_ascii_case(NAME));
    let Some(start) = name.map(|position| position + NAME.len()) else {
        return bytes.to_vec();
    };
    let digits = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let length = std::str::from_utf8(&bytes[start..start + digits])
        .ok()
        .and_then(|text| text.parse::<i64>().ok())
        .unwrap_or(0);
    let mut changed = bytes[..start].to_vec();
    changed.extend_from_slice(length.saturating_add(off).max(0).to_string().as_bytes());
    changed.extend_from_slice(&bytes[start + digits..]);
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_length_in_the_head_changes() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 98\r\nA: b\r\n\r\ncontent-length: 7";
        let changed = String::from_utf8(with_length_off(answer, 5)).unwrap();
        assert_eq!(changed, "HTTP/1.1 200 OK\r\nContent-Length: 103\r\nA: b\r\n\r\ncontent-length: 7");
        assert_eq!(with_length_off(b"no head", 5), b"no head");
    }
}

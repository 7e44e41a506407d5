//! One request out, one answer in. Above this room nobody knows of sockets; below it nobody knows of
//! operations, quotas or retries.

mod agent;
mod by_ureq;
mod connector;
mod explain;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod headers;
mod held;
mod kept;
mod plain;
mod resolver;
mod scope;
#[cfg(test)]
pub(crate) mod scripted;
#[cfg(any(test, feature = "fuzzing"))]
mod shown;
mod socks;
mod trust;

use std::io::{Read, Write};
use std::time::Duration;

pub(crate) use agent::Http;
pub(crate) use headers::{Headers, printable};
#[cfg(feature = "redis")]
pub(crate) use trust::own_roots;

use crate::error::{Delivery, Error, Status};
use crate::wait::Patience;

/// Most bytes of an answer that are read into memory. The largest known answers, bulk results with all
/// engines, stay below 20 MB.
pub(crate) const MOST_BYTES: u64 = 64 << 20;

/// Most room that is made for an answer before its bytes come: a length that is announced may be wrong.
const FIRST_ROOM: usize = 1 << 20;

/// A request, ready to send.
pub(crate) struct Request<'a> {
    pub(crate) method: &'static str,
    pub(crate) url: &'a str,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: Body<'a>,
    /// Whether the connection must be known to be alive first, since a lost answer could not be told
    /// from a lost request.
    pub(crate) careful: bool,
}

/// What goes out behind the headers, always with a known length.
pub(crate) enum Body<'a> {
    None,
    Bytes(&'a [u8]),
    Stream { reader: &'a mut dyn Read, length: u64, progress: &'a dyn Fn(u64) -> bool },
}

/// Where the body of the answer goes.
pub(crate) enum Sink<'a> {
    Memory,
    /// Only the body of a success; that of an error is kept in memory.
    Writer(&'a mut dyn Write),
}

/// How long a request may take.
pub(crate) struct Limits<'a> {
    pub(crate) patience: &'a Patience,
    pub(crate) connect: Duration,
    pub(crate) silence: Duration,
}

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// The first value of a header, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get_all(name).next().and_then(printable)
    }
}

/// No answer.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: Status,
    pub(crate) detail: String,
    pub(crate) delivery: Delivery,
    /// Bytes went out, though not enough for the service to act on: it may have counted the request.
    pub(crate) partly: bool,
    /// The caller's own stream failed with this.
    pub(crate) errno: Option<i32>,
}

impl Failure {
    pub(crate) fn into_error(self) -> Error {
        Error::new(self.status, self.detail).with_errno(self.errno).with_delivery(self.delivery)
    }
}

/// Something that carries requests: ureq, or a script in tests.
pub(crate) trait Transport: Send + Sync {
    fn send(&self, request: Request<'_>, sink: Sink<'_>, limits: &Limits<'_>) -> Result<Reply, Failure>;
}

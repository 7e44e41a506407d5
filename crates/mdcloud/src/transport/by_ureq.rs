//! A request that ureq carries, whatever its kind and that of its answer.

use std::io::{self, Read};

use ureq::http::{Request as HttpRequest, Uri};
use ureq::{Agent, SendBody};

use super::explain::{explain, failure};
use super::scope::{Entered, Scope};
use super::{Body, FIRST_ROOM, Failure, MOST_BYTES, Reply, Request, Sink};
use crate::error::{Delivery, Status};

/// Sends a request and reads its answer, or the answer alone where one waits in the scope.
pub(super) fn carry(
    agent: &Agent,
    request: Request<'_>,
    sink: Sink<'_>,
    scope: &Entered,
) -> Result<Reply, Failure> {
    let failed = |text: String| failure(Status::InvalidArgument, text);
    let uri: Uri =
        request.url.parse().map_err(|error| failed(format!("the address cannot be sent: {error}")))?;
    let mut builder = HttpRequest::builder().method(request.method).uri(uri);
    for (name, value) in request.headers {
        builder = builder.header(*name, *value);
    }
    let mut upload = None;
    let answer = match request.body {
        Body::None => agent.run(built(builder.body(()))?),
        Body::Bytes(bytes) => agent.run(built(builder.body(bytes))?),
        Body::Stream { reader, length, progress } => {
            let builder = builder.header("content-length", length);
            let upload = upload.insert(Upload { reader, scope, sent: 0, length, progress, failed: None });
            agent.run(built(builder.body(SendBody::from_reader(upload)))?)
        }
    };
    let cut = upload.as_ref().is_some_and(|upload| upload.sent < upload.length);
    let own = upload.and_then(|upload| upload.failed);
    let answer = answer.map_err(|error| {
        let failure = explain(scope, &error, own);
        // Without its end the service cannot take the body for a file, so it has done nothing with it.
        match failure.delivery {
            Delivery::Unknown if cut => Failure { delivery: Delivery::NotSent, partly: true, ..failure },
            _ => failure,
        }
    })?;
    let (parts, body) = answer.into_parts();
    let headers = parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let mut reply = Reply { status: parts.status.as_u16(), headers, body: Vec::new() };
    match receive(&mut reply, body, sink, scope) {
        Ok(()) => Ok(reply),
        Err(Broken::Source(error)) => Err(explain(scope, &error.into(), None)),
        Err(Broken::Target(error)) => Err(Failure {
            errno: error.raw_os_error(),
            delivery: Delivery::Unknown,
            ..failure(Status::Io, format!("the target: {error}"))
        }),
        Err(Broken::TooLarge) => Err(Failure {
            delivery: Delivery::Unknown,
            ..failure(Status::Protocol, format!("the answer is larger than {} MiB", MOST_BYTES >> 20))
        }),
    }
}

fn built<T>(request: ureq::http::Result<T>) -> Result<T, Failure> {
    request.map_err(|error| failure(Status::InvalidArgument, format!("the request cannot be sent: {error}")))
}

enum Broken {
    Source(io::Error),
    Target(io::Error),
    TooLarge,
}

/// Reads the body to its end: a connection with a rest in it could not be used again.
fn receive(reply: &mut Reply, body: ureq::Body, sink: Sink<'_>, scope: &Scope) -> Result<(), Broken> {
    let length = body.content_length();
    let mut body = body.into_reader();
    match sink {
        Sink::Writer(target) if (200..300).contains(&reply.status) => {
            let mut block = vec![0; 64 * 1024];
            loop {
                match body.read(&mut block) {
                    Ok(0) => return Ok(()),
                    Ok(count) => {
                        target.write_all(&block[..count]).map_err(Broken::Target)?;
                        // Whoever takes the bytes may have said stop, and the next ones may be here already.
                        scope.between_blocks().map_err(Broken::Source)?;
                    }
                    Err(error) => return Err(Broken::Source(error)),
                }
            }
        }
        _ => {
            if length.is_some_and(|length| length > MOST_BYTES) {
                return Err(Broken::TooLarge);
            }
            reply.body.reserve(length.unwrap_or(0).min(FIRST_ROOM as u64) as usize);
            body.take(MOST_BYTES + 1).read_to_end(&mut reply.body).map_err(Broken::Source)?;
            if reply.body.len() as u64 > MOST_BYTES { Err(Broken::TooLarge) } else { Ok(()) }
        }
    }
}

/// The caller's stream on its way out: tells progress, and tells a failure of the stream from one of the
/// network.
struct Upload<'a> {
    reader: &'a mut dyn Read,
    scope: &'a Entered,
    sent: u64,
    length: u64,
    progress: &'a dyn Fn(u64) -> bool,
    failed: Option<io::Error>,
}

impl Read for Upload<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.scope.before()?;
        let left = usize::try_from(self.length - self.sent).unwrap_or(usize::MAX);
        let most = room.len().min(left);
        loop {
            match self.reader.read(&mut room[..most]) {
                Ok(0) if left > 0 => {
                    let error =
                        io::Error::new(io::ErrorKind::UnexpectedEof, "ended before its announced length");
                    self.failed = Some(error);
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Ok(count) => {
                    self.sent += count as u64;
                    if !(self.progress)(self.sent) {
                        self.scope.patience.cancels.stop();
                    }
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => self.scope.before()?,
                Err(error) => {
                    let kind = error.kind();
                    self.failed = Some(error);
                    return Err(kind.into());
                }
            }
        }
    }
}

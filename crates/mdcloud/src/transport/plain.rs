//! A plain GET on a connection that is open already, without ureq: a lookup takes four fifths of the time.
//!
//! Plain is what all lookups are: nothing unusual in the request, and an answer of a known length as it is.
//! Everything else is ureq's. A request that is not plain goes to it unsent; an answer that is not plain,
//! or that is not understood here, is left unread on its connection, and ureq reads it from the beginning.

use std::io::{self, Write};

use ureq::Error;

use super::kept::Connection;
use super::{Body, FIRST_ROOM, MOST_BYTES, Reply, Request, Sink, printable};

/// Most headers of an answer that is read here; the service sends some twenty.
const MOST_HEADERS: usize = 64;

/// Longest head that is sent or waited for here; the buffers of a connection have more room.
const LONGEST_HEAD: usize = 16 * 1024;

/// A request that can do without ureq.
pub(super) struct Plain<'a> {
    path: &'a str,
    host: &'a str,
    headers: &'a [(&'a str, &'a str)],
    always: &'a str,
}

/// What came of a plain request.
pub(super) enum Answer {
    /// An answer that was read to its end, and the connection it came on.
    Whole(Reply, Connection),
    /// An answer that ureq has to read, from its first byte, on this connection.
    Other(Connection),
}

impl<'a> Plain<'a> {
    /// `None` where the request is for ureq. `target` is the scheme, host and port that `url` begins with,
    /// `always` the headers that all requests of a client have in common, as they are sent.
    pub(super) fn of(
        request: &'a Request<'_>,
        sink: &Sink<'_>,
        target: &'a str,
        always: &'a str,
    ) -> Option<Self> {
        let headers = request.headers;
        let ours = request.method == "GET"
            && matches!((&request.body, sink), (Body::None, Sink::Memory))
            && headers.iter().all(is_plain_header);
        let host = ours.then(|| host_of(target)).flatten()?;
        let path = request.url.strip_prefix(target)?;
        let is_plain_path = path.starts_with('/') && path.bytes().all(is_plain_in_path);
        let length = path.len() + headers.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
        (is_plain_path && length <= LONGEST_HEAD).then_some(Plain { path, host, headers, always })
    }

    /// Writes it where it is sent from, so that no copy of the key is left elsewhere.
    fn write(&self, room: &mut [u8]) -> io::Result<usize> {
        let most = room.len();
        let mut room = room;
        let mut put = |texts: &[&str]| texts.iter().try_for_each(|text| room.write_all(text.as_bytes()));
        put(&["GET ", self.path, " HTTP/1.1\r\nhost: ", self.host, "\r\n"])?;
        self.headers.iter().try_for_each(|(name, value)| put(&[name, ": ", value, "\r\n"]))?;
        put(&[self.always, "\r\n"])?;
        Ok(most - room.len())
    }

    /// Sends it, and reads the answer.
    pub(super) fn exchange(&self, mut connection: Connection) -> Result<Answer, Error> {
        let length = self.write(connection.buffers().output())?;
        connection.write(length)?;
        let (mut reply, length) = loop {
            if !connection.read()? {
                return Err(closed("before it answered").into());
            }
            match read_head(connection.buffers().input()) {
                Head::Plain { reply, length, size } => {
                    connection.buffers().input_consume(size);
                    break (reply, length);
                }
                Head::Other => return Ok(Answer::Other(connection)),
                Head::Cut => {}
            }
        };
        reply.body.reserve_exact(length.min(FIRST_ROOM));
        loop {
            let input = connection.buffers().input();
            let amount = input.len().min(length - reply.body.len());
            reply.body.extend_from_slice(&input[..amount]);
            connection.buffers().input_consume(amount);
            if reply.body.len() == length {
                return Ok(Answer::Whole(reply, connection));
            }
            if !connection.read()? {
                return Err(closed("in the middle of its answer").into());
            }
        }
    }
}

fn closed(when: &str) -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, format!("the connection was closed {when}"))
}

/// As in `host`: with its port where that is not the one of the scheme. A user name is for ureq.
fn host_of(target: &str) -> Option<&str> {
    let (scheme, host) = target.split_once("://")?;
    let host = match scheme {
        "http" => host.strip_suffix(":80").unwrap_or(host),
        "https" => host.strip_suffix(":443").unwrap_or(host),
        _ => return None,
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    (!host.is_empty() && !host.ends_with(':') && host.bytes().all(plain)).then_some(host)
}

/// Everything of a path and a query (RFC 3986); the percent sign stands for the rest.
fn is_plain_in_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/%-._~!$&'()*+,;=:@?".contains(&byte)
}

/// A header that says nothing of the exchange itself, and holds nothing that could begin another.
fn is_plain_header((name, value): &(&str, &str)) -> bool {
    let of_ours = ["host", "user-agent", "accept", "accept-encoding", "connection", "expect", "upgrade"];
    let of_body = ["content-length", "transfer-encoding", "te", "trailer"];
    let plain = |name: &&str| !of_ours.iter().chain(&of_body).any(|other| name.eq_ignore_ascii_case(other));
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let in_value = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    plain(name) && !name.is_empty() && name.bytes().all(in_name) && value.bytes().all(in_value)
}

/// The head of an answer.
enum Head {
    /// Plain: without a body yet, whose length follows, and how many bytes the head takes.
    Plain { reply: Reply, length: usize, size: usize },
    /// Of a kind that is left to ureq.
    Other,
    /// Not whole yet.
    Cut,
}

fn read_head(input: &[u8]) -> Head {
    let mut room = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut head = httparse::Response::new(&mut room);
    match head.parse(input) {
        Ok(httparse::Status::Complete(size)) => {
            read_headers(&head).map_or(Head::Other, |(reply, length)| Head::Plain { reply, length, size })
        }
        Ok(httparse::Status::Partial) if input.len() < LONGEST_HEAD => Head::Cut,
        Ok(httparse::Status::Partial) | Err(_) => Head::Other,
    }
}

/// Headers of an answer that change what its body is, or what becomes of the connection.
const NOT_PLAIN: [&str; 4] = ["transfer-encoding", "content-encoding", "trailer", "upgrade"];

/// The answer without its body and how long that is, where the head says it as most do.
fn read_headers(head: &httparse::Response<'_, '_>) -> Option<(Reply, usize)> {
    let status = head.code.filter(|code| (200..600).contains(code) && ![204, 205, 304].contains(code))?;
    let mut length = None;
    for header in head.headers.iter() {
        if header.name.eq_ignore_ascii_case("content-length") {
            let digits = printable(header.value).filter(|text| text.bytes().all(|b| b.is_ascii_digit()))?;
            if length.replace(digits.parse::<usize>().ok()?).is_some() {
                return None;
            }
        } else if header.name.eq_ignore_ascii_case("connection") {
            printable(header.value).filter(|value| value.eq_ignore_ascii_case("keep-alive"))?;
        } else if NOT_PLAIN.iter().any(|name| header.name.eq_ignore_ascii_case(name)) {
            return None;
        }
    }
    let headers = head.headers.iter().map(|header| (header.name, header.value)).collect();
    let length = length.filter(|length| *length as u64 <= MOST_BYTES)?;
    (head.version == Some(1)).then(|| (Reply { status, headers, body: Vec::new() }, length))
}

#[cfg(test)]
#[path = "plain_tests.rs"]
mod tests;

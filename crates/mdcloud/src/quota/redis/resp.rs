//! The protocol of Redis, version 2, as far as a script and its answer need it.
//!
//! Written out here because all of it is shorter than what a client library for Redis would bring along.

use std::io::{self, BufRead, Read};

/// No line of an answer is longer, and no answer to us has more parts.
const LONGEST_LINE: u64 = 64 * 1024;
const MOST_PARTS: i64 = 64;

/// A ledger with a thousand starts in its window takes some 60 kB.
const LARGEST: i64 = 16 << 20;

/// What the server answers.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// A short text such as `OK`.
    Text(String),
    /// Why not: a word in capitals, then an explanation.
    Error(String),
    Number(i64),
    Bytes(Vec<u8>),
    Nothing,
    Parts(Vec<Reply>),
}

impl Reply {
    pub(super) fn number(&self) -> Option<u64> {
        match self {
            Reply::Number(number) => u64::try_from(*number).ok(),
            Reply::Bytes(digits) => std::str::from_utf8(digits).ok()?.parse().ok(),
            _ => None,
        }
    }

    pub(super) fn bytes(self) -> Option<Vec<u8>> {
        match self {
            Reply::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

/// A command as it goes over the wire.
pub(super) fn command(words: &[&[u8]]) -> Vec<u8> {
    let mut wire = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        wire.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
        wire.extend_from_slice(word);
        wire.extend_from_slice(b"\r\n");
    }
    wire
}

/// Reads one answer. [`io::ErrorKind::InvalidData`] means that it is none: whoever speaks is not Redis.
pub(super) fn read(from: &mut impl BufRead) -> io::Result<Reply> {
    read_within(from, true)
}

fn read_within(from: &mut impl BufRead, may_nest: bool) -> io::Result<Reply> {
    let line = line(from)?;
    let Some((kind, rest)) = line.split_at_checked(1) else { return Err(not_redis()) };
    let length = || rest.parse::<i64>().map_err(|_| not_redis());
    match kind {
        "+" => Ok(Reply::Text(rest.to_owned())),
        "-" => Ok(Reply::Error(rest.to_owned())),
        ":" => Ok(Reply::Number(length()?)),
        "$" => match length()? {
            -1 => Ok(Reply::Nothing),
            length @ 0..=LARGEST => {
                let mut bytes = vec![0; length as usize + 2];
                from.read_exact(&mut bytes)?;
                if !bytes.ends_with(b"\r\n") {
                    return Err(not_redis());
                }
                bytes.truncate(length as usize);
                Ok(Reply::Bytes(bytes))
            }
            _ => Err(not_redis()),
        },
        "*" if may_nest => match length()? {
            -1 => Ok(Reply::Nothing),
            parts @ 0..=MOST_PARTS => {
                (0..parts).map(|_| read_within(from, false)).collect::<io::Result<_>>().map(Reply::Parts)
            }
            _ => Err(not_redis()),
        },
        _ => Err(not_redis()),
    }
}

fn line(from: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    from.take(LONGEST_LINE).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let text = line.strip_suffix(b"\r\n").and_then(|text| std::str::from_utf8(text).ok());
    text.map(str::to_owned).ok_or_else(not_redis)
}

/// What came is not shown: it may be an echo of what we sent, the password among it.
fn not_redis() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "what answers there does not speak the protocol of Redis")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(bytes: &[u8]) -> io::Result<Reply> {
        read(&mut &bytes[..])
    }

    #[test]
    fn every_kind_of_answer_is_read() {
        let parts = answer(b"*5\r\n+OK\r\n:-3\r\n$4\r\na\r\nb\r\n$-1\r\n$2\r\n17\r\n").unwrap();
        let Reply::Parts(parts) = parts else { panic!("{parts:?}") };
        assert_eq!(parts[..2], [Reply::Text("OK".into()), Reply::Number(-3)]);
        assert_eq!(parts[2..4], [Reply::Bytes(b"a\r\nb".to_vec()), Reply::Nothing]);
        assert_eq!((parts[4].number(), parts[1].number()), (Some(17), None));
        assert_eq!(answer(b"-NOAUTH no\r\n").unwrap(), Reply::Error("NOAUTH no".into()));
        assert_eq!(command(&[b"GET", b"\x00\r\n"]), b"*2\r\n$3\r\nGET\r\n$3\r\n\x00\r\n\r\n");
    }

    #[test]
    fn whatever_is_no_answer_is_refused_before_it_takes_memory_or_the_stack() {
        for bad in [
            "HTTP/1.1 400 Bad Request\r\n",
            "\r\n",
            "+no end\n",
            "$99999999999\r\n",
            "$-2\r\n",
            "$3\r\nabcde",
            ":ten\r\n",
            "*65\r\n",
            "*1\r\n*1\r\n:1\r\n",
            "%1\r\n",
        ] {
            let error = answer(bad.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{bad:?}");
        }
        assert_eq!(answer(&[b'+'; 70_000]).unwrap_err().kind(), io::ErrorKind::InvalidData);
        for cut in ["", "$3\r\nab", "*2\r\n:1\r\n"] {
            assert_eq!(answer(cut.as_bytes()).unwrap_err().kind(), io::ErrorKind::UnexpectedEof, "{cut:?}");
        }
    }
}

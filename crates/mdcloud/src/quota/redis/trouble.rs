//! What can be wrong with a Redis, and what to do about it.

use std::io;

use super::address::Address;
use crate::error::Status;
use crate::quota::store::StoreError;

/// Why a command has no answer that can be used.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The server says no, in its own words.
    Refused(String),
    /// The connection cannot be made, or has broken.
    Broken(io::Error),
    /// It answers, but not as the command is answered.
    Strange,
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Trouble::Broken(error)
    }
}

impl Trouble {
    /// Whether the server's refusal has this word: it begins with it, or, where Redis 6 reports what went
    /// wrong in a script, says it further on.
    pub(super) fn says(&self, word: &str) -> bool {
        matches!(self, Trouble::Refused(text) if words(text).any(|said| said == word))
    }

    pub(super) fn explain(&self, address: &Address) -> StoreError {
        let detail = match self {
            Trouble::Refused(text) => match advice(text) {
                Some(advice) => format!("{address} refuses: {text}; {advice}"),
                None => format!("{address} refuses: {text}"),
            },
            Trouble::Strange => format!("{address} does not answer as Redis does"),
            Trouble::Broken(error) => match reason(error, address) {
                Some(reason) => format!("{address}: {reason}"),
                None => format!("{address}: {error}"),
            },
        };
        let errno = match self {
            Trouble::Broken(error) => error.raw_os_error(),
            _ => None,
        };
        StoreError { errno, ..StoreError::new(Status::Network, detail) }
    }
}

/// What the one who runs the program can do about a refusal.
fn advice(text: &str) -> Option<&'static str> {
    words(text).find_map(|word| {
        Some(match word {
            "NOAUTH" => "put user and password into the URL: redis://user:password@host",
            "WRONGPASS" => "user or password in the URL are wrong",
            "AUTH" => "it has no password: leave the one in the URL out",
            "NOPERM" => "the user needs EVAL, EVALSHA and what scripts use, on the keys *mdcloud:ledger:*",
            "READONLY" => "this is a replica: name the primary in the URL",
            "OOM" => "it has no memory left: raise maxmemory",
            "LOADING" => "it is still starting",
            "MASTERDOWN" => "it is a replica without its primary: name the primary in the URL",
            "MISCONF" => "it cannot save to its disk",
            "BUSY" => "a script of somebody else blocks it",
            "MOVED" | "ASK" | "CLUSTERDOWN" => "clusters are not supported: name a Redis that stands alone",
            "DENIED" => "it serves its own machine only: give it a password",
            _ => return None,
        })
    })
}

/// The words in capitals of a refusal.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_uppercase());
    words.filter(|word| word.len() > 2)
}

fn reason(error: &io::Error, address: &Address) -> Option<String> {
    if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return Some(match tls {
            rustls::Error::InvalidCertificate(_) => format!("{tls}; name its authority in ca_file"),
            rustls::Error::InvalidMessage(_) => format!("{tls}; without TLS it is redis://"),
            _ => tls.to_string(),
        });
    }
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
            let hint = if address.tls() { "; without TLS it is redis://" } else { "" };
            Some(format!("it does not answer in time{hint}"))
        }
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
            let hint = if address.tls() { "" } else { "; with TLS it is rediss://" };
            Some(format!("it closed the connection{hint}"))
        }
        _ => None,
    }
}

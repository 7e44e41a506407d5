//! The table of error kinds. The error that every call gives is in `failure.rs`.
//!
//! [`KINDS`] is the only place where an error kind is listed: the C enumeration, the Python classes and
//! the docs are made from it or checked against it. How the service's own codes map to kinds stands in
//! [`Status::of_service`], once for all languages.

pub use crate::failure::{Delivery, Error, Result};

/// How a call ended, the same number in every language. Numbers are never reused or changed; a later
/// version may add some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum Status {
    /// Success.
    Ok = 0,
    /// An argument or setting was refused before anything was sent.
    InvalidArgument = 1,
    /// No API key was given.
    NoApiKey = 2,
    /// The caller's own file or stream could not be read or written.
    Io = 3,
    /// The caller cancelled the call.
    Cancelled = 4,
    /// The deadline passed while waiting for a result; the work goes on at the service.
    Deadline = 5,
    /// The connection could not be made or was lost.
    Network = 20,
    /// The TLS handshake failed.
    Tls = 21,
    /// The service did not answer in time.
    Timeout = 22,
    /// The short window of requests is full (429001), or the tracker knows that it would be.
    Throttled = 30,
    /// The allowance of the day or month is used up (429000), or the tracker knows that it is.
    QuotaExhausted = 31,
    /// Too many connections at once (429002).
    Busy = 32,
    /// The service has blocked this address for an hour (403002).
    Blocked = 33,
    /// The service refused the key (401xxx).
    Unauthorized = 40,
    /// The key may not do this (403xxx).
    Forbidden = 41,
    /// The service refused the request (400xxx, 406xxx).
    BadRequest = 42,
    /// The file is larger than the key allows (400144, HTTP 413).
    TooLarge = 43,
    /// The service does not know what was asked for (404xxx).
    NotFound = 44,
    /// The service failed (5xx).
    Server = 45,
    /// The answer is not what the service is known to send.
    Protocol = 46,
    /// A bug in this library; please report it.
    Panic = 99,
}

/// What a second try of the same request may achieve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Nothing: it fails again.
    Never,
    /// Something, after a pause, where sending twice does no harm.
    Later,
    /// Something once the window has passed: `retry_after` says when.
    AfterWindow,
}

/// One row of the table of error kinds.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Kind {
    /// The number.
    pub status: Status,
    /// The name behind `MDCLOUD_STATUS_` in C.
    pub name: &'static str,
    /// The Python exception class.
    pub python: &'static str,
    /// Whether to try again.
    pub retry: Retry,
    /// What happened, in a few words.
    pub text: &'static str,
    /// What to do next, where something can be said.
    pub advice: &'static str,
}

const fn kind(
    status: Status,
    name: &'static str,
    python: &'static str,
    retry: Retry,
    text: &'static str,
    advice: &'static str,
) -> Kind {
    Kind { status, name, python, retry, text, advice }
}

/// All error kinds.
pub const KINDS: [Kind; 20] = [
    kind(
        Status::InvalidArgument,
        "INVALID_ARGUMENT",
        "InvalidArgumentError",
        Retry::Never,
        "invalid argument",
        "",
    ),
    kind(
        Status::NoApiKey,
        "NO_API_KEY",
        "AuthError",
        Retry::Never,
        "no API key",
        "register at metadefender.opswat.com for a key, then set MDCLOUD_API_KEY or the setting api_key",
    ),
    kind(Status::Io, "IO", "OSError", Retry::Never, "the file could not be used", ""),
    kind(Status::Cancelled, "CANCELLED", "CancelledError", Retry::Never, "cancelled", ""),
    kind(
        Status::Deadline,
        "DEADLINE",
        "ScanNotFinishedError",
        Retry::Later,
        "not finished before the deadline",
        "the work goes on at the service: ask again later with the id in this error",
    ),
    kind(Status::Network, "NETWORK", "NetworkError", Retry::Later, "no connection to the service", ""),
    kind(
        Status::Tls,
        "TLS",
        "TlsError",
        Retry::Never,
        "TLS failed",
        "if a company proxy inspects TLS, name its root certificate in the setting ca_file",
    ),
    kind(
        Status::Timeout,
        "TIMEOUT",
        "RequestTimeoutError",
        Retry::Later,
        "the service did not answer in time",
        "",
    ),
    kind(
        Status::Throttled,
        "THROTTLED",
        "ThrottledError",
        Retry::AfterWindow,
        "throttled",
        "wait for retry_after, or allow the call to wait with a larger max_wait",
    ),
    kind(
        Status::QuotaExhausted,
        "QUOTA_EXHAUSTED",
        "QuotaExhaustedError",
        Retry::AfterWindow,
        "the key's allowance is used up",
        "quota() shows what is left and when it is renewed",
    ),
    kind(Status::Busy, "BUSY", "BusyError", Retry::Later, "too many connections", "use fewer at once"),
    kind(
        Status::Blocked,
        "BLOCKED",
        "BlockedError",
        Retry::AfterWindow,
        "the service has blocked this address",
        "send nothing for an hour, and check the key first",
    ),
    kind(
        Status::Unauthorized,
        "UNAUTHORIZED",
        "AuthError",
        Retry::Never,
        "the service refused the API key",
        "check the key before you try again: repeated wrong keys block this address for an hour",
    ),
    kind(Status::Forbidden, "FORBIDDEN", "ForbiddenError", Retry::Never, "the key may not do this", ""),
    kind(
        Status::BadRequest,
        "BAD_REQUEST",
        "BadRequestError",
        Retry::Never,
        "the service refused the request",
        "",
    ),
    kind(
        Status::TooLarge,
        "TOO_LARGE",
        "TooLargeError",
        Retry::Never,
        "the file is too large for this key",
        "",
    ),
    kind(Status::NotFound, "NOT_FOUND", "NotFoundError", Retry::Never, "not known to the service", ""),
    kind(Status::Server, "SERVER", "ServerError", Retry::Later, "the service failed", ""),
    kind(Status::Protocol, "PROTOCOL", "ProtocolError", Retry::Never, "unexpected answer", ""),
    kind(
        Status::Panic,
        "PANIC",
        "InternalError",
        Retry::Never,
        "internal error",
        "this is a bug in mdcloud: please report it",
    ),
];

impl Status {
    /// The row of this kind; `None` for [`Status::Ok`].
    pub fn kind(self) -> Option<&'static Kind> {
        KINDS.iter().find(|kind| kind.status == self)
    }

    /// The kind with this number, if there is one.
    pub fn from_number(number: i32) -> Option<Status> {
        if number == 0 {
            return Some(Status::Ok);
        }
        KINDS.iter().map(|kind| kind.status).find(|status| *status as i32 == number)
    }

    /// The name behind `MDCLOUD_STATUS_` in C, such as `NOT_FOUND`.
    pub fn name(self) -> &'static str {
        self.kind().map_or("OK", |kind| kind.name)
    }

    /// What kind of failure the service means by its HTTP status and six-digit code.
    ///
    /// The code decides where it has the form HTTP status + serial; some answers carry another HTTP
    /// status than their code. Texts are for people and decide nothing.
    pub fn of_service(http_status: u16, code: Option<i64>) -> Status {
        match code {
            Some(429_000) => return Status::QuotaExhausted,
            Some(429_001) => return Status::Throttled,
            Some(429_002) => return Status::Busy,
            Some(403_002) => return Status::Blocked,
            Some(400_144) => return Status::TooLarge,
            _ => {}
        }
        let of_code = code.map(|code| code / 1000).filter(|class| (400..600).contains(class));
        match of_code.unwrap_or(i64::from(http_status)) {
            401 => Status::Unauthorized,
            403 => Status::Forbidden,
            404 => Status::NotFound,
            408 => Status::Timeout,
            413 => Status::TooLarge,
            429 => Status::Throttled,
            400..=499 => Status::BadRequest,
            500..=599 => Status::Server,
            _ => Status::Protocol,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_unique_and_found_again() {
        let mut names = std::collections::HashSet::new();
        for row in KINDS {
            assert_eq!(Status::from_number(row.status as i32), Some(row.status));
            assert_eq!(row.status.name(), row.name);
            assert!(names.insert(row.name), "{} stands twice", row.name);
            assert_eq!(KINDS.iter().filter(|other| other.status == row.status).count(), 1);
        }
        assert_eq!(Status::from_number(0), Some(Status::Ok));
        for unknown in [-1, 6, 50, 100, i32::MAX] {
            assert_eq!(Status::from_number(unknown), None);
        }
    }

    #[test]
    fn the_code_decides_over_the_http_status() {
        assert_eq!(Status::of_service(429, Some(429_000)), Status::QuotaExhausted);
        assert_eq!(Status::of_service(429, Some(429_002)), Status::Busy);
        assert_eq!(Status::of_service(429, None), Status::Throttled);
        assert_eq!(Status::of_service(200, Some(404_003)), Status::NotFound);
        assert_eq!(Status::of_service(400, Some(400_144)), Status::TooLarge);
        assert_eq!(Status::of_service(400, Some(23_505)), Status::BadRequest);
        assert_eq!(Status::of_service(403, Some(403_002)), Status::Blocked);
        assert_eq!(Status::of_service(403, Some(403_001)), Status::Forbidden);
        assert_eq!(Status::of_service(502, None), Status::Server);
        assert_eq!(Status::of_service(302, None), Status::Protocol);
    }
}

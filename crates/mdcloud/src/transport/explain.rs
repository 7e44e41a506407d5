//! What went wrong on the way, in our terms.

use std::io;

use super::Failure;
use super::scope::Scope;
use crate::error::{Delivery, Status};

/// Nothing was sent, for this reason.
pub(super) fn failure(status: Status, detail: String) -> Failure {
    Failure { status, detail, delivery: Delivery::NotSent, partly: false, errno: None }
}

/// What went wrong, in our terms.
pub(super) fn explain(scope: &Scope, error: &ureq::Error, own: Option<io::Error>) -> Failure {
    let delivery = if scope.has_sent() { Delivery::Unknown } else { Delivery::NotSent };
    if let Some(own) = own {
        // The service never gets the end of the body, so it cannot take it for a file.
        let detail = format!("the source: {own}");
        return Failure {
            status: Status::Io,
            detail,
            delivery: Delivery::NotSent,
            partly: scope.has_sent(),
            errno: own.raw_os_error(),
        };
    }
    if let Some(why) = scope.stopped() {
        return Failure {
            status: why.status(),
            detail: why.text().to_owned(),
            delivery,
            partly: false,
            errno: None,
        };
    }
    let (status, detail) = match error {
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) | ureq::Error::TlsRequired => {
            (Status::Tls, error.to_string())
        }
        ureq::Error::Protocol(_) | ureq::Error::Http(_) | ureq::Error::LargeResponseHeader(..) => {
            (Status::Protocol, error.to_string())
        }
        ureq::Error::Decompress(..) => (Status::Protocol, error.to_string()),
        ureq::Error::Io(io) if is_tls(io) => (Status::Tls, io.to_string()),
        ureq::Error::Io(io) => (Status::Network, io.to_string()),
        _ => (Status::Network, error.to_string()),
    };
    Failure { status, detail, delivery, partly: false, errno: None }
}

/// rustls reports a refused certificate through the reader, as an I/O error with its own inside.
fn is_tls(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
        && error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>())
}

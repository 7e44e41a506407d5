//! Doors for [`crate::fuzzing`].

use mdcloud_process::ledger::Tell;

pub(crate) use super::shared::read_tracker;
use crate::config::Rate;
use crate::transport::Reply;

pub(crate) fn headers(reply: &Reply) -> Tell {
    let mut tell = Tell::new([0; 16], 1, 0);
    super::headers::read_into(&mut tell, reply);
    tell
}

pub(crate) fn rate(messages: &[String]) -> Option<Rate> {
    super::headers::rate_in_text(messages)
}

/// The address of a Redis, and what one answers.
#[cfg(feature = "redis")]
pub(crate) fn redis(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        drop(super::redis::Address::parse(text));
    }
    super::redis::read_for_fuzzing(data);
}

//! All that a caller sees of an answer, as one text: for tests that compare two of them.

use super::{Failure, Reply};

pub(super) fn shown(result: &Result<Reply, Failure>) -> String {
    match result {
        Ok(reply) => {
            let header = |(name, value): (&[u8], &[u8])| (name.to_ascii_lowercase(), value.to_vec());
            let mut headers: Vec<_> = reply.headers.iter().map(header).collect();
            // ureq gathers those of one name, in their order.
            headers.sort_by(|(one, _), (other, _)| one.cmp(other));
            format!("{} {headers:?} \"{}\"", reply.status, reply.body.escape_ascii())
        }
        Err(failure) => format!("{:?} {:?} {}", failure.status, failure.delivery, failure.partly),
    }
}

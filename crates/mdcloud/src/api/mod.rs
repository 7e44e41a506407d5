//! The operations, one file a family. Each checks its arguments, makes a [`Call`](crate::call::Call) from
//! its row of the table, and reads the answer.

mod account;
mod file;
mod generic;
mod hash;

use crate::error::{Error, Result};
use crate::model::Document;
use crate::transport::Reply;

/// Refuses what cannot be an identifier of the service: those are short and of harmless letters, and what
/// stands in a path must not lead elsewhere.
pub(crate) fn check_id<'a>(name: &str, id: &'a str) -> Result<&'a str> {
    let id = id.trim();
    let harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '=' | '.');
    if id.is_empty() || id.len() > 512 || !id.chars().all(harmless) || id.chars().all(|c| c == '.') {
        return Err(Error::invalid(name, "is not an identifier: letters, digits, '-' and '_' only"));
    }
    Ok(id)
}

/// The answer as a document, with its bytes in the error where it is not even text.
pub(crate) fn document(reply: Reply) -> Result<Document> {
    let status = reply.status;
    let copy = reply.body.iter().take(1000).copied().collect::<Vec<u8>>();
    Document::new(reply.body).map_err(|error| error.with_answer(status, None, Vec::new(), &copy))
}

/// Reads the answer with `read`; the error keeps status and bytes.
pub(crate) fn read<T>(name: &str, reply: Reply, read: impl FnOnce(Document) -> Result<T>) -> Result<T> {
    let status = reply.status;
    let document = document(reply)?;
    let copy = document.clone();
    read(document).map_err(|error| {
        error.with_answer(status, None, Vec::new(), copy.raw()).with_request(name.to_owned())
    })
}

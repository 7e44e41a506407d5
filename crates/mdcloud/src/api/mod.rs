//! The operations, one file a family. Each checks its arguments, makes a [`Call`](crate::call::Call) from
//! its row of the table, and reads the answer.

mod account;
mod budget;
mod check;
mod details;
mod feed;
mod file;
mod generic;
mod hash;
mod reputation;
mod rescan;
mod sandbox;
mod sanitize;
mod status;
mod webhook;

pub use details::Badge;
pub use feed::{FeedPages, FeedQuery};

pub(crate) use check::{check_id, served_id};

use crate::call::Call;
use crate::client::Client;
use crate::error::{Delivery, Error, Result, Status};
use crate::model::Document;
use crate::model::record::Record;
use crate::transport::Reply;

/// The answer as a document, with its bytes in the error where it is not even text.
///
/// Only answers with a status of success come here. One that cannot be read is no refusal: what was asked for
/// may have been carried out.
pub(crate) fn document(reply: Reply) -> Result<Document> {
    match String::from_utf8(reply.body) {
        Ok(text) => Ok(Document::of_text(text)),
        Err(error) => {
            let raw = error.as_bytes();
            let error = Document::no_text();
            let error = error.with_answer(reply.status, None, Vec::new(), &raw[..raw.len().min(1000)]);
            Err(error.with_delivery(Delivery::Unknown))
        }
    }
}

/// Reads the answer as a result whose fields stand in a table.
pub(crate) fn record<T: Record>(name: &str, reply: Reply) -> Result<T> {
    read(name, reply, |document| {
        let value: serde_json::Value = document.read()?;
        if value.is_object() || T::IS_LIST && value.is_array() {
            return Ok(T::of_value(&value, document));
        }
        Err(Error::new(Status::Protocol, "the answer has another shape than expected"))
    })
}

/// Reads the answer with `read`; the error keeps status and bytes.
pub(crate) fn read<T>(name: &str, reply: Reply, read: impl FnOnce(Document) -> Result<T>) -> Result<T> {
    let status = reply.status;
    let document = document(reply)?;
    let copy = document.clone();
    read(document).map_err(|error| {
        let error = error.with_answer(status, None, Vec::new(), copy.raw());
        error.with_delivery(Delivery::Unknown).with_request(name.to_owned())
    })
}

impl Client {
    /// Carries out a call whose answer is a result with a table of fields.
    pub(crate) fn read_record<T: Record>(&self, call: Call<'_>) -> Result<T> {
        let name = call.name();
        record(&name, self.perform(call)?)
    }

    /// Carries out a call whose answer is handed on as it came.
    pub(crate) fn read_document(&self, call: Call<'_>) -> Result<Document> {
        let name = call.name();
        read(&name, self.perform(call)?, |document| {
            let _: serde::de::IgnoredAny = document.read()?;
            Ok(document)
        })
    }
}

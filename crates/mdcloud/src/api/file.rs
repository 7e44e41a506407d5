//! Uploads and their results.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::{check_id, read, record, served_id};
use crate::call::{Call, Payload};
use crate::client::Client;
use crate::endpoints::Operation;
use crate::error::{Delivery, Error, Result, Status};
use crate::model::{Report, Submission};
use crate::source::Source;
use crate::transport::Reply;
use crate::wait::Patience;

/// What a file name may hold in a header as it is.
const NAME: &AsciiSet = &CONTROLS.add(b' ').add(b'%').add(b'"').add(b'\\').add(b',').add(b';');

/// What the service says of an upload that it took.
fn submission(reply: Reply) -> Result<Submission> {
    let submission = record::<Submission>("POST /file", reply)?;
    let named = match submission.data_id() {
        Some(data_id) => served_id("data_id", data_id).map(drop),
        None => Err(Error::new(Status::Protocol, "the answer to the upload names no data_id")),
    };
    match named {
        Ok(()) => Ok(submission),
        Err(error) => Err(error
            .with_answer(200, None, Vec::new(), submission.document().raw())
            .with_delivery(Delivery::Unknown)
            .with_request("POST /file")),
    }
}

impl Client {
    /// Uploads a file for analysis and gives its handle; the scan goes on at the service.
    ///
    /// Charged to the Prevention allowance, and throttled. It is never sent twice: where the answer was
    /// lost, the upload is looked for among the newest of this key, for some seconds; where it cannot be
    /// found, the error says that it is not known whether the service took the file
    /// ([`Delivery::Unknown`](crate::Delivery::Unknown)).
    pub fn file_submit(&self, source: impl Into<Source>) -> Result<Submission> {
        let patience = self.patience().at_most(self.options.deadline.flatten());
        self.submit_within(&source.into(), &patience)
    }

    /// Refuses a file name that cannot be sent, before anything else is done.
    pub(crate) fn check_filename(&self) -> Result<()> {
        self.options.filename.as_deref().map_or(Ok(()), |name| header_name(name).map(drop))
    }

    pub(crate) fn submit_within(&self, source: &Source, patience: &Patience) -> Result<Submission> {
        let fetched = self.options.headers.iter().any(|(name, _)| name == "downloadfrom");
        let mut call = Call::new(Operation::FileSubmit, &[]);
        if !fetched {
            // What cannot be read is refused before anyone waits for quota. A stream is not touched yet.
            source.check()?;
            call = call.payload(Payload::Source(source));
        }
        let given = self.options.filename.clone().or_else(|| source.name());
        if let Some(name) = given {
            call = call.header("filename", header_name(&name)?);
        }
        for (name, value) in &self.options.headers {
            call = call.header(name.as_str(), value.as_str());
        }
        let started = patience.now();
        self.perform_within(call, patience, &mut None).and_then(submission).or_else(|error| {
            self.learn_from(&error);
            match fetched {
                true => Err(error),
                false => self.find_lost(source, started, patience, error),
            }
        })
    }

    /// A refusal for size names the limit; the next file that is too large is not sent.
    fn learn_from(&self, error: &Error) {
        if error.status() == Status::TooLarge && !error.is_local() {
            let text = error.messages().join(" ");
            let number = text.rsplit_once("maximum ").map(|(_, rest)| rest);
            let digits = number.and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
            if let Some(megabytes) = digits.and_then(|digits| digits.parse().ok()) {
                self.learn_max_upload(megabytes);
            }
        }
    }

    /// State of a scan, finished or not. Charged to no allowance.
    pub fn file_report(&self, data_id: &str) -> Result<Report> {
        let patience = self.patience().at_most(self.options.deadline.flatten());
        self.report_within(data_id, &patience)
    }

    pub(crate) fn report_within(&self, data_id: &str, patience: &Patience) -> Result<Report> {
        let data_id = check_id("data_id", data_id)?;
        let reply = self.perform_within(Call::new(Operation::FileReport, &[data_id]), patience, &mut None)?;
        read(&format!("GET /file/{data_id}"), reply, Report::new)
    }
}

/// The last part of a name, percent-encoded: the service gets no path of the caller's machine.
fn header_name(name: &str) -> Result<String> {
    if name.contains('\0') {
        return Err(Error::invalid("filename", "holds a NUL"));
    }
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    if base.is_empty() {
        return Err(Error::invalid("filename", format!("{name:?} names no file")));
    }
    Ok(utf8_percent_encode(base, NAME).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_base_name_is_sent_and_it_is_encoded() {
        assert_eq!(header_name("/home/me/invoice ä.pdf").unwrap(), "invoice%20%C3%A4.pdf");
        assert_eq!(header_name(r"C:\Users\me\a,b.txt").unwrap(), "a%2Cb.txt");
        assert_eq!(header_name("a\r\nx: y").unwrap(), "a%0D%0Ax:%20y");
        assert!(header_name("dir/").is_err());
        assert!(header_name("a\0b").is_err());
    }
}

//! Clean copies of files.

use std::io::Write;
use std::path::Path;

use super::{check_id, served_id};
use crate::call::Call;
use crate::client::Client;
use crate::endpoints::Operation;
use crate::error::{Error, Result, Status};
use crate::model::Report;
use crate::source::Source;
use crate::transport::Reply;
use crate::wait::Patience;

impl Client {
    /// Link to the clean copy of a file that this key has uploaded; good without a key for up to 24 hours.
    /// Charged to no allowance.
    pub fn sanitized_link(&self, data_id: &str) -> Result<String> {
        let call = Call::new(Operation::SanitizedLink, &[check_id("data_id", data_id)?]);
        self.read_link(call, &["/sanitizedFilePath"])
    }

    /// Legacy: the same by `file_id`. Use [`Client::sanitized_link`].
    pub fn sanitized_link_legacy(&self, file_id: &str) -> Result<String> {
        let call = Call::new(Operation::SanitizedLinkLegacy, &[check_id("file_id", file_id)?]);
        self.read_link(call, &["/sanitizedFilePath", "/sanitizedLink", "/link"])
    }

    /// Removes a clean copy before its 24 hours are over. Paid keys only.
    pub fn sanitized_delete(&self, data_id: &str) -> Result<()> {
        self.perform(Call::new(Operation::SanitizedDelete, &[check_id("data_id", data_id)?])).map(drop)
    }

    /// Fetches the clean copy into the file `destination` and gives its length in bytes.
    ///
    /// It is written beside the destination and renamed at the end, so that a download that breaks leaves
    /// nothing behind and an older file stays. The link never sees the key.
    pub fn sanitized_download(&self, data_id: &str, destination: impl AsRef<Path>) -> Result<u64> {
        let patience = self.patience().at_most(self.options.deadline.flatten());
        self.download_within(data_id, destination.as_ref(), &patience)
    }

    /// Fetches the clean copy and hands it on to `target` block by block; gives its length in bytes.
    ///
    /// What was handed on before a download breaks stays with the target: only a success means that it is
    /// whole. The link never sees the key. A failure of the target is [`Status::Io`].
    pub fn sanitized_download_to(&self, data_id: &str, mut target: impl Write) -> Result<u64> {
        let patience = self.patience().at_most(self.options.deadline.flatten());
        let link = self.sanitized_link(data_id)?;
        self.fetch(&link, &mut target, &patience)
    }

    pub(crate) fn download_within(
        &self,
        data_id: &str,
        destination: &Path,
        patience: &Patience,
    ) -> Result<u64> {
        let mut target = Target::new(destination)?;
        let link = self.sanitized_link(data_id)?;
        target.length = self.fetch(&link, &mut target.file, patience)?;
        target.finish()
    }

    /// Uploads a file for sanitization, waits until all that applies is finished, and fetches the clean
    /// copy into the file `destination`.
    ///
    /// The rule is `sanitize` with `multiscan` where the options name none. Where the service makes no
    /// clean copy, the error is [`Status::NotFound`] with the service's reason, and the destination stays
    /// as it was; the report is then to be had by the `data_id` of the error.
    pub fn file_sanitize(&self, source: impl Into<Source>, destination: impl AsRef<Path>) -> Result<Report> {
        let source = source.into();
        let patience = self.patience().at_most(self.waiting_deadline());
        // A destination that cannot be written is found before an upload is spent on it.
        drop(Target::new(destination.as_ref())?);
        let client = match self.options.headers.iter().any(|(name, _)| name == "rule") {
            true => self.clone(),
            false => self.with(&self.options.clone().rule(["multiscan", "sanitize"])?),
        };
        let report = client.upload_and_wait(&source, &patience)?;
        let data_id = served_id("data_id", report.data_id().unwrap_or_default())?.to_owned();
        let sanitized = report.sanitized();
        let allowed =
            sanitized.and_then(|s| s.result()).is_some_and(|result| result.eq_ignore_ascii_case("allowed"));
        if !allowed {
            let reason = sanitized.and_then(|s| s.reason()).unwrap_or("the service made no clean copy");
            return Err(Error::new(Status::NotFound, reason)
                .with_answer(200, None, vec![reason.to_owned()], report.raw())
                .with_request("POST /file")
                .with_data_id(data_id));
        }
        client
            .download_within(&data_id, destination.as_ref(), &patience)
            .map_err(|e| e.with_data_id(data_id))?;
        Ok(report)
    }

    /// Fetches a link, which may lead to another host and is a secret by itself.
    fn fetch(&self, link: &str, target: &mut dyn Write, patience: &Patience) -> Result<u64> {
        let mut counted = Counted { target, length: 0 };
        let reply: Reply = self.get_link(link, &mut counted, patience)?;
        if (200..300).contains(&reply.status) {
            return Ok(counted.length);
        }
        let status = match reply.status {
            403 | 404 | 410 => Status::NotFound,
            other => Status::of_service(other, None),
        };
        Err(Error::new(status, "the link to the clean copy does not work (any more)")
            .with_answer(reply.status, None, Vec::new(), &reply.body)
            .with_request("GET (link)"))
    }
}

struct Counted<'a> {
    target: &'a mut dyn Write,
    length: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = self.target.write(bytes)?;
        self.length += count as u64;
        Ok(count)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.target.flush()
    }
}

/// A file that is written beside its destination and takes its place at the end.
struct Target<'a> {
    destination: &'a Path,
    beside: std::path::PathBuf,
    file: std::fs::File,
    length: u64,
}

impl<'a> Target<'a> {
    fn new(destination: &'a Path) -> Result<Self> {
        let shown = destination.display().to_string();
        let Some(name) = destination.file_name() else {
            return Err(Error::invalid("destination", format!("{shown:?} names no file")));
        };
        if destination.is_dir() {
            return Err(Error::invalid("destination", format!("{shown:?} is a directory")));
        }
        // A name that nobody guesses and no other call uses; never taken from the answer.
        use std::hash::{BuildHasher, RandomState};
        let tag = RandomState::new().hash_one(std::time::Instant::now());
        let beside = destination.with_file_name(format!(".{}.{tag:016x}.part", name.to_string_lossy()));
        let file = std::fs::OpenOptions::new().write(true).create_new(true).open(&beside);
        let file = file.map_err(|error| Error::io(&format!("{shown}, or a file beside it,"), &error))?;
        Ok(Target { destination, beside, file, length: 0 })
    }

    fn finish(mut self) -> Result<u64> {
        let failed = |error: std::io::Error| Error::io(&self.destination.display().to_string(), &error);
        self.file.flush().and_then(|()| self.file.sync_all()).map_err(failed)?;
        std::fs::rename(&self.beside, self.destination).map_err(failed)?;
        Ok(self.length)
    }
}

impl Drop for Target<'_> {
    fn drop(&mut self) {
        // After a rename there is nothing to remove.
        let _ = std::fs::remove_file(&self.beside);
    }
}

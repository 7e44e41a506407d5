//! Scanning what the service has already, and what lies in a public repository.

use serde_json::json;

use super::{check, check_id};
use crate::call::Call;
use crate::client::Client;
use crate::endpoints::Operation;
use crate::error::{Error, Result, Status};
use crate::model::record::many;
use crate::model::{Document, RescanResult, Submission};

impl Client {
    /// Legacy: scans a file again that the service has kept; wait for the new `data_id`.
    ///
    /// Needs the `file_id` of a file that was uploaded with sharing on. Charged to the Prevention
    /// allowance, throttled, and never repeated.
    pub fn file_rescan(&self, file_id: &str) -> Result<Submission> {
        self.read_record(Call::new(Operation::FileRescan, &[check_id("file_id", file_id)?]))
    }

    /// Legacy: the same for any number of files, one outcome per input, in input order. A file that
    /// stands twice is rescanned once. Charged to the Prevention allowance, and throttled.
    pub fn file_rescan_many<I>(&self, file_ids: I) -> Result<Vec<RescanResult>>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let inputs: Vec<String> = file_ids.into_iter().map(|id| id.as_ref().to_owned()).collect();
        if inputs.is_empty() {
            return Err(Error::invalid("file_ids", "is empty"));
        }
        let mut wanted: Vec<&str> = inputs.iter().filter_map(|id| check_id("file_id", id).ok()).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut found = std::collections::HashMap::new();
        let batch = Operation::FileRescanMany.endpoint().batch.unwrap_or(1) as usize;
        for ids in wanted.chunks(batch) {
            match self.rescan_batch(ids) {
                Ok(results) => {
                    found.extend(results.into_iter().map(|one| (one.file_id().unwrap_or("").to_owned(), one)))
                }
                Err(error) => {
                    found.extend(
                        ids.iter().map(|id| ((*id).to_owned(), RescanResult::failed(id, error.clone()))),
                    );
                }
            }
        }
        let missing = || Error::new(Status::Protocol, "the answer leaves this file out");
        let outcome = |input: &String| match check_id("file_id", input) {
            Err(error) => RescanResult::failed(input, error),
            Ok(id) => found.get(id).cloned().unwrap_or_else(|| RescanResult::failed(input, missing())),
        };
        Ok(inputs.iter().map(outcome).collect())
    }

    fn rescan_batch(&self, ids: &[&str]) -> Result<Vec<RescanResult>> {
        let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        let call =
            Call::new(Operation::FileRescanMany, &[]).cost(count, count).json(&json!({ "file_ids": ids }));
        let document: Document = self.read_document(call)?;
        Ok(many(document.value(), &["/data", ""]))
    }

    /// Scans a public source repository: `host` is `github`, `gitlab` or `bitbucket`; `reference` is a
    /// branch or commit, `master` where not given. Charged to the Prevention allowance, and throttled.
    pub fn repo_submit(
        &self,
        host: &str,
        username: &str,
        repository: &str,
        reference: Option<&str>,
    ) -> Result<Submission> {
        let body = json!({
            "source": check::one_of("source", host, &["github", "gitlab", "bitbucket"])?,
            "username": check::name("username", username)?,
            "repository": check::name("repository", repository)?,
            "ref": check::name("ref", reference.unwrap_or("master"))?,
        });
        self.read_record(Call::new(Operation::RepoSubmit, &[]).json(&body))
    }
}

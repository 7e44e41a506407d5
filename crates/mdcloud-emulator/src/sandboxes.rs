//! Sandbox runs: what runs, since when.

use std::time::Duration;

use crate::ids;
use crate::settings::Settings;

/// What is run.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    Url(String),
    File {
        md5: String,
        sha1: String,
        sha256: String,
        data_id: Option<String>,
        /// The code that the engines give it.
        verdict: i64,
        hidden: bool,
    },
}

/// One run.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) id: String,
    pub(crate) target: Target,
    /// `None`: it was over before this emulator began.
    started: Option<Duration>,
}

impl Run {
    pub(crate) fn is_done(&self, settings: &Settings, now: Duration) -> bool {
        self.started.is_none_or(|started| now.saturating_sub(started) >= settings.sandbox_time)
    }
}

/// All runs.
#[derive(Debug, Default)]
pub(crate) struct Sandboxes {
    runs: Vec<Run>,
}

impl Sandboxes {
    /// Starts a run, and gives its id.
    pub(crate) fn start(&mut self, seed: u64, target: Target, now: Option<Duration>) -> String {
        let label = match &target {
            Target::Url(url) => url,
            Target::File { sha256, .. } => sha256,
        };
        let earlier = self.runs.iter().filter(|run| run.label() == label).count();
        let id = ids::run_id(seed, &format!("sandbox {label} {earlier}"));
        self.runs.push(Run { id: id.clone(), target, started: now });
        id
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Run> {
        self.runs.iter().rev().find(|run| run.id == id)
    }

    /// The last run of a file that may be seen by hash.
    pub(crate) fn of_hash(&self, hash: &str) -> Option<&Run> {
        self.runs.iter().rev().find(|run| match &run.target {
            Target::Url(_) => false,
            Target::File { md5, sha1, sha256, hidden, .. } => {
                !hidden && [md5, sha1, sha256].iter().any(|known| known.eq_ignore_ascii_case(hash))
            }
        })
    }
}

impl Run {
    fn label(&self) -> &str {
        match &self.target {
            Target::Url(url) => url,
            Target::File { sha256, .. } => sha256,
        }
    }
}

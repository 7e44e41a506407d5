//! Scans: what was uploaded, how far it is, and what comes out.

use std::collections::HashMap;
use std::time::Duration;

use crate::engines::{self, ENGINES};
use crate::ids;
use crate::settings::Settings;
use crate::upload::Received;
use crate::upload_rules::Wishes;

/// Code for a file that waits.
pub(crate) const QUEUED: i64 = 254;
/// Code for a file that is being scanned.
pub(crate) const RUNNING: i64 = 255;
/// Code that stops below 100 %.
pub(crate) const ABORTED: i64 = 11;

/// One scan of one file.
#[derive(Clone, Debug)]
pub(crate) struct Scan {
    pub(crate) data_id: String,
    pub(crate) file_id: String,
    pub(crate) md5: String,
    pub(crate) sha1: String,
    pub(crate) sha256: String,
    pub(crate) size: u64,
    pub(crate) display_name: String,
    pub(crate) uploaded: Duration,
    /// The overall code when it is done.
    pub(crate) verdict: i64,
    pub(crate) eicar: bool,
    pub(crate) is_text: bool,
    pub(crate) wishes: Wishes,
    /// How many scans of the same content there are, this one included.
    pub(crate) history: usize,
    /// Whether the clean copy was removed by hand.
    pub(crate) copy_dropped: bool,
}

/// How far a scan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Queued,
    /// Per cent, 1 to 99.
    Running(u64),
    Done,
}

impl Scan {
    /// How far it is now: a fifth of the time in the queue, then progress, then done. The verdicts "in
    /// queue" and "in progress" stay for ever, for tests of deadlines.
    pub(crate) fn stage(&self, settings: &Settings, now: Duration) -> Stage {
        if self.verdict == QUEUED {
            return Stage::Queued;
        }
        let waited = now.saturating_sub(self.uploaded).as_nanos();
        let whole = settings.scan_time.as_nanos();
        if waited >= whole {
            return if self.verdict == RUNNING { Stage::Running(99) } else { Stage::Done };
        }
        let queue = whole / 5;
        if waited < queue {
            return Stage::Queued;
        }
        let percent = (waited - queue) * 100 / (whole - queue).max(1);
        Stage::Running(u64::try_from(percent).unwrap_or(99).clamp(1, 99))
    }

    /// The overall code now.
    pub(crate) fn code(&self, settings: &Settings, now: Duration) -> i64 {
        match self.stage(settings, now) {
            Stage::Queued => QUEUED,
            Stage::Running(_) => RUNNING,
            Stage::Done => self.verdict,
        }
    }

    /// How many engines have reported now.
    pub(crate) fn reported(&self, settings: &Settings, now: Duration) -> usize {
        match self.stage(settings, now) {
            Stage::Queued => 0,
            Stage::Running(percent) => ENGINES.len() * usize::try_from(percent).unwrap_or(0) / 100,
            Stage::Done if self.verdict == ABORTED || self.verdict == 10 => 0,
            Stage::Done => ENGINES.len(),
        }
    }

    /// How many of them found something.
    pub(crate) fn detections(&self, settings: &Settings, now: Duration) -> usize {
        (0..self.reported(settings, now))
            .filter(|&index| matches!(engines::opinion(index, self.verdict).0, 1 | 2))
            .count()
    }
}

/// All scans, in order of arrival.
#[derive(Debug, Default)]
pub(crate) struct Scans {
    all: Vec<Scan>,
    by_data_id: HashMap<String, usize>,
    /// Of each hash in upper case, the scans that may be seen by hash.
    public: HashMap<String, Vec<usize>>,
    /// Of each SHA-256, how many scans there were, hidden ones included.
    counts: HashMap<String, usize>,
}

impl Scans {
    /// Adds a scan and gives it its ids.
    pub(crate) fn add(
        &mut self,
        settings: &Settings,
        received: Received,
        wishes: Wishes,
        now: Duration,
    ) -> &Scan {
        let Received { md5, sha1, sha256, size, verdict, eicar, is_text, .. } = received;
        let count = self.counts.entry(sha256.clone()).or_default();
        let (file_id, data_id) = ids::scan_ids(settings.seed, &sha256, *count);
        *count += 1;
        let history = *count;
        let index = self.all.len();
        self.by_data_id.insert(data_id.clone(), index);
        if !wishes.hidden {
            for hash in [&md5, &sha1, &sha256] {
                self.public.entry(hash.clone()).or_default().push(index);
            }
        }
        let display_name = wishes.display_name.clone().unwrap_or_else(|| sha256.clone());
        let uploaded = now;
        self.all.push(Scan {
            data_id,
            file_id,
            md5,
            sha1,
            sha256,
            size,
            display_name,
            uploaded,
            verdict,
            eicar,
            is_text,
            wishes,
            history,
            copy_dropped: false,
        });
        &self.all[index]
    }

    pub(crate) fn by_data_id(&self, data_id: &str) -> Option<&Scan> {
        self.by_data_id.get(data_id).and_then(|&index| self.all.get(index))
    }

    /// Removes the clean copy of a scan.
    pub(crate) fn drop_copy(&mut self, data_id: &str) {
        let index = self.by_data_id.get(data_id).copied();
        if let Some(scan) = index.and_then(|index| self.all.get_mut(index)) {
            scan.copy_dropped = true;
        }
    }

    /// The scans that can be seen by hash, oldest first.
    pub(crate) fn history(&self, hash: &str) -> impl DoubleEndedIterator<Item = &Scan> {
        let indices = self.public.get(&hash.to_ascii_uppercase()).map_or(&[][..], Vec::as_slice);
        indices.iter().filter_map(|&index| self.all.get(index))
    }

    /// The latest scan that can be seen by hash.
    pub(crate) fn by_hash(&self, hash: &str) -> Option<&Scan> {
        self.history(hash).next_back()
    }

    /// All scans, newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Scan> {
        self.all.iter().rev()
    }

    /// How many wait in the queue.
    pub(crate) fn queued(&self, settings: &Settings, now: Duration) -> usize {
        // Only the recent ones can still wait; all older ones are done or stuck for ever on purpose. The
        // number is for show, so a long queue is not counted to its end.
        self.newest_first()
            .take(1000)
            .take_while(|scan| now.saturating_sub(scan.uploaded) < settings.scan_time)
            .filter(|scan| scan.stage(settings, now) == Stage::Queued)
            .count()
    }
}

/// The text of an overall code.
pub(crate) fn text(code: i64) -> &'static str {
    match code {
        0 => "No Threat Detected",
        1 => "Infected",
        2 => "Suspicious",
        3 => "Failed To Scan",
        4 => "Cleaned / Deleted",
        5 => "Unknown",
        6 => "Quarantined",
        7 => "Skipped Clean",
        8 => "Skipped Infected",
        9 => "Exceeded Archive Depth",
        10 => "Not Scanned",
        11 => "Aborted",
        12 => "Encrypted",
        13 => "Exceeded Archive Size",
        14 => "Exceeded Archive File Number",
        15 => "Password Protected Document",
        16 => "Exceeded Archive Timeout",
        17 => "Mismatch",
        18 => "Potentially Vulnerable",
        19 => "Canceled",
        20 => "Sensitive Data",
        21 => "Yara Rule Matched",
        22 => "Potentially Unwanted Application",
        23 => "File type not supported",
        QUEUED => "In queue",
        RUNNING => "In Progress",
        _ => "Other",
    }
}

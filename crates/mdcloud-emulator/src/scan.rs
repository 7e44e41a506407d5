//! One scan of one file: how far it is, and what comes out.

use std::time::Duration;

use crate::engines::{self, ENGINES};
use crate::kinds::Kind;
use crate::settings::Settings;
use crate::upload_rules::Wishes;

/// Code for a file that waits.
pub(crate) const QUEUED: i64 = 254;
/// Code for a file that is being scanned.
pub(crate) const RUNNING: i64 = 255;
/// Code that stops below 100 %.
pub(crate) const ABORTED: i64 = 11;
/// Code of a file that no engine has looked at.
pub(crate) const NOT_SCANNED: i64 = 10;

/// How long the service keeps a clean copy.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// How a scan came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Sent with this key.
    Upload,
    /// Ordered with this key, but not sent: a file that was known, or a repository.
    Order,
    /// Taken out of an archive.
    Member,
    /// The clean copy of another file.
    Copy,
    /// Sent by somebody else before this emulator began.
    Past,
}

/// One scan of one file.
#[derive(Clone, Debug)]
pub(crate) struct Scan {
    pub(crate) data_id: String,
    pub(crate) file_id: String,
    pub(crate) origin: Origin,
    pub(crate) md5: String,
    pub(crate) sha1: String,
    pub(crate) sha256: String,
    pub(crate) size: u64,
    pub(crate) display_name: String,
    pub(crate) uploaded: Duration,
    /// From there to the result.
    pub(crate) takes: Duration,
    /// The overall code when it is done, members included.
    pub(crate) verdict: i64,
    /// The code of the file itself.
    pub(crate) alone: i64,
    pub(crate) eicar: bool,
    pub(crate) kind: Kind,
    pub(crate) wishes: Wishes,
    /// How many scans of the same content there are, this one included.
    pub(crate) history: usize,
    /// The archive that it was in.
    pub(crate) parent: Option<String>,
    /// What was in it, if it was opened.
    pub(crate) archive: Option<Archive>,
    /// The clean copy, if one was asked for.
    pub(crate) copy: Option<CleanCopy>,
    /// The last sandbox run.
    pub(crate) sandbox_id: Option<String>,
}

/// An archive that was opened, or not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Archive {
    /// Scans of the members.
    pub(crate) members: Vec<String>,
    /// Why not, as a code.
    pub(crate) code: Option<i64>,
    pub(crate) locked: bool,
    pub(crate) broken: bool,
}

/// What became of the wish for a clean copy.
#[derive(Clone, Debug)]
pub(crate) struct CleanCopy {
    /// `None` if the file cannot be cleaned.
    pub(crate) made: Option<Made>,
    /// Removed by hand.
    pub(crate) dropped: bool,
}

/// A clean copy.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    /// Its own scan.
    pub(crate) data_id: String,
    pub(crate) sha256: String,
    pub(crate) size: u64,
    pub(crate) name: String,
    pub(crate) removed: Vec<(&'static str, usize)>,
}

/// How far a scan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Queued,
    /// Per cent, 1 to 99.
    Running(u64),
    Done,
}

/// How far a clean copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CopyStage {
    /// The scan of the original goes on.
    Waiting,
    /// It is made; per cent, 0 to 99.
    Making(u64),
    /// It is scanned itself; per cent, 1 to 99.
    Scanning(u64),
    /// All is said and done.
    Done,
}

impl Scan {
    /// How far it is now: a fifth of the time in the queue, then progress, then done. The verdicts "in
    /// queue" and "in progress" stay for ever, for tests of deadlines.
    pub(crate) fn stage(&self, settings: &Settings, now: Duration) -> Stage {
        if self.verdict == QUEUED {
            return Stage::Queued;
        }
        let waited = now.saturating_sub(self.uploaded);
        if waited >= self.takes {
            return if self.verdict == RUNNING { Stage::Running(99) } else { Stage::Done };
        }
        let queue = settings.scan_time / 5;
        if waited < queue && self.origin != Origin::Copy {
            return Stage::Queued;
        }
        let queue = if self.origin == Origin::Copy { Duration::ZERO } else { queue };
        Stage::Running(percent(waited.saturating_sub(queue), self.takes.saturating_sub(queue)).clamp(1, 99))
    }

    /// How far the clean copy is: half of its time it is made, then it is scanned.
    pub(crate) fn copy_stage(&self, settings: &Settings, now: Duration) -> CopyStage {
        if self.stage(settings, now) != Stage::Done {
            return CopyStage::Waiting;
        }
        let waited = now.saturating_sub(self.uploaded + self.takes);
        let half = settings.sanitize_time / 2;
        let made = self.copy.as_ref().is_some_and(|copy| copy.made.is_some());
        if waited < half {
            CopyStage::Making(percent(waited, half).min(99))
        } else if made && waited < settings.sanitize_time {
            CopyStage::Scanning(percent(waited - half, settings.sanitize_time - half).clamp(1, 99))
        } else {
            CopyStage::Done
        }
    }

    /// When its clean copy ends.
    pub(crate) fn copy_ends(&self, settings: &Settings) -> Duration {
        self.uploaded.saturating_add(self.takes).saturating_add(settings.sanitize_time).saturating_add(KEPT)
    }

    /// Whether there is a clean copy no more.
    pub(crate) fn is_copy_gone(&self, settings: &Settings, now: Duration) -> bool {
        self.copy.as_ref().is_some_and(|copy| copy.dropped) || now >= self.copy_ends(settings)
    }

    /// Whether nothing more will change by itself: then a callback is due.
    pub(crate) fn is_complete(&self, settings: &Settings, now: Duration) -> bool {
        self.stage(settings, now) == Stage::Done
            && (self.copy.is_none() || self.copy_stage(settings, now) == CopyStage::Done)
    }

    /// When that will be; nobody knows of those that never end.
    pub(crate) fn completes(&self, settings: &Settings) -> Option<Duration> {
        let copy = if self.copy.is_some() { settings.sanitize_time } else { Duration::ZERO };
        (!matches!(self.verdict, QUEUED | RUNNING))
            .then(|| self.uploaded.saturating_add(self.takes).saturating_add(copy))
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
            _ if !self.wishes.is_scanned() => 0,
            Stage::Running(percent) => ENGINES.len() * usize::try_from(percent).unwrap_or(0) / 100,
            Stage::Done if self.verdict == ABORTED || self.verdict == NOT_SCANNED => 0,
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

fn percent(done: Duration, whole: Duration) -> u64 {
    u64::try_from(done.as_nanos() * 100 / whole.as_nanos().max(1)).unwrap_or(100)
}

/// Of two codes the one that counts for an archive and its members.
pub(crate) fn worse(one: i64, other: i64) -> i64 {
    let weight = |code| match code {
        QUEUED | RUNNING => 200, // What never ends holds the whole archive up.
        1 => 100,
        6 | 8 => 90,
        2 => 80,
        18 | 20..=22 => 70,
        9 | 12..=16 => 60,
        3 | 11 | 17 | 19 | 23 => 50,
        0 | 4 | 7 => 0,
        5 | NOT_SCANNED => 10,
        _ => 40,
    };
    if weight(other) > weight(one) { other } else { one }
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

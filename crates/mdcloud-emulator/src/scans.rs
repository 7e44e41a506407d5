//! All scans, and how they are found.

use std::collections::HashMap;
use std::time::Duration;

use crate::ids;
use crate::scan::{self, NOT_SCANNED, Origin, Scan, Stage};
use crate::settings::Settings;
use crate::upload::Received;
use crate::upload_rules::Wishes;

/// All scans, in order of arrival.
#[derive(Debug, Default)]
pub(crate) struct Scans {
    all: Vec<Scan>,
    by_data_id: HashMap<String, usize>,
    by_file_id: HashMap<String, Vec<usize>>,
    /// Of each hash in upper case, the scans that may be seen by hash.
    public: HashMap<String, Vec<usize>>,
    /// Of each SHA-256, how many scans there were, hidden ones included.
    counts: HashMap<String, usize>,
}

/// What makes one scan differ from another of the same file.
#[derive(Debug, Default)]
pub(crate) struct Circumstances {
    pub(crate) origin: Option<Origin>,
    /// Ids other than those that follow from the content.
    pub(crate) ids: Option<(String, String)>,
    pub(crate) parent: Option<String>,
    /// From upload to result; the setting's time otherwise.
    pub(crate) takes: Option<Duration>,
}

impl Scans {
    /// Adds a scan and gives its `data_id`.
    pub(crate) fn add(
        &mut self,
        settings: &Settings,
        received: &Received,
        wishes: Wishes,
        circumstances: Circumstances,
        now: Duration,
    ) -> String {
        let Circumstances { origin, ids, parent, takes } = circumstances;
        let count = self.counts.entry(received.sha256.clone()).or_default();
        let (file_id, data_id) =
            ids.unwrap_or_else(|| ids::scan_ids(settings.seed, &received.sha256, *count));
        *count += 1;
        let origin = origin.unwrap_or(Origin::Upload);
        let verdict = if wishes.is_scanned() { received.verdict } else { NOT_SCANNED };
        let own = if wishes.is_scanned() { settings.scan_time } else { settings.scan_time / 5 };
        let scan = Scan {
            data_id,
            file_id,
            origin,
            md5: received.md5.clone(),
            sha1: received.sha1.clone(),
            sha256: received.sha256.clone(),
            size: received.size,
            display_name: wishes.display_name.clone().unwrap_or_else(|| received.sha256.clone()),
            uploaded: now,
            takes: takes.unwrap_or(own),
            verdict,
            alone: verdict,
            eicar: received.eicar && wishes.is_scanned(),
            kind: received.kind,
            history: *count,
            wishes,
            parent,
            archive: None,
            copy: None,
            sandbox_id: None,
        };
        self.register(scan)
    }

    /// Scans a known file again: same file, new scan.
    pub(crate) fn again(&mut self, settings: &Settings, old: Scan, now: Duration) -> String {
        let count = self.counts.entry(old.sha256.clone()).or_default();
        let (_, data_id) = ids::scan_ids(settings.seed, &old.sha256, *count);
        *count += 1;
        let history = *count;
        let takes = settings.scan_time;
        let scan = Scan { data_id, history, uploaded: now, takes, copy: None, origin: Origin::Order, ..old };
        self.register(scan)
    }

    fn register(&mut self, scan: Scan) -> String {
        let index = self.all.len();
        let data_id = scan.data_id.clone();
        self.by_data_id.insert(data_id.clone(), index);
        self.by_file_id.entry(scan.file_id.clone()).or_default().push(index);
        if !scan.wishes.hidden && scan.origin != Origin::Copy {
            for hash in [&scan.md5, &scan.sha1, &scan.sha256] {
                self.public.entry(hash.clone()).or_default().push(index);
            }
        }
        self.all.push(scan);
        data_id
    }

    pub(crate) fn by_data_id(&self, data_id: &str) -> Option<&Scan> {
        self.by_data_id.get(data_id).and_then(|&index| self.all.get(index))
    }

    pub(crate) fn by_data_id_mut(&mut self, data_id: &str) -> Option<&mut Scan> {
        self.by_data_id.get(data_id).and_then(|&index| self.all.get_mut(index))
    }

    /// The scans of a file, oldest first.
    pub(crate) fn by_file_id(&self, file_id: &str) -> impl DoubleEndedIterator<Item = &Scan> {
        let indices = self.by_file_id.get(file_id).map_or(&[][..], Vec::as_slice);
        indices.iter().filter_map(|&index| self.all.get(index))
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

    /// All uploads, newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Scan> {
        self.all.iter().rev().filter(|scan| scan.origin == Origin::Upload)
    }

    /// How many wait in the queue.
    pub(crate) fn queued(&self, settings: &Settings, now: Duration) -> usize {
        // Only the recent ones can still wait; all older ones are done or stuck for ever on purpose. The
        // number is for show, so a long queue is not counted to its end.
        self.all
            .iter()
            .rev()
            .filter(|scan| matches!(scan.origin, Origin::Upload | Origin::Order))
            .take(1000)
            .take_while(|scan| now.saturating_sub(scan.uploaded) < settings.scan_time)
            .filter(|scan| scan.stage(settings, now) == Stage::Queued)
            .count()
    }

    /// Makes the verdict of an archive that of its worst member, if that is worse than its own.
    pub(crate) fn aggregate(&mut self, data_id: &str) {
        let Some(scan) = self.by_data_id(data_id) else { return };
        let Some(archive) = &scan.archive else { return };
        let own = archive.code.map_or(scan.alone, |code| scan::worse(scan.alone, code));
        let verdict = archive
            .members
            .iter()
            .filter_map(|member| self.by_data_id(member))
            .fold(own, |worst, member| scan::worse(worst, member.verdict));
        if let Some(scan) = self.by_data_id_mut(data_id) {
            scan.verdict = verdict;
        }
    }
}

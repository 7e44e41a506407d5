//! What the feeds list: made-up files, but real ones. Each is a line of text with the digests of that line,
//! so a partner who fetches the sample of an entry gets just the file that the entry tells of.

use std::time::Duration;

use crate::date;
use crate::engines::ENGINES;
use crate::upload::{self, Received};

/// Letters of the categories that feeds can be asked for, and an extension of each.
pub(crate) const CATEGORIES: [(&str, &str); 10] = [
    ("E", "exe"),
    ("D", "docx"),
    ("P", "pdf"),
    ("A", "zip"),
    ("T", "js"),
    ("G", "png"),
    ("N", "apk"),
    ("M", "mp4"),
    ("O", "bin"),
    ("Z", "eml"),
];

const DAY: u64 = 24 * 60 * 60;

/// The lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feed {
    Infected,
    Clean,
    /// Found by at least three engines.
    Hashes,
    /// Found by one or two.
    FalsePositives,
    Top,
}

impl Feed {
    fn name(self) -> &'static str {
        match self {
            Feed::Infected => "infected",
            Feed::Clean => "clean",
            Feed::Hashes => "malicious",
            Feed::FalsePositives => "perhaps harmless",
            Feed::Top => "often seen",
        }
    }
}

/// One file of a list.
pub(crate) struct Entry {
    pub(crate) received: Received,
    pub(crate) category: &'static str,
    pub(crate) extension: &'static str,
    pub(crate) start_time: String,
    /// Engines that find it.
    pub(crate) engines: Vec<&'static str>,
}

/// The `index`th file of a list on a day since 1970.
pub(crate) fn entry(seed: u64, feed: Feed, day: u64, index: u32) -> Entry {
    let (category, extension) = category(index);
    let received = upload::whole(content(seed, feed, day, index));
    let number = index as usize;
    let count = match feed {
        Feed::Clean => 0,
        Feed::FalsePositives => 1 + number % 2,
        _ => 3 + number % 19,
    };
    let first = number % ENGINES.len();
    Entry {
        received,
        category,
        extension,
        start_time: date::rfc3339(Duration::from_secs(day * DAY + u64::from(index))),
        engines: ENGINES.iter().cycle().skip(first).take(count).copied().collect(),
    }
}

/// The category of an entry, known before the entry is made.
pub(crate) fn category(index: u32) -> (&'static str, &'static str) {
    CATEGORIES[index as usize % CATEGORIES.len()]
}

/// Whether an engine finds an entry of the list of perhaps harmless files.
pub(crate) fn finds(engine: &str, index: u32) -> bool {
    let first = index as usize % ENGINES.len();
    ENGINES.iter().cycle().skip(first).take(1 + index as usize % 2).any(|name| *name == engine)
}

fn content(seed: u64, feed: Feed, day: u64, index: u32) -> String {
    let date = date::rfc3339(Duration::from_secs(day * DAY));
    format!("mdcloud emulator, seed {seed}: number {index} of the {} files of {}\n", feed.name(), &date[..10])
}

/// The file of this SHA-256, MD5 or SHA-1 among those that partners may fetch: their lists of one day.
pub(crate) fn sample(seed: u64, day: u64, size: u32, hash: &str) -> Option<Received> {
    [Feed::Hashes, Feed::FalsePositives, Feed::Infected]
        .into_iter()
        .flat_map(|feed| (0..size).map(move |index| (feed, index)))
        .map(|(feed, index)| upload::whole(content(seed, feed, day, index)))
        .find(|file| [&file.sha256, &file.md5, &file.sha1].iter().any(|own| own.eq_ignore_ascii_case(hash)))
}

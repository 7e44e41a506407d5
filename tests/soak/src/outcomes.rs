//! What the workers say of their calls, one line each:
//!
//! ```text
//! upload NAME taken|refused|not_sent|unknown STATUS   of every file, as soon as it is known
//! asked COUNT                                  at the end: calls made
//! ended STATUS COUNT                           calls that ended so
//! longest MILLISECONDS                         the longest of them
//! ```

use std::collections::BTreeMap;

/// The sum of what one process said.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Outcomes {
    pub(crate) asked: u64,
    pub(crate) ended: BTreeMap<String, u64>,
    pub(crate) longest_ms: u64,
    pub(crate) uploads: Vec<Upload>,
    /// Lines that are none of these: what a language's runtime says when it dies.
    pub(crate) strange: Vec<String>,
}

/// What a caller knows of one file.
#[derive(Debug, PartialEq)]
pub(crate) struct Upload {
    pub(crate) name: String,
    pub(crate) claim: Claim,
    /// How the call ended.
    pub(crate) status: String,
}

/// What a caller was told of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    Taken,
    NotTaken,
    Unknown,
}

impl Outcomes {
    pub(crate) fn read(&mut self, line: &str) {
        if self.understand(line).is_none() && !line.trim().is_empty() {
            self.strange.push(line.to_owned());
        }
    }

    fn understand(&mut self, line: &str) -> Option<()> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["upload", name, claim, status] => {
                let claim = match claim {
                    "taken" => Claim::Taken,
                    "refused" | "not_sent" => Claim::NotTaken,
                    "unknown" => Claim::Unknown,
                    _ => return None,
                };
                self.uploads.push(Upload { name: name.to_owned(), claim, status: status.to_owned() });
            }
            ["asked", count] => self.asked += count.parse::<u64>().ok()?,
            ["ended", status, count] => {
                *self.ended.entry(status.to_owned()).or_default() += count.parse::<u64>().ok()?;
            }
            ["longest", ms] => self.longest_ms = self.longest_ms.max(ms.parse().ok()?),
            _ => return None,
        }
        Some(())
    }

    pub(crate) fn ended(&self) -> u64 {
        self.ended.values().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_languages_in_one_process_are_added_up_and_nothing_is_overlooked() {
        let mut outcomes = Outcomes::default();
        for line in ["upload a taken OK", "asked 3", "ended OK 2", "ended IO 1", "longest 7", "asked 1"] {
            outcomes.read(line);
        }
        outcomes.read("ended OK 1");
        outcomes.read("Segmentation fault");
        outcomes.read("upload b perhaps");
        assert_eq!((outcomes.asked, outcomes.ended(), outcomes.longest_ms), (4, 4, 7));
        let upload = Upload { name: "a".to_owned(), claim: Claim::Taken, status: "OK".to_owned() };
        assert_eq!(outcomes.uploads, [upload]);
        assert_eq!(outcomes.strange.len(), 2);
    }
}

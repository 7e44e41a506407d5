//! The files inside an archive, and inside the archives in it, as far as someone looks.

use std::collections::HashSet;

use crate::client::Client;
use crate::error::{Error, Result};
use crate::model::{ExtractedFile, Report};

/// Deepest nesting that is followed where the caller says nothing; the service itself stops earlier.
const DEFAULT_DEPTH: u32 = 16;

/// One file of an archive.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TreeFile {
    /// How deep it lies: 1 for the direct members of the archive.
    pub depth: u32,
    /// Handle of the archive that it lies in.
    pub parent: String,
    /// The file.
    pub file: ExtractedFile,
}

/// The files of an archive, outermost first and each before what is inside it.
///
/// Lazy: what is inside a member is asked for, by one `file_report` (charged to no allowance), only when the
/// walk comes to it. A member that stands twice is opened once, so a hostile archive cannot make a circle.
pub struct FileTree {
    client: Client,
    most: u32,
    /// What is still to be done, the next one last.
    stack: Vec<Step>,
    seen: HashSet<String>,
}

enum Step {
    Give(TreeFile),
    Open { data_id: String, depth: u32 },
}

impl Client {
    /// The files inside an archive that was scanned with the rule `unarchive`, down to `most` levels
    /// (16 where not given).
    pub fn file_tree(&self, data_id: &str, most: Option<u32>) -> Result<FileTree> {
        let data_id = crate::api::check_id("data_id", data_id)?.to_owned();
        let most = most.unwrap_or(DEFAULT_DEPTH);
        if most == 0 {
            return Err(Error::invalid("depth", "must be at least 1"));
        }
        let stack = vec![Step::Open { data_id, depth: 0 }];
        Ok(FileTree { client: self.clone(), most, stack, seen: HashSet::new() })
    }
}

impl FileTree {
    /// Puts the members of a report on the stack, the first on top.
    fn push(&mut self, report: &Report, parent: &str, depth: u32) {
        for file in report.extracted_files().iter().rev() {
            let inside = file.data_id().unwrap_or_default().to_owned();
            if depth < self.most && !inside.is_empty() {
                self.stack.push(Step::Open { data_id: inside, depth });
            }
            self.stack.push(Step::Give(TreeFile { depth, parent: parent.to_owned(), file: file.clone() }));
        }
    }
}

impl Iterator for FileTree {
    type Item = Result<TreeFile>;

    /// An error is that of one member, which cannot be looked into; the walk goes on behind it.
    fn next(&mut self) -> Option<Result<TreeFile>> {
        loop {
            match self.stack.pop()? {
                Step::Give(file) => return Some(Ok(file)),
                Step::Open { data_id, depth } => {
                    if !self.seen.insert(data_id.clone()) {
                        continue;
                    }
                    let report =
                        crate::api::served_id("data_id", &data_id).and_then(|id| self.client.file_report(id));
                    match report {
                        Ok(report) => self.push(&report, &data_id, depth + 1),
                        Err(error) => return Some(Err(error.with_data_id(data_id))),
                    }
                }
            }
        }
    }
}

//! What became of a file beside its scan: processing, sanitization, and the files that came out of it.

use super::Verdict;
use super::record::record;

record! {
    /// How the service processed a file.
    ProcessInfo {
        /// `Allowed`, `Blocked` or `Processing`.
        text result = "/result";
        /// 0 to 100.
        int progress = "/progress_percentage";
        /// What was done, such as `multiscan_sanitize`.
        text profile = "/profile";
        /// Why the file was blocked, for people.
        text blocked_reason = "/blocked_reason";
        /// Everything that spoke for blocking it, for people.
        texts blocked_reasons = "/blocked_reasons";
        /// What was found, for people.
        texts verdicts = "/verdicts";
        /// What was done to the file afterwards, such as `Sanitized`; several are separated by `|`.
        text actions_ran = "/post_processing/actions_ran";
        /// What could not be done to it.
        text actions_failed = "/post_processing/actions_failed";
        /// Kind of file that it was converted to.
        text converted_to = "/post_processing/converted_to";
        /// Name of the converted file. Never use it as a path.
        text converted_destination = "/post_processing/converted_destination";
    }
}

record! {
    /// What became of the sanitization of a file.
    Sanitized {
        /// `Allowed` where there is a clean copy, `Blocked` or `Error` where there is none.
        text result = "/result";
        /// 0 to 100.
        int progress = "/progress_percentage";
        /// Why there is no clean copy, for people.
        text reason = "/reason";
        /// Handle of the clean copy's own scan.
        text data_id = "/data_id";
        /// Link to the clean copy, good for 24 hours. Whoever has the link can read the file.
        text file_path = "/file_path";
    }
}

impl Sanitized {
    /// Whether there is nothing more to wait for.
    pub(super) fn is_finished(&self) -> bool {
        let failed = self.result().is_some_and(|result| result.eq_ignore_ascii_case("error"));
        failed || self.progress().is_none_or(|progress| progress >= 100)
    }
}

record! {
    /// A file that came out of an archive.
    ExtractedFile {
        /// Its path inside the archive. Never use it as a path of your own.
        text display_name = "/display_name";
        /// Handle of its own scan.
        text data_id = "/data_id";
        /// Its result code.
        int result_code = "/scan_result_i";
        /// Progress of its scan, 0 to 100.
        int progress = "/progress_percentage";
        /// Its size in bytes.
        int file_size = "/file_size";
        /// What kind of file it is.
        text file_type = "/file_type";
        /// How many engines found a threat in it.
        int detected_engines = "/detected_by";
    }
    computed {
        /// What its scan found.
        pub fn verdict(&self) -> Verdict { Verdict::of_code(self.result_code) }
    }
}

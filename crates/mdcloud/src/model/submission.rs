//! What the service says to an upload.

use super::record::record;

record! {
    /// What the service says to an upload: the handle to wait with.
    Submission {
        /// Handle of the scan; `file_wait` and `file_report` take it.
        text data_id = "/data_id";
        /// Handle of the file, where the service gives it at once.
        text file_id = "/file_id";
        /// Usually `inqueue`.
        text status = "/status";
        /// Length of the queue at that moment.
        int in_queue = "/in_queue";
        /// `normal`, or `high` for paid keys.
        text queue_priority = "/queue_priority";
        /// MD5 of what the service received, upper-case hexadecimal digits.
        text md5 = "/md5";
        /// SHA-1 of what the service received, upper-case hexadecimal digits.
        text sha1 = "/sha1";
        /// SHA-256 of what the service received, upper-case hexadecimal digits.
        text sha256 = "/sha256";
        /// Handle of the sandbox run, where one was accepted.
        text sandbox_id = "/sandbox_id";
        /// The service's code where the scan was accepted and the sandbox run refused.
        int sandbox_error_code = "/sandbox_error/code";
        /// Why the sandbox run was refused, for people.
        texts sandbox_error_messages = "/sandbox_error/messages";
    }
}

//! Lists of earlier scans: of a key, of a file, and of callbacks.

use super::Verdict;
use super::record::record;

record! {
    /// Files uploaded with a key, newest first.
    ScanSummaries {
        /// The files.
        many(ScanSummary) entries = "/data" | "";
    }
}

record! {
    /// One uploaded file, in short.
    ScanSummary {
        /// Handle of the scan.
        text data_id = "/data_id";
        /// Name of the file as it was given. Never use it as a path.
        text display_name = "/file_info/display_name";
        /// MD5, upper-case hexadecimal digits.
        text md5 = "/file_info/md5";
        /// SHA-1, upper-case hexadecimal digits.
        text sha1 = "/file_info/sha1";
        /// SHA-256, upper-case hexadecimal digits.
        text sha256 = "/file_info/sha256";
        /// The usual extension of such files.
        text file_type_extension = "/file_info/file_type_extension";
        /// The service's result code.
        int result_code = "/scan_results/scan_all_result_i";
        /// When the scan began, RFC 3339.
        text start_time = "/scan_results/start_time";
        /// How many engines took part.
        int total_engines = "/scan_results/total_avs";
        /// How many engines found a threat.
        int detected_engines = "/scan_results/total_detected_avs";
        /// What became of the sanitization.
        text sanitized_result = "/sanitized/result";
        /// Back end that scanned: `mdaas` or `mdcore`.
        text scan_with = "/scan_with";
    }
    computed {
        /// What the scan found.
        pub fn verdict(&self) -> Verdict { Verdict::of_code(self.result_code) }
    }
}

record! {
    /// Earlier scans of a file, oldest first.
    ScanHistory {
        /// MD5, upper-case hexadecimal digits.
        text md5 = "/md5" | "/data/md5";
        /// SHA-1, upper-case hexadecimal digits.
        text sha1 = "/sha1" | "/data/sha1";
        /// SHA-256, upper-case hexadecimal digits.
        text sha256 = "/sha256" | "/data/sha256";
        /// The scans.
        many(PastScan) entries = "/scan_result_history" | "/data/scan_result_history";
    }
}

record! {
    /// One earlier scan of a file.
    PastScan {
        /// Handle of the scan.
        text data_id = "/data_id";
        /// The service's result code.
        int result_code = "/scan_all_result_i";
        /// When the scan began, RFC 3339.
        text start_time = "/start_time";
        /// How many engines took part.
        int total_engines = "/total_avs";
        /// How many engines found a threat.
        int detected_engines = "/total_detected_avs";
        /// How long it took, in milliseconds.
        int total_time = "/total_time";
    }
    computed {
        /// What the scan found.
        pub fn verdict(&self) -> Verdict { Verdict::of_code(self.result_code) }
    }
}

record! {
    /// How the delivery of a finished result to its callback went.
    WebhookStatus {
        /// Where the service posted to.
        text url = "/url";
        /// The HTTP status that the receiver answered, or the service's code for why there was none.
        int status_code = "/status_code";
        /// Handle of the scan.
        text data_id = "/data_id";
        /// When it was posted, RFC 3339.
        text request_time = "/request_time";
    }
    computed {
        /// Whether the receiver took it: a status from 200 to 299.
        pub fn is_delivered(&self) -> bool { self.status_code.is_some_and(|code| (200..300).contains(&code)) }
    }
}

record! {
    /// All deliveries of the last 12 hours.
    WebhookStatuses {
        /// The deliveries.
        many(WebhookStatus) entries = "/data" | "";
    }
}

//! Dynamic analysis.

use super::record::record;

record! {
    /// What the service says to a sandbox submission: the handle to wait with.
    SandboxSubmission {
        /// Handle of the run; `sandbox_wait` and `sandbox_report` take it.
        text sandbox_id = "/sandbox_id" | "/_id";
        /// Handle of the file's scan, for files.
        text data_id = "/data_id" | "/dataId";
        /// Usually `inqueue`.
        text status = "/status";
        /// Length of the queue at that moment.
        int in_queue = "/in_queue";
        /// `normal`, or `high` for paid keys.
        text queue_priority = "/queue_priority";
    }
}

record! {
    /// State of a sandbox run, then its result.
    SandboxReport {
        /// Handle of the run.
        text sandbox_id = "/sandbox_id" | "/_id";
        /// Handle of the file's scan, for files.
        text data_id = "/data_id" | "/dataId";
        /// MD5 of the file.
        text md5 = "/md5";
        /// SHA-1 of the file.
        text sha1 = "/sha1";
        /// SHA-256 of the file.
        text sha256 = "/sha256";
        /// What the run found: `MALICIOUS`, `LIKELY_MALICIOUS`, `SUSPICIOUS`, `UNKNOWN`, `INFORMATIONAL`, `NO_THREAT`, `BENIGN`, or others.
        text verdict = "/final_verdict/verdict";
        /// How grave it is, 0 to 1.
        float threat_level = "/final_verdict/threatLevel";
        /// How sure the sandbox is, 0 to 1.
        float confidence = "/final_verdict/confidence";
        /// Whether the service would block the file.
        flag is_blocked = "/final_verdict/blocked";
        /// The service's result code.
        int result_code = "/scan_results/scan_all_result_i";
        /// Link to the stored report. Whoever has it can read the report: do not log it.
        text store_link = "/store_at" | "/scan_results/store_at";
        /// Link to the full report as JSON. Whoever has it can read the report: do not log it.
        text json_link = "/full_report/json";
        /// Link to the full report as PDF. Whoever has it can read the report: do not log it.
        text pdf_link = "/full_report/pdf";
        /// Link to the full report as HTML. Whoever has it can read the report: do not log it.
        text html_link = "/full_report/html";
    }
    computed {
        /// Whether the run is through and there is a result.
        pub fn is_finished(&self) -> bool {
            let old = self.document.pointer("/mapping").or(self.document.pointer("/analysis"));
            self.verdict.is_some() || self.json_link.is_some() || old.is_some_and(serde_json::Value::is_object)
        }
    }
}

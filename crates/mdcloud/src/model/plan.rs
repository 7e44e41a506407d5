//! What a set of files would take of the quota.

use super::Verdict;
use super::record::record;

record! {
    /// What scanning a set of files would take of the quota: how much fits now, how much after the next reset,
    /// and what lookups may save. A number that depends on something unknown is absent.
    Plan {
        /// The files, in the order of the sources.
        many(PlannedFile) files = "/files";
        /// Files that can be scanned: readable, not too large, each content once.
        int distinct = "/distinct";
        /// Their bytes in all.
        int bytes = "/bytes";
        /// Of these, files that the service is known to have a result for. Absent unless lookups were allowed.
        int known = "/known";
        /// Uploads that scanning takes at most: one for each distinct file that is not known.
        int uploads = "/uploads";
        /// Lookups that scanning would make first, each of which may save an upload.
        int lookups = "/lookups";
        /// Uploads that fit into what is left now.
        int uploads_now = "/uploads_now";
        /// Of the rest, uploads that fit after the next reset.
        int uploads_after_reset = "/uploads_after_reset";
        /// Uploads that fit neither now nor after the next reset.
        int uploads_later = "/uploads_later";
        /// Seconds until the Prevention allowance is full again.
        float resets_in = "/resets_in";
        /// Lookups that fit into what is left now.
        int lookups_now = "/lookups_now";
        /// Seconds until the Reputation allowance is full again.
        float lookups_reset_in = "/lookups_reset_in";
        /// Seconds that the throttle makes the uploads which fit now take, at least.
        float throttle_seconds = "/throttle_seconds";
    }
}

record! {
    /// One file of a plan.
    PlannedFile {
        /// Its place among the sources, from 0.
        int index = "/index";
        /// Its name, without folders; absent for bytes and streams.
        text name = "/name";
        /// Its size in bytes; absent where it could not be read.
        int size = "/size";
        /// SHA-256 of its content, lower-case hexadecimal digits.
        text sha256 = "/sha256";
        /// The place of an earlier source with the same content.
        int duplicate_of = "/duplicate_of";
        /// Whether the service has a result. Absent unless lookups were allowed.
        flag is_known = "/is_known";
        /// The service's result code, where it has a result.
        int result_code = "/result_code";
        /// Whether its upload fits into what is left now; the first come first.
        flag fits_now = "/fits_now";
        /// Why it cannot be scanned: unreadable, or larger than the key allows.
        text problem = "/problem";
    }
    computed {
        /// What the service has found, where it has a result.
        pub fn verdict(&self) -> Verdict { Verdict::of_code(self.result_code) }
    }
}

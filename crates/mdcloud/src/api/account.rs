//! What the service says of the calling key.

use super::read;
use crate::call::Call;
use crate::client::Client;
use crate::endpoints::Operation;
use crate::error::{Error, Result};
use crate::model::{KeyInfo, Limits, ScanSummaries};

impl Client {
    /// What the key may do. Charged to no allowance. The client remembers the largest allowed file.
    pub fn apikey_info(&self) -> Result<KeyInfo> {
        let info: KeyInfo = self.read_record(Call::new(Operation::ApikeyInfo, &[]))?;
        if let Some(megabytes) = info.max_upload_file_size() {
            self.learn_max_upload(megabytes);
        }
        Ok(info)
    }

    /// Amounts used in the current window, per family. Charged to no allowance.
    pub fn apikey_limits(&self) -> Result<Limits> {
        let reply = self.perform(Call::new(Operation::ApikeyLimits, &[]))?;
        read("GET /apikey/limits", reply, Limits::new)
    }

    /// Amounts left in the current window, per family. Charged to no allowance.
    pub fn apikey_limits_left(&self) -> Result<Limits> {
        let reply = self.perform(Call::new(Operation::ApikeyLimitsLeft, &[]))?;
        read("GET /apikey/limits/status", reply, Limits::new)
    }

    /// Files uploaded with this key, newest first, in short. Charged to no allowance.
    ///
    /// `limit` is at most 10,000, which the service also takes for `None`.
    pub fn apikey_scan_history(&self, limit: Option<u32>, offset: Option<u32>) -> Result<ScanSummaries> {
        if limit.is_some_and(|limit| !(1..=10_000).contains(&limit)) {
            return Err(Error::invalid("limit", "must lie between 1 and 10000"));
        }
        let call = Call::new(Operation::ApikeyScanHistory, &[])
            .query("limit", limit.map(|limit| limit.to_string()))
            .query("offset", offset.map(|offset| offset.to_string()));
        self.read_record(call)
    }
}

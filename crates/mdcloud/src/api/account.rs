//! What the service says of the calling key.

use super::read;
use crate::call::Call;
use crate::client::Client;
use crate::endpoints::{Family, Operation};
use crate::error::{Error, Result};
use crate::model::{KeyInfo, Limits, ScanSummaries};
use crate::quota;

impl Client {
    /// What the key may do. Charged to no allowance. The client remembers the largest allowed file, and the
    /// ledger the totals of the allowances, as long as no call's headers have told any.
    pub fn apikey_info(&self) -> Result<KeyInfo> {
        let info: KeyInfo = self.read_record(Call::new(Operation::ApikeyInfo, &[]))?;
        if let Some(megabytes) = info.max_upload_file_size() {
            self.learn_max_upload(megabytes);
        }
        let totals = [
            (Family::Prevention, info.limit_prevention()),
            (Family::Reputation, info.limit_reputation()),
            (Family::Sandbox, info.limit_sandbox()),
        ];
        let totals: Vec<_> =
            totals.into_iter().filter_map(|(family, total)| Some((family.as_str(), total?))).collect();
        quota::said(self.inner.account, true, &totals);
        Ok(info)
    }

    /// Amounts used in the current window, per family. Charged to no allowance.
    pub fn apikey_limits(&self) -> Result<Limits> {
        let reply = self.perform(Call::new(Operation::ApikeyLimits, &[]))?;
        read("GET /apikey/limits", reply, Limits::new)
    }

    /// Amounts left in the current window, per family. Charged to no allowance. The ledger remembers them as
    /// long as no call's headers have told any.
    pub fn apikey_limits_left(&self) -> Result<Limits> {
        let reply = self.perform(Call::new(Operation::ApikeyLimitsLeft, &[]))?;
        let left = read("GET /apikey/limits/status", reply, Limits::new)?;
        let mut amounts = left.amounts();
        amounts.retain(|(name, _)| name.ends_with("_api"));
        quota::said(self.inner.account, false, &amounts);
        Ok(left)
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

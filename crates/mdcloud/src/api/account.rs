//! What the service says of the calling key.

use super::read;
use crate::call::Call;
use crate::client::Client;
use crate::endpoints::Operation;
use crate::error::Result;
use crate::model::{KeyInfo, Limits};

impl Client {
    /// What the key may do. Charged to no allowance. The client remembers the largest allowed file.
    pub fn apikey_info(&self) -> Result<KeyInfo> {
        let reply = self.perform(Call::new(Operation::ApikeyInfo, &[]))?;
        let info = read("GET /apikey/", reply, KeyInfo::new)?;
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
}

//! How callbacks were delivered.

use super::check_id;
use crate::call::Call;
use crate::client::Client;
use crate::endpoints::Operation;
use crate::error::Result;
use crate::model::{WebhookStatus, WebhookStatuses};

impl Client {
    /// How the callback of one scan was delivered. Known for 12 hours after the upload; later, and before
    /// the delivery, it is [`Status::NotFound`](crate::Status::NotFound). Charged to no allowance.
    pub fn webhook_status(&self, data_id: &str) -> Result<WebhookStatus> {
        self.read_record(Call::new(Operation::WebhookStatus, &[check_id("data_id", data_id)?]))
    }

    /// All deliveries of the last 12 hours. Charged to no allowance.
    pub fn webhook_status_all(&self) -> Result<WebhookStatuses> {
        self.read_record(Call::new(Operation::WebhookStatusAll, &[]))
    }
}

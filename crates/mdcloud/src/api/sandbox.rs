//! Dynamic analysis.

use super::{check, check_id};
use crate::call::Call;
use crate::client::Client;
use crate::endpoints::Operation;
use crate::error::Result;
use crate::hash;
use crate::model::{SandboxReport, SandboxSubmission};
use crate::wait::Patience;

impl Client {
    /// Opens a URL in a sandbox. Charged to the Sandbox allowance, and never repeated.
    pub fn sandbox_submit_url(&self, url: &str) -> Result<SandboxSubmission> {
        let body = serde_json::json!({ "url": check::url(url)? });
        self.read_record(Call::new(Operation::SandboxSubmitUrl, &[]).json(&body))
    }

    /// Legacy: runs an uploaded file in a sandbox, such as `windows10`. Use the option `sandbox` of an
    /// upload instead. Charged to the Sandbox allowance, and never repeated.
    pub fn sandbox_submit_file(&self, data_id: &str, system: &str) -> Result<SandboxSubmission> {
        let call = Call::new(Operation::SandboxSubmitFile, &[check_id("data_id", data_id)?]);
        crate::options::check_text("system", system)?;
        self.read_record(call.header("sandbox", check::name("system", system)?))
    }

    /// State of a sandbox run, finished or not. Charged to no allowance.
    pub fn sandbox_report(&self, sandbox_id: &str) -> Result<SandboxReport> {
        let patience = self.patience().at_most(self.options.deadline.flatten());
        self.sandbox_report_within(sandbox_id, &patience)
    }

    pub(crate) fn sandbox_report_within(
        &self,
        sandbox_id: &str,
        patience: &Patience,
    ) -> Result<SandboxReport> {
        let call = Call::new(Operation::SandboxReport, &[check_id("sandbox_id", sandbox_id)?]);
        let name = call.name();
        super::record(&name, self.perform_within(call, patience, &mut None)?)
    }

    /// The last sandbox report of a file. Charged to the Reputation allowance, not to that of the Sandbox.
    pub fn hash_sandbox(&self, hash: &str) -> Result<SandboxReport> {
        self.read_record(Call::new(Operation::HashSandbox, &[hash::check(hash)?]))
    }
}

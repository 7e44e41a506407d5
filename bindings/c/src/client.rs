//! The client

use mdcloud_core::{Client, Result, Status};

use crate::config::mdcloud_config;
use crate::error::mdcloud_error;
use crate::guard::give;
use crate::options::mdcloud_options;

/// A client of the service. It keeps connections alive, and may be used from many threads at once.
pub struct mdcloud_client {
    pub(crate) client: Client,
}

impl mdcloud_client {
    /// The same client with the options of one call.
    pub(crate) fn with(&self, options: Option<&mdcloud_options>) -> Result<Client> {
        match options {
            Some(options) => Ok(self.client.with(&options.get()?)),
            None => Ok(self.client.clone()),
        }
    }
}

/// A client with these settings. Nothing is sent. The settings may be changed or freed afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_new(
    config: *const mdcloud_config,
    out: *mut *mut mdcloud_client,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let config = object!(config);
        let out = out!(out);
        let client = Client::new(&config.get()?)?;
        out.set(give(mdcloud_client { client }));
        Ok(())
    })
}

/// Frees the client; NULL is fine. No call of it may be running: mdcloud_client_close ends them. Results
/// and errors live on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_free(client: *mut mdcloud_client) {
    guard_free!(client)
}

/// Ends all calls of this client, on whatever thread, with MDCLOUD_STATUS_CANCELLED; later calls end at
/// once. The client must still be freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_close(client: *const mdcloud_client) -> Status {
    guard_status!({
        object!(client).client.close();
        Ok(())
    })
}

//! The key

use mdcloud_core::Status;

use crate::client::mdcloud_client;
use crate::error::mdcloud_error;
use crate::options::mdcloud_options;
use crate::result::{Content, mdcloud_result};

/// What the key may do. Charged to no allowance. `*out` is a key info; its JSON holds the key: do not log it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_apikey_info(
    client: *const mdcloud_client,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::KeyInfo(client.apikey_info()?)));
        Ok(())
    })
}

/// Amounts used in the current window, per family. Charged to no allowance. `*out` holds limits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_apikey_limits(
    client: *const mdcloud_client,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Limits(client.apikey_limits()?)));
        Ok(())
    })
}

/// Amounts left in the current window, per family. Charged to no allowance. `*out` holds limits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_apikey_limits_left(
    client: *const mdcloud_client,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Limits(client.apikey_limits_left()?)));
        Ok(())
    })
}

//! The key, and the service itself

use mdcloud_core::Status;

use crate::client::mdcloud_client;
use crate::content::Content;
use crate::error::mdcloud_error;
use crate::options::{given, mdcloud_options};
use crate::result::mdcloud_result;

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

/// Files uploaded with this key, newest first, in short. Charged to no allowance. `limit` is at most
/// 10,000; 0 leaves `limit` and `offset` to the service. `*out` is read by its view, "/entries/0/data_id",
/// or by pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_apikey_scan_history(
    client: *const mdcloud_client,
    limit: u32,
    offset: u32,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::model(
            client.apikey_scan_history(given(limit), given(offset))?,
        )));
        Ok(())
    })
}

/// Version of the service, at "/version". Needs no key and sends none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_service_version(
    client: *const mdcloud_client,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Document(client.service_version()?)));
        Ok(())
    })
}

/// Time of every engine's definitions, by the engine's name. Needs no key and sends none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_engine_definitions(
    client: *const mdcloud_client,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Document(client.engine_definitions()?)));
        Ok(())
    })
}

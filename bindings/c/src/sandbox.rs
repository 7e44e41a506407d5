//! Dynamic analysis

use std::os::raw::c_char;

use mdcloud_core::Status;

use crate::client::mdcloud_client;
use crate::content::Content;
use crate::error::mdcloud_error;
use crate::options::mdcloud_options;
use crate::result::mdcloud_result;

/// Opens a URL in a sandbox. Charged to the Sandbox allowance, and never repeated. `*out` is read by its
/// view, "/sandbox_id", or by pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_sandbox_submit_url(
    client: *const mdcloud_client,
    url: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let url = text!(url);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::model(client.sandbox_submit_url(url)?)));
        Ok(())
    })
}

/// Legacy: runs an uploaded file in a sandbox, such as "windows10"; mdcloud_options_set_sandbox for the
/// upload is its successor. Charged to the Sandbox allowance, and never repeated. `*out` is read by its
/// view, "/sandbox_id", or by pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_sandbox_submit_file(
    client: *const mdcloud_client,
    data_id: *const c_char,
    system: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let data_id = text!(data_id);
        let system = text!(system);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::model(client.sandbox_submit_file(data_id, system)?)));
        Ok(())
    })
}

/// State of a sandbox run, finished or not. Charged to no allowance. `*out` is a sandbox report: read it by
/// its view, "/verdict", "/threat_level", "/is_finished", or by pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_sandbox_report(
    client: *const mdcloud_client,
    sandbox_id: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let sandbox_id = text!(sandbox_id);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::model(client.sandbox_report(sandbox_id)?)));
        Ok(())
    })
}

/// Waits for the end of a sandbox run. Polls at growing intervals, charged to no allowance. `*out` is a
/// sandbox report: read it by its view, "/verdict", "/threat_level", "/is_finished", or by pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_sandbox_wait(
    client: *const mdcloud_client,
    sandbox_id: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let sandbox_id = text!(sandbox_id);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::model(client.sandbox_wait(sandbox_id)?)));
        Ok(())
    })
}

/// The last sandbox report of a file. Charged to the Reputation allowance, not to that of the Sandbox.
/// `*out` is a sandbox report: read it by its view, "/verdict", "/threat_level", "/is_finished", or by
/// pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_hash_sandbox(
    client: *const mdcloud_client,
    hash: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let hash = text!(hash);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::model(client.hash_sandbox(hash)?)));
        Ok(())
    })
}

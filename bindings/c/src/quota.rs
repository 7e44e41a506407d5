//! Quota

use mdcloud_core::Status;

use crate::client::mdcloud_client;
use crate::content::Content;
use crate::error::mdcloud_error;
use crate::result::mdcloud_result;

/// What is known of the quota of the client's key. Sends nothing. `*out` is JSON, read it by pointer:
/// `/families/0/remaining`, `/throttle/in_window`, ... Before the first call it is `null`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_quota(
    client: *const mdcloud_client,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let out = out!(out);
        out.set(mdcloud_result::give(Content::of(&client.client.quota())?));
        Ok(())
    })
}

/// What is known of the quota of every key that this process has used, whatever language used it. `*out` is
/// a JSON array; keys stand there by their fingerprint.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_quota(
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let out = out!(out);
        out.set(mdcloud_result::give(Content::of(&mdcloud_core::quota())?));
        Ok(())
    })
}

/// Which loaded object keeps the quota ledger of this process, for support. `*out` is JSON: `object`,
/// `version`, `is_self`, `copies`, `table_major`, `table_minor`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_tracker_info(
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let out = out!(out);
        let leader = mdcloud_core::tracker_info();
        let text = serde_json::json!({
            "object": leader.object,
            "version": leader.version,
            "is_self": leader.is_self,
            "copies": leader.copies,
            "table_major": leader.table_major,
            "table_minor": leader.table_minor,
        });
        out.set(mdcloud_result::give(Content::of(&text)?));
        Ok(())
    })
}

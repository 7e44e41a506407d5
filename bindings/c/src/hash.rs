//! Hashes

use std::os::raw::c_char;

use mdcloud_core::Status;

use crate::client::mdcloud_client;
use crate::content::{Content, Entries};
use crate::error::mdcloud_error;
use crate::options::mdcloud_options;
use crate::result::mdcloud_result;

/// The latest public result for a hash: MD5, SHA-1 or SHA-256 in hexadecimal digits. `*out` is a report,
/// perhaps of a scan that still goes on.
///
/// A hash that the service does not know is MDCLOUD_STATUS_NOT_FOUND. Charged to the Reputation allowance.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_hash_lookup(
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
        out.set(mdcloud_result::give(Content::Report(client.hash_lookup(hash)?)));
        Ok(())
    })
}

/// What the service knows of any number of hashes. `*out` is a list of hash results, one per input, in
/// input order.
///
/// A hash that it does not know is no error. Whatever fails, fails entry by entry, also when the service
/// cannot be reached or the allowance is used up: look at mdcloud_hash_result_error. An empty list
/// is MDCLOUD_STATUS_INVALID_ARGUMENT. Charged to the Reputation allowance, one per hash, but one that is among
/// the 20,000 before it is not asked again; throttled per request of up to 1,000 hashes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_hash_lookup_many(
    client: *const mdcloud_client,
    hashes: *const *const c_char,
    count: usize,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let hashes = texts!(hashes, count);
        let out = out!(out);
        let results = client.with(optional!(options))?.hash_lookup_many(hashes);
        out.set(mdcloud_result::give(Content::HashResults(Entries::many(results))));
        Ok(())
    })
}

//! Files that the service has already, repositories, callbacks

use std::os::raw::c_char;

use mdcloud_core::Status;

use crate::client::mdcloud_client;
use crate::content::{Content, Entries};
use crate::error::mdcloud_error;
use crate::options::mdcloud_options;
use crate::result::mdcloud_result;

/// Legacy: scans a file again that the service has kept; wait for the new data_id. `*out` is a submission.
///
/// Needs the file_id of a file that was uploaded with sharing on. Charged to the Prevention allowance,
/// throttled, and never repeated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_file_rescan(
    client: *const mdcloud_client,
    file_id: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let file_id = text!(file_id);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Submission(client.file_rescan(file_id)?)));
        Ok(())
    })
}

/// Legacy: the same for any number of files. `*out` is a list of rescan results, one per input, in input
/// order.
///
/// A file that stands twice is rescanned once. What fails, fails entry by entry: look at
/// mdcloud_rescan_result_error. Charged to the Prevention allowance, and throttled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_file_rescan_many(
    client: *const mdcloud_client,
    file_ids: *const *const c_char,
    count: usize,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let file_ids = texts!(file_ids, count);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::RescanResults(Entries::many(
            client.file_rescan_many(file_ids)?,
        ))));
        Ok(())
    })
}

/// Scans a public source repository. `*out` is a submission.
///
/// `source` is "github", "gitlab" or "bitbucket"; `reference` is a branch or commit, NULL for "master".
/// Charged to the Prevention allowance, and throttled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_repo_submit(
    client: *const mdcloud_client,
    source: *const c_char,
    username: *const c_char,
    repository: *const c_char,
    reference: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let source = text!(source);
        let username = text!(username);
        let repository = text!(repository);
        let reference = optional_text!(reference);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Submission(
            client.repo_submit(source, username, repository, reference)?,
        )));
        Ok(())
    })
}

/// How the callback of one scan was delivered. Known for 12 hours after the upload; later, and before the
/// delivery, it is MDCLOUD_STATUS_NOT_FOUND. Charged to no allowance. `*out` is a webhook status, at index
/// 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_webhook_status(
    client: *const mdcloud_client,
    data_id: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let data_id = text!(data_id);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::WebhookStatuses(Entries::one(
            client.webhook_status(data_id)?,
        ))));
        Ok(())
    })
}

/// All deliveries of the last 12 hours. Charged to no allowance. `*out` is a list of webhook statuses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_webhook_status_all(
    client: *const mdcloud_client,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        let all = client.webhook_status_all()?;
        let entries = all.entries().to_vec();
        out.set(mdcloud_result::give(Content::WebhookStatuses(Entries::of_answer(all, entries))));
        Ok(())
    })
}

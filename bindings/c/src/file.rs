//! Files

use std::os::raw::c_char;

use mdcloud_core::model::{Model, error_as_json};
use mdcloud_core::{Error, Status, TreeFile};
use serde_json::json;

use crate::client::mdcloud_client;
use crate::content::{Content, Outcomes};
use crate::error::mdcloud_error;
use crate::options::mdcloud_options;
use crate::result::mdcloud_result;
use crate::source::mdcloud_source;

/// Scans a file: asks for a known result by its hash, uploads it where there is none, and waits until the
/// scan is finished. `*out` is a report.
///
/// Asking first costs one of the Reputation allowance and saves one of the scarce Prevention allowance. At
/// the deadline the error carries the data_id, and the scan goes on at the service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_file_scan(
    client: *const mdcloud_client,
    source: *const mdcloud_source,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let source = object!(source);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Report(client.file_scan(&source.source)?)));
        Ok(())
    })
}

/// Uploads a file for analysis; the scan goes on at the service. `*out` is a submission.
///
/// Charged to the Prevention allowance, and throttled. Never sent twice: where the answer was lost, the
/// error says MDCLOUD_DELIVERY_UNKNOWN.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_file_submit(
    client: *const mdcloud_client,
    source: *const mdcloud_source,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let source = object!(source);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Submission(client.file_submit(&source.source)?)));
        Ok(())
    })
}

/// State of a scan, finished or not. Charged to no allowance. `*out` is a report.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_file_report(
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
        out.set(mdcloud_result::give(Content::Report(client.file_report(data_id)?)));
        Ok(())
    })
}

/// Waits for the end of a scan. Polls at growing intervals, 0.5 s to 15 s, charged to no allowance. `*out` is
/// a finished report.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_file_wait(
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
        out.set(mdcloud_result::give(Content::Report(client.file_wait(data_id)?)));
        Ok(())
    })
}

/// Scans any number of files, each as mdcloud_client_file_scan does. `*out` is a list of scan outcomes, one
/// per source, in the order in which they finished: mdcloud_scan_outcome_index says which source each is
/// of.
///
/// Whatever fails, fails entry by entry: look at mdcloud_scan_outcome_error. An empty list is
/// MDCLOUD_STATUS_INVALID_ARGUMENT. At most as many requests at
/// once as the setting `concurrency` says; the deadline counts for each file from its start. Progress is
/// not told. A stream among the sources is read on a thread of the library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_file_scan_many(
    client: *const mdcloud_client,
    sources: *const *const mdcloud_source,
    count: usize,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let sources = objects!(sources, count);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::ScanOutcomes(Outcomes::new(
            client.file_scan_many(sources.into_iter().map(|source| &source.source)),
        ))));
        Ok(())
    })
}

/// The files inside an archive that was scanned with the rule `unarchive`, and inside the archives in it, down
/// to `depth` levels (0 for the default, 16), the outermost first. Charged to no allowance.
///
/// `*out` is a JSON list for the readers by pointer: each entry has `depth`, `parent` (the data_id of its
/// archive) and `file` as the service describes it, or `error` and `data_id` of a member that could not be
/// looked into. To look only as far as you like, ask for depth 1, and again with the data_id of a member.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_file_tree(
    client: *const mdcloud_client,
    data_id: *const c_char,
    depth: u32,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let data_id = text!(data_id);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        let walk = client.file_tree(data_id, Some(depth).filter(|depth| *depth > 0))?;
        let entry = |found: Result<TreeFile, Error>| match found {
            Ok(found) => {
                let file: serde_json::Value = serde_json::from_str(found.file.json()).unwrap_or_default();
                json!({ "depth": found.depth, "parent": found.parent, "file": file })
            }
            Err(error) => json!({ "data_id": error.data_id(), "error": error_as_json(&error) }),
        };
        let entries: Vec<serde_json::Value> = walk.map(entry).collect();
        out.set(mdcloud_result::give(Content::Text(json!(entries).to_string())));
        Ok(())
    })
}

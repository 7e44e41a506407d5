//! Results from stored bytes

use std::os::raw::c_char;

use mdcloud_core::{Document, Report, Status};

use crate::content::Content;
use crate::error::mdcloud_error;
use crate::result::mdcloud_result;

/// A report from bytes that the service sent earlier, for example the body of a webhook or what
/// mdcloud_result_json gave. `*out` is a report.
///
/// What is no JSON object is MDCLOUD_STATUS_PROTOCOL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_report_parse(
    json: *const c_char,
    length: usize,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let json: *const u8 = json.cast();
        let json = slice!(json, length);
        let out = out!(out);
        out.set(mdcloud_result::give(Content::Report(Report::from_json(json)?)));
        Ok(())
    })
}

/// Any JSON text, to be read by pointer: mdcloud_result_string and its like.
///
/// What is no JSON is MDCLOUD_STATUS_PROTOCOL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_json_parse(
    json: *const c_char,
    length: usize,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let json: *const u8 = json.cast();
        let json = slice!(json, length);
        let out = out!(out);
        out.set(mdcloud_result::give(Content::Document(Document::from_json(json)?)));
        Ok(())
    })
}

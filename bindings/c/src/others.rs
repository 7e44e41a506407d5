//! Outcomes of many scans, pictures, links

use std::os::raw::{c_char, c_void};

use mdcloud_core::{Badge, Status};

use crate::content::{Link, Outcomes};
use crate::error::mdcloud_error;
use crate::result::mdcloud_result;

/// How many outcomes there are: one per source.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_scan_outcome_size(result: *const mdcloud_result, out: *mut usize) -> Status {
    guard_copy!(result, out, |outcomes: &Outcomes| Some(outcomes.size()))
}

/// Which of the sources this outcome is of, from 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_scan_outcome_index(
    result: *const mdcloud_result,
    index: usize,
    out: *mut usize,
) -> Status {
    guard_copy!(result, out, |outcomes: &Outcomes| outcomes.index(index))
}

/// The finished report of this outcome; MDCLOUD_STATUS_NOT_FOUND where the scan failed. It belongs to the list:
/// do not free it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_scan_outcome_report(
    result: *const mdcloud_result,
    index: usize,
    out: *mut *const mdcloud_result,
) -> Status {
    guard_copy!(result, out, |outcomes: &Outcomes| outcomes.report(index))
}

/// Why there is no report: the error that mdcloud_client_file_scan would have given. It belongs to the list: do
/// not free it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_scan_outcome_error(
    result: *const mdcloud_result,
    index: usize,
    out: *mut *const mdcloud_error,
) -> Status {
    guard_copy!(result, out, |outcomes: &Outcomes| outcomes.error(index))
}

/// The bytes of the picture: `*length` from `*out` on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_badge_data(
    result: *const mdcloud_result,
    out: *mut *const c_void,
    length: *mut usize,
) -> Status {
    guard_get!({
        let result = object!(result);
        let out = out!(out);
        let length = out!(length);
        let (data, size) = result.copy(|badge: &Badge| Some((badge.data.as_ptr(), badge.data.len())))?;
        out.set(data.cast());
        length.set(size);
        Ok(())
    })
}

/// Media type of the picture, such as "image/svg+xml".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_badge_media_type(
    result: *const mdcloud_result,
    out: *mut *const c_char,
) -> Status {
    guard_text!(result, out, |badge: &Badge| Some(&badge.media_type))
}

/// The link itself. Whoever has it can read the file: do not log it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_link_text(result: *const mdcloud_result, out: *mut *const c_char) -> Status {
    guard_text!(result, out, |link: &Link| Some(&link.0))
}

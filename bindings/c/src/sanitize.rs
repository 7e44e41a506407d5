//! Clean copies

use std::io;
use std::os::raw::{c_char, c_int, c_void};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mdcloud_core::{Options, Status};

use crate::client::mdcloud_client;
use crate::content::{Content, Link};
use crate::error::mdcloud_error;
use crate::options::mdcloud_options;
use crate::result::mdcloud_result;
use crate::source::{UserData, mdcloud_source};

/// Takes `size` bytes of a download, which die with the call. Returns 0 to go on. After a failure it returns
/// -1, or a negative errno such as `-ENOSPC`: the call then ends with MDCLOUD_STATUS_IO. Anything above 0
/// cancels the call. Runs on the thread of the call, and must not throw or jump out.
pub type mdcloud_write_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, data: *const u8, size: usize) -> c_int>;

/// Uploads a file for sanitization, waits until all that applies is finished, and fetches the clean copy
/// into the file `destination`. `*out` is a report.
///
/// The rule is "multiscan,sanitize" where the options name none. Where the service makes no clean copy, the
/// error is MDCLOUD_STATUS_NOT_FOUND with the service's reason, and the destination stays as it was; the
/// report is then to be had by the data_id of the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_file_sanitize(
    client: *const mdcloud_client,
    source: *const mdcloud_source,
    destination: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let source = object!(source);
        let destination = path!(destination);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Report(client.file_sanitize(&source.source, destination)?)));
        Ok(())
    })
}

/// Link to the clean copy of a file that this key has uploaded; good without a key for up to 24 hours, so
/// do not log it. Charged to no allowance. `*out` is a link: mdcloud_link_text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_sanitized_link(
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
        out.set(mdcloud_result::give(Content::Link(Link(client.sanitized_link(data_id)?))));
        Ok(())
    })
}

/// Legacy: the same by file_id; mdcloud_client_sanitized_link is its successor. `*out` is a link:
/// mdcloud_link_text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_sanitized_link_legacy(
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
        out.set(mdcloud_result::give(Content::Link(Link(client.sanitized_link_legacy(file_id)?))));
        Ok(())
    })
}

/// Fetches the clean copy of a file into the file `destination`, and says how many bytes it has.
///
/// It is written beside the destination and renamed at the end, so that a download that breaks leaves
/// nothing behind and an older file stays. The link never sees the key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_sanitized_download(
    client: *const mdcloud_client,
    data_id: *const c_char,
    destination: *const c_char,
    options: *const mdcloud_options,
    bytes_written: *mut u64,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let data_id = text!(data_id);
        let destination = path!(destination);
        let out = out!(bytes_written);
        let client = client.with(optional!(options))?;
        out.set(client.sanitized_download(data_id, destination)?);
        Ok(())
    })
}

/// Fetches the clean copy of a file and hands it on to `write` block by block; says how many bytes it has.
///
/// What was handed on before a download breaks, or is cancelled, is not taken back: only
/// MDCLOUD_STATUS_OK means that it was whole. The link never sees the key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_sanitized_download_to(
    client: *const mdcloud_client,
    data_id: *const c_char,
    write: mdcloud_write_fn,
    user_data: *mut c_void,
    options: *const mdcloud_options,
    bytes_written: *mut u64,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let data_id = text!(data_id);
        let write = write.ok_or_else(|| mdcloud_core::Error::invalid("write", "is NULL"))?;
        let out = out!(bytes_written);
        let options = optional!(options).map_or_else(|| Ok(Options::new()), mdcloud_options::get)?;
        let target = Callback { write, user_data: UserData(user_data), stop: Arc::default() };
        let stop = target.stop.clone();
        let options = options.interrupt(Arc::new(move || stop.load(Ordering::Relaxed)));
        out.set(client.client.with(&options).sanitized_download_to(data_id, target)?);
        Ok(())
    })
}

struct Callback {
    write: unsafe extern "C" fn(*mut c_void, *const u8, usize) -> c_int,
    user_data: UserData,
    /// The function asked for the end of the call.
    stop: Arc<AtomicBool>,
}

impl io::Write for Callback {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // SAFETY: by the header's rules the function takes a buffer of this size and the caller's own data.
        match unsafe { (self.write)(self.user_data.0, bytes.as_ptr(), bytes.len()) } {
            0 => {}
            errno if errno < -1 && errno > c_int::MIN => return Err(io::Error::from_raw_os_error(-errno)),
            failed if failed < 0 => return Err(io::Error::other("the write function failed")),
            _ => self.stop.store(true, Ordering::Relaxed),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Removes a clean copy before its 24 hours are over. Paid keys only. Gives nothing but the status.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_sanitized_delete(
    client: *const mdcloud_client,
    data_id: *const c_char,
    options: *const mdcloud_options,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let data_id = text!(data_id);
        let client = client.with(optional!(options))?;
        client.sanitized_delete(data_id)
    })
}

//! Options of a call

use std::os::raw::{c_char, c_int, c_void};
use std::sync::Arc;

use mdcloud_core::{OnProgress, Options, Progress, Result, Status};

use crate::cancel::mdcloud_cancel;
use crate::config::{limit, time};
use crate::guard::give;
use crate::quota::mdcloud_reservation;
use crate::settable::Settable;
use crate::source::UserData;

/// What a single call may override, and how a file is submitted. One object may serve many calls.
///
/// A refused value is remembered as in mdcloud_config: the call fails with it before anything is sent.
#[derive(Default)]
pub struct mdcloud_options {
    values: Settable<Options>,
}

impl mdcloud_options {
    fn set(&self, name: &str, change: impl FnOnce(Options) -> Result<Options>) -> Result<()> {
        self.values.set(name, change)
    }

    pub(crate) fn get(&self) -> Result<Options> {
        self.values.get()
    }
}

/// A number that a call may leave to the service by 0.
pub(crate) fn given(number: u32) -> Option<u32> {
    (number != 0).then_some(number)
}

/// What a call is doing, in a progress callback.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum mdcloud_phase {
    /// The upload: bytes that went out, of all bytes.
    Upload = 1,
    /// The scan at the service: percent, of 100.
    Scan = 2,
}

/// Told how far a call has come: `done` of `total`, in the units of the phase (an mdcloud_phase; others may
/// be added). Returns 0 to go on; anything else cancels the call. Runs on the thread of the call, and must
/// not throw or jump out.
pub type mdcloud_progress_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, phase: i32, done: u64, total: u64) -> c_int>;

/// Nothing set. NULL only after an internal error.
#[unsafe(no_mangle)]
pub extern "C" fn mdcloud_options_new() -> *mut mdcloud_options {
    guard_value!(std::ptr::null_mut(), { give(mdcloud_options::default()) })
}

/// Frees the options; NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_free(options: *mut mdcloud_options) {
    guard_free!(options)
}

/// The whole call, waiting included, ends after this time; MDCLOUD_FOREVER waits for ever.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_deadline(options: *mut mdcloud_options, ms: u64) -> Status {
    guard_status!({ object!(options).set("deadline", |options| Ok(options.deadline(limit(ms)))) })
}

/// Longest time to wait for quota before the call fails at once; 0 never waits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_max_wait(options: *mut mdcloud_options, ms: u64) -> Status {
    guard_status!({ object!(options).set("max_wait", |options| Ok(options.max_wait(time(ms)))) })
}

/// How much of the allowance the call must leave for others: it is refused as if the allowance ended there,
/// and a bulk call asks for as many entries as there are above it. 0, the default, leaves nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_leave(options: *mut mdcloud_options, amount: u64) -> Status {
    guard_status!({ object!(options).set("leave", |options| Ok(options.leave(amount))) })
}

/// An amount that was kept with mdcloud_client_reserve, which the call draws on first. The reservation may be
/// freed before the options, which keep it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_reservation(
    options: *mut mdcloud_options,
    reservation: *const mdcloud_reservation,
) -> Status {
    guard_status!({
        object!(options).set("reservation", |options| {
            let reservation = object!(reservation);
            Ok(options.reservation(&reservation.reservation))
        })
    })
}

/// A handle that ends the call. It may be freed before the options.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_cancel(
    options: *mut mdcloud_options,
    cancel: *const mdcloud_cancel,
) -> Status {
    guard_status!({
        object!(options).set("cancel", |options| {
            let cancel = object!(cancel);
            Ok(options.cancel(&cancel.token))
        })
    })
}

/// A function that is told how the upload and the scan go on. `user_data` must live as long as a call with
/// these options runs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_progress(
    options: *mut mdcloud_options,
    progress: mdcloud_progress_fn,
    user_data: *mut c_void,
) -> Status {
    guard_status!({
        let user_data = UserData(user_data);
        object!(options).set("progress", |options| match progress {
            Some(tell) => Ok(options.progress(on_progress(tell, user_data))),
            None => Err(mdcloud_core::Error::invalid("progress", "is NULL")),
        })
    })
}

fn on_progress(
    tell: unsafe extern "C" fn(*mut c_void, i32, u64, u64) -> c_int,
    user_data: UserData,
) -> OnProgress {
    Arc::new(move |progress| {
        let user_data = &user_data;
        let (phase, done, total) = match progress {
            Progress::Upload { sent, total } => (mdcloud_phase::Upload, sent, total),
            Progress::Scan { percent } => (mdcloud_phase::Scan, u64::from(percent), 100),
            _ => return true,
        };
        // SAFETY: by the header's rules the function takes these numbers and the caller's own data.
        unsafe { tell(user_data.0, phase as i32, done, total) == 0 }
    })
}

/// For file_scan: asks for a known result by the file's hash before uploading. Default: true. It saves the
/// scarce upload allowance, and keeps a known file at home.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_reuse(options: *mut mdcloud_options, reuse: bool) -> Status {
    guard_status!({ object!(options).set("reuse", |options| Ok(options.reuse(reuse))) })
}

/// The name sent with the file; only its last part is sent, percent-encoded. Default: the name of the path.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_filename(
    options: *mut mdcloud_options,
    name: *const c_char,
) -> Status {
    guard_status!({ object!(options).set("filename", |options| Ok(options.filename(text!(name)))) })
}

/// What to do with the file: "multiscan", "sanitize", "unarchive", "cdr", "dlp" or any other text; several
/// are joined by commas, as in "multiscan,sanitize".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_rule(
    options: *mut mdcloud_options,
    rule: *const c_char,
) -> Status {
    guard_status!({ object!(options).set("rule", |options| options.rule([text!(rule)])) })
}

/// Password of an archive.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_archive_password(
    options: *mut mdcloud_options,
    password: *const c_char,
) -> Status {
    guard_status!({
        object!(options).set("archive_password", |options| options.archive_password(text!(password)))
    })
}

/// Password of a protected document.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_file_password(
    options: *mut mdcloud_options,
    password: *const c_char,
) -> Status {
    guard_status!({ object!(options).set("file_password", |options| options.file_password(text!(password))) })
}

/// Whether the service may keep and share the file; false needs a paid key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_sample_sharing(
    options: *mut mdcloud_options,
    share: bool,
) -> Status {
    guard_status!({ object!(options).set("sample_sharing", |options| options.sample_sharing(share)) })
}

/// Hides the result from hash lookups too; the file is then always uploaded.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_private_processing(
    options: *mut mdcloud_options,
    hide: bool,
) -> Status {
    guard_status!({ object!(options).set("private_processing", |options| options.private_processing(hide)) })
}

/// A direct link from which the service fetches the file itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_download_from(
    options: *mut mdcloud_options,
    url: *const c_char,
) -> Status {
    guard_status!({ object!(options).set("download_from", |options| options.download_from(text!(url))) })
}

/// Also runs a dynamic analysis, for example in "windows10".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_sandbox(
    options: *mut mdcloud_options,
    system: *const c_char,
) -> Status {
    guard_status!({ object!(options).set("sandbox", |options| options.sandbox(text!(system))) })
}

/// Where the service posts the finished result.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_callback_url(
    options: *mut mdcloud_options,
    url: *const c_char,
) -> Status {
    guard_status!({ object!(options).set("callback_url", |options| options.callback_url(text!(url))) })
}

/// How many scheduled rescans.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_rescan_count(
    options: *mut mdcloud_options,
    count: u32,
) -> Status {
    guard_status!({ object!(options).set("rescan_count", |options| options.rescan_count(count)) })
}

/// Interval of scheduled rescans; the service does not document the unit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_rescan_interval(
    options: *mut mdcloud_options,
    interval: u32,
) -> Status {
    guard_status!({ object!(options).set("rescan_interval", |options| options.rescan_interval(interval)) })
}

/// JSON text that comes back in the report.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_metadata(
    options: *mut mdcloud_options,
    json: *const c_char,
) -> Status {
    guard_status!({ object!(options).set("metadata", |options| options.metadata(text!(json))) })
}

/// Any further header. A header given twice keeps the last value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_options_set_header(
    options: *mut mdcloud_options,
    name: *const c_char,
    value: *const c_char,
) -> Status {
    guard_status!({
        let options = object!(options);
        let name = text!(name);
        options.set(&format!("header {name}"), |options| options.header(name, text!(value)))
    })
}

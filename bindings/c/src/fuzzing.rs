//! The door for fuzzing: not part of the library. Bytes of any kind as the arguments of C functions.
//!
//! An input is a few calls one after the other, on one object of settings, one of options and a client that is
//! closed: it does all but send. What the header promises is asserted after each.
#![allow(clippy::panic, clippy::expect_used, clippy::undocumented_unsafe_blocks)] // all of it is calls as C makes them

use std::collections::BTreeSet;
use std::ffi::CStr;
use std::os::raw::c_char;
use std::ptr::{NonNull, null, null_mut};

use mdcloud_core::Status;

use crate::cancel::*;
use crate::client::*;
use crate::config::*;
use crate::error::*;
use crate::options::*;
use crate::result::*;
use crate::source::*;
use crate::tape::{Tape, Text};

/// Calls that an input may make.
const MOST_CALLS: u32 = 24;

/// The closed client's, to look for in errors.
const KEY: &str = "a-key-that-never-shows";

type Ends = &'static [Status];
/// How a call on a closed client may end, and what needs no service.
const CALL: Ends = &[Status::Ok, Status::InvalidArgument, Status::Cancelled, Status::QuotaExhausted];
const SETTER: Ends = &[Status::Ok, Status::InvalidArgument];
/// A file of certificates may be missing, an address may want TLS.
const NEW: Ends = &[Status::Ok, Status::InvalidArgument, Status::Io, Status::NoApiKey];
const PARSE: Ends = &[Status::Ok, Status::Protocol];
const GETTER: Ends = &[Status::Ok, Status::InvalidArgument, Status::NotFound];

type SetText<T> = unsafe extern "C" fn(*mut T, *const c_char) -> Status;
type SetNumber<T> = unsafe extern "C" fn(*mut T, u64) -> Status;
type Out = *mut *mut mdcloud_result;
type Err = *mut *mut mdcloud_error;
type Options = *const mdcloud_options;
type AskText = unsafe extern "C" fn(*const mdcloud_client, *const c_char, Options, Out, Err) -> Status;
type AskTexts =
    unsafe extern "C" fn(*const mdcloud_client, *const *const c_char, usize, Options, Out, Err) -> Status;

const CONFIG_TEXTS: [SetText<mdcloud_config>; 6] = [
    mdcloud_config_set_api_key,
    mdcloud_config_set_base_url,
    mdcloud_config_set_throttle,
    mdcloud_config_set_quota_store,
    mdcloud_config_set_proxy,
    mdcloud_config_set_user_agent,
];
const CONFIG_NUMBERS: [SetNumber<mdcloud_config>; 5] = [
    mdcloud_config_set_connect_timeout,
    mdcloud_config_set_read_timeout,
    mdcloud_config_set_timeout,
    mdcloud_config_set_max_wait,
    mdcloud_config_set_deadline,
];
const OPTION_TEXTS: [SetText<mdcloud_options>; 8] = [
    mdcloud_options_set_filename,
    mdcloud_options_set_rule,
    mdcloud_options_set_archive_password,
    mdcloud_options_set_file_password,
    mdcloud_options_set_download_from,
    mdcloud_options_set_sandbox,
    mdcloud_options_set_callback_url,
    mdcloud_options_set_metadata,
];
const OPTION_NUMBERS: [SetNumber<mdcloud_options>; 3] =
    [mdcloud_options_set_deadline, mdcloud_options_set_max_wait, mdcloud_options_set_leave];
const ASK_TEXT: [AskText; 21] = [
    crate::file::mdcloud_client_file_report,
    crate::file::mdcloud_client_file_wait,
    crate::rescan::mdcloud_client_file_rescan,
    crate::rescan::mdcloud_client_webhook_status,
    crate::sanitize::mdcloud_client_sanitized_link,
    crate::hash::mdcloud_client_hash_lookup,
    crate::details::mdcloud_client_hash_peinfo,
    crate::details::mdcloud_client_hash_exif,
    crate::details::mdcloud_client_hash_apk_manifest,
    crate::details::mdcloud_client_hash_appinfo,
    crate::details::mdcloud_client_cve_info,
    crate::details::mdcloud_client_cve_products,
    crate::details::mdcloud_client_cve_hashes,
    crate::reputation::mdcloud_client_ip_lookup,
    crate::reputation::mdcloud_client_url_lookup,
    crate::reputation::mdcloud_client_domain_lookup,
    crate::sandbox::mdcloud_client_sandbox_submit_url,
    crate::sandbox::mdcloud_client_sandbox_report,
    crate::sandbox::mdcloud_client_sandbox_wait,
    crate::sandbox::mdcloud_client_hash_sandbox,
    crate::feed::mdcloud_client_sample_link,
];
const ASK_TEXTS: [AskTexts; 5] = [
    crate::rescan::mdcloud_client_file_rescan_many,
    crate::hash::mdcloud_client_hash_lookup_many,
    crate::reputation::mdcloud_client_ip_lookup_many,
    crate::reputation::mdcloud_client_url_lookup_many,
    crate::reputation::mdcloud_client_domain_lookup_many,
];

/// Arguments of C functions.
pub fn c_strings(data: &[u8]) {
    // A fuzzer that watches comparisons finds the key, and an argument may well be shown.
    if data.windows(KEY.len()).any(|part| part == KEY.as_bytes()) {
        return;
    }
    let mut tape = Tape(data);
    let mut hands = Hands::new();
    for _ in 0..MOST_CALLS {
        if tape.is_empty() {
            break;
        }
        hands.step(&mut tape);
    }
}

/// What a C program has in its hands.
struct Hands {
    config: *mut mdcloud_config,
    options: *mut mdcloud_options,
    client: *mut mdcloud_client,
    /// Settings whose last value was refused, which whoever uses the object must be told.
    config_refused: BTreeSet<String>,
    options_refused: BTreeSet<String>,
}

impl Hands {
    fn new() -> Self {
        let (config, mut client) = (mdcloud_config_new(), null_mut());
        let (key, url) = (Text::of(KEY), Text::of("http://127.0.0.1:1/v4"));
        unsafe {
            assert_eq!(mdcloud_config_set_api_key(config, key.pointer()), Status::Ok);
            assert_eq!(mdcloud_config_set_base_url(config, url.pointer()), Status::Ok);
            assert_eq!(mdcloud_client_new(config, &mut client, null_mut()), Status::Ok);
            assert_eq!(mdcloud_client_close(client), Status::Ok);
        }
        Hands {
            config,
            options: mdcloud_options_new(),
            client,
            config_refused: BTreeSet::new(),
            options_refused: BTreeSet::new(),
        }
    }

    fn step(&mut self, tape: &mut Tape<'_>) {
        let (config, options) = (self.config, self.options);
        match tape.byte() % 14 {
            0 | 1 => {
                let (at, set) = numbered(tape, &CONFIG_TEXTS);
                let text = tape.text();
                let status = unsafe { set(config, text.pointer()) };
                noted(&mut self.config_refused, format!("text {at}"), status, text.is_text());
            }
            2 => {
                let (at, set) = numbered(tape, &CONFIG_NUMBERS);
                let status = unsafe { set(config, tape.number()) };
                noted(&mut self.config_refused, format!("number {at}"), status, true);
                let small = u32::try_from(tape.number()).unwrap_or(u32::MAX);
                unsafe {
                    assert_eq!(mdcloud_config_set_retries(config, small), Status::Ok);
                    assert_eq!(mdcloud_config_set_concurrency(config, small), Status::Ok);
                    assert_eq!(mdcloud_config_set_allow_http(config, tape.flag()), Status::Ok);
                    assert_eq!(mdcloud_config_set_strict_store(config, tape.flag()), Status::Ok);
                }
            }
            3 => self.new_client(tape),
            4 | 5 => {
                let (at, set) = numbered(tape, &OPTION_TEXTS);
                let text = tape.text();
                let status = unsafe { set(options, text.pointer()) };
                noted(&mut self.options_refused, format!("text {at}"), status, text.is_text());
            }
            6 => {
                let (name, value) = (tape.text(), tape.text());
                let status = unsafe { mdcloud_options_set_header(options, name.pointer(), value.pointer()) };
                assert!(SETTER.contains(&status), "{status:?}");
                // A name that is no text is not remembered: there is nothing to remember it by.
                if name.is_text() {
                    let name = unsafe { CStr::from_ptr(name.pointer()) }.to_string_lossy();
                    noted(&mut self.options_refused, format!("header {name}"), status, value.is_text());
                }
            }
            7 => {
                let (at, set) = numbered(tape, &OPTION_NUMBERS);
                let status = unsafe { set(options, tape.number()) };
                noted(&mut self.options_refused, format!("number {at}"), status, true);
                let cancel = mdcloud_cancel_new();
                unsafe {
                    assert_eq!(mdcloud_options_set_cancel(options, cancel), Status::Ok);
                    mdcloud_cancel_free(cancel);
                }
            }
            8 => {
                let (ask, text) = (*tape.pick(&ASK_TEXT), tape.text());
                self.call(|client, options, out, err| unsafe {
                    ask(client, text.pointer(), options, out, err)
                });
            }
            9 => {
                let (ask, count) = (*tape.pick(&ASK_TEXTS), tape.byte() % 8);
                let texts: Vec<Text> = (0..count).map(|_| tape.text()).collect();
                let texts: Vec<_> = texts.iter().map(Text::pointer).collect();
                self.call(|client, options, out, err| unsafe {
                    ask(client, texts.as_ptr(), texts.len(), options, out, err)
                });
            }
            10 => self.several_texts(tape),
            11 => self.any_call(tape),
            12 => {
                let bytes = tape.bytes();
                let source = unsafe { mdcloud_source_bytes(bytes.as_ptr().cast(), bytes.len()) };
                let submit = tape.flag();
                self.call(|client, options, out, err| unsafe {
                    match submit {
                        true => crate::file::mdcloud_client_file_submit(client, source, options, out, err),
                        false => crate::file::mdcloud_client_file_scan(client, source, options, out, err),
                    }
                });
                let allow = tape.number() as i32;
                let sources = [source.cast_const()];
                self.call(|client, options, out, err| unsafe {
                    crate::quota::mdcloud_client_plan(client, sources.as_ptr(), 1, allow, options, out, err)
                });
                unsafe { mdcloud_source_free(source) };
            }
            _ => stored(tape),
        }
    }

    /// Settings as they are now, but for a ledger and certificates, which are looked for outside.
    fn new_client(&mut self, tape: &mut Tape<'_>) {
        let (process, file) = (Text::of("process"), tape.text().behind("/none/such/"));
        let status = unsafe { mdcloud_config_set_quota_store(self.config, process.pointer()) };
        noted(&mut self.config_refused, "text 3".to_owned(), status, true);
        if tape.flag() {
            let status = unsafe { mdcloud_config_set_ca_file(self.config, file.pointer()) };
            noted(&mut self.config_refused, "ca_file".to_owned(), status, !file.pointer().is_null());
        }
        let config = self.config;
        let status = call(
            NEW,
            |client| unsafe { mdcloud_client_free(client) },
            |out, err| unsafe { mdcloud_client_new(config, out, err) },
        );
        assert!(self.config_refused.is_empty() || status == Status::InvalidArgument, "{status:?}");
    }

    fn several_texts(&self, tape: &mut Tape<'_>) {
        let (which, one, two, three, four) =
            (tape.byte() % 9, tape.text(), tape.text(), tape.text(), tape.text());
        let (a, b, c, d) = (one.pointer(), two.pointer(), three.pointer(), four.pointer());
        let (n, m) = (tape.number() as u32, tape.number() as u32);
        self.call(|client, options, out, err| unsafe {
            match which {
                0 => crate::details::mdcloud_client_hash_history(client, a, n, m, options, out, err),
                1 => crate::details::mdcloud_client_hash_badge(client, a, b, c, options, out, err),
                2 => crate::sandbox::mdcloud_client_sandbox_submit_file(client, a, b, options, out, err),
                3 => crate::rescan::mdcloud_client_repo_submit(client, a, b, c, d, options, out, err),
                4 => crate::feed::mdcloud_client_feed_infected(client, a, b, n, options, out, err),
                5 => crate::feed::mdcloud_client_feed_false_positives(client, n, a, options, out, err),
                6 => crate::feed::mdcloud_client_feed_infected_top(client, a, n, b, options, out, err),
                7 => crate::file::mdcloud_client_file_tree(client, a, n, options, out, err),
                _ => crate::details::mdcloud_client_hash_vulnerability(client, a, n, m, options, out, err),
            }
        });
    }

    /// Any request: pairs of headers, and a body that may hold anything.
    fn any_call(&self, tape: &mut Tape<'_>) {
        let (method, path, pairs) = (tape.text(), tape.text(), usize::from(tape.byte() % 4));
        let headers: Vec<Text> = (0..2 * pairs).map(|_| tape.text()).collect();
        let headers: Vec<_> = headers.iter().map(Text::pointer).collect();
        let body = tape.flag().then(|| tape.bytes());
        let (first, length) = body.as_ref().map_or((null(), 0), |body| (body.as_ptr().cast(), body.len()));
        self.call(|client, options, out, err| unsafe {
            let (method, path, headers) = (method.pointer(), path.pointer(), headers.as_ptr());
            crate::call::mdcloud_client_call(
                client, method, path, headers, pairs, first, length, options, out, err,
            )
        });
    }

    /// A call on the closed client, with the options and without, with a place for the error and without.
    fn call(&self, ask: impl Fn(*const mdcloud_client, Options, Out, Err) -> Status) {
        for options in [null(), self.options.cast_const()] {
            let status = call(CALL, read, |out, err| ask(self.client, options, out, err));
            let refused = !options.is_null() && !self.options_refused.is_empty();
            assert!(!refused || status == Status::InvalidArgument, "{status:?}");
            let mut out = null_mut();
            assert_eq!(ask(self.client, options, &mut out, null_mut()), status);
            unsafe { mdcloud_result_free(out) };
        }
    }
}

impl Drop for Hands {
    fn drop(&mut self) {
        unsafe {
            mdcloud_client_free(self.client);
            mdcloud_options_free(self.options);
            mdcloud_config_free(self.config);
        }
    }
}

/// One of a list and its number.
fn numbered<T: Copy>(tape: &mut Tape<'_>, list: &[T]) -> (usize, T) {
    let at = usize::from(tape.byte()) % list.len();
    (at, list[at])
}

/// What is no text was refused; what was refused stays so until the setting gets a value that will do.
fn noted(refused: &mut BTreeSet<String>, name: String, status: Status, may_be: bool) {
    assert!(SETTER.contains(&status), "{name}: {status:?}");
    assert!(may_be || status == Status::InvalidArgument, "{name} took what is no text");
    match status {
        Status::Ok => refused.remove(&name),
        _ => refused.insert(name),
    };
}

/// A call with a place for what it gives and one for the error: just one of them is set.
fn call<T>(ends: Ends, take: impl FnOnce(*mut T), make: impl FnOnce(*mut *mut T, Err) -> Status) -> Status {
    let untouched = NonNull::dangling().as_ptr();
    let (mut out, mut err) = (untouched, NonNull::dangling().as_ptr());
    let status = make(&mut out, &mut err);
    assert!(ends.contains(&status), "{status:?}");
    if status == Status::Ok {
        assert!(err.is_null() && out != untouched && !out.is_null());
        take(out);
    } else {
        assert_eq!(out, untouched, "set by a call that failed");
        says_why(err, status);
        unsafe { mdcloud_error_free(err) };
    }
    status
}

/// An error of something that was not sent: one line for people, without the key.
fn says_why(error: *mut mdcloud_error, status: Status) {
    unsafe {
        assert_eq!(mdcloud_error_status(error), status);
        let message = CStr::from_ptr(mdcloud_error_message(error)).to_str().expect("a message is UTF-8");
        assert!(!message.is_empty() && !message.contains(char::is_control), "{message:?}");
        assert!(!message.contains(KEY), "{message:?}");
        assert_eq!(mdcloud_error_message(error), mdcloud_error_message(error));
        assert_eq!(mdcloud_error_delivery(error) as i32, mdcloud_delivery::NotSent as i32, "{message:?}");
        assert_eq!((mdcloud_error_http_status(error), mdcloud_error_message_count(error)), (0, 0));
        assert_eq!(mdcloud_error_message_at(error, 0), null());
    }
}

/// A result is JSON, of the length that it says.
fn read(result: *mut mdcloud_result) {
    let mut length = usize::MAX;
    unsafe {
        let json = mdcloud_result_json(result, &mut length);
        let json = CStr::from_ptr(json).to_str().expect("JSON is UTF-8");
        assert_eq!(json.len(), length);
        assert!(serde_json::from_str::<serde::de::IgnoredAny>(json).is_ok(), "{json}");
        mdcloud_result_free(result);
    }
}

/// A stored answer, read by pointers that may be anything.
fn stored(tape: &mut Tape<'_>) {
    let report = tape.flag();
    let pointers = [tape.text(), tape.text()];
    let json = tape.bytes();
    let parse = if report { crate::parse::mdcloud_report_parse } else { crate::parse::mdcloud_json_parse };
    let look = |result: *mut mdcloud_result| {
        for pointer in &pointers {
            point(result, pointer);
        }
        unsafe { mdcloud_result_free(result) };
    };
    call(PARSE, look, |out, err| unsafe { parse(json.as_ptr().cast(), json.len(), out, err) });
}

/// Every way to read at one pointer; a place is set exactly if the status says so.
fn point(result: *const mdcloud_result, pointer: &Text) {
    let at = pointer.pointer();
    let (mut text, mut again) = (null(), null());
    let (mut int, mut double, mut size) = (i64::MIN, f64::INFINITY, usize::MAX);
    let ended = |status: Status, set: bool| {
        assert!(GETTER.contains(&status) && (status == Status::Ok) == set, "{status:?}, {set}");
        assert!(pointer.is_text() || status == Status::InvalidArgument, "{status:?}");
    };
    unsafe {
        ended(mdcloud_result_string(result, at, &mut text), !text.is_null());
        if !text.is_null() {
            assert!(CStr::from_ptr(text).to_str().is_ok());
            assert_eq!(mdcloud_result_string(result, at, &mut again), Status::Ok);
            assert_eq!(text, again, "the same text stays where it is");
        }
        let status = mdcloud_result_int(result, at, &mut int);
        assert!(GETTER.contains(&status) && (status == Status::Ok || int == i64::MIN));
        ended(mdcloud_result_double(result, at, &mut double), double.is_finite());
        ended(mdcloud_result_size(result, at, &mut size), size != usize::MAX);
        let (mut name, members) = (null(), if size == usize::MAX { 0 } else { size });
        let status = mdcloud_result_member(result, at, members, &mut name);
        assert!(GETTER.contains(&status) && status != Status::Ok && name.is_null(), "beyond the last");
        let status = crate::result::mdcloud_limits_amount(result, at, &mut int);
        assert_eq!(status, Status::InvalidArgument, "it holds no limits");
    }
}

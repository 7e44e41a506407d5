//! Anything else

use std::os::raw::{c_char, c_void};

use mdcloud_core::Status;

use crate::client::mdcloud_client;
use crate::content::Content;
use crate::error::mdcloud_error;
use crate::options::mdcloud_options;
use crate::result::mdcloud_result;

/// Sends any request below the base URL: the way out for what is not named here. `*out` is the answer as
/// it came.
///
/// `method` is "GET", "POST" or "DELETE". `path` begins with a slash and is sent as it is, so what it
/// carries must be percent-encoded. `headers` are `header_count` pairs, name, value, name, value, ...; NULL
/// for none. `body` is NULL for none; it goes with POST only, as JSON unless the headers say otherwise.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_call(
    client: *const mdcloud_client,
    method: *const c_char,
    path: *const c_char,
    headers: *const *const c_char,
    header_count: usize,
    body: *const c_void,
    body_length: usize,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let method = text!(method);
        let path = text!(path);
        let text_count = header_count.saturating_mul(2);
        let texts = slice!(headers, text_count);
        let mut pairs = Vec::with_capacity(header_count);
        for pair in texts.chunks_exact(2) {
            let (header_name, header_value) = (pair[0], pair[1]);
            pairs.push((text!(header_name), text!(header_value)));
        }
        let absent = body.is_null();
        let body: *const u8 = body.cast();
        let bytes = slice!(body, body_length);
        let body = (!absent).then_some(bytes);
        let out = out!(out);
        let answer = client.with(optional!(options))?.call(method, path, &pairs, body)?;
        out.set(mdcloud_result::give(Content::Document(answer)));
        Ok(())
    })
}

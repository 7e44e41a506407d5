//! The way out for what is not named: any path of the service.

use super::document;
use crate::call::{Call, Payload};
use crate::client::Client;
use crate::error::{Error, Result};
use crate::model::Document;
use crate::options::check_header;

impl Client {
    /// Sends any request below the base URL and gives the answer as it came.
    ///
    /// `method` is GET, POST or DELETE, and `path` begins with a slash and is sent as it is, so what it
    /// carries must be percent-encoded. A path that the table of operations knows is charged as that
    /// operation; a body is sent as JSON unless `headers` say otherwise. Only what the table knows to be
    /// safe, and GET, is repeated after a failure.
    pub fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<Document> {
        let method = match method.to_ascii_uppercase().as_str() {
            "GET" => "GET",
            "POST" => "POST",
            "DELETE" => "DELETE",
            _ => return Err(Error::invalid("method", format!("{method:?} is not GET, POST or DELETE"))),
        };
        let safe = |c: u8| c.is_ascii_graphic() & !matches!(c, b'#' | b'"' | b'<' | b'>' | b'\\');
        // Without a way out in the middle: see `hash::check`.
        let all_safe = path.bytes().fold(true, |all, c| all & safe(c));
        let leads_up = path.contains("/../") || path.ends_with("/..");
        if !path.starts_with('/') || !all_safe || leads_up {
            return Err(Error::invalid(
                "path",
                "must begin with '/' and be percent-encoded, without '..' or '#'",
            ));
        }
        let mut call = Call::raw(method, path);
        for (name, value) in headers {
            check_header(name, value)?;
            call = call.header(name.to_ascii_lowercase(), *value);
        }
        if let Some(body) = body {
            if method != "POST" {
                return Err(Error::invalid("body", "goes with POST only"));
            }
            if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
                call = call.header("content-type", "application/json");
            }
            call = call.payload(Payload::Bytes(body));
        }
        document(self.perform(call)?)
    }
}

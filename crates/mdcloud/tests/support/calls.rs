//! One call of each kind, and the faults that every language is put through.
#![allow(clippy::unwrap_used)]

use mdcloud::{Client, Error, FeedQuery, Source};
use serde_json::Value;

pub(crate) const HASH: &str = "44d88612fea8a8f36de82e1278abb02f";

/// Does a call, and shows all that it gave, as a program would that prints or logs it.
pub(crate) type Kind = (&'static str, fn(&Client) -> Result<String, Error>);

fn shown<T: std::fmt::Debug>(result: Result<T, Error>) -> Result<String, Error> {
    result.map(|value| format!("{value:?}"))
}

/// Where one of many failed that is its error.
fn all<T: std::fmt::Debug>(results: impl Iterator<Item = (T, Option<Error>)>) -> Result<String, Error> {
    let mut text = String::new();
    for (value, error) in results {
        match error {
            Some(error) => return Err(error),
            None => text.push_str(&format!("{value:?}")),
        }
    }
    Ok(text)
}

pub(crate) const KINDS: [Kind; 14] = [
    ("lookup", |c| shown(c.hash_lookup(HASH))),
    ("bulk lookup", |c| {
        all(c.hash_lookup_many([HASH]).map(|one| {
            let error = one.error().cloned();
            (one, error)
        }))
    }),
    ("reputation", |c| shown(c.ip_lookup("203.0.113.7"))),
    ("upload", |c| shown(c.file_submit(Source::bytes(*b"a file")))),
    ("upload of a stream", |c| shown(c.file_submit(Source::reader(&b"a file"[..], 6)))),
    ("scan", |c| shown(c.file_scan(Source::bytes(*b"another file")))),
    ("scan of many", |c| {
        all(c.file_scan_many([Source::bytes(*b"one"), Source::bytes(*b"two")]).map(|one| {
            let error = one.result.as_ref().err().cloned();
            (one, error)
        }))
    }),
    ("poll", |c| shown(c.file_wait("bzI2MDMxMUxaNVNtVlJRUg"))),
    ("rescan", |c| shown(c.file_rescan("bzI2MDMxMUxaNVNtVlJRUg"))),
    ("download", |c| {
        let mut target = Vec::new();
        shown(c.sanitized_download_to("bzI2MDMxMUxaNVNtVlJRUg", &mut target))
    }),
    ("feed page", |c| shown(c.feed_infected(&FeedQuery::new()))),
    ("sandbox", |c| shown(c.sandbox_submit_url("http://a.example/"))),
    ("account", |c| shown(c.apikey_info())),
    ("any path", |c| shown(c.call("GET", "/status/version", &[], None))),
];

/// The list in `tests/faults.json`.
pub(crate) fn faults() -> Vec<Value> {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/faults.json"));
    serde_json::from_str(text).unwrap()
}

//! One call of each kind, and the faults that every language is put through.
#![allow(dead_code, clippy::unwrap_used)]

use mdcloud::{Client, Error, FeedQuery, Options, Source};
use serde_json::Value;

/// Of the file that [`sanitized`] sends.
pub(crate) const HASH: &str = "0d5a9ff416e276467ceba5d9d3288e3ad0adfc824b144fe867bc09e0050d507a";

/// A call with the id of a file that was sanitized; gives all that came of it, as a program that prints it.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// The requests that a fault is for: all, but for a download those of the file.
    pub(crate) path: &'static str,
    pub(crate) run: fn(&Client, &str) -> Result<String, Error>,
}

const fn kind(name: &'static str, run: fn(&Client, &str) -> Result<String, Error>) -> Kind {
    Kind { name, path: "", run }
}

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

pub(crate) const KINDS: [Kind; 15] = [
    kind("lookup", |c, _| shown(c.hash_lookup(HASH))),
    kind("bulk lookup", |c, _| {
        all(c.hash_lookup_many([HASH]).map(|one| {
            let error = one.error().cloned();
            (one, error)
        }))
    }),
    kind("reputation", |c, _| shown(c.ip_lookup("203.0.113.7"))),
    kind("upload", |c, _| shown(c.file_submit(Source::bytes(*b"a file")))),
    kind("upload of a stream", |c, _| shown(c.file_submit(Source::reader(&b"a file"[..], 6)))),
    kind("scan", |c, _| shown(c.file_scan(Source::bytes(*b"another file")))),
    kind("scan of many", |c, _| {
        all(c.file_scan_many([Source::bytes(*b"one"), Source::bytes(*b"two")]).map(|one| {
            let error = one.result.as_ref().err().cloned();
            (one, error)
        }))
    }),
    kind("poll", |c, id| shown(c.file_wait(id))),
    kind("rescan", |c, _| shown(c.file_rescan("bzI2MDMxMUxaNVNtVlJRUg"))),
    kind("link", |c, id| shown(c.sanitized_download_to(id, std::io::sink()))),
    Kind {
        name: "download",
        path: "/files/",
        run: |c, id| shown(c.sanitized_download_to(id, std::io::sink())),
    },
    kind("feed page", |c, _| shown(c.feed_infected(&FeedQuery::new()))),
    kind("sandbox", |c, _| shown(c.sandbox_submit_url("http://a.example/"))),
    kind("account", |c, _| shown(c.apikey_info())),
    kind("any path", |c, _| shown(c.call("GET", "/status/version", &[], None))),
];

/// A file of which there is a clean copy.
pub(crate) fn sanitized(client: &Client) -> String {
    let client = client.with(&Options::new().rule(["sanitize", "multiscan"]).unwrap());
    let report = client.file_submit(Source::bytes(*b"a plain text")).unwrap();
    let data_id = report.data_id().unwrap().to_owned();
    client.file_wait(&data_id).unwrap();
    data_id
}

/// The order for a fault of the list.
pub(crate) fn order(fault: &Value, path: &str) -> mdcloud_emulator::Fault {
    let mut fault = fault.clone();
    let fields = fault.as_object_mut().unwrap();
    fields.remove("lookup");
    fields.entry("count").or_insert(1000.into());
    fields.insert("path".to_owned(), path.into());
    mdcloud_emulator::Fault::from_json(&fault.to_string()).unwrap()
}

/// The list in `tests/faults.json`.
pub(crate) fn faults() -> Vec<Value> {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/faults.json"));
    serde_json::from_str(text).unwrap()
}

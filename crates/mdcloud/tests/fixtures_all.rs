//! Every fixture of the service, sent by a server and read by the operation that it belongs to. What each must
//! give stands, field by field, in `fixtures/expected/`; a change there is a change for users.
//!
//! `MDCLOUD_WRITE_EXPECTED=1 cargo test -p mdcloud --test fixtures_all` writes the files anew, to be read in
//! the difference before they are committed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use mdcloud::model::{Model, as_json, error_as_json};
use mdcloud::{Client, FeedQuery, Result, Source};
use serde_json::{Value, json};
use support::{Server, client, request};

const HASH: &str = "44D88612FEA8A8F36DE82E1278ABB02F";
const ID: &str = "bzI2MDMxMUxaNVNtVlJRUg";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn view(model: Result<impl Model>) -> Result<Value> {
    model.map(|model| as_json(&model))
}

fn views<T: Model>(models: impl Iterator<Item = T>) -> Result<Value> {
    Ok(models.map(|model| as_json(&model)).collect())
}

fn document(document: Result<mdcloud::Document>) -> Result<Value> {
    document.map(|document| document.value().clone())
}

/// The operation that a fixture answers, by method and path as its manifest writes them.
fn ask(client: &Client, method: &str, path: &str, body: &Value) -> Result<Value> {
    let query = FeedQuery::new();
    let texts = |pointer: &str, name: &str| -> Vec<String> {
        let entries = body.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
        entries.iter().filter_map(|entry| entry[name].as_str().map(str::to_owned)).collect()
    };
    match (method, path) {
        ("GET", "/apikey/" | "(any)") => view(client.apikey_info()),
        ("GET", "/apikey/limits") => view(client.apikey_limits()),
        ("GET", "/apikey/limits/status") => view(client.apikey_limits_left()),
        ("GET", "/apikey/scan-history") => view(client.apikey_scan_history(None, None)),
        ("POST", "/file") => view(client.file_submit(Source::bytes(*b"x"))),
        ("GET", "/file/{dataId}") => view(client.file_report(ID)),
        ("GET", "/file/webhooks/{dataId}") => view(client.webhook_status(ID)),
        ("GET", "/file/webhooks") => view(client.webhook_status_all()),
        ("POST", "/repo") => view(client.repo_submit("github", "example", "project", None)),
        ("GET", "/file/{fileId}/rescan") => view(client.file_rescan(ID)),
        ("POST", "/file/rescan") => {
            let mut ids = texts("/data", "file_id");
            ids.extend(texts("", "file_id"));
            views(client.file_rescan_many(ids)?.into_iter())
        }
        ("GET", "/file/converted/{dataId}") => client.sanitized_link(ID).map(Value::from),
        ("DELETE", "/file/converted/{dataId}") => client.sanitized_delete(ID).map(|()| Value::Null),
        ("GET", "/file/{fileId}/sanitizedLink") => client.sanitized_link_legacy(ID).map(Value::from),
        ("GET", "/hash/{hash}") => view(client.hash_lookup(HASH)),
        ("POST", "/hash") => {
            let mut hashes = texts("/data", "hash");
            if hashes.is_empty() {
                hashes.push(HASH.to_owned());
            }
            views(client.hash_lookup_many(hashes))
        }
        ("GET", "/hash/{hash}/scanhistory") => view(client.hash_history(HASH, None, None)),
        ("GET", "/ip/{ip}") => view(client.ip_lookup("203.0.113.7")),
        ("POST", "/ip/") => views(client.ip_lookup_many(["203.0.113.7", "203.0.113.8"])),
        ("GET", "/url/{url}") => view(client.url_lookup("http://malware.example/path?x=1&y=2")),
        ("POST", "/url/") => views(client.url_lookup_many(["http://malware.example/path?x=1&y=2"])),
        ("GET", "/domain/{fqdn}") => view(client.domain_lookup("malware.example")),
        ("POST", "/domain/") => views(client.domain_lookup_many(["malware.example"])),
        ("GET", "/hash/{hash}/peinfo") => view(client.hash_peinfo(HASH)),
        ("GET", "/hash/{hash}/exif") => view(client.hash_exif(HASH)),
        ("GET", "/hash/{hash}/apk-manifest") => view(client.hash_apk_manifest(HASH)),
        ("GET", "/appinfo/{hash}") => view(client.hash_appinfo(HASH)),
        ("POST", "/sandbox") => view(client.sandbox_submit_url("http://a.example/")),
        ("GET", "/sandbox/{sandboxId}") => view(client.sandbox_report(ID)),
        ("GET", "/hash/{hash}/sandbox") => view(client.hash_sandbox(HASH)),
        ("POST", "/sandbox/{dataId}/scan") => view(client.sandbox_submit_file(ID, "windows10")),
        ("GET", "/feed/infected/latest") => view(client.feed_infected(&query)),
        ("GET", "/feed/clean/latest") => view(client.feed_clean(&query)),
        ("GET", "/feed/hashes") => view(client.feed_hashes(&query)),
        ("GET", "/feed/false-positives") => view(client.feed_false_positives(&query)),
        ("GET", "/feed/false-positives/{engine}") => {
            view(client.feed_false_positives(&query.engine("Avira")))
        }
        ("GET", "/feed/infected") => view(client.feed_infected_top(&query)),
        ("GET", "/file/{hash}/download") => client.sample_link(HASH).map(Value::from),
        ("GET", "/status/version") => document(client.service_version()),
        ("GET", "/status/enginedef") => document(client.engine_definitions()),
        // A body that the service itself sends, and a document behind a link.
        ("POST", "(callbackurl)") => view(mdcloud::Report::from_json(body.to_string())),
        ("GET", "(full_report.json)") => Ok(body.clone()),
        other => panic!("no operation is known for {other:?}"),
    }
}

/// A server that reads a whole request and answers with this.
fn answering(status: u64, body: Vec<u8>) -> Server {
    Server::new(move |mut stream| {
        while let Some(head) = request(&mut stream) {
            let length = head
                .to_lowercase()
                .split("content-length: ")
                .nth(1)
                .map_or(0, |rest| rest.split("\r\n").next().unwrap().parse::<usize>().unwrap());
            stream.read_exact(&mut vec![0; length]).unwrap();
            let head = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            if stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body)).is_err() {
                return;
            }
        }
    })
}

#[test]
fn every_fixture_gives_what_it_must() {
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(folder().join("manifest.json")).unwrap()).unwrap();
    let write = std::env::var_os("MDCLOUD_WRITE_EXPECTED").is_some();
    let mut count = 0;
    let mut wrong = Vec::new();
    for fixture in manifest["fixtures"].as_array().unwrap() {
        let text = |name: &str| fixture[name].as_str().unwrap();
        let bytes = std::fs::read(folder().join(text("file"))).unwrap();
        let body: Value = serde_json::from_slice(&bytes).unwrap();
        let server = answering(fixture["status"].as_u64().filter(|status| *status > 0).unwrap_or(200), bytes);
        let mut seen = ask(&client(&server.url()), text("method"), text("path"), &body)
            .unwrap_or_else(|error| json!({ "error": error_as_json(&error) }));
        forget_clock(&mut seen);
        let expected = folder().join("expected").join(text("file"));
        if write {
            std::fs::create_dir_all(expected.parent().unwrap()).unwrap();
            std::fs::write(&expected, serde_json::to_string_pretty(&seen).unwrap() + "\n").unwrap();
        }
        let wanted: Value = serde_json::from_slice(&std::fs::read(&expected).unwrap()).unwrap();
        if wanted != seen {
            wrong.push(format!("{}: {seen}", text("file")));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let files =
        std::fs::read_dir(folder()).unwrap().filter(|file| file.as_ref().unwrap().path().is_file()).count();
    assert_eq!(count + 1, files, "every file is in the manifest");
}

/// What depends on the moment: how long to wait after a refusal that says nothing of it.
fn forget_clock(seen: &mut Value) {
    match seen {
        Value::Object(map) => {
            for (name, value) in map.iter_mut() {
                match (name.as_str(), &value) {
                    ("retry_after", Value::Number(_)) => *value = "some seconds".into(),
                    ("text", Value::String(_)) if map_has_clock(value) => *value = "with a time".into(),
                    _ => forget_clock(value),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(forget_clock),
        _ => {}
    }
}

fn map_has_clock(text: &Value) -> bool {
    text.as_str().is_some_and(|text| text.contains("retry after"))
}

//! Paths, envelopes, and that every row of the table answers.

mod common;

use common::{eicar, house};
use mdcloud::endpoints::{ENDPOINTS, Method};
use serde_json::{Value, json};

/// A path for a row, with arguments that fit.
fn path_of(template: &str, data_id: &str) -> String {
    template
        .replace("{data_id}", data_id)
        .replace("{file_id}", "bzI2MDMxMUxaNVNtVlJRUg")
        .replace("{hash}", "44D88612FEA8A8F36DE82E1278ABB02F")
        .replace("{ip}", "203.0.113.7")
        .replace("{url}", "http%3A%2F%2Fmalware.example%2Fa%3Fb%3Dc")
        .replace("{domain}", "example.com")
        .replace("{cve}", "CVE-2026-0001")
        .replace("{engine}", "Vir.IT%20eXplorer")
}

#[test]
fn every_operation_of_the_table_answers_in_json_or_a_picture() {
    let house = house(&[("scan_time", "0ms"), ("paid", "true")]);
    house.submit(&eicar(), &[]);
    // Nobody listens there; that too is a delivery to tell of.
    let data_id =
        house.submit(b"a text", &[("rule", "sanitize"), ("callbackurl", "http://127.0.0.1:9/done")]);
    let run = house.post_json("/sandbox", &json!({"url": "http://a.example/"})).json();
    house.advance(1000);
    let noted = || house.get(&format!("/file/webhooks/{data_id}")).status == 200;
    while !noted() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    for row in &ENDPOINTS {
        let path = path_of(row.path, &data_id).replace("{sandbox_id}", run["sandbox_id"].as_str().unwrap());
        let kind = [("content-type", "application/json"), ("sandbox", "windows10")];
        let answer = match (row.name, row.method) {
            ("file_submit", _) => house.upload(b"x", &[]),
            ("repo_submit", _) => house.post_json(&path, &json!({"username": "a", "repository": "b"})),
            ("file_rescan_many", _) => house.post_json(&path, &json!({"file_ids": ["x"]})),
            ("sandbox_submit_url", _) => house.post_json(&path, &json!({"url": "http://a.example/"})),
            ("hash_lookup_many", _) => house.post_json(&path, &json!({"hash": ["x"]})),
            ("ip_lookup_many", _) => house.post_json(&path, &json!({"address": ["203.0.113.7"]})),
            ("url_lookup_many", _) => house.post_json(&path, &json!({"url": ["http://a.example"]})),
            ("domain_lookup_many", _) => house.post_json(&path, &json!({"fqdn": ["a.example"]})),
            (_, method) => house.request(method.as_str(), &path, &kind, b"{}").unwrap(),
        };
        assert_eq!(answer.status, 200, "{}: {}", row.name, answer.text());
        if row.name == "hash_badge" {
            assert!(answer.text().starts_with("<svg") && answer.text().contains(">threat<"));
        } else {
            assert!(answer.json().is_object() || answer.json().is_array(), "{}", row.name);
        }
        let charged = row.family.is_some();
        assert_eq!(!answer.header("x-ratelimit-for").is_empty(), charged, "{}", row.name);
    }
}

#[test]
fn rows_that_need_no_key_work_without_and_all_others_do_not() {
    let house = house(&[]);
    for row in ENDPOINTS.iter().filter(|row| row.method == Method::Get) {
        let url = format!("{}{}", house.emulator.base_url(), path_of(row.path, "x"));
        let status = house.bare("GET", &url, &[], b"").unwrap().status;
        assert_eq!(status == 401, row.needs_key, "{}: {status}", row.name);
    }
}

#[test]
fn all_spellings_of_a_path_that_clients_send_work() {
    let house = house(&[]);
    for path in ["/apikey", "/apikey/", "//apikey", "//apikey/", "/apikey?x=1"] {
        assert_eq!(house.get(path).status, 200, "{path}");
    }
    for path in ["/ip", "/ip/"] {
        assert_eq!(house.post_json(path, &json!({"address": ["203.0.113.7"]})).status, 200, "{path}");
    }
}

#[test]
fn unknown_paths_and_old_versions_are_refused() {
    let house = house(&[]);
    assert_eq!((house.get("/nowhere").status, house.get("/nowhere").code()), (404, 404_000));
    assert_eq!(house.request("DELETE", "/file", &[], b"").unwrap().code(), 404_000);
    let old = house.emulator.base_url().replace("/v4", "/v2/file");
    assert_eq!(house.bare("GET", &old, &[], b"").unwrap().code(), 404_013);
    let other = common::house(&[("unknown_path", "400043"), ("legacy", "false")]);
    assert_eq!((other.get("/nowhere").status, other.get("/nowhere").code()), (400, 400_043));
    assert_eq!(other.get("/cve").code(), 400_048);
}

#[test]
fn errors_come_in_every_shape_that_was_seen() {
    let ask = |letter| house(&[("envelope", letter)]).get("/hash/zz");
    let text = "The hash value is not valid";
    assert_eq!(ask("A").json(), json!({"error": {"code": 400_064, "messages": [text]}}));
    assert_eq!(ask("B").json()["success"], false);
    assert_eq!(ask("C").json()["error"]["details"]["code"], 400_064);
    assert_eq!(ask("D").json()["error"]["messages"], json!(text));
    assert_eq!(ask("E").json(), json!({ "err": text }));
    assert_eq!(ask("I").json()["status"], 400);
    assert!(ask("H").header("content-type").starts_with("text/plain"));
    assert!(ask("K").text().starts_with("<html>"));
    let unknown = "ad921d60486366258809553a3db49a4a";
    let found = house(&[("envelope", "F")]).get(&format!("/hash/{unknown}"));
    assert_eq!((found.status, found.json()), (200, json!({unknown.to_uppercase(): "Not Found"})));
}

#[test]
fn the_cause_stands_in_the_status_line_where_old_answers_had_it() {
    let house = house(&[("envelope", "H")]);
    let request = "GET /v4/apikey/ HTTP/1.1\r\nHost: x\r\napikey: no\r\nConnection: close\r\n\r\n";
    let answer = String::from_utf8(house.raw_exchange(request).0).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 Invalid API key\r\n"), "{answer}");
}

#[test]
fn reputation_answers_one_item_for_each_entry_in_order() {
    let house = house(&[]);
    let body = json!({"address": ["203.0.113.7", "10.0.0.1", "198.51.100.9"]});
    let data = house.post_json("/ip/", &body).json()["data"].clone();
    assert_eq!(data[0]["lookup_results"]["detected_by"], 1);
    assert_eq!(data[1]["error"]["code"], 400_185);
    assert_eq!(data[2]["address"], "198.51.100.9");
    assert_eq!(house.get("/ip/10.0.0.1").code(), 400_185);
    assert_eq!(house.get("/ip/300.1.1.1").code(), 400_180);
    let url = house.get("/url/http%3A%2F%2Fmalware.example%2Fa%3Fb%3Dc").json();
    assert_eq!(url["address"], "http://malware.example/a?b=c");
    let many: Vec<String> = (0..51).map(|number| format!("198.51.100.{number}")).collect();
    assert_eq!(house.post_json("/ip/", &json!({ "address": many })).code(), 400_184);
}

#[test]
fn the_scan_history_is_paged_newest_first() {
    let house = house(&[]);
    for name in ["a", "b", "c"] {
        house.submit(name.as_bytes(), &[("filename", name)]);
    }
    let names = |query: &str| -> Vec<Value> {
        let answer = house.get(&format!("/apikey/scan-history{query}")).json();
        answer["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["file_info"]["display_name"].clone())
            .collect()
    };
    assert_eq!(names(""), ["c", "b", "a"]);
    assert_eq!(names("?limit=1&offset=1"), ["b"]);
    assert_eq!(house.get("/apikey/scan-history?limit=10001").code(), 400_028);
    assert_eq!(house.get("/apikey/scan-history?offset=-1").code(), 400_027);
}

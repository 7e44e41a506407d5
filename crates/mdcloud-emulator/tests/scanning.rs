//! Uploads and their results.

mod common;

use common::{eicar, house};
use serde_json::{Value, json};

const EICAR_MD5: &str = "44D88612FEA8A8F36DE82E1278ABB02F";

#[test]
fn an_upload_can_be_followed_from_the_queue_to_the_result() {
    let house = house(&[("scan_time", "10s")]);
    let data_id = house.submit(&eicar(), &[("filename", "r%C3%A4t.com")]);
    let path = format!("/file/{data_id}");

    let queued = house.get(&path).json();
    assert_eq!(queued["scan_results"]["scan_all_result_i"], 254);
    assert_eq!(queued["scan_results"]["scan_details"], json!({}));
    assert_eq!(queued["file_info"]["display_name"], "rät.com");

    house.advance(6_000);
    let running = house.get(&path).json();
    assert_eq!(running["scan_results"]["scan_all_result_i"], 255);
    assert_eq!(running["scan_results"]["progress_percentage"], 50);
    assert_eq!(running["scan_results"]["total_avs"], 12);
    assert_eq!(running["process_info"]["result"], "Processing");

    house.advance(4_000);
    let done = house.get(&path).json();
    assert_eq!(done["scan_results"]["scan_all_result_i"], 1);
    assert_eq!(done["scan_results"]["progress_percentage"], 100);
    assert_eq!(done["scan_results"]["total_avs"], 24);
    assert_eq!(done["scan_results"]["total_detected_avs"], 22);
    assert_eq!(done["process_info"]["blocked_reason"], "Infected");
    assert_eq!(done["file_info"]["md5"], EICAR_MD5);
    let engines = done["scan_results"]["scan_details"].as_object().unwrap();
    assert!(engines.contains_key("Vir.IT eXplorer") && engines.contains_key("Zillya!"));
    let found = engines.values().filter(|engine| engine["scan_result_i"] != 0).count();
    assert_eq!(found, 22, "the sum is that of the engines");
}

#[test]
fn the_short_form_of_a_queued_file_has_no_scan_results() {
    let house = house(&[("scan_time", "10s"), ("queued_short", "true")]);
    let data_id = house.submit(b"x", &[]);
    let queued = house.get(&format!("/file/{data_id}")).json();
    assert_eq!(queued["status"], "inqueue");
    assert!(queued.get("scan_results").is_none());
}

#[test]
fn files_choose_their_result_by_a_marker() {
    let house = house(&[("scan_time", "1s")]);
    for (marker, code, progress) in
        [("0", 0, 100), ("2", 2, 100), ("11", 11, 90), ("69", 69, 100), ("254", 254, 0), ("255", 255, 99)]
    {
        let data_id = house.submit(format!("MDCLOUD-RESULT:{marker}").as_bytes(), &[]);
        house.advance(5_000);
        let results = &house.get(&format!("/file/{data_id}")).json()["scan_results"];
        assert_eq!(results["scan_all_result_i"], code);
        assert_eq!(results["progress_percentage"], progress, "{marker}");
    }
}

#[test]
fn ids_are_the_same_in_every_run_and_differ_between_scans() {
    let first = house(&[]);
    let second = house(&[]);
    let other = house(&[("seed", "2")]);
    let id = first.submit(b"same", &[]);
    assert_eq!(id, {
        second.submit(b"another file first", &[]);
        second.submit(b"same", &[])
    });
    assert_ne!(id, other.submit(b"same", &[]));
    assert_ne!(id, first.submit(b"same", &[]), "a second scan of the same file");
}

#[test]
fn forms_are_taken_like_plain_bodies() {
    let house = house(&[]);
    let plain = house.upload(&eicar(), &[]).json();
    let mut form = Vec::new();
    form.extend_from_slice(b"--cut\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n");
    form.extend_from_slice(
        b"--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.com\"\r\n\
          Content-Type: application/octet-stream\r\n\r\n",
    );
    form.extend_from_slice(&eicar());
    form.extend_from_slice(b"\r\n--cut--\r\n");
    let kind = [("content-type", "multipart/form-data; boundary=cut")];
    let answer = house.request("POST", "/file", &kind, &form).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["sha256"], plain["sha256"]);
    let data_id = answer.json()["data_id"].as_str().unwrap().to_owned();
    assert_eq!(house.get(&format!("/file/{data_id}")).json()["file_info"]["display_name"], "a.com");
}

#[test]
fn bodies_without_a_length_are_taken_unless_strictness_is_asked_for() {
    for (strict, status) in [("false", "200"), ("true", "411")] {
        let house = house(&[("strict_length", strict)]);
        let key = house.key();
        let request = format!(
            "POST /v4/file HTTP/1.1\r\nHost: x\r\napikey: {key}\r\nConnection: close\r\n\
             Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        );
        let answer = String::from_utf8(house.raw_exchange(&request).0).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        if status == "200" {
            assert!(answer.contains("AB56B4D92B40713ACC5AF89985D4B786"), "the MD5 of abcde");
        }
    }
}

#[test]
fn uploads_are_refused_for_the_services_reasons_and_cost_nothing_then() {
    let house = house(&[("max_upload_mb", "1")]);
    let big = vec![b'x'; 1024 * 1024 + 1];
    let octets = ("content-type", "application/octet-stream");
    type Case<'a> = (&'a [u8], &'a [(&'a str, &'a str)], i64);
    let cases: [Case<'_>; 7] = [
        (b"", &[octets], 400_145),
        (&big, &[octets], 400_144),
        (b"x", &[octets, ("rule", "sandbox")], 400_020),
        (b"x", &[octets, ("samplesharing", "5")], 400_142),
        (b"x", &[octets, ("samplesharing", "0")], 400_143),
        (b"x", &[("content-type", "text/html")], 400_020),
        (b"x", &[octets, ("privateprocessing", "2")], 400_158),
    ];
    for (body, headers, code) in cases {
        let answer = house.request("POST", "/file", headers, body).unwrap();
        assert_eq!((answer.status, answer.code()), (400, code));
    }
    let text = house.upload(&big, &[]).json()["error"]["messages"][0].clone();
    assert_eq!(text, "Exceeded maximum file size allowed. Allowed maximum 1MB.");
    assert_eq!(house.get("/apikey/limits").json()["prevention_api"], "0");
    assert_eq!(house.upload(&big[1..], &[]).status, 200, "the limit itself is allowed");
}

#[test]
fn hidden_files_are_not_found_by_hash() {
    let house = house(&[("scan_time", "0ms"), ("paid", "true")]);
    let data_id = house.submit(&eicar(), &[("privateprocessing", "1"), ("samplesharing", "0")]);
    assert_eq!(house.get(&format!("/hash/{EICAR_MD5}")).code(), 404_003);
    let result = house.get(&format!("/file/{data_id}")).json();
    assert_eq!((&result["share_file"], &result["private_processing"]), (&json!(0), &json!(1)));
}

#[test]
fn hashes_lead_to_the_latest_result_even_while_it_runs() {
    let house = house(&[("scan_time", "10s")]);
    assert_eq!(house.get(&format!("/hash/{EICAR_MD5}")).code(), 404_003);
    assert_eq!(house.get("/hash/xyz").code(), 400_064);
    house.submit(&eicar(), &[]);
    let queued = house.get(&format!("/hash/{}", EICAR_MD5.to_lowercase())).json();
    assert_eq!(queued["scan_results"]["scan_all_result_i"], 254);
    house.advance(10_000);
    for hash in [
        EICAR_MD5,
        "3395856CE81F2B7382DEE72602F798B642F14140",
        "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f",
    ] {
        assert_eq!(house.get(&format!("/hash/{hash}")).json()["scan_results"]["scan_all_result_i"], 1);
    }
    let second = house.submit(&eicar(), &[]);
    let history = house.get(&format!("/hash/{EICAR_MD5}/scanhistory")).json();
    assert_eq!(history["scan_result_history"].as_array().unwrap().len(), 2);
    assert_eq!(history["scan_result_history"][1]["data_id"], json!(second));
}

#[test]
fn bulk_lookups_answer_in_order_and_tell_the_unknown_apart() {
    let house = house(&[("scan_time", "0ms")]);
    house.submit(&eicar(), &[]);
    let unknown = "AD921D60486366258809553A3DB49A4A";
    let body = json!({"hash": [unknown, EICAR_MD5, "nonsense"]});
    let answer = house.post_json("/hash", &body);
    assert_eq!(answer.header("x-ratelimit-used"), "3", "charged by entry");
    let data = answer.json()["data"].clone();
    assert_eq!(
        data[0],
        json!({"hash": unknown, "data_id": null, "scan_result_i": 5, "total_detected_avs": -1})
    );
    assert_eq!(data[1]["scan_result_i"], 1);
    assert_eq!(data[2]["data_id"], Value::Null);
    assert!(data[1].get("scan_details").is_none());

    let headers = [("content-type", "application/json"), ("includescandetails", "1")];
    let answer = house.request("POST", "/hash", &headers, body.to_string().as_bytes()).unwrap().json();
    let engines = answer["data"][1]["scan_details"].as_object().unwrap();
    assert!(engines.contains_key("Vir_IT eXplorer") && !engines.contains_key("Vir.IT eXplorer"));
}

#[test]
fn malformed_bulk_lookups_get_the_services_codes() {
    let house = house(&[]);
    let many: Vec<String> = (0..1001).map(|number| format!("{number:032X}")).collect();
    for (body, code) in [
        (json!({}), 400_060),
        (json!({"hash": "x"}), 400_061),
        (json!({"hash": []}), 400_062),
        (json!({ "hash": many }), 400_063),
    ] {
        assert_eq!(house.post_json("/hash", &body).code(), code);
    }
    assert_eq!(house.post_json("/hash", &json!({"hash": many[..1000]})).status, 200);
    let not_json = house.request("POST", "/hash", &[("content-type", "text/plain")], b"{}").unwrap();
    assert_eq!((not_json.status, not_json.code()), (406, 406_000));
    let broken = house.request("POST", "/hash", &[("content-type", "application/json")], b"{").unwrap();
    assert_eq!(broken.code(), 400_021);
    let empty = house.request("POST", "/hash", &[("content-type", "application/json")], b"").unwrap();
    assert_eq!(empty.code(), 400_025);
}

#[test]
fn a_sandbox_run_has_its_own_allowance_beside_the_scan() {
    let house = house(&[("allowance.sandbox_api", "1")]);
    let first = house.upload(b"one", &[("sandbox", "windows10")]).json();
    assert_eq!(first["sandbox_id"].as_str().unwrap().len(), 24);
    let second = house.upload(b"two", &[("sandbox", "windows10")]);
    assert_eq!(second.status, 200);
    assert_eq!(second.json()["sandbox_error"]["code"], 429_000);
}

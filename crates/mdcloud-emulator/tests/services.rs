//! Rescans, repositories, sandbox runs, feeds, samples, reputation, details.

mod common;

use common::{eicar, house};
use serde_json::{Value, json};

#[test]
fn a_rescan_is_a_new_scan_of_the_same_file() {
    let house = house(&[("paid", "true"), ("scan_time", "0ms")]);
    let first = house.submit(&eicar(), &[]);
    let file_id = house.get(&format!("/file/{first}")).json()["file_id"].as_str().unwrap().to_owned();
    let again = house.get(&format!("/file/{file_id}/rescan")).json();
    let report = house.get(&format!("/file/{}", again["data_id"].as_str().unwrap())).json();
    assert_ne!(again["data_id"], json!(first));
    assert_eq!((&report["file_id"], &report["scan_result_history_length"]), (&json!(file_id), &json!(2)));
    assert_eq!(report["scan_results"]["scan_all_result_i"], 1);
    let private = house.submit(b"private", &[("samplesharing", "0")]);
    let private = house.get(&format!("/file/{private}")).json()["file_id"].as_str().unwrap().to_owned();
    assert_eq!(house.get(&format!("/file/{private}/rescan")).code(), 400_148);
    assert_eq!(house.get("/file/unknown/rescan").code(), 404_007);
    let body = json!({"file_ids": [file_id, "unknown", file_id, private]});
    let answer = house.post_json("/file/rescan", &body);
    assert_eq!(answer.header("x-ratelimit-used"), "4", "only what is scanned is charged");
    let data = answer.json()["data"].clone();
    assert_eq!(data.as_array().unwrap().len(), 3, "duplicates become one");
    assert_eq!(data[0]["status"], "inqueue");
    assert_eq!((&data[1]["code"], &data[1]["status"]), (&json!(404_007), &json!(404)));
    assert_eq!(data[2]["code"], 400_148);
    assert_eq!(house.post_json("/file/rescan", &json!({"file_ids": []})).code(), 400_152);
    let many = vec!["x"; 51];
    assert_eq!(house.post_json("/file/rescan", &json!({ "file_ids": many })).code(), 400_153);
}

#[test]
fn repositories_are_checked_and_queued() {
    let house = house(&[("scan_time", "0ms")]);
    let good = json!({"username": "example", "repository": "project", "ref": "v1"});
    let answer = house.post_json("/repo", &good).json();
    assert!(answer["in_queue"].is_string(), "the service's own sample has text here");
    assert_eq!(house.get(&format!("/file/{}", answer["data_id"].as_str().unwrap())).status, 200);
    for (body, code) in [
        (json!({"source": "sourceforge", "username": "a", "repository": "b"}), 400_240),
        (json!({"repository": "b"}), 400_241),
        (json!({"username": "a", "repository": "../b"}), 400_241),
        (json!({"username": "a", "repository": "b", "ref": 1}), 400_241),
    ] {
        assert_eq!(house.post_json("/repo", &body).code(), code, "{body}");
    }
}

#[test]
fn sandbox_runs_take_their_time() {
    for (pending, status) in [("200", 200), ("202", 202)] {
        let house = house(&[("sandbox_time", "10s"), ("sandbox_pending", pending)]);
        let run = house.post_json("/sandbox", &json!({"url": "http://malware.example/"}));
        assert_eq!((run.status, run.header("x-ratelimit-for")), (status, "sandbox_api"));
        let path = format!("/sandbox/{}", run.json()["sandbox_id"].as_str().unwrap());
        let unfinished = house.get(&path);
        assert_eq!(unfinished.status, status);
        assert!(unfinished.json().get("final_verdict").is_none());
        house.advance(10_000);
        let done = house.get(&path);
        assert_eq!((done.status, &done.json()["final_verdict"]["verdict"]), (200, &json!("MALICIOUS")));
        let link = done.json()["full_report"]["json"].as_str().unwrap().to_owned();
        let full = house.bare("GET", &link, &[], b"").unwrap().json();
        assert!(full["full_report"].is_string(), "JSON in a text in JSON");
    }
    let house = house(&[("allowance.sandbox_api", "1")]);
    assert_eq!(house.get("/sandbox/unknown").code(), 404_001);
    assert_eq!(house.post_json("/sandbox", &json!({"url": "x"})).code(), 400_022);
    assert_eq!(house.post_json("/sandbox", &json!({"url": "http://a/"})).status, 200);
    assert_eq!(house.post_json("/sandbox", &json!({"url": "http://a/"})).code(), 429_000);
}

#[test]
fn the_last_run_of_a_file_is_found_by_its_hash() {
    let house = house(&[("sandbox_time", "10s"), ("scan_time", "0ms")]);
    let upload = house.upload(b"a file", &[("sandbox", "windows10")]).json();
    let path = format!("/hash/{}/sandbox", upload["md5"].as_str().unwrap());
    assert!(house.get(&path).json().get("final_verdict").is_none());
    house.advance(10_000);
    let report = house.get(&path).json();
    assert_eq!((&report["data_id"], &report["sandbox_id"]), (&upload["data_id"], &upload["sandbox_id"]));
    assert_eq!(report["final_verdict"]["verdict"], "NO_THREAT");
    let data_id = upload["data_id"].as_str().unwrap();
    assert_eq!(house.get(&format!("/file/{data_id}")).json()["sandbox"], true);
    let legacy =
        house.request("POST", &format!("/sandbox/{data_id}/scan"), &[("sandbox", "windows7")], b"").unwrap();
    assert_eq!(house.get(&path).json()["sandbox_id"], legacy.json()["_id"]);
    let unknown = house.request("POST", "/sandbox/unknown/scan", &[("sandbox", "windows7")], b"").unwrap();
    assert_eq!(unknown.code(), 404_001);
    assert_eq!(house.get("/hash/AD921D60486366258809553A3DB49A4A/sandbox").code(), 404_001);
    assert_eq!(
        house.get("/hash/44D88612FEA8A8F36DE82E1278ABB02F/sandbox").status,
        200,
        "everybody's test file"
    );
}

#[test]
fn feeds_end_with_a_short_page_and_are_the_same_every_time() {
    let house = house(&[("paid", "true"), ("feed_size", "2100")]);
    let length = |path: &str| {
        let page = house.get(path);
        page.json()["hashes"].as_array().map_or_else(|| -(page.code()), |hashes| hashes.len() as i64)
    };
    for (path, wanted) in [
        ("/feed/infected/latest", 1000),
        ("/feed/infected/latest?page=3", 100),
        ("/feed/infected/latest?page=4", -404_002),
        ("/feed/infected/latest?page=x", -400_033),
        ("/feed/clean/latest?category=E", 210),
        ("/feed/clean/latest?category=EXE", -400_261),
        ("/feed/clean/latest?date=2026-03-01", 1000),
        ("/feed/clean/latest?date=2026-02-09", 1000),
        ("/feed/clean/latest?date=2026-02-08", -400_260),
        ("/feed/clean/latest?date=2026-03-12", -404_006),
        ("/feed/clean/latest?date=today", -400_004),
    ] {
        assert_eq!(length(path), wanted, "{path}");
    }
    let page = house.get("/feed/infected/latest?page=2").json();
    assert_eq!(page, house.get("/feed/infected/latest?page=2").json());
    assert_eq!((&page["from"], &page["length"]), (&json!("2026-03-11T00:00:00.000Z"), &json!(1000)));
    assert_ne!(page["hashes"][0], house.get("/feed/infected/latest").json()["hashes"][0]);
    let csv = house.get("/feed/infected?type=csv");
    assert_eq!((csv.header("content-type"), csv.text().lines().count()), ("text/csv", 1001));
    assert_eq!(house.get("/feed/infected?page=2").json()["top_infected"][0]["rank"], 1001);
    assert_eq!(house.get("/feed/infected?type=pdf").code(), 400_004);
}

#[test]
fn free_keys_get_the_first_page_of_today_and_partners_get_samples() {
    let free = house(&[]);
    assert_eq!(free.get("/feed/infected/latest").status, 200);
    for path in ["/feed/infected/latest?page=1", "/feed/clean/latest?date=2026-03-11", "/feed/hashes"] {
        assert_eq!((free.get(path).status, free.get(path).code()), (401, 401_007), "{path}");
    }
    let customer = house(&[("paid", "true"), ("partner", "false")]);
    assert_eq!(customer.get("/feed/clean/latest?page=2").status, 200);
    assert_eq!(customer.get("/feed/hashes").code(), 401_007);
    assert_eq!(customer.get("/file/44D88612FEA8A8F36DE82E1278ABB02F/download").code(), 401_008);
    let partner = house(&[("paid", "true"), ("feed_size", "60"), ("scan_time", "0ms")]);
    let entry = partner.get("/feed/hashes").json()["data"][7].clone();
    assert!(entry["detected_by"].as_array().unwrap().len() >= 3);
    let hash = entry["sha256"].as_str().unwrap();
    let link =
        partner.get(&format!("/file/{hash}/download")).json()["file_path"].as_str().unwrap().to_owned();
    let sample = partner.bare("GET", &link, &[], b"").unwrap();
    let uploaded = partner.upload(&sample.body, &[]).json();
    assert_eq!((&uploaded["sha256"], &uploaded["md5"]), (&entry["sha256"], &entry["md5"]), "the very file");
    partner.advance(3600 * 1000);
    assert_eq!(partner.bare("GET", &link, &[], b"").unwrap().status, 403);
    let harmless = partner.get("/feed/false-positives/Vir.IT%20eXplorer?page=1").json();
    let all: &Vec<Value> = harmless["data"].as_array().unwrap();
    assert!(
        !all.is_empty()
            && all.iter().all(|entry| {
                let engines = entry["detected_by"].as_array().unwrap();
                engines.len() <= 2 && engines.contains(&json!("Vir.IT eXplorer"))
            })
    );
    assert_eq!(partner.get("/feed/false-positives/Nobody?page=1").code(), 404_018);
    let private = partner.upload(b"private", &[("samplesharing", "0")]).json()["sha1"].clone();
    assert_eq!(partner.get(&format!("/file/{}/download", private.as_str().unwrap())).code(), 404_011);
    assert_eq!(partner.get("/file/AD921D60486366258809553A3DB49A4A/download").code(), 404_003);
}

#[test]
fn reputation_comes_from_a_table_that_can_be_replaced() {
    let built_in = house(&[]);
    let detected = |house: &common::House, path: &str| {
        house.get(path).json()["lookup_results"]["detected_by"].as_i64().unwrap()
    };
    assert_eq!(detected(&built_in, "/ip/203.0.113.7"), 1);
    assert_eq!(detected(&built_in, "/ip/203.0.113.66"), 2);
    assert_eq!(detected(&built_in, "/ip/198.51.100.1"), 0);
    assert_eq!(detected(&built_in, "/domain/www.malware.example"), 1);
    assert_eq!(detected(&built_in, "/url/http%3A%2F%2Fmalware.example%2Fpath%3Fx%3D1%26y%3D2"), 2);
    let file = std::env::temp_dir().join(format!("mdcloud-table-{}.json", std::process::id()));
    std::fs::write(&file, r#"{"bad.test": {"sources": [{"provider": "me", "assessment": "bad"}]}}"#).unwrap();
    let own = house(&[("reputation_file", file.to_str().unwrap())]);
    assert_eq!(detected(&own, "/domain/bad.test"), 1);
    assert_eq!(detected(&own, "/domain/malware.example"), 0);
    std::fs::remove_file(file).unwrap();
    assert!(mdcloud_emulator::Settings::new().set("reputation_file", "/nonexistent").is_err());
}

#[test]
fn details_are_there_for_files_that_could_have_them() {
    let house = house(&[("scan_time", "0ms")]);
    assert_eq!(house.get("/hash/AD921D60486366258809553A3DB49A4A/exif").code(), 404_003);
    let upload = house.upload(b"MZ a program", &[]).json();
    let hash = upload["sha1"].as_str().unwrap();
    let report = house.get(&format!("/hash/{hash}")).json();
    assert_eq!(report["additional_info"], json!(["appinfo", "peinfo"]));
    assert_eq!(house.get(&format!("/hash/{hash}/peinfo")).status, 200);
    assert_eq!(house.get(&format!("/appinfo/{hash}")).status, 200);
    assert_eq!(house.get(&format!("/hash/{hash}/apk-manifest")).code(), 404_003);
    assert_eq!(house.get("/appinfo/AD921D60486366258809553A3DB49A4A").code(), 404_005);
    assert_eq!(house.get("/cve/CVE-2024-1234/hashes").status, 200);
    assert_eq!(house.get("/cve/nonsense").code(), 404_009);
}

#[test]
fn a_key_can_be_bound_to_private_scans() {
    let house = house(&[("enforce_private_scan", "true"), ("scan_time", "0ms")]);
    assert_eq!(house.upload(b"x", &[]).code(), 400_157);
    let data_id = house.submit(b"x", &[("samplesharing", "0")]);
    let report = house.get(&format!("/file/{data_id}")).json();
    assert_eq!((&report["share_file"], &report["stored"]), (&json!(0), &json!(false)));
    let hash = report["file_info"]["sha256"].as_str().unwrap();
    assert_eq!(house.get(&format!("/hash/{hash}")).status, 200, "the result of a private scan stays");
    assert_eq!(house.get("/apikey/").json()["enforce_private_scan"], true);
}

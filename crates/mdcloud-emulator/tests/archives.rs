//! Archives: opened, limited, charged.
#![allow(clippy::unwrap_used)] // Helpers of tests may fail as tests do.

mod common;

use std::io::Write;

use common::{eicar, house};
use serde_json::{Value, json};

const UNARCHIVE: [(&str, &str); 2] = [("rule", "multiscan,unarchive"), ("filename", "bundle.zip")];

/// A zip; files of it that are to be locked get the password `open`.
fn zip(files: &[(&str, &[u8])], locked: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut bytes);
    for (name, content) in files {
        let (mut entry, config) = archive.new_file(*name).encrypted(locked).start().unwrap();
        let check = (entry.last_modified_dos().packed_time() >> 8) as u8;
        let descriptor = if locked {
            let lock = rawzip::zipcrypto::Encryptor::new(&mut entry, b"open", [1; 11], check).unwrap();
            let mut writer = config.wrap(lock);
            writer.write_all(content).unwrap();
            writer.finish().unwrap().1
        } else {
            let mut writer = config.wrap(&mut entry);
            writer.write_all(content).unwrap();
            writer.finish().unwrap().1
        };
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

fn members(report: &Value) -> &Vec<Value> {
    report["extracted_files"]["files_in_archive"].as_array().unwrap()
}

#[test]
fn a_threat_deep_inside_is_found_and_makes_the_whole_archive_infected() {
    let house = house(&[("scan_time", "10s")]);
    // Locked in a second time, so that no engine sees the threat from outside.
    let inner = zip(&[("data.csv", b"1,2"), ("eicar.com", &eicar())], true);
    let outer = zip(&[("readme.txt", b"hello"), ("inner.zip", &inner)], false);
    let headers = [UNARCHIVE[0], UNARCHIVE[1], ("archivepwd", "open")];
    let data_id = house.submit(&outer, &headers);
    house.advance(7_000);
    let running = house.get(&format!("/file/{data_id}")).json();
    assert_eq!(running["scan_results"]["scan_all_result_i"], 255);
    assert_eq!(members(&running)[0]["progress_percentage"], 100, "one after the other");
    assert!(members(&running)[1]["progress_percentage"].as_i64().unwrap() < 100);
    house.advance(3_000);
    let report = house.get(&format!("/file/{data_id}")).json();
    assert_eq!(report["scan_results"]["scan_all_result_i"], 1);
    assert_eq!(report["scan_results"]["current_av_result_i"], 0, "the archive by itself is harmless");
    assert_eq!(report["process_info"]["blocked_reason"], "Infected");
    assert_eq!(report["file_info"]["file_type_category"], "A");
    let names: Vec<&Value> = members(&report).iter().map(|member| &member["display_name"]).collect();
    assert_eq!(names, ["bundle.zip/readme.txt", "bundle.zip/inner.zip"]);
    let inner = house.get(&format!("/file/{}", members(&report)[1]["data_id"].as_str().unwrap())).json();
    assert_eq!(inner["parent_data_id"], json!(data_id));
    assert_eq!(inner["extraction_info"]["decrypted_status"], "Success");
    assert_eq!(members(&inner)[1]["scan_result_i"], 1);
    assert_eq!(members(&inner)[1]["detected_by"], 22);
    assert_eq!(house.get("/hash/44D88612FEA8A8F36DE82E1278ABB02F").status, 200, "members are files too");
    assert_eq!(
        house.get("/apikey/scan-history").json()["data"].as_array().unwrap().len(),
        1,
        "but no uploads"
    );
}

#[test]
fn every_member_costs_a_scan_and_what_does_not_fit_is_refused_whole() {
    let house = house(&[("allowance.prevention_api", "7")]);
    let inner = zip(&[("a", b"1"), ("b", b"2")], false);
    let outer = zip(&[("c", b"3"), ("inner.zip", &inner)], false);
    assert_eq!(house.upload(&outer, &UNARCHIVE).header("x-ratelimit-used"), "5");
    assert_eq!(house.upload(&outer, &UNARCHIVE).code(), 429_000);
    assert_eq!(house.upload(&outer, &[]).header("x-ratelimit-used"), "6", "unopened it is one file");
}

#[test]
fn limits_and_locks_have_their_codes() {
    let house = house(&[("scan_time", "0ms"), ("max_archive_files", "3"), ("max_archive_mb", "1")]);
    let code = |content: &[u8], headers: &[(&str, &str)]| {
        let data_id = house.submit(content, headers);
        let report = house.get(&format!("/file/{data_id}")).json();
        (report["scan_results"]["scan_all_result_i"].as_i64().unwrap(), report)
    };
    let many = zip(&[("a", b"1"), ("b", b"2"), ("c", b"3"), ("d", b"4")], false);
    let (number, report) = code(&many, &UNARCHIVE);
    assert_eq!(number, 14);
    assert!(report.get("extracted_files").is_none());
    let half = vec![b'x'; 600_000];
    assert_eq!(code(&zip(&[("a", &half)], false), &UNARCHIVE).0, 0);
    let deep = zip(&[("2.zip", &zip(&[("3.zip", &zip(&[("x", b"x")], false))], false))], false);
    assert_eq!(code(&deep, &UNARCHIVE).0, 9);
    let locked = zip(&[("secret.txt", b"secret")], true);
    let (number, report) = code(&locked, &UNARCHIVE);
    assert_eq!((number, &report["extraction_info"]["is_encrypted_file"]), (12, &json!(true)));
    assert_eq!(code(&locked, &[UNARCHIVE[0], ("archivepwd", "wrong")]).0, 12);
    assert_eq!(code(&locked, &[UNARCHIVE[0], ("archivepwd", "open")]).0, 0);
    assert_eq!(code(b"PK\x03\x04 damaged", &UNARCHIVE).1["extraction_info"]["err_category"], "Corrupted");
}

#[test]
fn the_members_of_a_hidden_archive_are_hidden() {
    let house = house(&[("scan_time", "0ms")]);
    let outer = zip(&[("eicar.com", &eicar())], false);
    house.submit(&outer, &[UNARCHIVE[0], ("privateprocessing", "1")]);
    assert_eq!(house.get("/hash/44D88612FEA8A8F36DE82E1278ABB02F").code(), 404_003);
}

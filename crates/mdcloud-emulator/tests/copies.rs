//! Clean copies and the origin that they are fetched from.

mod common;

use common::{House, eicar, house};
use serde_json::{Value, json};

fn report(house: &House, data_id: &str) -> Value {
    house.get(&format!("/file/{data_id}")).json()
}

#[test]
fn a_clean_copy_comes_after_the_scan_and_is_scanned_itself() {
    let house = house(&[("scan_time", "10s"), ("sanitize_time", "10s")]);
    let page = b"<html><script>x()</script><p onclick=go()>text</p></html>";
    let headers = [("rule", "multiscan,sanitize"), ("filename", "page.html")];
    let data_id = house.submit(page, &headers);
    let path = format!("/file/converted/{data_id}");
    assert_eq!(house.get(&path).json(), json!({"file_expired": false, "progress_percentage": 0}));
    house.advance(12_500);
    let made = report(&house, &data_id);
    assert_eq!(made["scan_results"]["progress_percentage"], 100, "the engines are through");
    assert_eq!(made["process_info"]["progress_percentage"], 75, "the cleaning is not");
    assert_eq!(made["process_info"]["result"], "Processing");
    assert_eq!(made["sanitized"], json!({"result": "Processing", "reason": "", "progress_percentage": 0}));
    house.advance(5_000);
    let scanned = report(&house, &data_id);
    assert_eq!(scanned["process_info"]["progress_percentage"], 100);
    assert_eq!(scanned["sanitized"]["progress_percentage"], 50, "now the copy is scanned");
    house.advance(2_500);
    let done = report(&house, &data_id);
    assert_eq!(done["sanitized"]["result"], "Allowed");
    assert_eq!(done["process_info"]["post_processing"]["converted_destination"], "page_sanitized.html");
    let details = &done["process_info"]["post_processing"]["sanitization_details"];
    assert_eq!(details["details"][0], json!({"action": "removed", "object_name": "script", "count": 1}));
    let copy = report(&house, done["sanitized"]["data_id"].as_str().unwrap());
    assert_eq!(copy["scan_results"]["scan_all_result_i"], 0);
    let link = done["sanitized"]["file_path"].as_str().unwrap();
    assert_eq!(house.get(&path).json()["sanitizedFilePath"], link);
    assert_eq!(house.bare("GET", link, &[], b"").unwrap().text(), "<html><p>text</p></html>");
}

#[test]
fn links_lead_to_another_origin_want_no_key_and_end_after_a_day() {
    let house = house(&[("scan_time", "0ms"), ("sanitize_time", "0ms"), ("paid", "true")]);
    let data_id = house.submit(b"document", &[("rule", "cdr")]);
    let path = format!("/file/converted/{data_id}");
    let link = house.get(&path).json()["sanitizedFilePath"].as_str().unwrap().to_owned();
    let service = house.emulator.base_url();
    assert!(
        link.starts_with(&house.emulator.files_url()) && !link.starts_with(service.trim_end_matches("/v4"))
    );
    let fetch = |link: &str, headers: &[(&str, &str)]| house.bare("GET", link, headers, b"").unwrap();
    assert_eq!(fetch(&link, &[]).text(), "document");
    let key = house.key();
    let leaked = fetch(&link, &[("apikey", &key)]);
    assert_eq!((leaked.status, leaked.header("content-type")), (400, "application/xml"), "a leak shows");
    assert_eq!(fetch(&link.replace("Signature=", "Signature=x"), &[]).status, 403);
    assert_eq!(fetch(&link.replace("Until=", "Until=9"), &[]).status, 403);
    assert_eq!(fetch(&format!("{}/v4/apikey/", house.emulator.files_url()), &[]).status, 403);
    house.advance(24 * 3600 * 1000 - 1);
    assert_eq!(fetch(&link, &[]).status, 200);
    house.advance(1);
    let late = fetch(&link, &[]);
    assert_eq!((late.status, late.header("content-type")), (403, "application/xml"));
    assert!(late.text().contains("<Code>AccessDenied</Code>"));
    assert_eq!(house.get(&path).json(), json!({"file_expired": true, "progress_percentage": 100}));
    assert!(report(&house, &data_id)["sanitized"].get("file_path").is_none());
}

#[test]
fn what_cannot_be_cleaned_ends_with_an_error_and_has_no_link() {
    let house = house(&[("scan_time", "0ms"), ("sanitize_time", "0ms")]);
    for (content, rule) in
        [(eicar(), "sanitize"), (b"MZ program".to_vec(), "cdr"), (vec![0, 1, 2], "sanitize")]
    {
        let data_id = house.submit(&content, &[("rule", rule)]);
        let block = report(&house, &data_id)["sanitized"].clone();
        assert_eq!(block["result"], "Error");
        assert_eq!(block["reason"], "File is not sanitizable");
        assert_eq!(house.get(&format!("/file/converted/{data_id}")).code(), 404_014);
    }
    let plain = house.submit(b"plain", &[]);
    assert_eq!(house.get(&format!("/file/converted/{plain}")).code(), 404_014);
}

#[test]
fn cdr_alone_wants_no_engines() {
    let house = house(&[("scan_time", "0ms"), ("sanitize_time", "0ms")]);
    let picture = b"\x89PNG\r\n\x1a\nrest";
    let data_id = house.submit(picture, &[("rule", "cdr")]);
    let done = report(&house, &data_id);
    assert_eq!(done["scan_results"]["scan_all_result_i"], 10);
    assert_eq!(done["scan_results"]["total_avs"], 0);
    assert_eq!(done["process_info"]["result"], "Allowed");
    let link = done["sanitized"]["file_path"].as_str().unwrap();
    assert_eq!(house.bare("GET", link, &[], b"").unwrap().body, picture);
}

#[test]
fn copies_can_be_removed_by_who_has_paid_and_belong_to_who_has_sent_the_file() {
    let somebody_elses = "/file/converted/bzI2MDMxMUxaNVNtVlJRUmpCQm1mQzZuWFQ";
    let free = house(&[]);
    assert_eq!(free.get(somebody_elses).code(), 403_001);
    assert_eq!(free.request("DELETE", somebody_elses, &[], b"").unwrap().code(), 403_003);
    let paid = house(&[("scan_time", "0ms"), ("sanitize_time", "0ms"), ("paid", "true")]);
    let data_id = paid.submit(b"x", &[("rule", "sanitize")]);
    let path = format!("/file/converted/{data_id}");
    let link = paid.get(&path).json()["sanitizedFilePath"].as_str().unwrap().to_owned();
    assert_eq!(paid.request("DELETE", &path, &[], b"").unwrap().json()["delete_sanitized"], json!(data_id));
    assert_eq!(paid.get(&path).json()["file_expired"], true);
    assert_eq!(paid.bare("GET", &link, &[], b"").unwrap().status, 403);
    let older = paid.get("/file/bzI2MDMxMUxaNVNtVlJRUg/sanitizedLink").json();
    let older = older["sanitizedFilePath"].as_str().unwrap();
    assert_eq!(paid.bare("GET", older, &[], b"").unwrap().status, 200);
}

//! Every fixture of the service's answers, read as its operation reads it, field by field.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use mdcloud::model::as_json;
use mdcloud::{Report, Verdict};
use serde_json::{Value, json};

fn fixture(name: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    std::fs::read(folder.join(format!("{name}.json"))).unwrap()
}

fn report(name: &str) -> Report {
    Report::from_json(fixture(name)).unwrap()
}

/// Every scalar of a report against the document itself.
#[test]
fn a_report_says_what_the_answer_says() {
    let mut count = 0;
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let name = name.trim_end_matches(".json");
        if !(name.starts_with("file_result") || name.starts_with("hash_lookup") || name == "webhook_delivery")
        {
            continue;
        }
        count += 1;
        let (report, raw) = (report(name), serde_json::from_slice::<Value>(&fixture(name)).unwrap());
        let view = as_json(&report);
        let at = |pointer: &str| raw.pointer(pointer).cloned().unwrap_or(Value::Null);
        let text = |pointer: &str| match at(pointer) {
            Value::String(text) if text.is_empty() => Value::Null,
            Value::Number(number) => number.to_string().into(),
            other => other,
        };
        for (field, pointer) in [
            ("data_id", "/data_id"),
            ("file_id", "/file_id"),
            ("threat_name", "/threat_name"),
            ("result_text", "/scan_results/scan_all_result_a"),
            ("start_time", "/scan_results/start_time"),
            ("display_name", "/file_info/display_name"),
            ("md5", "/file_info/md5"),
            ("sha1", "/file_info/sha1"),
            ("sha256", "/file_info/sha256"),
            ("file_type", "/file_info/file_type_description"),
        ] {
            assert_eq!(view[field], text(pointer), "{name}: {field}");
        }
        for (field, pointer) in [
            ("result_code", "/scan_results/scan_all_result_i"),
            ("progress", "/scan_results/progress_percentage"),
            ("total_engines", "/scan_results/total_avs"),
            ("detected_engines", "/scan_results/total_detected_avs"),
            ("file_size", "/file_info/file_size"),
        ] {
            assert_eq!(view[field], at(pointer), "{name}: {field}");
        }
        let engines = at("/scan_results/scan_details").as_object().cloned().unwrap_or_default();
        assert_eq!(report.engines().len(), engines.len(), "{name}");
        for engine in report.engines() {
            let raw = &engines[engine.name().unwrap()];
            assert_eq!(engine.code(), raw["scan_result_i"].as_i64());
            assert_eq!(engine.threat().unwrap_or_default(), raw["threat_found"].as_str().unwrap_or_default());
            assert_eq!(engine.definition_time(), raw["def_time"].as_str());
            assert_eq!(engine.scan_time(), raw["scan_time"].as_i64());
        }
        assert_eq!(report.raw(), fixture(name));
    }
    assert!(count >= 20, "{count} fixtures");
}

#[test]
fn finished_means_finished() {
    for (name, finished, verdict) in [
        ("file_result_clean", true, Verdict::Clean),
        ("file_result_infected", true, Verdict::Infected),
        ("file_result_suspicious", true, Verdict::Suspicious),
        ("file_result_inqueue_short", false, Verdict::Pending),
        ("file_result_inqueue", false, Verdict::Pending),
        ("hash_lookup_inqueue", false, Verdict::Pending),
        ("file_result_in_progress", false, Verdict::Pending),
        ("file_result_archive_in_progress", false, Verdict::Pending),
        ("file_result_archive", true, Verdict::Infected),
        ("file_result_archive_encrypted", true, Verdict::Incomplete),
        ("file_result_sanitizing", false, Verdict::Clean),
        ("file_result_sanitized", true, Verdict::Clean),
        ("file_result_sanitize_failed", true, Verdict::Infected),
        ("file_result_cdr_only", true, Verdict::Incomplete),
        ("file_result_aborted", true, Verdict::Incomplete),
        ("file_result_download_failed", true, Verdict::Incomplete),
        ("file_result_unknown_code", true, Verdict::Unknown),
    ] {
        let report = report(name);
        assert_eq!((report.is_finished(), report.verdict()), (finished, verdict), "{name}");
    }
}

#[test]
fn a_sanitized_file_and_an_archive_show_their_parts() {
    let report1 = report("file_result_sanitized");
    let sanitized = report1.sanitized().unwrap();
    assert_eq!(sanitized.result(), Some("Allowed"));
    assert!(sanitized.file_path().unwrap().starts_with("https://files.example.com/"));
    assert_eq!(report1.process_info().unwrap().profile(), Some("multiscan_sanitize"));
    let archive = report("file_result_archive");
    let names: Vec<_> = archive.extracted_files().iter().map(|file| file.display_name().unwrap()).collect();
    assert!(names.iter().any(|name| name.ends_with("eicar.com")), "{names:?}");
    assert!(archive.extracted_files().iter().any(|file| file.verdict() == Verdict::Infected));
}

/// Null or nonsense in any place gives an absent field, never a failure.
#[test]
fn null_or_another_type_anywhere_is_no_failure() {
    fn places(value: &Value, at: String, all: &mut Vec<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(k, v)| {
                places(v, format!("{at}/{}", k.replace('~', "~0").replace('/', "~1")), all)
            }),
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(i, v)| places(v, format!("{at}/{i}"), all))
            }
            _ => {}
        }
        if !at.is_empty() {
            all.push(at);
        }
    }
    let whole: Value = serde_json::from_slice(&fixture("file_result_archive")).unwrap();
    let mut all = Vec::new();
    places(&whole, String::new(), &mut all);
    for place in all {
        for wrong in [Value::Null, json!([]), json!({}), json!("text"), json!(-1), json!(true), json!([[1]])]
        {
            let mut changed = whole.clone();
            *changed.pointer_mut(&place).unwrap() = wrong;
            let report = Report::from_json(serde_json::to_vec(&changed).unwrap()).unwrap();
            let view = as_json(&report);
            assert!(view["engines"].is_array(), "{place}");
        }
    }
}

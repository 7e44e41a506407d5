//! The result of a scan: queued, in progress, done.

use serde_json::{Map, Value, json};

use super::{Call, Desk, sanitized};
use crate::engines::{self, ENGINES};
use crate::scan::{self, ABORTED, Scan, Stage};

/// How far an aborted scan came.
const ABORTED_AT: u64 = 90;

/// What a file is taken for.
pub(crate) struct Kind {
    pub(crate) category: &'static str,
    pub(crate) description: &'static str,
    pub(crate) extension: &'static str,
}

impl Scan {
    /// What the file is taken for. Nobody looks deeper: text or not is all there is.
    pub(crate) fn kind(&self) -> Kind {
        let (category, description, extension) = match (self.eicar, self.is_text) {
            (true, _) => ("E", "EICAR virus test files", "com"),
            (_, true) => ("T", "ASCII Text", "txt"),
            _ => ("O", "Data", ""),
        };
        Kind { category, description, extension }
    }
}

/// The answer to `GET /file/{data_id}` and `GET /hash/{hash}`.
pub(crate) fn report(desk: &Desk<'_>, call: &Call, scan: &Scan) -> Value {
    let settings = &desk.world.settings;
    let stage = scan.stage(settings, desk.now);
    if stage == Stage::Queued && settings.queued_short {
        return json!({
            "data_id": scan.data_id,
            "status": "inqueue",
            "in_queue": desk.state.scans.queued(settings, desk.now).max(1),
            "last_updated": desk.time(scan.uploaded),
        });
    }
    let mut report = json!({
        "data_id": scan.data_id,
        "file_id": scan.file_id,
        "scan_result_history_length": scan.history,
        "votes": {"up": 0, "down": 0},
        "sandbox": false,
        "scan_results": scan_results(desk, scan, stage),
        "file_info": file_info(desk, scan, stage),
        "share_file": i32::from(!scan.wishes.private),
        "private_processing": i32::from(scan.wishes.hidden),
        "rest_version": "4",
        "scan_with": "mdaas",
        "additional_info": [],
        "stored": !scan.wishes.private,
    });
    if let Some(block) = sanitized::block(desk, call, scan, stage) {
        report["sanitized"] = block;
    }
    if stage == Stage::Queued {
        report["appinfo"] = json!(false);
        return report;
    }
    report["process_info"] = process_info(scan, stage);
    if stage == Stage::Done {
        if scan.eicar {
            report["threat_name"] = json!("Test/Eicar!emulated");
            report["malware_family"] = json!("eicar");
            report["malware_type"] = json!(["test"]);
        }
        if scan.wishes.sandbox.is_some() {
            report["sandbox_id"] = json!(sandbox_id(scan));
            report["last_sandbox_id"] = json!([{"sandbox_id": sandbox_id(scan), "system": "filescanio"}]);
        }
    }
    report
}

/// The sandbox run that belongs to a scan: 24 hex digits that follow from the content.
pub(crate) fn sandbox_id(scan: &Scan) -> String {
    scan.sha256.chars().take(24).collect::<String>().to_ascii_lowercase()
}

/// Per cent of the scan.
fn progress(scan: &Scan, stage: Stage) -> u64 {
    match stage {
        Stage::Queued => 0,
        Stage::Running(percent) => percent,
        Stage::Done if scan.verdict == ABORTED => ABORTED_AT,
        Stage::Done => 100,
    }
}

fn scan_results(desk: &Desk<'_>, scan: &Scan, stage: Stage) -> Value {
    let settings = &desk.world.settings;
    let code = scan.code(settings, desk.now);
    let waited = desk.now.saturating_sub(scan.uploaded);
    let spent = match stage {
        Stage::Queued => 0,
        Stage::Running(_) => waited.as_millis(),
        Stage::Done => settings.scan_time.as_millis(),
    };
    json!({
        "scan_details": details(desk, scan),
        "scan_all_result_i": code,
        "scan_all_result_a": scan::text(code),
        "start_time": desk.time(scan.uploaded + (settings.scan_time / 5).min(waited)),
        "total_time": u64::try_from(spent).unwrap_or(u64::MAX),
        "total_avs": scan.reported(settings, desk.now),
        "total_detected_avs": scan.detections(settings, desk.now),
        "progress_percentage": progress(scan, stage),
    })
}

/// What each engine that has reported says.
pub(crate) fn details(desk: &Desk<'_>, scan: &Scan) -> Map<String, Value> {
    let today = desk.world.clock.unix(scan.uploaded);
    let reported = scan.reported(&desk.world.settings, desk.now);
    ENGINES
        .iter()
        .take(reported)
        .enumerate()
        .map(|(index, name)| {
            let (code, threat) = engines::opinion(index, scan.verdict);
            let detail = json!({
                "def_time": engines::definition_time(index, today),
                "scan_result_i": code,
                "scan_time": 120 + 37 * index,
                "threat_found": threat,
            });
            ((*name).to_owned(), detail)
        })
        .collect()
}

fn file_info(desk: &Desk<'_>, scan: &Scan, stage: Stage) -> Value {
    let kind = scan.kind();
    let known = |text| if stage == Stage::Queued { "" } else { text };
    let mut info = json!({
        "display_name": scan.display_name,
        "file_size": scan.size,
        "md5": scan.md5,
        "sha1": scan.sha1,
        "sha256": scan.sha256,
        "upload_timestamp": desk.time(scan.uploaded),
        "file_type_category": known(kind.category),
        "file_type_description": known(kind.description),
        "file_type_extension": known(kind.extension),
    });
    if let Some(metadata) = &scan.wishes.metadata {
        info["metadata"] = serde_json::from_str(metadata).unwrap_or_else(|_| json!(metadata));
    }
    info
}

fn process_info(scan: &Scan, stage: Stage) -> Value {
    let reason = match scan.verdict {
        0 | 4 | 7 => "",
        code => scan::text(code),
    };
    let (result, reason) = match stage {
        Stage::Done if reason.is_empty() => ("Allowed", ""),
        Stage::Done => ("Blocked", reason),
        _ => ("Processing", ""),
    };
    let mut info = json!({
        "post_processing": {
            "actions_failed": "",
            "actions_ran": if stage == Stage::Done && scan.wishes.sanitize() { "Sanitized" } else { "" },
            "converted_destination": "",
            "converted_to": "",
            "copy_move_destination": "",
        },
        "blocked_reason": reason,
        "file_type_skipped_scan": false,
        "profile": scan.wishes.profile(),
        "progress_percentage": progress(scan, stage),
        "result": result,
    });
    if !reason.is_empty() {
        info["verdicts"] = json!([reason]);
        info["blocked_reasons"] = json!([reason]);
    }
    info
}

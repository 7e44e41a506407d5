//! The result of a scan: queued, in progress, done.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{Desk, sanitized};
use crate::archive::LOCKED;
use crate::engines::{self, ENGINES};
use crate::scan::{self, ABORTED, Archive, CopyStage, Scan, Stage};
use crate::settings::Settings;

/// How far an aborted scan came.
const ABORTED_AT: u64 = 90;

/// The answer to `GET /file/{data_id}` and `GET /hash/{hash}`.
pub(crate) fn report(desk: &Desk<'_>, scan: &Scan) -> Value {
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
        "sandbox": scan.sandbox_id.is_some(),
        "scan_results": scan_results(desk, scan, stage),
        "file_info": file_info(desk, scan, stage),
        "share_file": i32::from(!scan.wishes.private),
        "private_processing": i32::from(scan.wishes.hidden),
        "rest_version": "4",
        "scan_with": "mdaas",
        "additional_info": if stage == Stage::Done { scan.kind.details() } else { &[] },
        "stored": !scan.wishes.private,
    });
    if let Some(block) = sanitized::block(desk, scan) {
        report["sanitized"] = block;
    }
    if let Some(parent) = &scan.parent {
        report["parent_data_id"] = json!(parent);
    }
    if let Some(link) = &scan.wishes.link {
        report["download_info"] = json!({"status": "Download Success", "url": link});
    }
    if stage == Stage::Queued {
        report["appinfo"] = json!(false);
        return report;
    }
    report["process_info"] = process_info(settings, scan, stage, desk.now);
    if let Some(archive) = &scan.archive {
        extracted(desk, scan, archive, stage, &mut report);
    }
    if stage == Stage::Done {
        if scan.eicar {
            report["threat_name"] = json!("Test/Eicar!emulated");
            report["malware_family"] = json!("eicar");
            report["malware_type"] = json!(["test"]);
        }
        if let Some(id) = &scan.sandbox_id {
            report["sandbox_id"] = json!(id);
            report["last_sandbox_id"] = json!([{"sandbox_id": id, "system": "filescanio"}]);
        }
    }
    report
}

/// What came out of an archive, and what kept it shut.
fn extracted(desk: &Desk<'_>, scan: &Scan, archive: &Archive, stage: Stage, report: &mut Value) {
    if stage == Stage::Done && scan.verdict != scan.alone {
        report["scan_results"]["current_av_result_i"] = json!(scan.alone);
        report["scan_results"]["current_av_result_a"] = json!(scan::text(scan.alone));
    }
    if archive.code.is_none() && !archive.broken {
        report["extracted_files"] = json!({
            "data_id": scan.data_id,
            "files_in_archive": archive
                .members
                .iter()
                .filter_map(|member| desk.state.scans.by_data_id(member))
                .map(|member| in_archive(desk, member))
                .collect::<Vec<_>>(),
        });
    }
    if archive.code == Some(LOCKED) {
        report["extraction_info"] = json!({
            "decrypted_status": "Failed", "err_category": "Password", "err_code": LOCKED,
            "err_details": "wrong or missing password", "is_encrypted_file": true,
        });
    } else if archive.locked {
        report["extraction_info"] = json!({"decrypted_status": "Success", "is_encrypted_file": true});
    } else if archive.broken {
        let details = "damaged, or packed in an unknown way";
        report["extraction_info"] =
            json!({"err_category": "Corrupted", "err_code": 3, "err_details": details});
    }
}

fn in_archive(desk: &Desk<'_>, member: &Scan) -> Value {
    let settings = &desk.world.settings;
    json!({
        "display_name": member.display_name,
        "data_id": member.data_id,
        "scan_result_i": member.code(settings, desk.now),
        "progress_percentage": progress(member, member.stage(settings, desk.now)),
        "file_size": member.size,
        "file_type": member.kind.extension,
        "detected_by": member.detections(settings, desk.now),
    })
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
        Stage::Done if !scan.wishes.is_scanned() => 0,
        Stage::Done => scan.takes.as_millis(),
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
    let kind = scan.kind;
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

fn process_info(settings: &Settings, scan: &Scan, stage: Stage, now: Duration) -> Value {
    let reason = match scan.verdict {
        0 | 4 | 7 => "",
        scan::NOT_SCANNED if !scan.wishes.is_scanned() => "",
        code => scan::text(code),
    };
    // With a clean copy in the making the file is not through yet, though the engines may be.
    let (percent, busy) = match (&scan.copy, scan.copy_stage(settings, now)) {
        (None, _) => (progress(scan, stage), stage != Stage::Done),
        (Some(_), CopyStage::Waiting) => (progress(scan, stage) / 2, true),
        (Some(_), CopyStage::Making(percent)) => (50 + percent / 2, true),
        (Some(_), _) => (100, false),
    };
    let made = scan.copy.as_ref().and_then(|copy| copy.made.as_ref());
    let (result, reason) = match reason {
        _ if busy => ("Processing", ""),
        "" => ("Allowed", ""),
        reason => ("Blocked", reason),
    };
    let mut post = json!({
        "actions_failed": "",
        "actions_ran": "",
        "converted_destination": "",
        "converted_to": "",
        "copy_move_destination": "",
    });
    if let Some(made) = made.filter(|_| !busy) {
        let details: Vec<Value> = made
            .removed
            .iter()
            .map(|(name, count)| json!({"action": "removed", "object_name": name, "count": count}))
            .collect();
        post["actions_ran"] = json!("Sanitized");
        post["converted_destination"] = json!(made.name);
        post["converted_to"] = json!(scan.kind.extension);
        post["sanitization_details"] = json!({
            "description": "Sanitized successfully.",
            "details": details,
            "sanitized_file_info": {"file_size": made.size, "sha256": made.sha256},
        });
    } else if scan.copy.is_some() && !busy {
        post["actions_failed"] = json!("Sanitization Failed");
    }
    let mut info = json!({
        "post_processing": post,
        "blocked_reason": reason,
        "file_type_skipped_scan": false,
        "profile": scan.wishes.profile(),
        "progress_percentage": percent,
        "result": result,
    });
    if !reason.is_empty() {
        info["verdicts"] = json!([reason]);
        info["blocked_reasons"] = json!([reason]);
    }
    info
}

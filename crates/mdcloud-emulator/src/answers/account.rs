//! `/apikey*`: what the key may do, has done, and has left.

use serde_json::{Map, Value, json};

use super::{Call, Desk, sanitized};
use crate::failure::Failure;
use crate::quota::Standing;
use crate::reply::Reply;

/// Most entries of the history in one answer, and the default.
const HISTORY: usize = 10_000;

/// `GET /apikey/`.
pub(crate) fn info(desk: &Desk<'_>) -> Reply {
    let settings = &desk.world.settings;
    let total = |family| settings.allowance(family);
    let paid = settings.paid;
    let kind = if paid { "high" } else { "normal" };
    let mut info = json!({
        "max_file_download": if paid { 1000 } else { 0 },
        "max_upload_file_size": settings.max_upload_mb,
        "max_archive_file_depth": settings.archive_depth(),
        "max_archive_file_size": settings.archive_mb(),
        "max_archive_file_number": settings.archive_files(),
        "limit_prevention": total("prevention_api"),
        "limit_reputation": total("reputation_api"),
        "limit_sandbox": total("sandbox_api"),
        "limit_feed": total("feed_api"),
        "throttling_limit": settings.throttle.map_or(0, |(limit, _)| limit),
        "qos_scan": kind,
        "sandbox_qos_scan": kind,
        "time_interval": interval(settings.interval.as_secs()),
        "workflow_rule": if paid { json!("1") } else { json!(0) },
        "enforce_private_scan": settings.enforce_private_scan,
        "is_enterprise": paid,
        "mtls_only": false,
        "scan_with": "mdaas",
        "userid": "00000000-0000-4000-8000-000000000001",
        "portal_api_key": settings.api_key,
        "nickname": "quiet_emulator",
        "vulnerability_submissions": [],
        "votes": [],
        "created_at": "2026-01-05T08:00:00.000Z",
        "updated_at": "2026-03-01T08:00:00.000Z",
        "expiration_date": if paid { "2099-01-01T00:00:00.000Z" } else { "1970-01-01T00:00:00.000Z" },
        "source": "emulator",
        "paid_user": i32::from(paid),
    });
    if paid {
        info["limit_analysis"] = json!(total("analysis_api"));
        info["limit_threat_intel_search"] = json!(0);
        info["organization"] = json!("Emulated Organisation");
    }
    Reply::json(200, &info)
}

fn interval(seconds: u64) -> String {
    match seconds {
        86_400 => "daily".to_owned(),
        604_800 => "weekly".to_owned(),
        2_592_000 => "monthly".to_owned(),
        3600 => "hourly".to_owned(),
        other => format!("{other} seconds"),
    }
}

/// `GET /apikey/limits`: used amounts, integers and numeric strings mixed as the service mixes them.
pub(crate) fn used(desk: &Desk<'_>) -> Reply {
    let mut amounts = amounts(desk, |standing| standing.used);
    for name in ["prevention_api", "sandbox_api"] {
        if let Some(value) = amounts.get_mut(name) {
            *value = json!(value.to_string());
        }
    }
    Reply::json(200, &Value::Object(amounts))
}

/// `GET /apikey/limits/status`: amounts that are left.
pub(crate) fn left(desk: &Desk<'_>) -> Reply {
    let mut amounts = amounts(desk, |standing| standing.left());
    if let Some((limit, window)) = desk.world.settings.throttle {
        amounts.insert("throttling_limit".into(), json!(desk.state.throttle.left(limit, window, desk.now)));
    }
    Reply::json(200, &Value::Object(amounts))
}

fn amounts(desk: &Desk<'_>, of: impl Fn(Standing) -> u64) -> Map<String, Value> {
    let settings = &desk.world.settings;
    settings
        .allowances
        .iter()
        .map(|(family, _)| (family.clone(), json!(of(desk.state.quota.standing(settings, family, desk.now)))))
        .collect()
}

/// `GET /apikey/scan-history`.
pub(crate) fn scan_history(desk: &Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let number = |name, default: usize, code| match call.query(name) {
        None => Ok(default),
        Some(text) => text.parse::<usize>().map_err(|_| Failure::new(code)),
    };
    let offset = number("offset", 0, 400_027)?;
    let limit = number("limit", HISTORY, 400_028)?;
    if limit == 0 || limit > HISTORY {
        return Err(Failure::new(400_028));
    }
    let settings = &desk.world.settings;
    let items: Vec<Value> = desk
        .state
        .scans
        .newest_first()
        .skip(offset)
        .take(limit)
        .map(|scan| {
            let mut item = json!({
                "data_id": scan.data_id,
                "file_info": {
                    "display_name": scan.display_name,
                    "file_type_extension": scan.kind.extension,
                    "md5": scan.md5,
                    "sha1": scan.sha1,
                    "sha256": scan.sha256,
                },
                "scan_results": {
                    "scan_all_result_i": scan.code(settings, desk.now),
                    "start_time": desk.time(scan.uploaded),
                    "total_avs": scan.reported(settings, desk.now),
                    "total_detected_avs": scan.detections(settings, desk.now),
                },
                "scan_with": "mdaas",
            });
            if let Some(mut block) = sanitized::block(desk, scan) {
                block.as_object_mut().map(|block| block.remove("file_path"));
                item["sanitized"] = block;
            }
            item
        })
        .collect();
    Ok(Reply::json(200, &json!({ "data": items })))
}

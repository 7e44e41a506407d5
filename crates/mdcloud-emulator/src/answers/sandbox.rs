//! Dynamic analysis: runs that take their time, and reports.

use serde_json::{Value, json};

use super::{Call, Desk, hash};
use crate::failure::Failure;
use crate::links;
use crate::reply::Reply;
use crate::sandboxes::{Run, Target};
use crate::scan::{self, Scan};
use crate::upload_rules::is_web_link;
use crate::world::{State, World};

/// How long the links of a report work.
const LINK: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

/// `POST /sandbox`.
pub(crate) fn submit_url(desk: &mut Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let body = call.json()?;
    let url = body["url"].as_str().filter(|url| is_web_link(url)).ok_or_else(|| Failure::new(400_022))?;
    desk.charge(call, 1)?;
    let target = Target::Url(url.to_owned());
    let id = desk.state.sandboxes.start(desk.world.settings.seed, target, Some(desk.now));
    let priority = if desk.world.settings.paid { "high" } else { "normal" };
    let answer = json!({"status": "inqueue", "in_queue": 1, "queue_priority": priority, "sandbox_id": id});
    Ok(Reply::json(desk.world.settings.sandbox_pending, &answer))
}

/// Starts a run of an uploaded file, and gives its id.
pub(crate) fn start(desk: &mut Desk<'_>, data_id: &str) -> Option<String> {
    let scan = desk.state.scans.by_data_id_mut(data_id)?;
    let target = Target::File {
        md5: scan.md5.clone(),
        sha1: scan.sha1.clone(),
        sha256: scan.sha256.clone(),
        data_id: Some(scan.data_id.clone()),
        verdict: scan.verdict,
        hidden: scan.wishes.hidden,
    };
    let id = desk.state.sandboxes.start(desk.world.settings.seed, target, Some(desk.now));
    scan.sandbox_id = Some(id.clone());
    Some(id)
}

/// `POST /sandbox/{data_id}/scan`, the older form.
pub(crate) fn submit_file(desk: &mut Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let scan = desk.state.scans.by_data_id(call.argument()).ok_or_else(|| Failure::new(404_001))?;
    let Scan { data_id, md5, sha1, sha256, .. } = scan.clone();
    let system = call.header("sandbox").unwrap_or_default();
    if !matches!(system, "windows7" | "windows10") {
        return Err(Failure::with(400_020, format!("Header is not valid. 'sandbox' can't be '{system}'")));
    }
    desk.charge(call, 1)?;
    let id = start(desk, &data_id);
    let answer = json!({
        "_id": id, "md5": md5, "sha1": sha1, "sha256": sha256, "dataId": data_id,
        "apikey": desk.world.settings.api_key,
    });
    Ok(Reply::json(200, &answer))
}

/// `GET /sandbox/{sandbox_id}`.
pub(crate) fn report(desk: &Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let run = desk.state.sandboxes.get(call.argument()).ok_or_else(|| Failure::new(404_001))?;
    Ok(told(desk, run))
}

/// `GET /hash/{hash}/sandbox`.
pub(crate) fn by_hash(desk: &mut Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    if !hash::is_hash(call.argument()) {
        return Err(Failure::new(400_064));
    }
    desk.charge(call, 1)?;
    let run = desk.state.sandboxes.of_hash(call.argument()).ok_or_else(|| Failure::new(404_001))?;
    Ok(told(desk, run))
}

fn told(desk: &Desk<'_>, run: &Run) -> Reply {
    let settings = &desk.world.settings;
    let done = run.is_done(settings, desk.now);
    if !done && settings.sandbox_pending == 202 {
        return Reply::json(202, &json!({"sandbox_id": run.id, "status": "inqueue"}));
    }
    let mut answer = json!({"sandbox_id": run.id});
    if let Target::File { md5, sha1, sha256, data_id, hidden, .. } = &run.target {
        answer["md5"] = json!(md5);
        answer["sha1"] = json!(sha1);
        answer["sha256"] = json!(sha256);
        answer["private_processing"] = json!(i32::from(*hidden));
        if let Some(data_id) = data_id {
            answer["data_id"] = json!(data_id);
        }
    }
    if !done {
        return Reply::json(200, &answer);
    }
    let (verdict, level, code) = opinion(desk.world, run);
    let link = |kind: &str| {
        links::make(desk.world, &format!("/files/report/{}/report.{kind}", run.id), desk.now + LINK)
    };
    answer["flow_id"] = json!(format!("{}{}", &run.id[..8], &run.id[..16]));
    answer["final_verdict"] =
        json!({"verdict": verdict, "threatLevel": level, "confidence": 1, "blocked": code != 0});
    answer["store_at"] = json!(link("json"));
    answer["full_report"] = json!({"json": link("json"), "pdf": link("pdf"), "html": link("html")});
    answer["scan_results"] = json!({
        "scan_all_result_i": code, "scan_all_result_a": scan::text(code), "progress_percentage": 100,
        "sandbox_id": run.id,
    });
    Reply::json(200, &answer)
}

/// Verdict, level, and code for the engines' table.
fn opinion(world: &World, run: &Run) -> (&'static str, f64, i64) {
    let infected = match &run.target {
        Target::File { verdict, .. } => matches!(verdict, 1 | 6 | 8),
        Target::Url(url) => world.settings.reputations.of(url).is_some_and(|known| {
            known["sources"].as_array().is_some_and(|sources| {
                sources.iter().any(|source| source["assessment"].is_string() && source["status"] != 0)
            })
        }),
    };
    match (infected, &run.target) {
        (true, Target::File { .. }) => ("LIKELY_MALICIOUS", 0.75, 1),
        (true, Target::Url(_)) => ("MALICIOUS", 1.0, 1),
        (false, _) => ("NO_THREAT", 0.0, 0),
    }
}

/// The document behind a link of a report.
pub(crate) fn document(world: &World, state: &State, id: &str, kind: &str) -> Option<Reply> {
    let run = state.sandboxes.get(id).filter(|run| run.is_done(&world.settings, world.clock.now()))?;
    let (verdict, level, _) = opinion(world, run);
    let inner = json!({"summary": {"behaviorPatterns": []}}).to_string();
    let document: Value = json!({
        "overview_report": {
            "final_verdict": {"verdict": verdict, "threat_level": level, "confidence": 1.0},
            "analysis_state": "success",
            "signal_groups": [], "yara_matches": [], "tags": [], "iocs": [],
        },
        // JSON in a text in JSON, as the service has it.
        "full_report": inner,
    });
    Some(match kind {
        "json" => Reply::json(200, &document),
        "html" => Reply::text(200, "text/html", format!("<html><body><p>{verdict}</p></body></html>")),
        "pdf" => Reply::text(200, "application/pdf", format!("%PDF-1.4\n% {verdict}\n%%EOF\n")),
        _ => return None,
    })
}

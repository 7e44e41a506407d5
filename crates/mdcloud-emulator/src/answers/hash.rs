//! `/hash`: results by digest.

use serde_json::{Map, Value, json};

use super::{Call, Desk, result};
use crate::envelope::Envelope;
use crate::failure::Failure;
use crate::quota::BulkCharge;
use crate::reply::Reply;

/// Whether a text is an MD5, SHA-1 or SHA-256.
pub(crate) fn is_hash(text: &str) -> bool {
    matches!(text.len(), 32 | 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `GET /hash/{hash}`.
pub(crate) fn lookup(desk: &mut Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let hash = call.argument();
    if !is_hash(hash) {
        return Err(Failure::new(400_064));
    }
    desk.charge(call, 1)?;
    match desk.state.scans.by_hash(hash) {
        Some(scan) => Ok(Reply::json(200, &result::report(desk, scan))),
        None if desk.world.settings.envelope == Envelope::F => {
            Ok(Reply::json(200, &json!({hash.to_ascii_uppercase(): "Not Found"})))
        }
        None => Err(Failure::new(404_003)),
    }
}

/// `POST /hash`.
pub(crate) fn lookup_many(desk: &mut Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let with_details = match call.header("includescandetails") {
        None | Some("0") => false,
        Some("1") => true,
        Some(_) => return Err(Failure::new(400_065)),
    };
    let body = call.json()?;
    let hashes = entries(&body, "hash", [400_060, 400_061, 400_062, 400_063], call)?;
    let items: Vec<Value> = hashes.iter().map(|hash| item(desk, hash, with_details)).collect();
    let found = items.iter().filter(|item| !item["data_id"].is_null()).count();
    desk.charge(call, cost(desk, hashes.len(), found))?;
    Ok(Reply::json(200, &json!({ "data": items })))
}

/// The texts in one field of a bulk body. The codes are for: missing, not an array, empty, too many.
pub(crate) fn entries(
    body: &Value,
    field: &str,
    codes: [u32; 4],
    call: &Call,
) -> Result<Vec<String>, Failure> {
    let [missing, not_array, empty, too_many] = codes;
    // The texts of the catalogue name one field; others have the same words with their own name.
    let failure = |code| {
        let known = Failure::new(code);
        let message = known.message.replace("`address`", &format!("`{field}`"));
        Failure::with(code, message)
    };
    let list = body.get(field).ok_or_else(|| failure(missing))?;
    let list = list.as_array().ok_or_else(|| failure(not_array))?;
    if list.is_empty() {
        return Err(failure(empty));
    }
    let most = call.endpoint.batch.map_or(usize::MAX, |most| most as usize);
    if list.len() > most {
        return Err(failure(too_many));
    }
    Ok(list.iter().map(|entry| entry.as_str().map_or_else(|| entry.to_string(), str::to_owned)).collect())
}

/// What a bulk lookup costs.
pub(crate) fn cost(desk: &Desk<'_>, entries: usize, found: usize) -> u64 {
    match desk.world.settings.bulk_charge {
        BulkCharge::Entries => entries as u64,
        BulkCharge::Found => found as u64,
        BulkCharge::Request => 1,
    }
}

fn item(desk: &Desk<'_>, hash: &str, with_details: bool) -> Value {
    let Some(scan) = desk.state.scans.by_hash(hash) else {
        return json!({"hash": hash, "data_id": null, "scan_result_i": 5, "total_detected_avs": -1});
    };
    let settings = &desk.world.settings;
    let mut item = json!({
        "hash": hash,
        "data_id": scan.data_id,
        "scan_result_i": scan.code(settings, desk.now),
        "total_detected_avs": scan.detections(settings, desk.now),
    });
    if with_details {
        // Dots in names become underscores here, and only here.
        let details: Map<String, Value> = result::details(desk, scan)
            .into_iter()
            .map(|(name, detail)| (name.replace('.', "_"), detail))
            .collect();
        item["scan_details"] = Value::Object(details);
    }
    item
}

/// `GET /hash/{hash}/scanhistory`, oldest first.
pub(crate) fn history(desk: &mut Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let hash = call.argument();
    if !is_hash(hash) {
        return Err(Failure::new(400_064));
    }
    let number = |name, code| {
        call.query(name).map_or(Ok(0), |text| text.parse::<usize>().map_err(|_| Failure::new(code)))
    };
    let (limit, offset) = (number("limit", 400_028)?, number("offset", 400_027)?);
    desk.charge(call, 1)?;
    let settings = &desk.world.settings;
    let latest = desk.state.scans.by_hash(hash).ok_or_else(|| Failure::new(404_003))?;
    let scans: Vec<Value> = desk
        .state
        .scans
        .history(hash)
        .skip(offset)
        .take(if limit == 0 { usize::MAX } else { limit })
        .map(|scan| {
            json!({
                "data_id": scan.data_id,
                "scan_all_result_i": scan.code(settings, desk.now),
                "start_time": desk.time(scan.uploaded),
                "total_avs": scan.reported(settings, desk.now),
                "total_detected_avs": scan.detections(settings, desk.now),
            })
        })
        .collect();
    let answer = json!({
        "md5": latest.md5, "sha1": latest.sha1, "sha256": latest.sha256, "scan_result_history": scans,
    });
    Ok(Reply::json(200, &answer))
}

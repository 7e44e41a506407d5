//! `/ip`, `/url`, `/domain`: reputation, single and in bulk.

use std::net::IpAddr;

use mdcloud::endpoints::Operation;
use serde_json::{Value, json};

use super::{Call, Desk, hash};
use crate::failure::Failure;
use crate::reply::Reply;

/// A single lookup.
pub(crate) fn one(desk: &mut Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let address = call.argument();
    let is_ip = call.endpoint.operation == Operation::IpLookup;
    if is_ip {
        check_ip(address)?;
    }
    desk.charge(call, 1)?;
    Ok(Reply::json(200, &item(desk, address, is_ip)))
}

/// A bulk lookup: one item for each entry, in order. A bad address spoils only its own item.
pub(crate) fn many(desk: &mut Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let (field, is_ip) = match call.endpoint.operation {
        Operation::IpLookupMany => ("address", true),
        Operation::UrlLookupMany => ("url", false),
        _ => ("fqdn", false),
    };
    let addresses = hash::entries(&call.json()?, field, [400_181, 400_182, 400_183, 400_184], call)?;
    let items: Vec<Value> = addresses
        .iter()
        .map(|address| match check_ip(address) {
            Err(failure) if is_ip => {
                json!({"address": address, "error": {"code": failure.code, "messages": [failure.message]}})
            }
            _ => item(desk, address, is_ip),
        })
        .collect();
    let found = items.iter().filter(|item| item.get("error").is_none()).count();
    desk.charge(call, hash::cost(desk, addresses.len(), found))?;
    Ok(Reply::json(200, &json!({ "data": items })))
}

fn check_ip(text: &str) -> Result<(), Failure> {
    let routable = match text.parse::<IpAddr>() {
        Err(_) => return Err(Failure::new(400_180)),
        // The documentation's own ranges count as routable: tests need addresses that belong to nobody.
        Ok(IpAddr::V4(ip)) => {
            !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified())
        }
        Ok(IpAddr::V6(ip)) => !(ip.is_loopback() || ip.is_unspecified()),
    };
    if routable { Ok(()) } else { Err(Failure::new(400_185)) }
}

fn item(desk: &Desk<'_>, address: &str, is_ip: bool) -> Value {
    let now = desk.time(desk.now);
    let known = desk.world.settings.reputations.of(address);
    let listed = known.and_then(|known| known["sources"].as_array());
    let source = |entry: &Value| {
        let text = |name: &str| entry[name].as_str().unwrap_or_default();
        let status = entry["status"].as_i64().unwrap_or_else(|| i64::from(!text("assessment").is_empty()));
        json!({
            "provider": text("provider"),
            "assessment": text("assessment"),
            "detect_time": text("detect_time"),
            "update_time": now,
            "status": status,
        })
    };
    let sources: Vec<Value> = match listed {
        Some(entries) => entries.iter().map(source).collect(),
        None => ["feed-one.example", "feed-two.example", "feed-three.example"]
            .map(|provider| source(&json!({ "provider": provider })))
            .to_vec(),
    };
    let detected_by = sources.iter().filter(|source| source["status"] == 1).count();
    let mut item = json!({
        "address": address,
        "lookup_results": {"start_time": now, "detected_by": detected_by, "sources": sources},
    });
    if is_ip {
        item["geo_info"] = known.map_or(json!({}), |known| match &known["geo_info"] {
            Value::Null => json!({}),
            known => known.clone(),
        });
    }
    item
}

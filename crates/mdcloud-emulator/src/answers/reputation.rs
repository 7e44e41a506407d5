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

/// Whether the emulated sources list an address: a whole documentation range, and any name with `malware`
/// or `bad.` in it.
fn is_listed(address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    address.starts_with("203.0.113.") || address.contains("malware") || address.contains("bad.")
}

fn item(desk: &Desk<'_>, address: &str, is_ip: bool) -> Value {
    let listed = is_listed(address);
    let now = desk.time(desk.now);
    let source = |provider: &str, listed: bool| {
        json!({
            "provider": provider,
            "assessment": if listed { "botnet, emulated" } else { "" },
            "detect_time": if listed { "2026-03-01T11:39:49.612487Z" } else { "" },
            "update_time": now,
            "status": i32::from(listed),
        })
    };
    let mut item = json!({
        "address": address,
        "lookup_results": {
            "start_time": now,
            "detected_by": i32::from(listed),
            "sources": [
                source("feed-one.example", listed),
                source("feed-two.example", false),
                source("feed-three.example", false),
            ],
        },
    });
    if is_ip {
        item["geo_info"] = if listed { geo() } else { json!({}) };
    }
    item
}

fn geo() -> Value {
    json!({
        "continent": {"code": "NA", "name": "North America"},
        "country": {"code": "US", "name": "United States"},
        "city": {"name": "Exampleville"},
        "location": {"latitude": 39.5, "longitude": -98.35},
        "registered_country": {"code": "US", "name": "United States"},
        "subdivisions": [{"code": "KS", "name": "Kansas"}],
    })
}

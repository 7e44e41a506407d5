//! What an ordered fault does to an answer.

use std::io::Write;
use std::time::Duration;

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;

use crate::failure::Failure;
use crate::fault::FaultKind;
use crate::reply::Reply;
use crate::throttle;
use crate::wire::Plan;
use crate::world::World;

/// What comes in place of the service's answer.
pub(crate) enum Instead {
    Reply(Reply),
    Nothing,
    Silence,
}

pub(crate) fn is_instead(kind: &FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::Status { .. }
            | FaultKind::Code(_)
            | FaultKind::NoHeaders
            | FaultKind::NotJson
            | FaultKind::Redirect(_)
            | FaultKind::Raw(_)
            | FaultKind::Large(_)
            | FaultKind::GzipBomb(_)
            | FaultKind::Deep(_)
            | FaultKind::Close
            | FaultKind::Stall
    )
}

pub(crate) fn instead(world: &World, kind: &FaultKind) -> Instead {
    let page = "<html><head><title>Please stand by</title></head><body>Please stand by</body></html>";
    Instead::Reply(match kind {
        FaultKind::Status { status, body, content_type } => Reply::text(*status, content_type, body.clone()),
        FaultKind::Code(code) => world.settings.envelope.wrap(&Failure::new(*code)),
        FaultKind::NoHeaders => {
            let (limit, window) = world.settings.throttle.unwrap_or((10, Duration::from_secs(60)));
            world.settings.envelope.wrap(&Failure::with(429_001, throttle::message(limit, window)))
        }
        FaultKind::Redirect(location) => {
            let mut reply = Reply::text(302, "", "");
            reply.set_header("location", location.clone());
            reply
        }
        FaultKind::Close | FaultKind::Reset => return Instead::Nothing,
        FaultKind::Stall => return Instead::Silence,
        FaultKind::GzipBomb(size) => {
            let mut reply = Reply::text(200, "application/json", bomb(*size));
            reply.set_header("content-encoding", "gzip");
            reply
        }
        FaultKind::Deep(depth) => {
            let body = [r#"{"data_id":["#.repeat(*depth), "]}".repeat(*depth)].concat();
            Reply::text(200, "application/json", body)
        }
        // The status of these bytes is nobody's business here: they need not even have one.
        FaultKind::Raw(_) | FaultKind::Large(_) => Reply::text(0, "", page),
        _ => Reply::text(200, "text/html", page),
    })
}

/// What a fault does to an answer that is ready: the answer, the plan for its bytes, and whether the
/// connection closes.
pub(crate) async fn afterwards(mut reply: Reply, fault: Option<FaultKind>) -> (Reply, Plan, bool) {
    let (plan, close) = match fault {
        Some(FaultKind::CloseAfter(bytes)) => (Plan::CloseAfter(bytes), false),
        Some(FaultKind::StallAfter(bytes)) => (Plan::StallAfter(bytes), false),
        Some(FaultKind::Drip { bytes, every }) => (Plan::Drip { bytes, every }, false),
        Some(FaultKind::WrongLength(off)) => (Plan::Length(off), true),
        Some(FaultKind::Raw(bytes)) => (Plan::Raw(bytes), true),
        Some(FaultKind::Large(size)) => (large(size), true),
        Some(FaultKind::Delay(time)) => {
            tokio::time::sleep(time).await;
            (Plan::Plain, false)
        }
        Some(FaultKind::Headers(headers)) => {
            for (name, value) in headers {
                reply.set_header(&name, value);
            }
            (Plan::Plain, false)
        }
        Some(FaultKind::ExtraHeaders(headers)) => {
            reply.headers.extend(headers);
            (Plan::Plain, false)
        }
        Some(FaultKind::Gzip) => {
            reply.body = gzip(&reply.body);
            reply.set_header("content-encoding", "gzip");
            (Plan::Plain, false)
        }
        Some(FaultKind::Nulls) => {
            change(&mut reply, |value| *value = Value::Null);
            (Plan::Plain, false)
        }
        Some(FaultKind::Texts(text)) => {
            change(&mut reply, |value| {
                if value.is_string() {
                    *value = Value::String(text.clone());
                }
            });
            (Plan::Plain, false)
        }
        Some(FaultKind::InvalidUtf8) => {
            for at in 1..reply.body.len() {
                // The first letter of a text: what stands behind a quote and is one.
                if reply.body[at - 1] == b'"' && reply.body[at].is_ascii_alphanumeric() {
                    reply.body[at] = 0xff;
                }
            }
            (Plan::Plain, false)
        }
        _ => (Plan::Plain, false),
    };
    (reply, plan, close)
}

/// Does something to every value of a JSON answer that is neither an object nor a list.
fn change(reply: &mut Reply, mut what: impl FnMut(&mut Value)) {
    let Ok(mut value) = serde_json::from_slice(&reply.body) else { return };
    let mut open = vec![&mut value];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => open.extend(fields.values_mut()),
            Value::Array(entries) => open.extend(entries),
            leaf => what(leaf),
        }
    }
    reply.body = value.to_string().into_bytes();
}

fn large(size: u64) -> Plan {
    const START: &str = r#"{"data_id":""#;
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{START}");
    Plan::Large(head.into_bytes(), size.saturating_sub(START.len() as u64))
}

/// One gzip after the other, which together are one: packed a MiB at a time, however large the whole is.
fn bomb(size: u64) -> Vec<u8> {
    const PIECE: usize = 1 << 20;
    let piece = gzip(&vec![b' '; PIECE]);
    let whole = piece.repeat(usize::try_from(size / PIECE as u64).unwrap_or(usize::MAX));
    [gzip(b"{"), whole, gzip(b"}")].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    // Neither can fail: it writes into memory.
    let _ = packer.write_all(bytes);
    packer.finish().unwrap_or_default()
}

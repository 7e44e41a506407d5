//! What an ordered fault does to an answer.

use std::time::Duration;

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
        // The status of these bytes is nobody's business here: they need not even have one.
        FaultKind::Raw(_) => Reply::text(0, "", page),
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
        _ => (Plan::Plain, false),
    };
    (reply, plan, close)
}

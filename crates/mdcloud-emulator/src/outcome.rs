//! What the service would say, and how it becomes an answer.

use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::quota::{Standing, whole_seconds};
use crate::reply::Reply;
use crate::world::World;

/// What the service would say, and what it says in the headers.
pub(crate) struct Outcome {
    pub(crate) reply: Result<Reply, Failure>,
    pub(crate) key_ok: bool,
    /// What was charged or asked for, and how it stands.
    pub(crate) standing: Option<(String, Standing)>,
    /// When a new try makes sense.
    pub(crate) retry_after: Option<Duration>,
}

impl Outcome {
    pub(crate) fn refused(failure: Failure, key_ok: bool) -> Self {
        Outcome { reply: Err(failure), key_ok, standing: None, retry_after: None }
    }
}

/// Gives an outcome its shape and the service's headers.
pub(crate) fn dress(world: &World, outcome: Outcome, began: Instant) -> Reply {
    let settings = &world.settings;
    let mut reply = match outcome.reply {
        Ok(reply) => reply,
        Err(failure) => settings.envelope.wrap(&failure),
    };
    reply.set_header("vary", "Accept-Encoding, Origin");
    reply.set_header("x-content-type-options", "nosniff");
    reply.set_header("x-response-time", format!("{}ms", began.elapsed().as_millis()));
    if outcome.key_ok {
        reply.set_header("x-authenticated", "by apikey");
        reply.set_header("x-account-type", "other");
    }
    if let Some((family, standing)) = outcome.standing.filter(|_| settings.headers) {
        reply.set_header("x-ratelimit-for", family);
        reply.set_header("x-ratelimit-limit", standing.total.to_string());
        reply.set_header("x-ratelimit-used", standing.used.to_string());
        reply.set_header("x-ratelimit-remaining", standing.left().to_string());
        reply.set_header("x-ratelimit-reset-in", format!("{}s", whole_seconds(standing.reset_in)));
        reply.set_header("x-ratelimit-interval", whole_seconds(settings.interval).to_string());
    }
    if let Some(wait) = outcome.retry_after.filter(|_| settings.retry_after) {
        reply.set_header("retry-after", whole_seconds(wait).to_string());
    }
    reply
}

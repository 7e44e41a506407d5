//! Everything that is looked at before the body of a request.

use std::net::IpAddr;
use std::time::Duration;

use hyper::HeaderMap;
use mdcloud::endpoints::{self, Endpoint, Family};
use percent_encoding::percent_decode_str;

use crate::answers;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::throttle;
use crate::world::{State, World};

/// The head of a request.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    pub(crate) target: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) peer: IpAddr,
}

/// A request that may go on to its operation.
pub(crate) struct Admitted {
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) arguments: Vec<String>,
}

/// Everything that is looked at before the body: block, path, key, throttle, allowance. Boxed, as a
/// refusal is far larger than an admission.
pub(crate) fn admit(world: &World, asked: &Asked<'_>) -> Result<Admitted, Box<Outcome>> {
    let settings = &world.settings;
    let now = world.clock.now();
    let refuse = |code| Box::new(Outcome::refused(Failure::new(code), false));
    let mut state = world.state();
    if state.abuse.is_blocked(asked.peer, now) {
        return Err(refuse(403_002));
    }
    let path = asked.target.split('?').next().unwrap_or_default();
    let (version, below) = split_version(path);
    if matches!(version, "v1" | "v2" | "v3") {
        return Err(refuse(404_013));
    }
    let found = if version == "v4" { endpoints::find(asked.method, below) } else { None };
    let Some((endpoint, arguments)) = found else {
        return Err(refuse(settings.unknown_path));
    };
    if endpoint.needs_key {
        match asked.headers.get("apikey") {
            Some(key) if key.as_bytes() == settings.api_key.as_bytes() => {}
            Some(_) => {
                state.abuse.wrong_key(asked.peer, settings.wrong_key_limit, now);
                return Err(refuse(401_006));
            }
            None if asked.headers.contains_key("authorization") => return Err(refuse(401_003)),
            None => return Err(refuse(401_000)),
        }
    }
    if endpoint.legacy && !settings.legacy {
        return Err(Box::new(Outcome::refused(Failure::new(400_048), endpoint.needs_key)));
    }
    throttled(world, &mut state, endpoint, now)?;
    used_up(world, &state, endpoint, now)?;
    let decoded = arguments.iter().map(|text| percent_decode_str(text).decode_utf8_lossy().into_owned());
    Ok(Admitted { endpoint, arguments: decoded.collect() })
}

/// The short window.
fn throttled(
    world: &World,
    state: &mut State,
    endpoint: &Endpoint,
    now: Duration,
) -> Result<(), Box<Outcome>> {
    let settings = &world.settings;
    let counted = endpoint.needs_key && (endpoint.throttled || settings.throttle_all);
    let Some((limit, window)) = settings.throttle.filter(|_| counted) else {
        return Ok(());
    };
    let Err(wait) = state.throttle.admit(limit, window, now) else {
        return Ok(());
    };
    let family = endpoint.family.filter(|_| settings.throttle_headers).map(Family::as_str);
    Err(Box::new(Outcome {
        reply: Err(Failure::with(429_001, throttle::message(limit, window))),
        key_ok: true,
        standing: family.map(|name| (name.to_owned(), state.quota.standing(settings, name, now))),
        retry_after: Some(wait),
    }))
}

/// The allowance, if nothing at all is left of it: then there is no need for the body.
fn used_up(world: &World, state: &State, endpoint: &Endpoint, now: Duration) -> Result<(), Box<Outcome>> {
    // Feeds count the depth of a page, not requests; their own answers look at that.
    let Some(family) = endpoint.family.filter(|family| *family != Family::Feed).map(Family::as_str) else {
        return Ok(());
    };
    let standing = state.quota.standing(&world.settings, family, now);
    if standing.left() > 0 {
        return Ok(());
    }
    Err(Box::new(Outcome {
        reply: Err(answers::exhausted(&standing)),
        key_ok: true,
        standing: Some((family.to_owned(), standing)),
        retry_after: Some(standing.reset_in),
    }))
}

/// `/v4/file` is `v4` and `/file`.
fn split_version(path: &str) -> (&str, &str) {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split_at(path.find('/').unwrap_or(path.len()))
}

//! The way of a request through the emulator.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming as HyperBody};
use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, Request, Response, StatusCode};
use mdcloud::endpoints::{self, Endpoint, Family, Operation};
use percent_encoding::percent_decode_str;

use crate::answers::{self, Call, Desk};
use crate::failure::Failure;
use crate::fault::FaultKind;
use crate::quota::{Standing, whole_seconds};
use crate::record::RequestRecord;
use crate::reply::Reply;
use crate::throttle;
use crate::upload::{self, Gone, Incoming};
use crate::wire::{Control, Plan};
use crate::world::{State, World};

/// JSON bodies beyond this are read and refused; a thousand hashes need a tenth of it.
const LARGEST_JSON: usize = 1024 * 1024;

/// What the service would say, and what it says in the headers.
struct Outcome {
    reply: Result<Reply, Failure>,
    key_ok: bool,
    /// What was charged or asked for, and how it stands.
    standing: Option<(String, Standing)>,
    /// When a new try makes sense.
    retry_after: Option<std::time::Duration>,
}

impl Outcome {
    fn refused(failure: Failure, key_ok: bool) -> Self {
        Outcome { reply: Err(failure), key_ok, standing: None, retry_after: None }
    }
}

/// A request that may go on to its operation.
struct Admitted {
    endpoint: &'static Endpoint,
    arguments: Vec<String>,
}

/// Answers one request. An error makes the server close the connection without a word.
pub(crate) async fn answer(
    world: Arc<World>,
    peer: IpAddr,
    wire: Control,
    request: Request<HyperBody>,
) -> Result<Response<Full<Bytes>>, std::io::Error> {
    let began = Instant::now();
    let (head, body) = request.into_parts();
    let method = head.method.as_str().to_owned();
    let target = head.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    let length = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&length);
    let mut body = body.map_frame(move |frame| {
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        counter.fetch_add(bytes as u64, Ordering::Relaxed);
        frame
    });
    let (number, fault) = arrive(&world, &method, &target, &head.headers);
    let entry = Entry { world: &world, number, length: &length };

    let served = match fault {
        Some(FaultKind::Reset) => {
            wire.set(Plan::Reset);
            return Err(gone());
        }
        Some(ref kind) if is_instead(kind) => {
            upload::drain(&mut body).await.map_err(|Gone| entry.lost())?;
            entry.length_now();
            match instead(&world, kind) {
                Instead::Reply(reply) => reply,
                Instead::Nothing => return Err(gone()),
                Instead::Silence => std::future::pending().await,
            }
        }
        _ => {
            let asked = Asked { method: &method, target: &target, headers: &head.headers, peer };
            let path = target.split('?').next().unwrap_or_default();
            let copy = answers::sanitized::fetch(&world, path, head.headers.contains_key("apikey"));
            match copy {
                Some(reply) => reply,
                None => {
                    let outcome = serve(&world, &asked, body).await.map_err(|Gone| entry.lost())?;
                    dress(&world, outcome, began)
                }
            }
        }
    };
    if !world.settings.delay.is_zero() {
        tokio::time::sleep(world.settings.delay).await;
    }
    let (reply, plan, close) = afterwards(served, fault).await;
    entry.answered(&reply);
    wire.set(plan);
    Ok(into_http(reply, close))
}

/// Takes the request into the log and looks whether a fault waits for it.
fn arrive(world: &World, method: &str, target: &str, headers: &HeaderMap) -> (u64, Option<FaultKind>) {
    let key = headers.get("apikey").map(HeaderValue::as_bytes);
    let record = RequestRecord {
        method: method.to_owned(),
        path: target.to_owned(),
        status: 0,
        code: 0,
        key_ok: key == Some(world.settings.api_key.as_bytes()),
        headers: headers
            .iter()
            .map(|(name, value)| {
                let shown =
                    if name == "apikey" || name == "authorization" { b"..." } else { value.as_bytes() };
                (name.as_str().to_owned(), String::from_utf8_lossy(shown).into_owned())
            })
            .collect(),
        body_length: 0,
        at: u64::try_from(world.clock.now().as_millis()).unwrap_or(u64::MAX),
    };
    let mut state = world.state();
    let number = state.log.add(record, world.settings.log_limit);
    (number, state.faults.take(method, target))
}

/// The place of a request in the log.
struct Entry<'a> {
    world: &'a World,
    number: u64,
    length: &'a AtomicU64,
}

impl Entry<'_> {
    fn length_now(&self) {
        if let Some(record) = self.world.state().log.get_mut(self.number) {
            record.body_length = self.length.load(Ordering::Relaxed);
        }
    }

    fn lost(&self) -> std::io::Error {
        self.length_now();
        gone()
    }

    fn answered(&self, reply: &Reply) {
        if let Some(record) = self.world.state().log.get_mut(self.number) {
            record.body_length = self.length.load(Ordering::Relaxed);
            record.status = reply.status;
            record.code = reply.code;
        }
    }
}

fn gone() -> std::io::Error {
    std::io::ErrorKind::ConnectionAborted.into()
}

/// The head of a request.
struct Asked<'a> {
    method: &'a str,
    target: &'a str,
    headers: &'a HeaderMap,
    peer: IpAddr,
}

/// What the service does with a request.
async fn serve<B>(world: &World, asked: &Asked<'_>, mut body: B) -> Result<Outcome, Gone>
where
    B: Incoming + Send + 'static,
{
    let admitted = match admit(world, asked) {
        Ok(admitted) => admitted,
        Err(outcome) => {
            // Who asks first whether to send gets the answer instead of the go-ahead.
            if !asked.headers.contains_key("expect") {
                upload::drain(&mut body).await?;
            }
            return Ok(*outcome);
        }
    };
    let operation = admitted.endpoint.operation;
    let mut call = Call {
        endpoint: admitted.endpoint,
        arguments: admitted.arguments,
        query: query(asked.target),
        headers: asked.headers.clone(),
        body: Vec::new(),
        file: None,
    };
    if operation == Operation::FileSubmit {
        match answers::file::receive(world, &call, body).await? {
            Ok(file) => call.file = Some(file),
            Err(failure) => return Ok(Outcome::refused(failure, true)),
        }
    } else {
        match upload::collect(&mut body, LARGEST_JSON).await? {
            Some(bytes) => call.body = bytes,
            None => return Ok(Outcome::refused(Failure::new(400_021), true)),
        }
    }
    let mut state = world.state();
    let mut desk = Desk { world, state: &mut state, now: world.clock.now(), standing: None };
    let reply = answers::answer(&mut desk, &call);
    let standing = desk.standing.take();
    let retry_after = match (&reply, &standing) {
        (Err(Failure { code: 429_000, .. }), Some((_, standing))) => Some(standing.reset_in),
        _ => None,
    };
    Ok(Outcome { reply, key_ok: admitted.endpoint.needs_key, standing, retry_after })
}

/// Everything that is looked at before the body: block, path, key, throttle, allowance. Boxed, as a
/// refusal is far larger than an admission.
fn admit(world: &World, asked: &Asked<'_>) -> Result<Admitted, Box<Outcome>> {
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
    now: std::time::Duration,
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
fn used_up(
    world: &World,
    state: &State,
    endpoint: &Endpoint,
    now: std::time::Duration,
) -> Result<(), Box<Outcome>> {
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

fn query(target: &str) -> Vec<(String, String)> {
    let text = target.split_once('?').map_or("", |(_, query)| query);
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
            (decode(name), decode(value))
        })
        .collect()
}

/// Gives an outcome its shape and the service's headers.
fn dress(world: &World, outcome: Outcome, began: Instant) -> Reply {
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

/// What comes in place of the service's answer.
enum Instead {
    Reply(Reply),
    Nothing,
    Silence,
}

fn is_instead(kind: &FaultKind) -> bool {
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

fn instead(world: &World, kind: &FaultKind) -> Instead {
    let page = "<html><head><title>Please stand by</title></head><body>Please stand by</body></html>";
    Instead::Reply(match kind {
        FaultKind::Status { status, body, content_type } => Reply::text(*status, content_type, body.clone()),
        FaultKind::Code(code) => world.settings.envelope.wrap(&Failure::new(*code)),
        FaultKind::NoHeaders => {
            let (limit, window) = world.settings.throttle.unwrap_or((10, std::time::Duration::from_secs(60)));
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
async fn afterwards(mut reply: Reply, fault: Option<FaultKind>) -> (Reply, Plan, bool) {
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

fn into_http(reply: Reply, close: bool) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(reply.body)));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let content_type = Some(("content-type".to_owned(), reply.content_type));
    for (name, value) in content_type.into_iter().chain(reply.headers) {
        // What cannot stand in a header is left out: the raw fault exists for such answers.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value))
            && !value.is_empty()
        {
            response.headers_mut().insert(name, value);
        }
    }
    if close {
        response.headers_mut().insert("connection", HeaderValue::from_static("close"));
    }
    if let Some(reason) =
        reply.reason.and_then(|text| hyper::ext::ReasonPhrase::try_from(text.into_bytes()).ok())
    {
        response.extensions_mut().insert(reason);
    }
    response
}

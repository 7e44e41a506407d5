//! The way of a request through the emulator.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming as HyperBody};
use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, Request, Response, StatusCode};
use mdcloud::endpoints::Operation;
use percent_encoding::percent_decode_str;

use crate::admit::{Asked, admit};
use crate::answers::{self, Call, Desk};
use crate::date;
use crate::failure::Failure;
use crate::fault::FaultKind;
use crate::fault_effect::{Instead, afterwards, instead, is_instead};
use crate::files;
use crate::outcome::{Outcome, dress};
use crate::record::RequestRecord;
use crate::reply::Reply;
use crate::server::Place;
use crate::upload::{self, Gone, Incoming};
use crate::wire::{Control, Plan};
use crate::world::World;

/// JSON bodies beyond this are read and refused; a thousand hashes need a tenth of it.
const LARGEST_JSON: usize = 1024 * 1024;

/// Answers one request. An error makes the server close the connection without a word.
pub(crate) async fn answer(
    world: Arc<World>,
    place: Place,
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
        _ if place == Place::Files => {
            upload::drain(&mut body).await.map_err(|Gone| entry.lost())?;
            let with_key = ["apikey", "authorization"].iter().any(|name| head.headers.contains_key(*name));
            files::answer(&world, &method, &target, with_key)
        }
        _ => {
            let asked = Asked { method: &method, target: &target, headers: &head.headers, peer };
            let outcome = serve(&world, &asked, body).await.map_err(|Gone| entry.lost())?;
            dress(&world, outcome, began)
        }
    };
    if !world.settings.delay.is_zero() {
        tokio::time::sleep(world.settings.delay).await;
    }
    let mut served = served;
    // The emulator's own time, which hyper does not know.
    served.set_header("date", date::http(world.clock.unix(world.clock.now())));
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

fn into_http(reply: Reply, close: bool) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(reply.body)));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let typed = reply.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let content_type = (!typed).then(|| ("content-type".to_owned(), reply.content_type));
    for (name, value) in content_type.into_iter().chain(reply.headers) {
        // What cannot stand in a header is left out: the raw fault exists for such answers.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value))
            && !value.is_empty()
        {
            response.headers_mut().append(name, value);
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

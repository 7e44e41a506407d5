//! The transport on ureq: one agent with its pool of connections for each process.

use std::io::{self, Read};

use once_cell::race::OnceBox;
use ureq::http::{Request as HttpRequest, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::transport::{ConnectProxyConnector, Connector, RustlsConnector};
use ureq::{Agent, Proxy, SendBody};

use super::connector::{Marking, SlicedConnector};
use super::resolver::{Remembering, SharedResolver};
use super::scope::{Entered, Scope};
use super::socks::SocksConnector;
use super::{Body, Failure, Limits, MOST_BYTES, Reply, Request, Sink, Transport};
use crate::config::Settings;
use crate::error::{Delivery, Error, Result as SettingResult, Status};
use crate::secret::Secret;

/// Carries requests over ureq.
pub(crate) struct Ureq {
    config: ureq::config::Config,
    pool: Pool,
}

/// The agent of one process in a line of forks.
///
/// A forked child must not touch its parent's sockets: both would read from one connection and get each
/// other's answers. Nor may it take a lock or close anything in the parent's pool. So a child leaves the
/// old agent alone and hangs its own behind it; the list only grows, without a lock.
struct Pool {
    generation: u64,
    agent: Option<Agent>,
    addresses: std::sync::Arc<Remembering>,
    next: OnceBox<Pool>,
}

impl Pool {
    fn new(config: &ureq::config::Config) -> Self {
        let resolver = SharedResolver::default();
        let addresses = resolver.0.clone();
        let chain =
            ().chain(SocksConnector)
                .chain(ConnectProxyConnector::default())
                .chain(SlicedConnector)
                .chain(RustlsConnector::default())
                .chain(Marking);
        Pool {
            generation: mdcloud_process::fork_generation(),
            agent: Some(Agent::with_parts(config.clone(), chain, resolver)),
            addresses,
            next: OnceBox::new(),
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if self.generation != mdcloud_process::fork_generation() {
            std::mem::forget(self.agent.take());
        }
    }
}

impl Ureq {
    pub(crate) fn new(settings: &Settings) -> SettingResult<Self> {
        let config = Agent::config_builder()
            // An error answer has a body that says why.
            .http_status_as_error(false)
            // ureq would carry our key header on to another host.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(proxy(settings)?)
            .user_agent(settings.user_agent.as_str())
            .accept("application/json")
            .max_idle_connections(settings.concurrency as usize)
            .max_idle_connections_per_host(settings.concurrency as usize)
            .max_response_header_size(256 * 1024)
            .input_buffer_size(32 * 1024)
            .output_buffer_size(128 * 1024)
            .timeout_await_100(None)
            .tls_config(TlsConfig::builder().root_certs(roots(settings)?).build())
            .build();
        let pool = Pool::new(&config);
        Ok(Ureq { config, pool })
    }

    /// The pool of this process.
    fn pool(&self) -> &Pool {
        let generation = mdcloud_process::fork_generation();
        let mut pool = &self.pool;
        while pool.generation != generation {
            pool = pool.next.get_or_init(|| Box::new(Pool::new(&self.config)));
        }
        pool
    }
}

/// The proxy of the settings, or of the environment where the service is not on this machine.
fn proxy(settings: &Settings) -> SettingResult<Option<Proxy>> {
    match settings.proxy.as_ref().map(Secret::expose) {
        None if settings.base.is_loopback() => Ok(None),
        None => Ok(Proxy::try_from_env()),
        Some("") => Ok(None),
        Some(text) => match Proxy::new(text) {
            Ok(proxy) => Ok(Some(proxy)),
            // The text may hold a password.
            Err(_) => Err(Error::invalid("proxy", "is not of the form scheme://[user:password@]host:port")),
        },
    }
}

/// The system's roots; with `ca_file`, those and the ones in the file.
fn roots(settings: &Settings) -> SettingResult<RootCerts> {
    if settings.ca_file.is_none() {
        return Ok(RootCerts::PlatformVerifier);
    }
    let own = super::trust::own_roots(settings)?;
    let system = rustls_native_certs::load_native_certs().certs;
    let all: Vec<Certificate<'static>> =
        system.iter().chain(&own).map(|der| Certificate::from_der(der).to_owned()).collect();
    Ok(RootCerts::new_with_certs(&all))
}

impl Transport for Ureq {
    fn send(&self, request: Request<'_>, sink: Sink<'_>, limits: &Limits<'_>) -> Result<Reply, Failure> {
        let pool = self.pool();
        let failed = |text: String| failure(Status::InvalidArgument, text);
        let uri: Uri =
            request.url.parse().map_err(|error| failed(format!("the address cannot be sent: {error}")))?;
        let agent = pool.agent.as_ref().ok_or_else(|| failed("the client is gone".into()))?;
        let scope = Scope::enter(limits, uri.authority().map(|a| a.as_str().to_owned()), request.careful);
        scope.before().map_err(|error| explain(&scope, &error.into(), None))?;

        let mut builder = HttpRequest::builder().method(request.method).uri(uri);
        for (name, value) in request.headers {
            builder = builder.header(*name, *value);
        }
        let mut upload = None;
        let answer = match request.body {
            Body::None => agent.run(built(builder.body(()))?),
            Body::Bytes(bytes) => agent.run(built(builder.body(bytes))?),
            Body::Stream { reader, length, progress } => {
                let builder = builder.header("content-length", length);
                let upload =
                    upload.insert(Upload { reader, scope: &scope, sent: 0, length, progress, failed: None });
                agent.run(built(builder.body(SendBody::from_reader(upload)))?)
            }
        };
        let cut = upload.as_ref().is_some_and(|upload| upload.sent < upload.length);
        let own = upload.and_then(|upload| upload.failed);
        let answer = answer.map_err(|error| {
            pool.addresses.forget();
            let failure = explain(&scope, &error, own);
            // Without its end the service cannot take the body for a file, so it has done nothing with it.
            match failure.delivery {
                Delivery::Unknown if cut => Failure { delivery: Delivery::NotSent, partly: true, ..failure },
                _ => failure,
            }
        })?;
        let (parts, body) = answer.into_parts();
        let mut reply = Reply { status: parts.status.as_u16(), headers: parts.headers, body: Vec::new() };
        match receive(&mut reply, body, sink, &scope) {
            Ok(()) => Ok(reply),
            Err(Broken::Source(error)) => Err(explain(&scope, &error.into(), None)),
            Err(Broken::Target(error)) => Err(Failure {
                errno: error.raw_os_error(),
                ..failure(Status::Io, format!("the target: {error}"))
            }),
            Err(Broken::TooLarge) => {
                Err(failure(Status::Protocol, format!("the answer is larger than {} MiB", MOST_BYTES >> 20)))
            }
        }
    }
}

fn built<T>(request: ureq::http::Result<T>) -> Result<T, Failure> {
    request.map_err(|error| failure(Status::InvalidArgument, format!("the request cannot be sent: {error}")))
}

enum Broken {
    Source(io::Error),
    Target(io::Error),
    TooLarge,
}

/// Reads the body to its end: a connection with a rest in it could not be used again.
fn receive(reply: &mut Reply, body: ureq::Body, sink: Sink<'_>, scope: &Scope) -> Result<(), Broken> {
    let length = body.content_length();
    let mut body = body.into_reader();
    match sink {
        Sink::Writer(target) if (200..300).contains(&reply.status) => {
            let mut block = vec![0; 64 * 1024];
            loop {
                match body.read(&mut block) {
                    Ok(0) => return Ok(()),
                    Ok(count) => {
                        target.write_all(&block[..count]).map_err(Broken::Target)?;
                        // Whoever takes the bytes may have said stop, and the next ones may be here already.
                        scope.between_blocks().map_err(Broken::Source)?;
                    }
                    Err(error) => return Err(Broken::Source(error)),
                }
            }
        }
        _ => {
            if length.is_some_and(|length| length > MOST_BYTES) {
                return Err(Broken::TooLarge);
            }
            reply.body.reserve(length.unwrap_or(0).min(1 << 20) as usize);
            body.take(MOST_BYTES + 1).read_to_end(&mut reply.body).map_err(Broken::Source)?;
            if reply.body.len() as u64 > MOST_BYTES { Err(Broken::TooLarge) } else { Ok(()) }
        }
    }
}

/// The caller's stream on its way out: tells progress, and tells a failure of the stream from one of the
/// network.
struct Upload<'a> {
    reader: &'a mut dyn Read,
    scope: &'a Entered,
    sent: u64,
    length: u64,
    progress: &'a dyn Fn(u64) -> bool,
    failed: Option<io::Error>,
}

impl Read for Upload<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.scope.before()?;
        let left = usize::try_from(self.length - self.sent).unwrap_or(usize::MAX);
        let most = room.len().min(left);
        loop {
            match self.reader.read(&mut room[..most]) {
                Ok(0) if left > 0 => {
                    let error =
                        io::Error::new(io::ErrorKind::UnexpectedEof, "ended before its announced length");
                    self.failed = Some(error);
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Ok(count) => {
                    self.sent += count as u64;
                    if !(self.progress)(self.sent) {
                        self.scope.patience.cancels.stop();
                    }
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => self.scope.before()?,
                Err(error) => {
                    let kind = error.kind();
                    self.failed = Some(error);
                    return Err(kind.into());
                }
            }
        }
    }
}

fn failure(status: Status, detail: String) -> Failure {
    Failure { status, detail, delivery: Delivery::NotSent, partly: false, errno: None }
}

/// What went wrong, in our terms.
fn explain(scope: &Scope, error: &ureq::Error, own: Option<io::Error>) -> Failure {
    let delivery = if scope.has_sent() { Delivery::Unknown } else { Delivery::NotSent };
    if let Some(own) = own {
        // The service never gets the end of the body, so it cannot take it for a file.
        let detail = format!("the source: {own}");
        return Failure {
            status: Status::Io,
            detail,
            delivery: Delivery::NotSent,
            partly: scope.has_sent(),
            errno: own.raw_os_error(),
        };
    }
    if let Some(why) = scope.stopped() {
        return Failure {
            status: why.status(),
            detail: why.text().to_owned(),
            delivery,
            partly: false,
            errno: None,
        };
    }
    let (status, detail) = match error {
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) | ureq::Error::TlsRequired => {
            (Status::Tls, error.to_string())
        }
        ureq::Error::Protocol(_) | ureq::Error::Http(_) | ureq::Error::LargeResponseHeader(..) => {
            (Status::Protocol, error.to_string())
        }
        ureq::Error::Decompress(..) => (Status::Protocol, error.to_string()),
        ureq::Error::Io(io) if is_tls(io) => (Status::Tls, io.to_string()),
        ureq::Error::Io(io) => (Status::Network, io.to_string()),
        _ => (Status::Network, error.to_string()),
    };
    Failure { status, detail, delivery, partly: false, errno: None }
}

/// rustls reports a refused certificate through the reader, as an I/O error with its own inside.
fn is_tls(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
        && error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>())
}

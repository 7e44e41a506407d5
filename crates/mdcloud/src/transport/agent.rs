//! The transport: one agent of ureq and its connections for each process, and plain requests beside it.

use std::sync::Arc;

use once_cell::race::OnceBox;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::transport::{ConnectProxyConnector, Connector, RustlsConnector};
use ureq::{Agent, Proxy};

use super::by_ureq;
use super::connector::SlicedConnector;
use super::explain::{explain, failure};
use super::kept::{Keeping, Kept};
use super::plain::{Answer, Plain};
use super::resolver::{Remembering, SharedResolver};
use super::scope::{Entered, Scope};
use super::socks::SocksConnector;
use super::{Failure, Limits, Reply, Request, Sink, Transport};
use crate::config::Settings;
use crate::error::{Error, Result as SettingResult, Status};
use crate::secret::Secret;

/// Carries requests: plain ones on the connections of earlier ones, all others by ureq.
pub(crate) struct Http {
    pub(super) config: ureq::config::Config,
    /// The headers of every request, as they are sent.
    always: String,
    pool: Pool,
}

/// The agent and the connections of one process in a line of forks.
///
/// A forked child must not touch its parent's sockets: both would read from one connection and get each
/// other's answers. Nor may it take a lock or close anything in the parent's pool. So a child leaves the
/// old ones alone and hangs its own behind them; the list only grows, without a lock.
struct Pool {
    generation: u64,
    agent: Option<Agent>,
    kept: Arc<Kept>,
    addresses: Arc<Remembering>,
    next: OnceBox<Pool>,
}

impl Pool {
    fn new(config: &ureq::config::Config) -> Self {
        let resolver = SharedResolver::default();
        let addresses = resolver.0.clone();
        let kept = Arc::new(Kept::new(config.max_idle_connections()));
        let open =
            ().chain(SocksConnector)
                .chain(ConnectProxyConnector::default())
                .chain(SlicedConnector)
                .chain(RustlsConnector::default());
        let connector = Keeping { open, kept: kept.clone() };
        Pool {
            generation: mdcloud_process::fork_generation(),
            agent: Some(Agent::with_parts(config.clone(), connector, resolver)),
            kept,
            addresses,
            next: OnceBox::new(),
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if self.generation != mdcloud_process::fork_generation() {
            std::mem::forget((self.agent.take(), self.kept.clone()));
        }
    }
}

impl Http {
    pub(crate) fn new(settings: &Settings) -> SettingResult<Self> {
        let config = Agent::config_builder()
            // An error answer has a body that says why.
            .http_status_as_error(false)
            // ureq would carry our key header on to another host.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(proxy(settings)?)
            .user_agent(settings.user_agent.as_str())
            .accept(ACCEPT)
            .max_idle_connections(settings.concurrency as usize)
            .max_response_header_size(256 * 1024)
            .input_buffer_size(32 * 1024)
            .output_buffer_size(128 * 1024)
            .timeout_await_100(None)
            .tls_config(TlsConfig::builder().root_certs(roots(settings)?).build())
            .build();
        let always =
            format!("accept-encoding: gzip\r\nuser-agent: {}\r\naccept: {ACCEPT}\r\n", settings.user_agent);
        let pool = Pool::new(&config);
        Ok(Http { config, always, pool })
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

/// What requests ask for that do not say it themselves.
const ACCEPT: &str = "application/json";

/// Scheme, host and port of an address, as they stand in it.
fn target_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |place| place + 3);
    let length = url[host..].find(['/', '?', '#']).unwrap_or(url.len() - host);
    &url[..host + length]
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

impl Transport for Http {
    fn send(&self, request: Request<'_>, sink: Sink<'_>, limits: &Limits<'_>) -> Result<Reply, Failure> {
        let pool = self.pool();
        let scope =
            Scope::enter(limits, target_of(request.url), self.config.proxy().is_some(), request.careful);
        // An address that leads nowhere any more is not asked for again.
        self.carry(pool, request, sink, &scope).inspect_err(|_| pool.addresses.forget())
    }
}

impl Http {
    fn carry(
        &self,
        pool: &Pool,
        request: Request<'_>,
        sink: Sink<'_>,
        scope: &Entered,
    ) -> Result<Reply, Failure> {
        scope.before().map_err(|error| explain(scope, &error.into(), None))?;
        if let Some(plain) = Plain::of(&request, &sink, scope.target(), &self.always)
            && let Some(connection) = pool.kept.take(scope.target())
        {
            match plain.exchange(connection).map_err(|error| explain(scope, &error, None))? {
                Answer::Whole(reply, connection) => {
                    pool.kept.put(connection);
                    return Ok(reply);
                }
                Answer::Other(connection) => scope.leave_answer(connection),
            }
        }
        let gone = || failure(Status::InvalidArgument, "the client is gone".into());
        by_ureq::carry(pool.agent.as_ref().ok_or_else(gone)?, request, sink, scope)
    }
}

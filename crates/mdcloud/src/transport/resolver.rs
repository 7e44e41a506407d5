//! Names to addresses: interruptible, and remembered for a short time.
//!
//! ureq asks at every request, also when it then takes a pooled connection.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::scope::Scope;

/// How long an address is believed. Short, so that a moved service is found again.
const REMEMBER: Duration = Duration::from_secs(30);

/// What a host and port resolved to, and when.
type Known = HashMap<(String, u16), (Instant, Vec<SocketAddr>)>;

/// Remembers what it resolved.
#[derive(Default)]
pub(super) struct Remembering(Mutex<Known>);

impl Remembering {
    fn lookup(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(ip) = bare.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(ip, port)]);
        }
        let key = (bare.to_ascii_lowercase(), port);
        if let Some((when, addresses)) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key)
            && when.elapsed() < REMEMBER
        {
            return Ok(addresses.clone());
        }
        let name = key.clone();
        let addresses: Vec<SocketAddr> =
            Scope::current()?.wait_for(move || Ok((name.0.as_str(), name.1).to_socket_addrs()?.collect()))?;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (when, _)| when.elapsed() < REMEMBER);
        known.insert(key, (Instant::now(), addresses.clone()));
        Ok(addresses)
    }

    /// Forgets everything: a connection has failed, and the address may be why.
    pub(super) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The resolver as ureq wants it; shared, so that a failed call can make it forget.
#[derive(Clone, Default)]
pub(super) struct SharedResolver(pub(super) std::sync::Arc<Remembering>);

impl Resolver for SharedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let host = uri.host().ok_or(Error::HostNotFound)?;
        let port = uri.port_u16().unwrap_or(match uri.scheme_str() {
            Some("http") => 80,
            Some("socks4" | "socks4a" | "socks5" | "socks") => 1080,
            _ => 443,
        });
        let addresses = self.0.lookup(host, port)?;
        let mut wanted = self.empty();
        for address in config.ip_family().keep_wanted(addresses.into_iter()).take(16) {
            wanted.push(address);
        }
        if wanted.is_empty() { Err(Error::HostNotFound) } else { Ok(wanted) }
    }
}

impl fmt::Debug for SharedResolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedResolver")
    }
}

//! The client: settings, one transport, and the way to it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mdcloud_process::ledger::Account;

use crate::cancel::{Cancel, Cancels};
use crate::config::{Config, Settings};
use crate::error::Result;
use crate::options::Options;
use crate::quota::{self, Quota, Route};
use crate::transport::{Http, Transport};
use crate::wait::{Clock, Patience, SystemClock};

/// A client of the service. Cheap to clone, and safe to use from many threads at once; clones share the
/// connections, and every client in the process with the same key shares one quota ledger.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
    pub(crate) options: Options,
}

pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) transport: Box<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) account: Account,
    pub(crate) route: Route,
    /// Cancelled by `close`; every call of the client listens to it.
    closed: Cancel,
    /// Largest upload in bytes, once the service has told; 0 before.
    max_upload: AtomicU64,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.route.flush();
    }
}

impl Client {
    /// A client with these settings; what is not set comes from the environment (`MDCLOUD_*`), then from
    /// the defaults. Nothing is sent.
    pub fn new(config: &Config) -> Result<Self> {
        let settings = config.resolve(|name| std::env::var(name).ok())?;
        let transport = Box::new(Http::new(&settings)?);
        Self::with_transport(settings, transport, Arc::new(SystemClock))
    }

    pub(crate) fn with_transport(
        settings: Settings,
        transport: Box<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        let account = quota::account(&settings);
        let route = Route::open(&settings, account)?;
        let inner = Inner {
            settings,
            transport,
            clock,
            account,
            route,
            closed: Cancel::new(),
            max_upload: AtomicU64::new(0),
        };
        Ok(Client { inner: Arc::new(inner), options: Options::default() })
    }

    /// The same client with other options for the calls made through it:
    /// `client.with(&options).hash_lookup(hash)`.
    pub fn with(&self, options: &Options) -> Self {
        Client { inner: self.inner.clone(), options: options.clone() }
    }

    /// Ends all calls of this client and of its clones, with [`Status::Cancelled`](crate::Status::Cancelled);
    /// later calls end at once.
    pub fn close(&self) {
        self.inner.closed.cancel();
    }

    /// Whether it was closed.
    pub fn is_closed(&self) -> bool {
        self.inner.closed.is_cancelled()
    }

    /// Address of the service.
    pub fn base_url(&self) -> &str {
        self.inner.settings.base.url()
    }

    /// What is known of this key's quota. Does not ask the service; before the first call little is known.
    pub fn quota(&self) -> Option<Quota> {
        self.inner.route.quota(&self.inner.account)
    }

    /// Who may end a call that starts now.
    pub(crate) fn patience(&self) -> Patience {
        let given = self.options.cancel.iter().chain(&self.options.stop).cloned();
        let tokens = [self.inner.closed.clone()].into_iter().chain(given);
        Patience::new(self.inner.clock.clone(), Cancels::new(tokens, self.options.interrupt.clone()))
    }

    /// The deadline of an operation that waits for a result.
    pub(crate) fn waiting_deadline(&self) -> Option<Duration> {
        self.options.deadline.unwrap_or(self.inner.settings.deadline)
    }

    pub(crate) fn max_upload(&self) -> Option<u64> {
        Some(self.inner.max_upload.load(Ordering::Relaxed)).filter(|most| *most > 0)
    }

    /// Takes the key's limit in megabytes, as the service tells it.
    pub(crate) fn learn_max_upload(&self, megabytes: i64) {
        if let Ok(megabytes @ 1..=1_000_000) = u64::try_from(megabytes) {
            self.inner.max_upload.store(megabytes * 1024 * 1024, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}

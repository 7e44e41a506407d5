//! Which ledger a client asks: that of its process, or one in a store.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use mdcloud_process::ForkMutex;
use mdcloud_process::ledger::{Account, Answer, Ask, Tell};

use super::backed::Backed;
use super::place::Place;
use super::snapshot::Quota;
use super::store::{Outside, StoreError};
use crate::config::Settings;
use crate::error::Result;
use crate::wait::Patience;

/// Marks tickets of the process's ledger among those of a store.
const OF_PROCESS: u64 = 1 << 62;

/// The ledger of one client.
#[derive(Clone, Copy)]
pub(crate) enum Route {
    Process,
    Stored(&'static Stored),
}

/// A ledger in a store, as this copy of the library has opened it. Never closed: calls may be in flight.
pub(crate) struct Stored {
    location: Location,
    /// As the setting has it.
    name: String,
    ledger: Backed,
    /// The accounts that clients of this process have in it.
    accounts: &'static ForkMutex<BTreeSet<Account>>,
}

/// What makes two clients use one store.
#[derive(PartialEq, Eq)]
enum Location {
    #[cfg(unix)]
    File {
        path: PathBuf,
        /// Whether its directory is ours to make.
        makes_directory: bool,
    },
    #[cfg(feature = "redis")]
    Redis { address: super::redis::Address, roots: super::redis::Roots },
}

impl Location {
    /// Where the ledger of this account is; `None` for the process itself.
    fn of(settings: &Settings, account: &Account) -> Result<Option<Location>> {
        let place = &settings.store;
        #[cfg(feature = "redis")]
        if let Place::Redis(address) = place {
            let roots = if address.tls() { crate::transport::own_roots(settings)? } else { Vec::new() };
            return Ok(Some(Location::Redis { address: address.clone(), roots: roots.into() }));
        }
        match place.file(account) {
            #[cfg(unix)]
            Some(path) => {
                let makes_directory = matches!(place, Place::User(_));
                super::file_store::check(&path, makes_directory)?;
                Ok(Some(Location::File { path, makes_directory }))
            }
            _ => Ok(None),
        }
    }

    fn open(&self) -> Box<dyn Outside> {
        match *self {
            #[cfg(unix)]
            Location::File { ref path, makes_directory } => {
                let store = super::file_store::FileStore::new(path.clone(), makes_directory);
                let shared = super::shared::Shared::new(store, mdcloud_process::holder());
                Box::new(super::in_store::InStore::new(shared))
            }
            #[cfg(feature = "redis")]
            Location::Redis { ref address, ref roots } => {
                Box::new(super::redis::Fleet::new(address.clone(), roots.clone()))
            }
        }
    }
}

static OPENED: ForkMutex<Vec<&'static Stored>> = ForkMutex::new(Vec::new(), |_| {});

impl Route {
    /// The ledger that these settings ask for. Fails where they cannot be meant; a store that cannot be
    /// used now is no such case.
    pub(crate) fn open(settings: &Settings, account: Account) -> Result<Route> {
        super::ready();
        let Some(location) = Location::of(settings, &account)? else { return Ok(Route::Process) };
        let find =
            |opened: &[&'static Stored]| opened.iter().copied().find(|stored| stored.location == location);
        let opened = find(&OPENED.lock());
        let stored = match opened {
            Some(stored) => stored,
            None => {
                let stored: &'static Stored = Box::leak(Box::new(Stored {
                    name: settings.store.name(),
                    ledger: Backed::new(location.open(), super::ledger(), OF_PROCESS),
                    accounts: ForkMutex::leaked(BTreeSet::new(), |_| {}),
                    location,
                }));
                // Should two threads come here at once there are two ways to one store, which is no harm.
                OPENED.lock().push(stored);
                stored
            }
        };
        stored.accounts.lock().insert(account);
        Ok(Route::Stored(stored))
    }

    /// Whether it is the same ledger.
    pub(crate) fn is(self, other: Route) -> bool {
        match (self, other) {
            (Route::Process, Route::Process) => true,
            (Route::Stored(one), Route::Stored(other)) => std::ptr::eq(one, other),
            _ => false,
        }
    }

    /// May this call start? Fails where the store cannot be used and the caller is strict, or when the
    /// caller has stopped waiting for it.
    pub(crate) fn ask(
        self,
        ask: &Ask,
        strict: bool,
        patience: &Patience,
    ) -> std::result::Result<Answer, StoreError> {
        match self {
            Route::Process => Ok(super::ledger().ask(ask)),
            Route::Stored(stored) => stored.ledger.ask(ask, strict, patience),
        }
    }

    /// What became of it.
    pub(crate) fn tell(self, tell: &Tell) {
        match self {
            Route::Process => super::ledger().tell(tell),
            Route::Stored(stored) => stored.ledger.tell(tell),
        }
    }

    /// A client ends.
    pub(crate) fn flush(self) {
        if let Route::Stored(stored) = self {
            stored.ledger.flush();
        }
    }

    /// How long a caller who waits may sleep before it asks again. Asking the process costs nothing.
    pub(crate) fn most_sleep(self) -> Duration {
        match self {
            Route::Process => crate::wait::SLICE,
            Route::Stored(_) => Duration::from_millis(250),
        }
    }

    /// What is known of this account.
    pub(crate) fn quota(self, account: &Account) -> Option<Quota> {
        let own = super::fingerprint(account);
        let of_process = of_process();
        let all = match self {
            Route::Process => of_process,
            Route::Stored(stored) => stored.quotas(&of_process),
        };
        all.into_iter().find(|quota| quota.account == own)
    }
}

impl Stored {
    /// What is known of the accounts that this process has here; what the process itself knows, where the
    /// store cannot be asked.
    fn quotas(&self, of_process: &[Quota]) -> Vec<Quota> {
        let accounts = self.accounts.lock().clone();
        match self.ledger.view(&accounts) {
            Ok((views, note)) => {
                let ours = views.into_iter().filter(|view| accounts.contains(&view.account));
                let shown =
                    |view| Quota { store: self.name.clone(), store_error: note.clone(), ..Quota::from(view) };
                ours.map(shown).collect()
            }
            Err(error) => {
                let own: BTreeSet<String> = accounts.iter().map(super::fingerprint).collect();
                let ours = of_process.iter().filter(|quota| own.contains(&quota.account));
                let trouble = Some(format!("{} cannot be used: {}", self.name, error.detail));
                ours.map(|quota| Quota { store_error: trouble.clone(), ..quota.clone() }).collect()
            }
        }
    }
}

/// All accounts that this process has used, each as its ledger knows it.
pub(crate) fn quotas() -> Vec<Quota> {
    let mut all = of_process();
    let opened = OPENED.lock().clone();
    let stored: Vec<Quota> = opened.iter().flat_map(|stored| stored.quotas(&all)).collect();
    all.retain(|quota| !stored.iter().any(|other| other.account == quota.account));
    all.extend(stored);
    all
}

fn of_process() -> Vec<Quota> {
    serde_json::from_str(&super::ledger().snapshot()).unwrap_or_default()
}

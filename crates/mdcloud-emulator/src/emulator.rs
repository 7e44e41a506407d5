//! A running emulator and its owner's view of it.

use std::collections::BTreeSet;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::deliver;
use crate::fault::Fault;
use crate::record::RequestRecord;
use crate::server::{self, Place};
use crate::settings::Settings;
use crate::world::World;

/// A running emulator. Dropping it stops it: the thread ends, connections close, the port is free.
#[derive(Debug)]
pub struct Emulator {
    world: Arc<World>,
    base_url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    /// Starts one, on a thread of its own. When this returns, it is listening.
    ///
    /// # Errors
    /// When the address cannot be listened on, or the system refuses a thread.
    pub fn start(settings: Settings) -> io::Result<Emulator> {
        let listener = listen(settings.address)?;
        let base_url = format!("http://{}/v4", listener.local_addr()?);
        // Files come from an origin of their own, as at the service.
        let files = listen(SocketAddr::new(settings.address.ip(), 0))?;
        let files_url = format!("http://{}", files.local_addr()?);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        let world = Arc::new(World::new(settings, files_url));
        let (stop, stopped) = oneshot::channel::<()>();
        let shared = Arc::clone(&world);
        let thread = std::thread::Builder::new().name("mdcloud-emulator".to_owned()).spawn(move || {
            runtime.block_on(async move {
                let listeners =
                    (tokio::net::TcpListener::from_std(listener), tokio::net::TcpListener::from_std(files));
                if let (Ok(listener), Ok(files)) = listeners {
                    tokio::spawn(server::serve(listener, Arc::clone(&shared), Place::Service));
                    tokio::spawn(server::serve(files, Arc::clone(&shared), Place::Files));
                    tokio::spawn(deliver::run(shared));
                    // Ends when told to, or when the owner is gone.
                    let _ = stopped.await;
                }
            });
            // Dropping the runtime drops every task, so open connections cannot hold up the end.
        })?;
        Ok(Emulator { world, base_url, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens: `http://127.0.0.1:PORT/v4`.
    pub fn base_url(&self) -> String {
        self.base_url.clone()
    }

    /// Where links to files lead: another origin than that of the service.
    pub fn files_url(&self) -> String {
        self.world.files_url.clone()
    }

    /// The one key that it accepts.
    pub fn api_key(&self) -> &str {
        &self.world.settings.api_key
    }

    /// The settings it was started with.
    pub fn settings(&self) -> &Settings {
        &self.world.settings
    }

    /// Moves its clock forward. A real clock skips ahead, a virtual one moves only so.
    pub fn advance(&self, by: Duration) {
        self.world.clock.advance(by);
        self.world.wake.notify_one();
    }

    /// Time since the start, by its own clock.
    pub fn now(&self) -> Duration {
        self.world.clock.now()
    }

    /// The requests that came in, in order of arrival.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.world.state().log.all()
    }

    /// Forgets the log, the allowances' windows, the throttle, blocks and open faults; files stay known.
    pub fn reset(&self) {
        self.world.reset();
    }

    /// Orders a fault.
    pub fn fault(&self, fault: Fault) {
        self.world.state().faults.order(fault);
    }

    /// Stops it, and returns when it has stopped.
    pub fn stop(self) {
        drop(self);
    }
}

/// Listens, where the system chooses the port on one that this process has not had yet: its ledger would take
/// the new service for the old one, with the allowance that was used up there.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    static USED: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    const ATTEMPTS: usize = 100;
    let mut refused = Vec::new();
    loop {
        let listener = TcpListener::bind(address)?;
        let fresh = USED.lock().unwrap_or_else(PoisonError::into_inner).insert(listener.local_addr()?.port());
        if fresh || address.port() != 0 || refused.len() == ATTEMPTS {
            listener.set_nonblocking(true)?;
            return Ok(listener);
        }
        // Held until there is another, which so has another port.
        refused.push(listener);
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic over there has been reported by its own thread; this one may be in a drop already.
            let _ = thread.join();
        }
    }
}

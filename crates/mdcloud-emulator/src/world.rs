//! Everything that an emulator remembers.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::abuse::Abuse;
use crate::clock::Clock;
use crate::fault::Faults;
use crate::hooks::Hooks;
use crate::past;
use crate::quota::Quota;
use crate::record::Log;
use crate::sandboxes::Sandboxes;
use crate::scans::Scans;
use crate::settings::Settings;
use crate::store::Store;
use crate::throttle::Throttle;

/// The emulator's memory, shared between its thread and its owner.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) settings: Settings,
    /// Where files are fetched: `http://127.0.0.1:PORT`, another port than that of the service.
    pub(crate) files_url: String,
    pub(crate) clock: Clock,
    /// Told when a callback may be due earlier than it seemed.
    pub(crate) wake: Notify,
    state: Mutex<State>,
}

/// What changes.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) scans: Scans,
    pub(crate) store: Store,
    pub(crate) sandboxes: Sandboxes,
    pub(crate) hooks: Hooks,
    pub(crate) quota: Quota,
    pub(crate) throttle: Throttle,
    pub(crate) abuse: Abuse,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
}

impl World {
    pub(crate) fn new(settings: Settings, files_url: String) -> Self {
        let clock = Clock::new(settings.virtual_clock);
        let mut state = State::default();
        past::fill(&mut state, &settings);
        World { settings, files_url, clock, wake: Notify::new(), state: Mutex::new(state) }
    }

    /// The state. A panic elsewhere must not turn every later answer into a second panic.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets everything but the known files.
    pub(crate) fn reset(&self) {
        let mut state = self.state();
        state.quota = Quota::default();
        state.throttle = Throttle::default();
        state.abuse = Abuse::default();
        state.faults = Faults::default();
        state.log.clear();
    }
}

//! Everything that an emulator remembers.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::abuse::Abuse;
use crate::clock::Clock;
use crate::fault::Faults;
use crate::quota::Quota;
use crate::record::Log;
use crate::scan::Scans;
use crate::settings::Settings;
use crate::throttle::Throttle;

/// The emulator's memory, shared between its thread and its owner.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    state: Mutex<State>,
}

/// What changes.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) scans: Scans,
    pub(crate) quota: Quota,
    pub(crate) throttle: Throttle,
    pub(crate) abuse: Abuse,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
}

impl World {
    pub(crate) fn new(settings: Settings) -> Self {
        let clock = Clock::new(settings.virtual_clock);
        World { settings, clock, state: Mutex::default() }
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

//! Callbacks: who waits for a result, and how the deliveries went.

use std::time::Duration;

use crate::settings::Settings;
use crate::world::State;

/// How long the service tells of a delivery.
const TOLD: Duration = Duration::from_secs(12 * 60 * 60);

/// One callback.
#[derive(Clone, Debug)]
pub(crate) struct Hook {
    pub(crate) data_id: String,
    pub(crate) url: String,
    uploaded: Duration,
    begun: bool,
    /// The receiver's status, and when it was asked.
    delivery: Option<(u16, Duration)>,
}

/// All callbacks, in order of upload.
#[derive(Debug, Default)]
pub(crate) struct Hooks {
    all: Vec<Hook>,
}

impl Hooks {
    pub(crate) fn add(&mut self, data_id: &str, url: &str, now: Duration) {
        let (data_id, url) = (data_id.to_owned(), url.to_owned());
        self.all.push(Hook { data_id, url, uploaded: now, begun: false, delivery: None });
    }

    pub(crate) fn delivered(&mut self, data_id: &str, status: u16, at: Duration) {
        if let Some(hook) = self.all.iter_mut().find(|hook| hook.data_id == data_id) {
            hook.delivery = Some((status, at));
        }
    }

    /// The deliveries that are still told of, newest first: address, status, scan, time.
    pub(crate) fn told(&self, now: Duration) -> impl Iterator<Item = (&Hook, u16, Duration)> {
        self.all
            .iter()
            .rev()
            .filter(move |hook| now.saturating_sub(hook.uploaded) < TOLD)
            .filter_map(|hook| hook.delivery.map(|(status, at)| (hook, status, at)))
    }
}

/// The callbacks that are due, marked as begun; and how long until the next one will be.
pub(crate) fn due(state: &mut State, settings: &Settings, now: Duration) -> (Vec<Hook>, Option<Duration>) {
    let State { hooks, scans, .. } = state;
    let (mut due, mut next) = (Vec::new(), None);
    for hook in hooks.all.iter_mut().filter(|hook| !hook.begun) {
        let Some(scan) = scans.by_data_id(&hook.data_id) else { continue };
        if scan.is_complete(settings, now) {
            hook.begun = true;
            due.push(hook.clone());
        } else if let Some(at) = scan.completes(settings) {
            let wait = at.saturating_sub(now);
            next = Some(next.map_or(wait, |known: Duration| known.min(wait)));
        }
    }
    (due, next)
}

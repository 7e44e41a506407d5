//! Posting results to those who asked for them.

use std::sync::Arc;
use std::time::Duration;

use crate::answers::{Desk, result};
use crate::hooks::{self, Hook};
use crate::loopback::{self, Trouble};
use crate::upload;
use crate::world::World;

/// How long a receiver may take, in real time.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between attempts, in real time.
const PAUSE: Duration = Duration::from_millis(100);

/// Delivers for as long as the emulator lives.
pub(crate) async fn run(world: Arc<World>) {
    loop {
        let (due, next) = hooks::due(&mut world.state(), &world.settings, world.clock.now());
        for hook in due {
            tokio::spawn(deliver(Arc::clone(&world), hook));
        }
        match next.filter(|_| !world.settings.virtual_clock) {
            // A new upload, or a clock that is moved by hand, may be earlier than the time that was told.
            Some(wait) => drop(tokio::time::timeout(wait, world.wake.notified()).await),
            None => world.wake.notified().await,
        }
    }
}

async fn deliver(world: Arc<World>, hook: Hook) {
    let now = world.clock.now();
    let body = {
        let mut state = world.state();
        let desk = Desk { world: &world, state: &mut state, now, standing: None };
        let Some(scan) = desk.state.scans.by_data_id(&hook.data_id) else { return };
        result::report(&desk, scan).to_string()
    };
    let headers = [("content-type", "application/json"), ("user-agent", "opswat metadefender cloud")];
    let mut status = 0;
    for attempt in 0..=world.settings.webhook_retries {
        if attempt > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        let sent = loopback::send(&hook.url, "POST", &headers, body.clone().into_bytes(), PATIENCE).await;
        status = match sent {
            Ok(response) => {
                let status = response.status().as_u16();
                // Read to its end, or the receiver would see a connection that breaks.
                let _ = tokio::time::timeout(PATIENCE, upload::drain(&mut response.into_body())).await;
                status
            }
            Err(trouble) => told(trouble),
        };
        if (200..300).contains(&status) {
            break;
        }
    }
    world.state().hooks.delivered(&hook.data_id, status, now);
}

/// The number that tells of a delivery without an answer.
fn told(trouble: Trouble) -> u16 {
    match trouble {
        Trouble::NoHost => 503,
        Trouble::Timeout => 408,
        Trouble::Closed => 520,
        Trouble::Other => 444,
    }
}

//! Every fault that the emulator knows, on every kind of call: each call ends, within its bounds, with what it
//! was asked for or a documented error; and the client works on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "support/calls.rs"]
mod calls;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use calls::{KINDS, faults, order, sanitized};
use mdcloud::{Client, Config, Delivery, Status};
use mdcloud_emulator::{Emulator, Settings};
use serde_json::Value;

const DEADLINE: Duration = Duration::from_secs(1);

fn house() -> (Emulator, Client, String) {
    let mut settings = Settings::new();
    for (name, value) in [("scan_time", "1ms"), ("sanitize_time", "1ms"), ("paid", "true")] {
        settings.set(name, value).unwrap();
    }
    settings.set("allowance.sandbox_api", "1000").unwrap();
    let emulator = Emulator::start(settings).unwrap();
    let config = Config::new().base_url(emulator.base_url()).api_key(emulator.api_key());
    let data_id = sanitized(&Client::new(&config).unwrap());
    let impatient = config
        .read_timeout(Duration::from_millis(200))
        .timeout(Some(Duration::from_millis(600)))
        .max_wait(Duration::from_millis(100))
        .deadline(Some(DEADLINE))
        .retries(1);
    (emulator, Client::new(&impatient).unwrap(), data_id)
}

/// Puts every kind of call through one fault; gives how often a call succeeded.
fn endured(fault: &Value) -> usize {
    let (emulator, client, data_id) = house();
    let mut good = 0;
    for kind in &KINDS {
        emulator.fault(order(fault, kind.path));
        let what = format!("{} under {fault}", kind.name);
        let start = Instant::now();
        let result = (kind.run)(&client, &data_id);
        // The bound is the deadline; the rest is a machine with more to do than it can.
        assert!(start.elapsed() < DEADLINE + Duration::from_secs(10), "{what}: {:?}", start.elapsed());
        match &result {
            Ok(_) => good += 1,
            Err(error) => {
                let mine = matches!(error.status(), Status::Panic | Status::InvalidArgument | Status::Io);
                assert!(!mine, "{what}: {error:?}");
                assert!(!error.to_string().is_empty() && error.to_string().len() < 10_000, "{what}");
                // What the service refused was not lost; a good answer that nobody can read may be.
                let refused = error.http_status().is_some_and(|status| status >= 300);
                assert!(!refused || error.delivery() != Delivery::Unknown, "{what}: {error:?}");
            }
        }
        if kind.name == "lookup" && fault["lookup"].is_string() {
            let came = result.as_ref().map_or_else(|error| error.status().name(), |_| "OK");
            assert_eq!(fault["lookup"], came, "{what}: {result:?}");
        }
        emulator.reset();
        // Without the key, so that the ledger has no say: it may have heard of a limit just now.
        let again = client.engine_definitions();
        assert!(again.is_ok(), "after {what}: {again:?}");
    }
    good
}

#[test]
fn every_call_under_every_fault_ends_with_a_documented_error_and_the_client_works_on() {
    let faults = faults();
    let (next, good, failed) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::new(Vec::new()));
    // The calls mostly wait.
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                while let Some(fault) = faults.get(next.fetch_add(1, Ordering::SeqCst)) {
                    match std::panic::catch_unwind(|| endured(fault)) {
                        Ok(count) => drop(good.fetch_add(count, Ordering::SeqCst)),
                        Err(_) => failed.lock().unwrap().push(fault.to_string()),
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    let calls = faults.len() * KINDS.len();
    let good = good.into_inner();
    println!("{} faults on {} kinds of call: {calls} calls, {good} of them good", faults.len(), KINDS.len());
    assert!(good > faults.len() / 2 && good < calls / 2, "the faults do not hit, or nothing works: {good}");
}

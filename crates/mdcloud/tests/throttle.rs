//! The short window, against the emulator with real threads.
#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicUsize, Ordering};

use mdcloud::{Client, Config, Source};
use mdcloud_emulator::{Emulator, Settings};

#[test]
fn eight_threads_that_know_nothing_of_a_throttle_learn_it_from_one_refusal() {
    let mut settings = Settings::new();
    settings.set("throttle", "10/8s").unwrap();
    let emulator = Emulator::start(settings).unwrap();
    let client = Client::new(&Config::new().base_url(emulator.base_url()).api_key(emulator.api_key()));
    let (client, next) = (client.unwrap(), AtomicUsize::new(0));
    let upload = || {
        while let number @ ..20 = next.fetch_add(1, Ordering::Relaxed) {
            client.file_submit(Source::bytes(format!("file {number}").into_bytes())).unwrap();
        }
    };
    std::thread::scope(|scope| (0..8).for_each(|_| drop(scope.spawn(upload))));
    let statuses: Vec<u16> = emulator.requests().iter().map(|request| request.status).collect();
    let (taken, refused): (Vec<u16>, _) = statuses.iter().partition(|status| **status == 200);
    assert_eq!((taken.len(), refused), (20, vec![429]), "{statuses:?}");
    let throttle = client.quota().unwrap().throttle;
    assert_eq!(
        (throttle.requests, throttle.window, throttle.source.as_str()),
        (Some(10), Some(8.0), "learned")
    );
}

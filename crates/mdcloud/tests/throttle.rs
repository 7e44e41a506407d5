//! The short window, against the emulator with real threads.
#![allow(clippy::unwrap_used)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use mdcloud::{Client, Config, Quota, Source};
use mdcloud_emulator::{Emulator, Settings};

fn start(settings: &[(&str, &str)]) -> (Emulator, Client) {
    let mut all = Settings::new();
    for (name, value) in settings {
        all.set(name, value).unwrap();
    }
    let emulator = Emulator::start(all).unwrap();
    let config = Config::new().base_url(emulator.base_url()).api_key(emulator.api_key());
    (emulator, Client::new(&config).unwrap())
}

fn upload(client: &Client, number: usize) {
    client.file_submit(Source::bytes(format!("file {number}").into_bytes())).unwrap();
}

#[test]
fn eight_threads_that_know_nothing_of_a_throttle_learn_it_from_one_refusal() {
    let (emulator, client) = start(&[("throttle", "10/8s")]);
    let next = AtomicUsize::new(0);
    let work = || {
        while let number @ ..20 = next.fetch_add(1, Ordering::Relaxed) {
            upload(&client, number);
        }
    };
    std::thread::scope(|scope| (0..8).for_each(|_| drop(scope.spawn(work))));
    let statuses: Vec<u16> = emulator.requests().iter().map(|request| request.status).collect();
    let (taken, refused): (Vec<u16>, _) = statuses.iter().partition(|status| **status == 200);
    assert_eq!((taken.len(), refused), (20, vec![429]), "{statuses:?}");
    let throttle = client.quota().unwrap().throttle;
    assert_eq!(
        (throttle.requests, throttle.window, throttle.source.as_str()),
        (Some(10), Some(8.0), "learned")
    );
}

#[test]
fn a_call_that_was_refused_does_not_go_to_the_end_of_the_line() {
    let (_emulator, client) = start(&[("throttle", "1/3s"), ("delay", "300ms")]);
    upload(&client, 0);
    let ended = Mutex::new(Vec::new());
    let until = |what: fn(&Quota) -> bool| {
        while !client.quota().is_some_and(|quota| what(&quota)) {
            std::thread::yield_now();
        }
    };
    let run = |number| {
        upload(&client, number);
        ended.lock().unwrap().push(number);
    };
    std::thread::scope(|scope| {
        scope.spawn(|| run(1));
        until(|quota| quota.in_flight == 1);
        // It comes while the other one is under way, or held after its refusal.
        scope.spawn(|| run(2));
    });
    assert_eq!(*ended.lock().unwrap(), [1, 2]);
}

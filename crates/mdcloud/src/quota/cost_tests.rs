//! What a decision costs: `cargo test --release -p mdcloud --lib quota::cost -- --ignored --nocapture`.

#![allow(clippy::print_stdout)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use mdcloud_process::ledger::{ANSWERED, Ask, GO, Name, Tell};

use super::own::OwnLedger;
use super::store::Outside;
use crate::cancel::Cancels;
use crate::wait::{Patience, SystemClock};

const ROUNDS: u32 = 20_000;

/// The best of several runs: the machine is busy with other things as well.
fn each(mut call: impl FnMut()) -> Duration {
    let run = |_| {
        let start = Instant::now();
        (0..ROUNDS).for_each(|_| call());
        start.elapsed() / ROUNDS
    };
    (0..5).map(run).min().unwrap()
}

fn call(allow: impl Fn(&Ask) -> (i32, u64), tell: impl Fn(&Tell)) -> Duration {
    let mut ask = Ask::new([1; 16]);
    (ask.operation, ask.cost, ask.at_least, ask.family) = (15, 1, 1, Name::new("reputation_api"));
    each(|| {
        let (verdict, ticket) = allow(&ask);
        assert_eq!(verdict, GO);
        let mut answer = Tell::new([1; 16], ticket, ANSWERED);
        (answer.http_status, answer.limit, answer.remaining) = (200, 1_000_000, 500_000);
        (answer.reset_ns, answer.family) = (80_000_000_000_000, ask.family);
        tell(&answer);
    })
}

fn in_store(name: &str, outside: &dyn Outside) {
    let patience = Patience::new(Arc::new(SystemClock), Cancels::default());
    let allow = |ask: &Ask| {
        let answer = outside.ask(ask, &patience).unwrap();
        (answer.verdict, answer.ticket)
    };
    println!("{name}: {:?} for ask and tell", call(allow, |told| outside.tell(told).unwrap()));
}

#[test]
#[ignore = "measures, and tests nothing"]
fn ask_and_tell() {
    let own = OwnLedger::make();
    let allow = |ask: &Ask| {
        let answer = own.ask(ask);
        (answer.verdict, answer.ticket)
    };
    println!("in process: {:?} for ask and tell", call(allow, |told| own.tell(told)));
    #[cfg(target_os = "linux")]
    {
        let page = super::page::PageStore::new(Instant::now()).unwrap();
        in_store(
            "memory of forked processes",
            &super::in_store::InStore::new(super::shared::Shared::new(page, 1)),
        );
    }
    #[cfg(unix)]
    {
        let path = std::env::temp_dir().join(format!("mdcloud-cost-{}", std::process::id()));
        let file = super::file_store::FileStore::new(path.clone(), false);
        in_store("file", &super::in_store::InStore::new(super::shared::Shared::new(file, 1)));
        std::fs::remove_file(path).unwrap();
    }
}

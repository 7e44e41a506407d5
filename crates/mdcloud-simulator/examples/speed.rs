//! What a decision costs: `cargo run --release -p mdcloud-simulator --example speed`.
#![allow(clippy::print_stdout)] // a program, and this is its output

use std::time::Instant;

use mdcloud::__simulator::Ledger;
use mdcloud_process::ledger::{ANSWERED, Ask, GO, Name, Tell, WAIT};

const SECOND: u64 = 1_000_000_000;
const ROUNDS: u64 = 1_000_000;

fn account(number: u64) -> [u8; 16] {
    let mut account = [0; 16];
    // As spread as fingerprints are.
    account[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    account
}

fn ask(number: u64, requests: u32) -> Ask {
    let mut ask = Ask::new(account(number));
    ask.operation = mdcloud::Operation::FileSubmit as i32;
    (ask.cost, ask.at_least, ask.throttled) = (1, 1, 1);
    (ask.throttle_requests, ask.throttle_window_ns) = (requests, 60 * SECOND);
    (ask.family, ask.max_wait_ns) = (Name::new("prevention_api"), 1 << 60);
    ask
}

fn answer(number: u64, ticket: u64) -> Tell {
    let mut tell = Tell::new(account(number), ticket, ANSWERED);
    tell.operation = mdcloud::Operation::FileSubmit as i32;
    (tell.http_status, tell.limit, tell.remaining) = (200, 1 << 30, 1 << 29);
    (tell.reset_ns, tell.interval_ns) = (3600 * SECOND, 86_400 * SECOND);
    tell.family = Name::new("prevention_api");
    tell
}

/// Nanoseconds for one `ask` that says go, together with its `tell`, at a full window, or where nobody knows that
/// there is one.
fn go_and_tell(accounts: u64, requests: u32, is_known: bool) -> f64 {
    let mut ledger = Ledger::default();
    // Each account gets its turn as often as its rate allows, with answers a few calls later.
    let step = 61 * SECOND / u64::from(requests) / accounts + 1;
    let mut now = 3600 * SECOND;
    let mut out = std::collections::VecDeque::new();
    let mut begin = Instant::now();
    for round in 0..2 * ROUNDS {
        if round == ROUNDS {
            begin = Instant::now(); // the first half fills the logs
        }
        now += step;
        let number = round % accounts;
        let said = ledger.ask(now, &ask(number, if is_known { requests } else { 0 }));
        if said.verdict == GO {
            out.push_back((number, said.ticket));
        }
        if out.len() > 8
            && let Some((number, ticket)) = out.pop_front()
        {
            ledger.tell(now, &answer(number, ticket));
        }
    }
    begin.elapsed().as_nanos() as f64 / ROUNDS as f64
}

/// Nanoseconds for one `ask` of a caller that stands in line with others.
fn wait(accounts: u64, waiting: u64) -> f64 {
    let mut ledger = Ledger::default();
    let mut now = 3600 * SECOND;
    for number in 0..accounts {
        let said = ledger.ask(now, &ask(number, 1));
        ledger.tell(now, &answer(number, said.ticket));
    }
    let mut tickets: Vec<u64> = (0..waiting).map(|_| ledger.ask(now, &ask(0, 1)).ticket).collect();
    let begin = Instant::now();
    for round in 0..ROUNDS {
        // Each asks at every 50 ms.
        now += 50_000_000 / waiting;
        let place = (round % waiting) as usize;
        let said = ledger.ask(now, &Ask { ticket: tickets[place], ..ask(0, 1) });
        if said.verdict != WAIT {
            ledger.tell(now, &answer(0, said.ticket));
            tickets[place] = 0;
        } else {
            tickets[place] = said.ticket;
        }
    }
    begin.elapsed().as_nanos() as f64 / ROUNDS as f64
}

fn main() {
    println!("nanoseconds for a decision, over {ROUNDS} of them\n");
    println!(
        "           ask + tell     ask + tell    ask + tell    ask again      ask again
accounts  10 a minute   500 a minute  rate unknown   32 waiting  1,000 waiting"
    );
    for accounts in [1, 100, 10_000] {
        let go = [(10, true), (500, true), (500, false)];
        let go = go.map(|(requests, is_known)| go_and_tell(accounts, requests, is_known));
        let waits = [32, 1_000].map(|waiting| wait(accounts, waiting));
        let [ten, many, unknown] = go;
        println!(
            "{accounts:>8} {ten:>12.0} {many:>14.0} {unknown:>13.0} {:>12.0} {:>14.0}",
            waits[0], waits[1]
        );
    }
}

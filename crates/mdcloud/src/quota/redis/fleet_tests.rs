//! Several clients on one Redis: exact, fair, and what happens when Redis stalls, dies and comes back.
#![allow(clippy::print_stdout)] // the figures, for whoever asks with --nocapture

use super::server::RedisServer;
use super::*;
use crate::cancel::{Cancel, Cancels};
use crate::wait::{Clock, SystemClock};
use mdcloud_process::ledger::{ANSWERED, GO, NOT_SENT, Name, WAIT};

pub(super) const ACCOUNT: [u8; 16] = [3; 16];
const SECOND: u64 = 1_000_000_000;

pub(super) fn fleet(url: &str) -> Fleet {
    Fleet::new(Address::parse(url).unwrap(), Arc::new([]))
}

pub(super) fn patience() -> Patience {
    Patience::new(Arc::new(SystemClock), Cancels::default())
}

pub(super) fn lookup() -> Ask {
    let mut ask = Ask::new(ACCOUNT);
    (ask.operation, ask.cost, ask.at_least) = (15, 1, 1);
    ask.family = Name::new("reputation_api");
    ask
}

fn upload(requests: u32, window: u64) -> Ask {
    let mut ask = Ask::new(ACCOUNT);
    (ask.operation, ask.throttled, ask.max_wait_ns) = (5, 1, 3600 * SECOND);
    (ask.throttle_requests, ask.throttle_window_ns) = (requests, window * SECOND);
    ask
}

fn answered(ticket: u64) -> Tell {
    let mut tell = Tell::new(ACCOUNT, ticket, ANSWERED);
    tell.http_status = 200;
    tell
}

pub(super) fn left(ticket: u64, remaining: u64) -> Tell {
    let mut tell = answered(ticket);
    (tell.limit, tell.remaining) = (100, remaining);
    (tell.reset_ns, tell.family) = (1000 * SECOND, Name::new("reputation_api"));
    tell
}

/// Redis has heard all that was told when it answers this, which stands behind it.
fn view(fleet: &Fleet) -> AccountView {
    fleet.view(&[ACCOUNT].into()).unwrap().0.remove(0)
}

/// Waits for leave as a call does.
fn start(fleet: &Fleet, mut ask: Ask) -> Answer {
    loop {
        let answer = fleet.ask(&ask, &patience()).unwrap();
        if answer.verdict != WAIT {
            return answer;
        }
        ask.ticket = answer.ticket;
        SystemClock.sleep(Duration::from_nanos(answer.wait_ns).min(Duration::from_millis(250)));
    }
}

#[test]
fn eight_clients_spend_an_allowance_to_the_last_call_and_never_beyond() {
    let Some(server) = RedisServer::start("one allowance for eight clients", &[]) else { return };
    let first = fleet(&server.url());
    first.tell(&left(0, 100)).unwrap();
    assert_eq!(view(&first).families[0].1.remaining, Some(100));
    let granted: usize = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..8)
            .map(|client| {
                let url = server.url();
                scope.spawn(move || {
                    let fleet = fleet(&url);
                    let answers = (0..40).map(|_| fleet.ask(&lookup(), &patience()).unwrap());
                    let granted: Vec<_> = answers.filter(|answer| answer.verdict == GO).collect();
                    // Half of them hear nothing of their calls until all have asked.
                    for answer in granted.iter().filter(|_| client % 2 == 0) {
                        fleet.tell(&answered(answer.ticket)).unwrap();
                    }
                    view(&fleet);
                    granted.len()
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).sum()
    });
    assert_eq!(granted, 100);
    let refused = first.ask(&lookup(), &patience()).unwrap();
    assert_eq!((refused.verdict, refused.status), (REFUSE, Status::QuotaExhausted as i32));
}

#[test]
fn eight_clients_share_a_throttle_in_turn_and_waste_none_of_it() {
    let Some(server) = RedisServer::start("one throttle for eight clients", &[]) else { return };
    let left = std::sync::atomic::AtomicI32::new(40);
    let mut starts: Vec<(Instant, usize)> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..8)
            .map(|client| {
                let (url, left) = (server.url(), &left);
                scope.spawn(move || {
                    let fleet = fleet(&url);
                    let go = || {
                        let answer = start(&fleet, upload(10, 2));
                        let at = Instant::now();
                        fleet.tell(&answered(answer.ticket)).unwrap();
                        (at, client)
                    };
                    let wanted = || left.fetch_sub(1, std::sync::atomic::Ordering::Relaxed) > 0;
                    std::iter::from_fn(|| wanted().then(go)).collect::<Vec<_>>()
                })
            })
            .collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    starts.sort_unstable();
    for eleven in starts.windows(11) {
        assert!(eleven[10].0 - eleven[0].0 > Duration::from_secs(2), "11 starts within 2 s");
    }
    for turn in starts[10..].chunks(10) {
        let served: std::collections::BTreeSet<_> = turn.iter().map(|(_, client)| client).collect();
        assert!(served.len() >= 6, "a window for {served:?} only");
    }
    let ratio = (starts[39].0 - starts[0].0).as_secs_f64() / 6.0;
    println!("makespan of 40 starts at 10 per 2 s over 8 clients: {ratio:.3} of the ideal");
    assert!(ratio < 1.5, "{ratio}");
}

#[test]
fn a_redis_that_dies_and_comes_back_gets_its_ledger_and_the_news_from_its_clients() {
    let Some(mut server) = RedisServer::start("a restart of Redis", &[]) else { return };
    let fleet = fleet(&server.url());
    fleet.tell(&left(0, 50)).unwrap();
    let call = fleet.ask(&lookup(), &patience()).unwrap();
    assert_eq!(call.verdict, GO);
    for _ in 0..2 {
        server.kill();
        let error = fleet.ask(&lookup(), &patience()).unwrap_err();
        assert_eq!(error.status, Status::Network);
        assert!(error.detail.starts_with("redis://127.0.0.1:"), "{}", error.detail);
        assert!(fleet.view(&[ACCOUNT].into()).is_err());
        fleet.tell(&answered(call.ticket)).unwrap();
        server.start_again();
        let view = view(&fleet);
        assert_eq!((view.families[0].1.remaining, view.in_flight), (Some(49), 0));
    }
    // The thread tells by itself what Redis has missed.
    let other = self::fleet(&server.url());
    let call = fleet.ask(&lookup(), &patience()).unwrap();
    server.kill();
    fleet.tell(&left(call.ticket, 40)).unwrap();
    assert!(fleet.ask(&lookup(), &patience()).is_err());
    server.start_again();
    while !matches!(other.view(&[ACCOUNT].into()), Ok((views, _)) if !views.is_empty()) {
        SystemClock.sleep(Duration::from_millis(20));
    }
    assert_eq!((view(&other).families[0].1.remaining, view(&other).in_flight), (Some(40), 0));
    // The same without a word, and with its scripts forgotten.
    server.cli(&["FLUSHALL"]);
    server.cli(&["SCRIPT", "FLUSH"]);
    assert_eq!(fleet.ask(&lookup(), &patience()).unwrap().verdict, GO);
    assert_eq!(view(&fleet).families[0].1.remaining, Some(40));
}

#[test]
fn a_stalled_redis_holds_nobody_longer_than_his_patience_and_grants_nothing_to_those_who_left() {
    let Some(server) = RedisServer::start("a Redis that stalls", &[]) else { return };
    let fleet = fleet(&server.url());
    fleet.tell(&left(0, 50)).unwrap();
    view(&fleet);
    for _ in 0..2 {
        server.stall();
        let start = Instant::now();
        let soon = patience().at_most(Some(Duration::from_millis(100)));
        assert!(fleet.ask(&lookup(), &soon).is_err());
        let deadline = start.elapsed();
        let cancel = Cancel::new();
        let cancelled = std::thread::scope(|scope| {
            let patience = Patience::new(Arc::new(SystemClock), Cancels::new([cancel.clone()], None));
            let (fleet, impatient) = (&fleet, patience.clone());
            let asking = scope.spawn(move || {
                assert!(fleet.ask(&lookup(), &impatient).is_err());
                Instant::now()
            });
            SystemClock.sleep(Duration::from_millis(100));
            let cancelled = Instant::now();
            cancel.cancel();
            asking.join().unwrap().saturating_duration_since(cancelled)
        });
        let error = fleet.ask(&lookup(), &patience()).unwrap_err();
        let all = start.elapsed();
        println!("deadline of 0.1 s: {deadline:?}; cancelled: {cancelled:?}; all with one failure: {all:?}");
        assert_eq!(error.status, Status::Network);
        assert!(error.detail.contains("in time"), "{}", error.detail);
        assert!(deadline < Duration::from_secs(1) && cancelled < Duration::from_secs(1), "{all:?}");
        assert!(all < Duration::from_secs(8), "{all:?}");
        server.go_on();
        let view = view(&fleet);
        assert_eq!((view.in_flight, view.families[0].1.remaining), (0, Some(50)));
    }
    let call = fleet.ask(&lookup(), &patience()).unwrap();
    assert_eq!(call.verdict, GO);
    fleet.tell(&Tell::new(ACCOUNT, call.ticket, NOT_SENT)).unwrap();
    assert_eq!(view(&fleet).in_flight, 0);
}

#[test]
fn calls_that_cost_nothing_do_not_wait_for_redis_but_learn_of_a_block() {
    let Some(server) = RedisServer::start("free calls beside Redis", &[]) else { return };
    let (poller, other) = (fleet(&server.url()), fleet(&server.url()));
    let mut free = Ask::new(ACCOUNT);
    free.operation = 6;
    server.stall();
    let polled = poller.ask(&free, &patience()).unwrap();
    assert_eq!(polled.verdict, GO);
    poller.tell(&answered(polled.ticket)).unwrap();
    // While Redis is known to be away they are decided elsewhere, as all others are, and look for it.
    while poller.ask(&free, &patience()).is_ok() {
        SystemClock.sleep(Duration::from_millis(20));
    }
    server.go_on();
    while poller.ask(&free, &patience()).is_err() {
        SystemClock.sleep(Duration::from_millis(20));
    }
    let mut blocked = answered(polled.ticket);
    (blocked.http_status, blocked.code) = (403, 403_002);
    poller.tell(&blocked).unwrap();
    assert!(view(&poller).blocked_for > 0, "a free call's block is for everybody");
    let refused = other.ask(&lookup(), &patience()).unwrap();
    assert_eq!((refused.verdict, refused.status), (REFUSE, Status::Blocked as i32));
    let refused = other.ask(&free, &patience()).unwrap();
    assert_eq!((refused.verdict, refused.status), (REFUSE, Status::Blocked as i32));
    assert!(refused.wait_ns > 3000 * SECOND && refused.wait_ns <= 3600 * SECOND, "{}", refused.wait_ns);
}

#[test]
fn what_a_dead_machine_has_left_is_settled_once_it_is_silent() {
    let Some(server) = RedisServer::start("clients that die", &[]) else { return };
    let dead = fleet(&server.url());
    dead.tell(&left(0, 2)).unwrap();
    assert_eq!(dead.ask(&lookup(), &patience()).unwrap().verdict, GO);
    drop(dead);
    let key = "mdcloud:ledger:v1:03030303030303030303030303030303";
    let alive = fleet(&server.url());
    let probe = alive.ask(&lookup(), &patience()).unwrap();
    assert_eq!(probe.verdict, GO);
    assert_eq!(alive.ask(&lookup(), &patience()).unwrap().verdict, REFUSE);
    alive.tell(&Tell::new(ACCOUNT, probe.ticket, NOT_SENT)).unwrap();
    assert_eq!(view(&alive).in_flight, 1);
    // As if its last sign of life were long ago.
    server.cli(&["HSET", key, "alive", "{}", "version", "9-other"]);
    while view(&alive).in_flight > 0 {
        SystemClock.sleep(Duration::from_millis(20));
    }
    assert_eq!(view(&alive).families[0].1.remaining, Some(1), "the service may have counted it");
}

#[test]
fn an_exchange_that_nobody_disturbs_is_one_round_trip() {
    let Some(server) = RedisServer::start("round trips to Redis", &[]) else { return };
    let fleet = fleet(&server.url());
    let mut plenty = left(0, 1_000_000);
    plenty.limit = 1_000_000;
    fleet.tell(&plenty).unwrap();
    view(&fleet);
    let scripts = || -> u32 {
        let stats = server.cli(&["INFO", "commandstats"]);
        let calls = stats.lines().find_map(|line| line.trim().strip_prefix("cmdstat_evalsha:calls="));
        calls.unwrap().split(',').next().unwrap().parse().unwrap()
    };
    let (before, start) = (scripts(), Instant::now());
    for _ in 0..200 {
        assert_eq!(fleet.ask(&lookup(), &patience()).unwrap().verdict, GO);
    }
    let (each, trips) = (start.elapsed() / 200, scripts() - before);
    println!("200 asks took {trips} round trips, and {each:?} each");
    // A machine that is busy lets a moment pass now and then, and what was meant for it is refused.
    assert!((200..300).contains(&trips), "{trips}");
}

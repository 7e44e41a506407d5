use super::*;
use crate::config::Rate;
use crate::endpoints::Operation;
use crate::quota::throttle::{RateSource, Throttle};
use crate::quota::tracker::Tracker;
use mdcloud_process::ledger::{ANSWERED, Answer, Ask, GO, Name, Tell, WAIT};
use std::collections::BTreeMap;
use std::time::Duration;

const MS: Nanos = 1_000_000;
const SECOND: Nanos = 1_000 * MS;
const START: Nanos = 3600 * SECOND;

/// How long each answer takes.
const ANSWER: Nanos = 20 * MS;

fn upload(ticket: u64, max_wait: Nanos) -> Ask {
    let mut ask = Ask::new([7; 16]);
    (ask.operation, ask.family) = (Operation::FileSubmit as i32, Name::new("prevention_api"));
    (ask.cost, ask.at_least, ask.throttled) = (1, 1, 1);
    Ask { ticket, max_wait_ns: max_wait, ..ask }
}

fn answer(ticket: u64) -> Tell {
    let mut tell = Tell::new([7; 16], ticket, ANSWERED);
    (tell.operation, tell.http_status) = (Operation::FileSubmit as i32, 200);
    tell
}

fn refusal(ticket: u64) -> Tell {
    Tell { http_status: 429, code: 429_001, ..answer(ticket) }
}

fn go(tracker: &mut Tracker, now: Nanos) -> Answer {
    let answer = tracker.ask(now, &upload(0, 3600 * SECOND));
    assert_eq!(answer.verdict, GO);
    answer
}

/// What a crowd comes to that makes so many calls, each caller one after the other.
#[derive(Default)]
struct Crowd {
    served: usize,
    refused: usize,
    most_in_air: usize,
    /// Tickets in the order of their starts, and the last start.
    started: Vec<u64>,
    last: Nanos,
}

/// Lets callers ask as the library's own do, and a service of `rate` a minute answer them.
fn crowd(tracker: &mut Tracker, callers: u64, calls: usize, rate: usize) -> Crowd {
    let mut came = Crowd::default();
    let mut counted: VecDeque<Nanos> = VecDeque::new();
    let mut in_air = 0;
    // When which caller does what next: asks with a ticket, or hears.
    let mut agenda: BTreeMap<(Nanos, u64), Tell> =
        (0..callers).map(|caller| ((START, caller), Tell::new([7; 16], 0, -1))).collect();
    while let Some(((now, caller), mut next)) = agenda.pop_first() {
        if next.outcome == ANSWERED {
            tracker.tell(now, &next);
            in_air -= 1;
            (came.served, came.refused) = match next.code {
                0 => (came.served + 1, came.refused),
                _ => (came.served, came.refused + 1),
            };
            next = Tell::new([7; 16], 0, -1);
        }
        if came.served + in_air >= calls {
            continue;
        }
        let said = tracker.ask(now, &upload(next.ticket, 3600 * SECOND));
        if said.verdict == WAIT {
            agenda.insert((now + said.wait_ns.min(50 * MS), caller), Tell { ticket: said.ticket, ..next });
            continue;
        }
        assert_eq!(said.verdict, GO);
        in_air += 1;
        came.most_in_air = came.most_in_air.max(in_air);
        came.started.push(said.ticket);
        came.last = now;
        counted.retain(|at| at + MINUTE > now);
        let mut tell = answer(said.ticket);
        if counted.len() < rate {
            counted.push_back(now);
        } else {
            tell = refusal(said.ticket);
            (tell.throttle_requests, tell.throttle_window_ns) = (rate as u32, MINUTE);
        }
        agenda.insert((now + ANSWER, caller), tell);
    }
    came
}

#[test]
fn a_crowd_that_knows_nothing_pays_one_refusal_and_keeps_its_order() {
    for callers in [1, 2, 8, 32] {
        let came = crowd(&mut Tracker::default(), callers, 40, 10);
        assert_eq!((came.served, came.refused), (40, 1), "{callers} callers");
        // Tickets are given in the order in which callers come.
        assert!(came.started.is_sorted(), "{callers} callers: {:?}", came.started);
    }
}

#[test]
fn a_refusal_wastes_at_most_one_in_twenty_of_what_got_through() {
    for (rate, most) in [(19, 1), (75, 4), (150, 8), (500, 25)] {
        let came = crowd(&mut Tracker::default(), 64, rate + 1, rate);
        assert!((1..=most).contains(&came.refused), "{rate} a minute: {} refused", came.refused);
    }
}

/// One by one costs a little more than the answers take, and those that follow go ever more together.
#[test]
fn who_is_not_throttled_is_not_slow_for_long() {
    let came = crowd(&mut Tracker::default(), 8, 20, usize::MAX);
    assert_eq!(came.most_in_air, 1);
    assert!(came.last - START < 20 * (ANSWER + ANSWER / 5), "{} ms", (came.last - START) / MS);
    let came = crowd(&mut Tracker::default(), 8, 400, usize::MAX);
    assert_eq!(came.most_in_air, 8);
    // Eight at once from the beginning would take 1 s.
    assert!(came.last - START < 1_900 * MS, "{} ms", (came.last - START) / MS);
}

#[test]
fn an_allowance_that_only_many_requests_can_spend_lets_many_go_at_once() {
    for (limit, together) in [(4_000, 1), (1_000_000, 35)] {
        let mut tracker = Tracker::default();
        let mut told = answer(go(&mut tracker, START).ticket);
        (told.limit, told.remaining, told.interval_ns) = (limit, limit - 1, 24 * 3600 * SECOND);
        tracker.tell(START + ANSWER, &told);
        let asks = (0..100).map(|_| tracker.ask(START + ANSWER, &upload(0, SECOND)).verdict);
        assert_eq!(asks.filter(|verdict| *verdict == GO).count(), together, "{limit} a day");
    }
}

#[test]
fn a_long_upload_holds_nobody_up() {
    let mut tracker = Tracker::default();
    let slow = go(&mut tracker, START);
    let mut ask = upload(0, 3600 * SECOND);
    let mut now = START;
    let started = loop {
        let said = tracker.ask(now, &ask);
        if said.verdict == GO {
            break now;
        }
        (ask.ticket, now) = (said.ticket, now + said.wait_ns);
    };
    assert!((2_000..2_300).contains(&((started - START) / MS)), "{} ms", (started - START) / MS);
    // Its answer is learned from all the same.
    tracker.tell(START + 60 * SECOND, &answer(slow.ticket));
}

#[test]
fn who_will_not_wait_is_not_refused_for_caution() {
    let mut tracker = Tracker::default();
    go(&mut tracker, START);
    assert_eq!(tracker.ask(START, &upload(0, 0)).verdict, GO);
    // Patience that is shorter than the answer takes ends with a start, and not with a refusal.
    let (mut now, end) = (START, START + 300 * MS);
    let mut ask = upload(0, end - now);
    let verdict = loop {
        let said = tracker.ask(now, &ask);
        if said.verdict != WAIT {
            break said.verdict;
        }
        now += said.wait_ns;
        ask = upload(said.ticket, end - now);
    };
    assert_eq!((verdict, now <= end), (GO, true));
}

#[test]
fn caution_ends_with_a_rate_and_is_back_when_a_guess_is_given_up() {
    let mut throttle = Throttle::default();
    throttle.start(START, 1);
    let is_cautious = |throttle: &Throttle, now| throttle.cautious(now, 0, 0).is_some();
    assert!(is_cautious(&throttle, START));
    throttle.learn(Rate { requests: 10, window: Duration::from_secs(60) }, RateSource::Guess);
    assert!(!is_cautious(&throttle, START));
    let later = START + 2 * 3600 * SECOND;
    throttle.start(later, 2);
    throttle.earliest(later, 0);
    assert!(throttle.rate().is_none() && is_cautious(&throttle, later));
}

//! What the simulator found, and what the service's refusals mean, each as one small history.

use super::super::snapshot::Quota;
use super::super::tracker::Tracker;
use super::*;
use mdcloud_process::ledger::Name;

const ACCOUNT: Account = [7; 16];
const START: Nanos = 3600 * SECOND;
const HOUR: Nanos = 3600 * SECOND;
const FAMILY: &str = "reputation_api";

fn ask(operation: Operation, family: &str, throttled: bool) -> Ask {
    let mut ask = Ask::new(ACCOUNT);
    (ask.operation, ask.family) = (operation as i32, Name::new(family));
    (ask.cost, ask.at_least, ask.throttled) = (1, 1, u32::from(throttled));
    ask.max_wait_ns = 100 * HOUR;
    ask
}

fn lookup() -> Ask {
    ask(Operation::HashLookup, FAMILY, false)
}

fn upload() -> Ask {
    ask(Operation::FileSubmit, "prevention_api", true)
}

fn told(ticket: u64, remaining: u64, reset: u64) -> Tell {
    let mut tell = Tell::new(ACCOUNT, ticket, ANSWERED);
    (tell.http_status, tell.operation) = (200, Operation::HashLookup as i32);
    (tell.limit, tell.remaining) = (100, remaining);
    (tell.reset_ns, tell.interval_ns) = (reset * SECOND, 24 * HOUR);
    tell.family = Name::new(FAMILY);
    tell
}

fn refused(ticket: u64, status: i32, code: i64) -> Tell {
    let mut tell = Tell::new(ACCOUNT, ticket, ANSWERED);
    (tell.http_status, tell.code, tell.operation) = (status, code, Operation::FileSubmit as i32);
    tell
}

fn go(tracker: &mut Tracker, now: Nanos, ask: &Ask) -> u64 {
    let answer = tracker.ask(now, ask);
    assert_eq!(answer.verdict, GO);
    answer.ticket
}

fn quota(tracker: &mut Tracker, now: Nanos) -> Quota {
    Quota::from(tracker.view(now).remove(0))
}

fn remaining(tracker: &mut Tracker, now: Nanos) -> Option<u64> {
    quota(tracker, now).families.iter().find(|family| family.name == FAMILY).unwrap().remaining
}

#[test]
fn a_late_answer_of_the_last_window_does_not_empty_the_new_one() {
    let mut tracker = Tracker::default();
    let probe = go(&mut tracker, START, &lookup());
    tracker.tell(START, &told(probe, 2, 10));
    let slow = go(&mut tracker, START + 9 * SECOND, &lookup());
    let first = go(&mut tracker, START + 12 * SECOND, &lookup());
    tracker.tell(START + 12 * SECOND, &told(first, 99, 86_400));
    // It was counted in the old window, and says so: nothing left, for one second more.
    tracker.tell(START + 13 * SECOND, &told(slow, 0, 1));
    assert_eq!(remaining(&mut tracker, START + 13 * SECOND), Some(99));
}

#[test]
fn the_end_of_a_window_that_is_known_exactly_is_waited_for_and_no_second_more() {
    // Ten calls in five seconds, by a service that rounds its seconds up, and by one that rounds them down.
    for round in [f64::ceil, f64::floor] {
        let mut tracker = Tracker::default();
        let (mut now, mut opened) = (START, START);
        for turn in 0..40 {
            let mut answer = tracker.ask(now, &lookup());
            if answer.verdict == WAIT {
                now += answer.wait_ns;
                answer = tracker.ask(now, &Ask { ticket: answer.ticket, ..lookup() });
            }
            assert_eq!(answer.verdict, GO, "{turn}");
            if turn % 10 == 0 {
                assert!(turn == 0 || now >= opened + 5 * SECOND && now < opened + 5100 * SECOND / 1000);
                opened = now;
            }
            now += SECOND / 100;
            let left = opened + 5 * SECOND - now;
            let mut tell = told(answer.ticket, 9 - turn % 10, round(left as f64 / SECOND as f64) as u64);
            tell.interval_ns = 5 * SECOND;
            tracker.tell(now, &tell);
            now += 350 * SECOND / 1000;
        }
    }
}

/// So many milliseconds after the start.
fn at(milliseconds: u64) -> Nanos {
    START + milliseconds * (SECOND / 1000)
}

/// As [`told`], of a window of five seconds.
fn of_short_window(ticket: u64, remaining: u64, reset: u64) -> Tell {
    Tell { interval_ns: 5 * SECOND, ..told(ticket, remaining, reset) }
}

/// A window of five seconds was opened, and ends at 5050 ms at the latest.
fn in_a_short_window() -> Tracker {
    let mut tracker = Tracker::default();
    let first = go(&mut tracker, at(0), &lookup());
    tracker.tell(at(50), &of_short_window(first, 9, 5));
    tracker
}

#[test]
fn a_late_answer_of_the_last_window_does_not_end_the_new_one() {
    let mut tracker = in_a_short_window();
    let late = go(&mut tracker, at(3900), &lookup());
    let opens = go(&mut tracker, at(5100), &lookup());
    tracker.tell(at(5150), &of_short_window(opens, 0, 5));
    tracker.tell(at(6500), &of_short_window(late, 8, 2));
    let answer = tracker.ask(at(9600), &lookup());
    assert_eq!((answer.verdict, answer.wait_ns), (WAIT, at(10_150) - at(9600)));
}

#[test]
fn an_answer_without_numbers_to_an_older_call_opens_no_window() {
    let mut tracker = in_a_short_window();
    let older = go(&mut tracker, at(5000), &lookup());
    // Its window is over, and the next is opened by the call after it.
    let opens = go(&mut tracker, at(5400), &lookup());
    let mut silent = Tell::new(ACCOUNT, older, ANSWERED);
    (silent.http_status, silent.interval_ns) = (200, 5 * SECOND);
    tracker.tell(at(5410), &silent);
    tracker.tell(at(6200), &of_short_window(opens, 0, 5));
    let answer = tracker.ask(at(10_700), &lookup());
    assert_eq!((answer.verdict, answer.wait_ns), (WAIT, at(11_200) - at(10_700)));
}

#[test]
fn a_reset_that_was_nonsense_is_corrected_by_the_next_answer() {
    let mut tracker = Tracker::default();
    let probe = go(&mut tracker, START, &lookup());
    tracker.tell(START, &told(probe, 50, 300 * 86_400));
    let next = go(&mut tracker, START + SECOND, &lookup());
    tracker.tell(START + SECOND, &told(next, 0, 60));
    let waits = tracker.ask(START + 2 * SECOND, &lookup());
    assert_eq!((waits.verdict, waits.wait_ns), (WAIT, 60 * SECOND));
}

#[test]
fn answers_that_overtake_each_other_never_give_more_than_there_is() {
    let mut tracker = Tracker::default();
    let probe = go(&mut tracker, START, &lookup());
    tracker.tell(START, &told(probe, 50, 5_000));
    let [first, second] = [1, 2].map(|ms| go(&mut tracker, START + ms, &lookup()));
    tracker.tell(START + SECOND, &told(second, 10, 5_000));
    tracker.tell(START + 9 * SECOND, &told(first, 49, 5_000));
    assert_eq!(remaining(&mut tracker, START + 9 * SECOND), Some(10));
    // What a call says that started after all of that is newer, also if it is more.
    let later = go(&mut tracker, START + 10 * SECOND, &lookup());
    tracker.tell(START + 11 * SECOND, &told(later, 30, 4_989));
    assert_eq!(remaining(&mut tracker, START + 11 * SECOND), Some(30));
}

/// Where only the refusal names the limit, the windows after it are counted here, and each must end.
#[test]
fn a_window_that_no_header_ends_ends_by_itself() {
    let mut tracker = Tracker::default();
    let first = go(&mut tracker, START, &lookup());
    let mut used_up = refused(first, 429, 429_000);
    (used_up.limit, used_up.reset_ns) = (2, 10 * SECOND);
    tracker.tell(START, &used_up);
    let mut now = START + 12 * SECOND;
    for _ in 0..2 {
        let ticket = go(&mut tracker, now, &lookup());
        tracker.tell(now, &refused(ticket, 200, 0));
    }
    let waits = tracker.ask(now, &lookup());
    assert_eq!((waits.verdict, waits.wait_ns), (WAIT, HOUR));
    now += waits.wait_ns;
    assert_eq!(tracker.ask(now, &lookup()).verdict, GO);
}

#[test]
fn a_caller_that_waits_hours_for_its_allowance_does_not_hold_up_the_line() {
    let mut tracker = Tracker::default();
    let rate = |ask: Ask| Ask { throttle_requests: 1, throttle_window_ns: 60 * SECOND, ..ask };
    let bulk = || rate(ask(Operation::HashLookupMany, FAMILY, true));
    let first = go(&mut tracker, START, &rate(upload()));
    let waiting = tracker.ask(START, &bulk());
    assert_eq!(waiting.status, Status::Throttled as i32, "it stands in line");
    let mut nothing_left = told(first, 0, 50_000);
    nothing_left.operation = 0;
    tracker.tell(START, &nothing_left);
    let behind = tracker.ask(START, &rate(upload()));
    let turn = START + 61 * SECOND;
    let again = tracker.ask(turn, &Ask { ticket: waiting.ticket, ..bulk() });
    assert_eq!((again.verdict, again.status), (WAIT, Status::QuotaExhausted as i32));
    assert_eq!(tracker.ask(turn, &Ask { ticket: behind.ticket, ..rate(upload()) }).verdict, GO);
}

#[test]
fn a_call_that_was_refused_comes_back_to_its_place() {
    let mut tracker = Tracker::default();
    let first = go(&mut tracker, START, &upload());
    let behind = tracker.ask(START, &upload());
    let mut named = refused(first, 429, 429_001);
    (named.throttle_requests, named.throttle_window_ns) = (1, 60 * SECOND);
    tracker.tell(START, &named);
    let again = tracker.ask(START, &Ask { ticket: first, ..upload() });
    let behind = tracker.ask(START, &Ask { ticket: behind.ticket, ..upload() });
    assert_eq!((again.verdict, behind.verdict), (WAIT, WAIT));
    assert!(behind.wait_ns >= again.wait_ns + 60 * SECOND, "{} {}", again.wait_ns, behind.wait_ns);
    let turn = START + again.wait_ns;
    assert_eq!(tracker.ask(turn, &Ask { ticket: first, ..upload() }).verdict, GO);
}

#[test]
fn every_refusal_gives_its_permit_back_and_is_told_from_the_others() {
    for (status, code, kind) in [
        (429, 429_000, Status::QuotaExhausted),
        (429, 429_001, Status::Throttled),
        (429, 0, Status::Throttled),
        (429, 429_002, Status::Busy),
        (403, 403_002, Status::Blocked),
    ] {
        let mut tracker = Tracker::default();
        let ticket = go(&mut tracker, START, &upload());
        tracker.tell(START, &refused(ticket, status, code));
        let seen = quota(&mut tracker, START);
        let in_flight: u64 = seen.families.iter().map(|family| family.in_flight).sum();
        assert_eq!((seen.in_flight, in_flight), (0, 0), "{code}");
        let uploads = tracker.ask(START + SECOND, &Ask { max_wait_ns: 0, ..upload() });
        let lookups = tracker.ask(START + SECOND, &Ask { max_wait_ns: 0, ..lookup() });
        let expect = match kind {
            Status::Busy => ((GO, 0), GO), // fewer at once is the caller's business; nothing is used up
            Status::Blocked => ((REFUSE, kind as i32), REFUSE),
            _ => ((REFUSE, kind as i32), GO),
        };
        assert_eq!(((uploads.verdict, uploads.status), lookups.verdict), expect, "{code}");
    }
}

#[test]
fn a_retry_after_of_nothing_or_of_years_is_not_believed() {
    for (retry_after, longest) in [(0, 61), (90, 91), (400_000_000, 86_401)] {
        let mut tracker = Tracker::default();
        let ticket = go(&mut tracker, START, &upload());
        let mut tell = refused(ticket, 429, 429_001);
        tell.retry_after_ns = retry_after * SECOND;
        tracker.tell(START, &tell);
        let wait = tracker.ask(START, &upload()).wait_ns;
        assert!((longest - 1..=longest).contains(&(wait / SECOND)), "{retry_after}: {wait}");
    }
}

/// Lets `calls` uploads through, a second apart, and has the service refuse the next one without a number.
fn burst(tracker: &mut Tracker, now: &mut Nanos, calls: u32) {
    for call in 0..=calls {
        let ticket = go(tracker, *now, &upload());
        let answer = if call < calls { (200, 0) } else { (429, 429_001) };
        tracker.tell(*now, &refused(ticket, answer.0, answer.1));
        *now += SECOND;
    }
}

#[test]
fn a_rate_that_nobody_names_is_guessed_only_from_a_complete_log() {
    let (mut tracker, mut now) = (Tracker::default(), START);
    let source = |tracker: &mut Tracker, now| {
        let throttle = quota(tracker, now).throttle;
        (throttle.requests, throttle.source)
    };
    // A cold start: somebody else may have used up the rest a moment ago.
    burst(&mut tracker, &mut now, 3);
    assert_eq!(source(&mut tracker, now), (None, "unknown".to_owned()));
    now += 61 * SECOND;
    burst(&mut tracker, &mut now, 10);
    assert_eq!(source(&mut tracker, now), (Some(10), "guess".to_owned()));
    // Whoever names it is believed.
    now += 61 * SECOND;
    let ticket = go(&mut tracker, now, &upload());
    let mut named = refused(ticket, 429, 429_001);
    (named.throttle_requests, named.throttle_window_ns) = (9, HOUR);
    tracker.tell(now, &named);
    assert_eq!(source(&mut tracker, now), (Some(9), "learned".to_owned()));
}

#[test]
fn a_refusal_after_a_silent_minute_means_an_hour() {
    let (mut tracker, mut now) = (Tracker::default(), START);
    burst(&mut tracker, &mut now, 9);
    now += 61 * SECOND;
    burst(&mut tracker, &mut now, 0);
    let wait = tracker.ask(now, &upload()).wait_ns;
    assert!(wait > 3_500 * SECOND, "{wait}");
    now += wait;
    burst(&mut tracker, &mut now, 9);
    let throttle = quota(&mut tracker, now).throttle;
    assert_eq!((throttle.requests, throttle.window), (Some(9), Some(3_600.0)));
}

/// Those that were in the air are refused after the first has told the new rate, and change nothing: the log
/// explains them as well.
#[test]
fn a_rate_that_falls_costs_no_more_than_the_calls_that_met_it() {
    const MS: Nanos = SECOND / 1000;
    let rate = |requests| Rate { requests, window: std::time::Duration::from_secs(60) };
    let mut throttle = Throttle::default();
    throttle.learn(rate(10), RateSource::Learned);
    for call in 1..=10 {
        throttle.start(START + call * 100 * MS, call);
        throttle.answered(START + call * 100 * MS, call);
    }
    let later = START + 60 * SECOND + 300 * MS;
    throttle.start(later, 11);
    throttle.start(later, 12);
    throttle.refused(later + 100 * MS, 11, Some(rate(5)), None);
    // The other one may count yet: so the seventh of the ten must be a minute old.
    assert_eq!(throttle.earliest(later + 100 * MS, 0) / MS, (START + 60_760 * MS) / MS);
    throttle.refused(later + SECOND, 12, Some(rate(5)), None);
    assert_eq!(throttle.earliest(later + SECOND, 0), later + SECOND);
}

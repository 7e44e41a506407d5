use super::*;
use crate::endpoints::Operation;
use crate::error::Status;
use crate::quota::account::LEASE;
use crate::quota::allowance::MOST_PROBE;
use crate::quota::snapshot::Quota;
use mdcloud_process::ledger::{ABSENT, ANSWERED, GO, LOST, NOT_SENT, Name, REFUSE, WAIT};
use std::time::Duration;

const ACCOUNT: Account = [7; 16];
const MS: Nanos = 1_000_000;
const SECOND: Nanos = 1_000_000_000;
const START: Nanos = 3600 * SECOND;

fn lookup(max_wait: Duration) -> Ask {
    let mut ask = Ask::new(ACCOUNT);
    ask.operation = Operation::HashLookup as i32;
    ask.family = Name::new("reputation_api");
    ask.cost = 1;
    ask.at_least = 1;
    ask.max_wait_ns = max_wait.as_nanos() as u64;
    ask
}

fn upload(max_wait: Duration) -> Ask {
    let mut ask = lookup(max_wait);
    ask.operation = Operation::FileSubmit as i32;
    ask.family = Name::new("prevention_api");
    ask.throttled = 1;
    ask
}

fn answered(ticket: u64, remaining: u64, reset: u64) -> Tell {
    let mut tell = Tell::new(ACCOUNT, ticket, ANSWERED);
    tell.operation = Operation::HashLookup as i32;
    tell.http_status = 200;
    tell.limit = 100;
    tell.remaining = remaining;
    tell.reset_ns = reset * SECOND;
    tell.interval_ns = 86_400 * SECOND;
    tell.family = Name::new("reputation_api");
    tell
}

fn throttled(ticket: u64) -> Tell {
    let mut tell = Tell::new(ACCOUNT, ticket, ANSWERED);
    tell.operation = Operation::FileSubmit as i32;
    tell.http_status = 429;
    tell.code = 429_001;
    tell
}

/// Asks until the answer is not WAIT; gives the time of it.
fn wait_for(tracker: &mut Tracker, mut now: Nanos, ask: &mut Ask) -> (Nanos, Answer) {
    loop {
        let answer = tracker.ask(now, ask);
        if answer.verdict != WAIT {
            return (now, answer);
        }
        assert!(answer.wait_ns > 0);
        ask.ticket = answer.ticket;
        ask.max_wait_ns = ask.max_wait_ns.saturating_sub(answer.wait_ns);
        now += answer.wait_ns;
    }
}

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn an_allowance_is_spent_to_the_last_call_and_never_beyond() {
    let mut tracker = Tracker::default();
    let first = tracker.ask(START, &lookup(HOUR));
    tracker.tell(START + MS, &answered(first.ticket, 3, 5000));
    let now = START + 2 * MS;
    let tickets: Vec<u64> = (0..3)
        .map(|_| tracker.ask(now, &lookup(HOUR)))
        .inspect(|answer| assert_eq!(answer.verdict, GO))
        .map(|answer| answer.ticket)
        .collect();
    // All three are in flight: a fourth waits for what becomes of them, or is told when it opens.
    assert_eq!(tracker.ask(now, &lookup(HOUR)).verdict, WAIT);
    let refused = tracker.ask(now, &lookup(Duration::ZERO));
    assert_eq!((refused.verdict, refused.status), (REFUSE, Status::QuotaExhausted as i32));
    assert!(refused.wait_ns > 4990 * SECOND, "{}", refused.wait_ns);
    // One was never sent: its permit comes back.
    tracker.tell(now, &Tell::new(ACCOUNT, tickets[0], NOT_SENT));
    let again = tracker.ask(now, &lookup(HOUR));
    assert_eq!(again.verdict, GO);
    // Answers overtake each other; what is left only falls.
    tracker.tell(now, &answered(again.ticket, 0, 5000));
    tracker.tell(now, &answered(tickets[1], 2, 5000));
    tracker.tell(now, &answered(tickets[2], 1, 5000));
    let refused = tracker.ask(now, &lookup(HOUR));
    assert_eq!((refused.verdict, refused.status), (REFUSE, Status::QuotaExhausted as i32));
    assert_eq!(refused.family.as_str(), "reputation_api");
    // When the window ends, a full one opens.
    assert_eq!(tracker.ask(now + 5001 * SECOND, &lookup(HOUR)).verdict, GO);
}

#[test]
fn a_crowd_at_the_start_waits_for_the_first_answer() {
    let mut tracker = Tracker::default();
    let first = tracker.ask(START, &lookup(HOUR));
    assert_eq!(first.verdict, GO);
    let mut second = lookup(HOUR);
    let waiting = tracker.ask(START, &second);
    assert_eq!(waiting.verdict, WAIT);
    // Whoever will not wait is let through, and so is everybody when the first answer takes too long.
    assert_eq!(tracker.ask(START, &lookup(Duration::ZERO)).verdict, GO);
    second.ticket = waiting.ticket;
    assert_eq!(tracker.ask(START + MOST_PROBE + 1, &second).verdict, GO);
}

#[test]
fn a_bulk_call_is_cut_to_what_is_left() {
    let mut tracker = Tracker::default();
    let first = tracker.ask(START, &lookup(HOUR));
    tracker.tell(START, &answered(first.ticket, 30, 5000));
    let mut bulk = lookup(HOUR);
    bulk.cost = 50;
    let answer = tracker.ask(START, &bulk);
    assert_eq!((answer.verdict, answer.granted), (GO, 30));
    bulk.at_least = 50;
    assert_eq!(tracker.ask(START, &bulk).verdict, REFUSE);
}

#[test]
fn never_more_than_n_starts_in_any_window_whatever_the_network_does() {
    let mut tracker = Tracker::default();
    let window = Duration::from_secs(5);
    let mut arrivals = Vec::new();
    let mut now = START;
    for call in 0..40_u64 {
        let mut ask = upload(HOUR);
        ask.cost = 0;
        ask.throttle_requests = 10;
        ask.throttle_window_ns = window.as_nanos() as u64;
        let (granted, answer) = wait_for(&mut tracker, now, &mut ask);
        assert_eq!(answer.verdict, GO);
        // The request reaches the service at any time between the start and the answer.
        let travel = (call * 7919 % 100) * MS;
        arrivals.push(granted + travel);
        now = granted;
        let mut tell = Tell::new(ACCOUNT, answer.ticket, ANSWERED);
        tell.http_status = 200;
        tracker.tell(granted + travel, &tell);
    }
    arrivals.sort_unstable();
    for pair in arrivals.windows(11) {
        assert!(pair[10] - pair[0] > 5 * SECOND, "11 requests within 5 s");
    }
    let makespan = (arrivals[39] - arrivals[0]) as f64 / 1e9;
    assert!(makespan < 15.0 * 1.03, "{makespan}");
}

#[test]
fn the_queue_is_first_come_first_served_and_gives_up_on_the_dead() {
    let mut tracker = Tracker::default();
    let ask = |ticket| {
        let mut ask = upload(HOUR);
        ask.cost = 0;
        ask.throttle_requests = 1;
        ask.throttle_window_ns = SECOND;
        ask.ticket = ticket;
        ask
    };
    assert_eq!(tracker.ask(START, &ask(0)).verdict, GO);
    let first = tracker.ask(START + MS, &ask(0));
    let second = tracker.ask(START + 2 * MS, &ask(0));
    assert!(second.wait_ns > first.wait_ns + SECOND / 2, "each waits for its own turn");
    // At the first one's turn the second may not overtake.
    let turn = START + MS + first.wait_ns;
    assert_eq!(tracker.ask(turn, &ask(second.ticket)).verdict, WAIT);
    assert_eq!(tracker.ask(turn, &ask(first.ticket)).verdict, GO);
    // A caller that left moves everybody up.
    let third = tracker.ask(turn, &ask(0));
    tracker.tell(turn, &Tell::new(ACCOUNT, second.ticket, NOT_SENT));
    let sooner = tracker.ask(turn, &ask(third.ticket));
    assert!(sooner.wait_ns < third.wait_ns, "{} {}", sooner.wait_ns, third.wait_ns);
    // One that has not asked for long is gone without a word.
    let fourth = tracker.ask(turn, &ask(0));
    assert_eq!(fourth.verdict, WAIT);
    assert_eq!(tracker.ask(turn + LEASE + SECOND, &ask(fourth.ticket)).verdict, GO);
}

#[test]
fn a_throttle_that_nobody_knew_is_learned_from_one_refusal() {
    let mut tracker = Tracker::default();
    let mut made = 0;
    let mut refusals = 0;
    let mut now = START;
    let mut served: Vec<Nanos> = Vec::new();
    while made < 30 {
        let mut ask = upload(HOUR);
        ask.cost = 0;
        let (granted, answer) = wait_for(&mut tracker, now, &mut ask);
        assert_eq!(answer.verdict, GO);
        now = granted + MS;
        let in_window = served.iter().filter(|at| **at + 5 * SECOND > granted).count();
        let mut tell = Tell::new(ACCOUNT, answer.ticket, ANSWERED);
        tell.operation = Operation::FileSubmit as i32;
        if in_window >= 10 {
            refusals += 1;
            tell.http_status = 429;
            tell.code = 429_001;
            tell.throttle_requests = 10;
            tell.throttle_window_ns = 5 * SECOND;
        } else {
            served.push(granted);
            made += 1;
            tell.http_status = 200;
        }
        tracker.tell(now, &tell);
    }
    assert_eq!(refusals, 1);
    assert!((now - START) as f64 / 1e9 < 10.5, "{}", (now - START) as f64 / 1e9);
}

#[test]
fn after_a_refusal_without_a_rate_everybody_is_held() {
    let mut tracker = Tracker::default();
    let first = tracker.ask(START, &upload(HOUR));
    let mut tell = throttled(first.ticket);
    tell.retry_after_ns = 7 * SECOND;
    tracker.tell(START, &tell);
    let refused = tracker.ask(START, &upload(Duration::from_secs(5)));
    assert_eq!((refused.verdict, refused.status), (REFUSE, Status::Throttled as i32));
    assert!((7.0..7.5).contains(&(refused.wait_ns as f64 / 1e9)));
    assert_eq!(tracker.ask(START, &upload(HOUR)).verdict, WAIT);
    // Lookups are not throttled and go on.
    assert_eq!(tracker.ask(START, &lookup(HOUR)).verdict, GO);
    // Without any hint a minute is the modest guess.
    let mut tracker = Tracker::default();
    let first = tracker.ask(START, &upload(HOUR));
    tracker.tell(START, &throttled(first.ticket));
    let wait = tracker.ask(START, &upload(HOUR)).wait_ns as f64 / 1e9;
    assert!((60.0..60.5).contains(&wait), "{wait}");
}

#[test]
fn an_operation_that_the_table_calls_free_is_throttled_once_the_service_says_so() {
    let mut tracker = Tracker::default();
    let first = tracker.ask(START, &lookup(HOUR));
    let mut tell = throttled(first.ticket);
    tell.operation = Operation::HashLookup as i32;
    tell.retry_after_ns = 5 * SECOND;
    tracker.tell(START, &tell);
    assert_eq!(tracker.ask(START, &lookup(HOUR)).status, Status::Throttled as i32);
}

#[test]
fn a_setting_is_trusted_over_what_a_text_says() {
    let mut tracker = Tracker::default();
    let mut ask = upload(HOUR);
    ask.throttle_requests = 5;
    ask.throttle_window_ns = SECOND;
    let answer = tracker.ask(START, &ask);
    let mut tell = throttled(answer.ticket);
    tell.throttle_requests = 99;
    tell.throttle_window_ns = 60 * SECOND;
    tracker.tell(START, &tell);
    let quota = Quota::from(tracker.view(START).remove(0));
    assert_eq!((quota.throttle.requests, quota.throttle.source.as_str()), (Some(5), "setting"));
}

#[test]
fn a_block_stops_all_traffic_for_its_hour() {
    let mut tracker = Tracker::default();
    let first = tracker.ask(START, &lookup(HOUR));
    let mut tell = Tell::new(ACCOUNT, first.ticket, ANSWERED);
    tell.http_status = 403;
    tell.code = 403_002;
    tracker.tell(START, &tell);
    let mut free = Ask::new(ACCOUNT);
    free.operation = Operation::ApikeyInfo as i32;
    free.max_wait_ns = u64::MAX - 1;
    let refused = tracker.ask(START + SECOND, &free);
    assert_eq!((refused.verdict, refused.status), (REFUSE, Status::Blocked as i32));
    assert_eq!(refused.wait_ns, 3599 * SECOND);
    assert_eq!(tracker.ask(START + 3601 * SECOND, &free).verdict, GO);
    let mut other = free;
    other.account = [8; 16];
    assert_eq!(tracker.ask(START + SECOND, &other).verdict, GO);
}

#[test]
fn the_service_names_the_family_and_the_table_only_guesses() {
    let mut tracker = Tracker::default();
    let first = tracker.ask(START, &lookup(HOUR));
    let mut tell = answered(first.ticket, 0, 5000);
    tell.family = Name::new("analysis_api");
    tracker.tell(START, &tell);
    let refused = tracker.ask(START, &lookup(Duration::ZERO));
    assert_eq!((refused.verdict, refused.family.as_str()), (REFUSE, "analysis_api"));
    let quota = Quota::from(tracker.view(START).remove(0));
    let family = quota.families.iter().find(|family| family.name == "analysis_api").unwrap();
    assert_eq!((family.limit, family.remaining, family.used), (Some(100), Some(0), Some(100)));
    assert_eq!(family.source, "header");
}

#[test]
fn a_forked_child_does_not_wait_for_its_parents_callers() {
    let mut tracker = Tracker::default();
    let first = tracker.ask(START, &lookup(HOUR));
    tracker.tell(START, &answered(first.ticket, 1, 5000));
    assert_eq!(tracker.ask(START, &lookup(HOUR)).verdict, GO);
    assert_eq!(tracker.ask(START, &lookup(HOUR)).verdict, WAIT);
    tracker.forget_callers();
    assert_eq!(tracker.ask(START, &lookup(HOUR)).verdict, GO);
}

#[test]
fn answers_without_headers_or_with_nonsense_never_stop_the_traffic() {
    let mut tracker = Tracker::default();
    for call in 0..1000_u64 {
        let answer = tracker.ask(START + call, &lookup(HOUR));
        assert_eq!(answer.verdict, GO, "call {call}");
        let mut tell = Tell::new(ACCOUNT, answer.ticket, if call % 3 == 0 { LOST } else { ANSWERED });
        tell.http_status = 200;
        tell.bad_headers = 1;
        tracker.tell(START + call, &tell);
        // The same told twice, or for a ticket that nobody has, changes nothing.
        tracker.tell(START + call, &tell);
        tracker.tell(START + call, &Tell::new([9; 16], call, ANSWERED));
    }
    // "Nothing left" without a word on when it opens again ends by itself.
    let answer = tracker.ask(START, &lookup(HOUR));
    let mut tell = answered(answer.ticket, 0, 0);
    tell.reset_ns = ABSENT;
    tell.interval_ns = ABSENT;
    tracker.tell(START, &tell);
    assert_eq!(tracker.ask(START + SECOND, &lookup(Duration::ZERO)).verdict, REFUSE);
    assert_eq!(tracker.ask(START + 3601 * SECOND, &lookup(Duration::ZERO)).verdict, GO);
}

#[test]
fn news_that_comes_late_makes_no_older_answer_look_newer() {
    let mut tracker = Tracker::default();
    let probe = tracker.ask(START, &lookup(Duration::ZERO));
    tracker.tell(START, &answered(probe.ticket, 12, 1000));
    let [first, second, third] =
        [100, 120, 130].map(|at| tracker.ask(START + at * MS, &lookup(Duration::ZERO)).ticket);
    tracker.tell(START + 200 * MS, &answered(third, 5, 1000));
    // A store was away: this answer, which came before that one, is told after it.
    let mut news = answered(first, 9, 1000);
    news.ago_ns = 135 * MS;
    tracker.tell(START + 250 * MS, &news);
    tracker.tell(START + 260 * MS, &answered(second, 8, 1000));
    assert_eq!(tracker.view(START + 270 * MS)[0].families[0].1.remaining, Some(5));
}

#[test]
fn a_lost_call_counts_until_the_answer_to_a_later_one_says_that_it_was_never_sent() {
    let mut tracker = Tracker::default();
    let mut now = START;
    let mut left_after = |outcome: Option<u64>| {
        now += SECOND;
        let ticket = tracker.ask(now, &lookup(Duration::ZERO)).ticket;
        let lost = Tell::new(ACCOUNT, ticket, LOST);
        tracker.tell(now + MS, &outcome.map_or(lost, |left| answered(ticket, left, 3600)));
        tracker.view(now + MS)[0].families[0].1.remaining
    };
    assert_eq!(left_after(Some(50)), Some(50));
    assert_eq!(left_after(None), Some(49));
    assert_eq!(left_after(Some(49)), Some(49), "the service was asked once since it had 50, not twice");
}

//! Keys, allowances, throttle.

mod common;

use common::house;
use serde_json::json;

const UNKNOWN: &str = "/hash/AD921D60486366258809553A3DB49A4A";

#[test]
fn charged_answers_carry_every_rate_limit_header() {
    let house = house(&[("allowance.reputation_api", "4000")]);
    let first = house.get(UNKNOWN);
    for (name, value) in [
        ("x-ratelimit-for", "reputation_api"),
        ("x-ratelimit-limit", "4000"),
        ("x-ratelimit-used", "1"),
        ("x-ratelimit-remaining", "3999"),
        ("x-ratelimit-reset-in", "86400s"),
        ("x-ratelimit-interval", "86400"),
        ("x-authenticated", "by apikey"),
        ("content-type", "application/json; charset=utf-8"),
    ] {
        assert_eq!(first.header(name), value, "{name}");
    }
    assert!(first.header("x-response-time").ends_with("ms"));
    house.advance(1_500);
    assert_eq!(house.get(UNKNOWN).header("x-ratelimit-reset-in"), "86399s");
    assert_eq!(house.get("/apikey/").header("x-ratelimit-for"), "", "nothing is charged, nothing is told");
}

#[test]
fn an_allowance_ends_with_429000_and_comes_back_with_its_window() {
    let house = house(&[("allowance.prevention_api", "2"), ("retry_after", "true")]);
    house.submit(b"a", &[]);
    house.advance(3_600_000);
    house.submit(b"b", &[]);
    let refused = house.upload(b"c", &[]);
    assert_eq!((refused.status, refused.code()), (429, 429_000));
    assert!(refused.text().contains("Limit: 2 / 2"), "{}", refused.text());
    assert_eq!(refused.header("x-ratelimit-remaining"), "0");
    assert_eq!(refused.header("x-ratelimit-reset-in"), "82800s");
    assert_eq!(refused.header("retry-after"), "82800");
    assert_eq!(house.get(UNKNOWN).status, 404, "other families go on");
    house.advance(82_799_999);
    assert_eq!(house.upload(b"c", &[]).code(), 429_000);
    house.advance(1);
    assert_eq!(house.upload(b"c", &[]).header("x-ratelimit-used"), "1");
}

#[test]
fn a_bulk_lookup_that_does_not_fit_is_refused_whole() {
    let house = house(&[("allowance.reputation_api", "5")]);
    let hashes = |count: usize| json!({"hash": vec!["AD921D60486366258809553A3DB49A4A"; count]});
    assert_eq!(house.post_json("/hash", &hashes(3)).header("x-ratelimit-remaining"), "2");
    assert_eq!(house.post_json("/hash", &hashes(3)).code(), 429_000);
    assert_eq!(house.post_json("/hash", &hashes(2)).header("x-ratelimit-remaining"), "0");
}

#[test]
fn bulk_lookups_can_be_charged_by_what_was_found_or_by_request() {
    for (charge, used) in [("found", "0"), ("request", "1"), ("entries", "2")] {
        let house = house(&[("bulk_charge", charge)]);
        let answer = house.post_json("/hash", &json!({"hash": ["a", "b"]}));
        assert_eq!(answer.header("x-ratelimit-used"), used, "{charge}");
    }
}

#[test]
fn the_throttle_counts_only_its_own_operations_in_one_window() {
    let house = house(&[("throttle", "2/60s")]);
    house.submit(b"a", &[]);
    house.advance(10_000);
    assert_eq!(house.post_json("/hash", &json!({"hash": ["x"]})).status, 200, "another operation, same log");
    let refused = house.upload(b"b", &[]);
    assert_eq!((refused.status, refused.code()), (429, 429_001));
    assert!(refused.text().contains("maximum requests per minute: 2 for free user"));
    assert_eq!(refused.header("x-ratelimit-for"), "prevention_api");
    assert_eq!(refused.header("x-ratelimit-used"), "1", "not charged");
    assert_eq!(refused.header("retry-after"), "");
    assert_eq!(house.get(UNKNOWN).status, 404, "single lookups are not throttled");
    assert_eq!(house.get("/apikey/limits/status").json()["throttling_limit"], 0);
    house.advance(50_000);
    assert_eq!(house.upload(b"b", &[]).status, 200, "the first start has left the window");
    assert_eq!(house.upload(b"c", &[]).status, 429, "the second has not");
}

#[test]
fn throttled_answers_can_come_without_headers_and_cover_everything() {
    let house = house(&[("throttle", "1/5s"), ("throttle_all", "true"), ("throttle_headers", "false")]);
    house.get("/apikey/");
    let refused = house.get(UNKNOWN);
    assert!(refused.text().contains("maximum requests per 5 seconds: 1"), "{}", refused.text());
    assert_eq!(refused.header("x-ratelimit-for"), "");
    assert_eq!(house.get("/status/version").status, 200, "what needs no key is never throttled");
}

#[test]
fn too_many_wrong_keys_block_the_address_for_an_hour() {
    let house = house(&[("wrong_key_limit", "3")]);
    let url = format!("{}/apikey/", house.emulator.base_url());
    for _ in 0..3 {
        let answer = house.bare("GET", &url, &[("apikey", "wrong")], b"").unwrap();
        assert_eq!((answer.status, answer.code()), (401, 401_006));
    }
    assert_eq!(house.get("/apikey/").code(), 403_002, "even the right key");
    house.advance(3_599_999);
    assert_eq!(house.get("/apikey/").code(), 403_002);
    house.advance(1);
    assert_eq!(house.get("/apikey/").status, 200);
    let without = house.bare("GET", &url, &[], b"").unwrap();
    assert_eq!(without.code(), 401_000);
    let old_style = house.bare("GET", &url, &[("authorization", "apikey x")], b"").unwrap();
    assert_eq!(old_style.code(), 401_003);
}

#[test]
fn amounts_used_and_left_agree_with_the_headers() {
    let house = house(&[("allowance.prevention_api", "40")]);
    house.submit(b"a", &[]);
    house.get(UNKNOWN);
    let used = house.get("/apikey/limits").json();
    assert_eq!(used["prevention_api"], "1", "a number as text, as the service mixes them");
    assert_eq!(used["reputation_api"], 1);
    assert_eq!(house.get("/apikey/limits/status").json()["prevention_api"], 39);
    let info = house.get("/apikey").json();
    assert_eq!((&info["limit_prevention"], &info["paid_user"]), (&json!(40), &json!(0)));
    assert_eq!(info["time_interval"], "daily");
}

#[test]
fn feeds_limit_the_depth_and_use_nothing_up() {
    let house = house(&[("allowance.feed_api", "2000"), ("paid", "true")]);
    assert_eq!(house.get("/feed/infected/latest?page=2").header("x-ratelimit-used"), "0");
    assert_eq!(house.get("/feed/infected/latest?page=2").status, 200);
    assert_eq!(house.get("/feed/infected/latest?page=3").code(), 429_000);
    assert_eq!(house.get("/feed/infected/latest?page=0").code(), 400_033);
}

#[test]
fn a_reset_forgets_amounts_and_the_log_but_no_file() {
    let house = house(&[("throttle", "1/h"), ("scan_time", "0ms")]);
    let data_id = house.submit(b"a", &[]);
    assert_eq!(house.upload(b"b", &[]).status, 429);
    house.emulator.reset();
    assert!(house.emulator.requests().is_empty());
    assert_eq!(house.upload(b"b", &[]).header("x-ratelimit-used"), "1");
    assert_eq!(house.get(&format!("/file/{data_id}")).status, 200);
}

#[test]
fn the_limit_holds_when_many_ask_at_once() {
    let house = house(&[("allowance.prevention_api", "20"), ("throttle", "30/h")]);
    let accepted = std::sync::atomic::AtomicU32::new(0);
    std::thread::scope(|scope| {
        for worker in 0..8 {
            let (house, accepted) = (&house, &accepted);
            scope.spawn(move || {
                for number in 0..10 {
                    let answer = house.upload(format!("{worker} {number}").as_bytes(), &[]);
                    if answer.status == 200 {
                        accepted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    }
                }
            });
        }
    });
    assert_eq!(accepted.into_inner(), 20);
    assert_eq!(house.emulator.requests().len(), 80);
}

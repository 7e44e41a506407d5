//! The scenes: what a key's owner meets on a day.

use crate::scene::{
    Call, Crowd, Event, LedgerKind, Limit, Network, Promise, Refusal, Rounding, Rules, Scene, Sight, Text,
    Window,
};

/// A day.
const DAY: u64 = 86_400;

/// More patience than any scene is long.
const FOREVER: u64 = 40 * DAY;

/// All of them.
pub fn all() -> Vec<Scene> {
    let free = || known("free-2018", 10, 60);
    let mut scenes = vec![
        Scene {
            about: "10 a minute, 40 uploads and 4,000 lookups a day: two days of both, over one reset",
            service: Rules { allowances: vec![PREVENTION, REPUTATION], ..rules(10, 60) },
            crowds: vec![
                Crowd { calls: 20, ..crowd(4, Call::Upload) },
                Crowd { calls: 2_000, every: 40, ..crowd(4, Call::Lookup) },
            ],
            ..free()
        },
        Scene {
            about: "9 an hour and 45 scans a day: 60 uploads that wait as long as it takes",
            service: Rules { allowances: vec![("prevention_api", 45, DAY)], ..rules(9, 3600) },
            crowds: vec![Crowd { calls: 20, ..crowd(3, Call::Upload) }],
            ..known("free-today", 9, 3600)
        },
        Scene {
            about: "75 a minute: 8 callers upload for two hours",
            crowds: vec![Crowd { calls: 1_125, ..crowd(8, Call::Upload) }],
            ..known("standard", 75, 60)
        },
        Scene {
            about: "150 a minute: uploads in a row, and bulk lookups now and then",
            crowds: vec![
                Crowd { calls: 1_000, ..crowd(8, Call::Upload) },
                Crowd { calls: 40, every: 60, ..crowd(4, Call::Bulk(1, 1000)) },
            ],
            ..known("professional", 150, 60)
        },
        Scene {
            about: "500 a minute: 64 callers in a row for half an hour",
            crowds: vec![Crowd { calls: 235, ..crowd(64, Call::Upload) }],
            ..known("enterprise", 500, 60)
        },
        Scene {
            about: "as free-2018, in a window that opens with its first request and ends as a whole",
            service: Rules { window: Window::Fixed, ..rules(10, 60) },
            crowds: vec![Crowd { calls: 150, ..crowd(8, Call::Upload) }],
            ..known("fixed-window", 10, 60)
        },
        Scene {
            about: "light traffic, far below the limit: nobody waits for nothing",
            crowds: vec![Crowd { calls: 200, every: 300, ..crowd(10, Call::Upload) }],
            ..known("light", 10, 60)
        },
        Scene {
            about: "no rate known, and 8 callers at once: the text of one 429001 names it",
            ..unknown("unknown-minute", 10, 60)
        },
        Scene {
            about: "the same with 32 callers: the first ten go one by one, so that only one meets a refusal",
            crowds: vec![Crowd { calls: 30, ..crowd(32, Call::Upload) }],
            ..unknown("unknown-crowd", 10, 60)
        },
        Scene {
            about: "32 callers and 150 a minute: who has seen 20 go through lets two go at once, and so on",
            crowds: vec![Crowd { calls: 300, ..crowd(32, Call::Upload) }],
            promise: Promise { in_air: 150 / 20, ..unknown("", 10, 60).promise },
            ..unknown("unknown-paid", 150, 60)
        },
        Scene {
            about: "the same with 9 an hour, Retry-After and headers",
            service: Rules {
                refusal: Refusal { text: Text::Ahead, headers: true, retry_after: true },
                allowances: vec![("prevention_api", 1_000, DAY)],
                ..rules(9, 3600)
            },
            crowds: vec![Crowd { calls: 54, ..crowd(8, Call::Upload) }],
            ..unknown("unknown-hour", 9, 3600)
        },
        Scene {
            about: "no text names the rate: it is taken from our own log, and anew every hour",
            service: Rules { refusal: SILENT, ..rules(10, 60) },
            promise: Promise { lessons: 3, ..KEPT },
            ..unknown("silent-minute", 10, 60)
        },
        Scene {
            about: "the same with 32 callers",
            service: Rules { refusal: SILENT, ..rules(10, 60) },
            crowds: vec![Crowd { calls: 15, ..crowd(32, Call::Upload) }],
            promise: Promise { lessons: 2, ..KEPT },
            ..unknown("silent-crowd", 10, 60)
        },
        Scene {
            about: "the same with 9 an hour: a third 429001 tells an hour from a minute",
            service: Rules { refusal: SILENT, ..rules(9, 3600) },
            crowds: vec![Crowd { calls: 90, ..crowd(6, Call::Upload) }],
            // The minute that was supposed first.
            promise: Promise { lessons: 3, surprise: 60, ..KEPT },
            ..unknown("silent-hour", 9, 3600)
        },
        Scene {
            about: "the service goes from 10 a minute to 5 a minute in the middle of the day",
            events: vec![(3600, Event::Rate(Limit { requests: 5, seconds: 60 }))],
            promise: Promise { lessons: 2, in_air: 7, ..KEPT },
            ..unknown("rate-changes", 10, 60)
        },
        Scene {
            about: "three windows of 100 lookups an hour in a row, with Reset-In rounded down",
            service: Rules {
                allowances: vec![("reputation_api", 100, 3600)],
                rounding: Rounding::Down,
                ..rules(10, 60)
            },
            crowds: vec![Crowd { calls: 50, ..crowd(8, Call::Lookup) }],
            ..known("windows", 10, 60)
        },
        Scene {
            about: "the service opens its allowance anew before its time",
            service: Rules { allowances: vec![("reputation_api", 400, DAY)], ..rules(10, 60) },
            crowds: vec![Crowd { calls: 90, every: 120, ..crowd(8, Call::Lookup) }],
            events: vec![(4_000, Event::Reset)],
            ..known("early-reset", 10, 60)
        },
        Scene {
            about: "a third of the answers without headers, a third of the rest with nonsense in them",
            service: Rules {
                allowances: vec![("prevention_api", 600, DAY), ("reputation_api", 3_000, DAY)],
                bare: 33,
                garbage: 33,
                ..rules(10, 60)
            },
            crowds: vec![
                Crowd { calls: 100, ..crowd(5, Call::Upload) },
                Crowd { calls: 500, every: 20, ..crowd(5, Call::Lookup) },
            ],
            ..known("garbage", 10, 60)
        },
        Scene {
            about: "answers up to 2 s apart overtake each other, 2 % are lost, 2 % do not leave the house",
            service: Rules { allowances: vec![("reputation_api", 3_000, 7_200)], ..rules(75, 60) },
            crowds: vec![
                // Long enough that it matters little who has lost his last answer, and so comes late.
                Crowd { calls: 500, ..crowd(16, Call::Upload) },
                Crowd { calls: 90, every: 10, ..crowd(16, Call::Lookup) },
            ],
            network: Network { there: (5, 300), back: (5, 2_000), lost: 2, unsent: 2 },
            promise: Promise { sight: Sight::Answers, ..KEPT },
            ..known("jitter", 75, 60)
        },
        Scene {
            about: "8 processes share a ledger; their wall clocks are set by hours, and by years",
            crowds: vec![Crowd { processes: 8, calls: 60, ..crowd(8, Call::Upload) }],
            ledger: LedgerKind::Shared,
            events: vec![
                (100, Event::SetClock(0, 7_200)),
                (200, Event::SetClock(1, -7_200)),
                (300, Event::SetClock(2, 100_000_000)),
                (400, Event::SetClock(3, -100_000_000)),
                (900, Event::SetClock(0, -7_200)),
            ],
            ..known("clock-steps", 10, 60)
        },
        Scene {
            about: "16 callers in 4 processes share a ledger; two processes are killed",
            service: Rules { allowances: vec![("prevention_api", 700, DAY)], ..rules(30, 60) },
            crowds: vec![Crowd { processes: 4, calls: 40, ..crowd(16, Call::Upload) }],
            ledger: LedgerKind::Shared,
            events: vec![(130, Event::Kill(1)), (430, Event::Kill(3))],
            promise: Promise { all_done: false, ..KEPT },
            ..known("killed", 30, 60)
        },
        Scene {
            about: "uploads and bulk lookups in 6 processes on one ledger, written down at each change",
            service: Rules { allowances: vec![PREVENTION, ("reputation_api", 20_000, DAY)], ..rules(20, 60) },
            crowds: vec![
                Crowd { processes: 6, calls: 5, ..crowd(6, Call::Upload) },
                Crowd { processes: 6, calls: 40, ..crowd(6, Call::Bulk(1, 80)) },
            ],
            ledger: LedgerKind::Shared,
            ..known("processes", 20, 60)
        },
        Scene {
            about: "bulk lookups of 1 to 50 that leave 500 to others, who reserve theirs beforehand",
            service: Rules { allowances: vec![("reputation_api", 3_000, DAY)], ..rules(20, 60) },
            crowds: vec![
                Crowd { reserves: true, calls: 50, every: 30, max_wait: 300, ..crowd(4, Call::Lookup) },
                Crowd { leave: 500, calls: 30, every: 20, max_wait: 300, ..crowd(6, Call::Bulk(1, 50)) },
            ],
            // What is reserved does not get through for others, as it would in the ideal schedule.
            promise: Promise { all_done: false, ..KEPT },
            ..known("reserved", 20, 60)
        },
        Scene {
            about: "1,000 callers wait at once for 150 a minute",
            crowds: vec![Crowd { calls: 1, ..crowd(1_000, Call::Upload) }],
            ..known("crowd", 150, 60)
        },
        Scene {
            about: "somebody else with the same key takes 7 of 10 now and then",
            crowds: vec![Crowd { calls: 60, every: 30, ..crowd(4, Call::Upload) }],
            events: (1..=5).map(|n| (n * 240, Event::Stranger(7))).collect(),
            promise: Promise { lessons: 5, in_air: 5 * 3, surprise: 60, ..KEPT },
            ..known("stranger", 10, 60)
        },
        Scene {
            about: "the address is blocked (403002) for an hour: one answer says so, and all traffic stops",
            crowds: vec![Crowd { calls: 60, every: 60, max_wait: 5, ..crowd(6, Call::Lookup) }],
            events: vec![(1_200, Event::Block)],
            promise: Promise { all_done: false, ..KEPT },
            ..known("blocked", 10, 60)
        },
    ];
    scenes.push(Scene {
        about: "as garbage, with the ledger written down and read back after each decision",
        ledger: LedgerKind::Reread,
        name: "reread".to_owned(),
        ..scenes.iter().find(|scene| scene.name == "garbage").cloned().unwrap_or_else(|| known("", 10, 60))
    });
    scenes
}

const PREVENTION: (&str, u64, u64) = ("prevention_api", 40, DAY);
const REPUTATION: (&str, u64, u64) = ("reputation_api", 4_000, DAY);
const SILENT: Refusal = Refusal { text: Text::Silent, headers: false, retry_after: false };

/// Not one refusal, everything served, and the last call within a percent of the ideal moment.
const KEPT: Promise = Promise {
    lessons: 0,
    in_air: 0,
    exhausted: 0,
    sight: Sight::Counter,
    late: 100,
    surprise: 0,
    all_done: true,
};

/// The rate is set.
fn known(name: &str, requests: u32, seconds: u64) -> Scene {
    Scene { setting: Some((requests, seconds)), promise: KEPT, ..unknown(name, requests, seconds) }
}

/// Nothing is known beforehand.
fn unknown(name: &str, requests: u32, seconds: u64) -> Scene {
    Scene {
        name: name.to_owned(),
        about: "",
        service: rules(requests, seconds),
        setting: None,
        crowds: vec![Crowd { calls: 150, ..crowd(8, Call::Upload) }],
        ledger: LedgerKind::Memory,
        network: Network { there: (20, 150), back: (20, 150), lost: 0, unsent: 0 },
        events: vec![],
        promise: Promise { lessons: 1, ..KEPT },
    }
}

fn rules(requests: u32, seconds: u64) -> Rules {
    Rules {
        rate: Some(Limit { requests, seconds }),
        window: Window::Sliding,
        allowances: vec![],
        refusal: Refusal { text: Text::Behind, headers: false, retry_after: false },
        rounding: Rounding::Nearest,
        bare: 0,
        garbage: 0,
    }
}

fn crowd(callers: usize, call: Call) -> Crowd {
    Crowd { callers, processes: 1, call, calls: 1, every: 0, max_wait: FOREVER, leave: 0, reserves: false }
}

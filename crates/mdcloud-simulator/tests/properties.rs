//! What holds for every history, on histories that chance makes.
//!
//! The generator is ours, and no library's: a history is a seed, what comes next in it depends on what the
//! tracker answered, and a failing seed is named and run again as it is.

use mdcloud_simulator::chance::Chance;
use mdcloud_simulator::run::run;
use mdcloud_simulator::scene::{
    Call, Crowd, Event, LedgerKind, Limit, Network, Promise, Refusal, Rounding, Rules, Scene, Sight, Text,
    Window,
};

/// A scene that nobody thought of.
fn by_chance(seed: u64) -> Scene {
    let mut chance = Chance::new(seed ^ 0x5eed);
    let c = &mut chance;
    let (requests, seconds) = c.pick(&[(1, 30), (2, 60), (9, 600), (10, 60), (37, 60), (75, 60)]);
    let setting = c.percent(60).then_some((requests, seconds));
    let processes = c.between(1, 4) as usize;
    let refusal = Refusal {
        text: c.pick(&[Text::Behind, Text::Ahead]),
        headers: c.percent(50),
        retry_after: c.percent(50),
    };
    let interval = c.pick(&[1_800, 7_200, 86_400]);
    let crowd = |c: &mut Chance, call| Crowd {
        callers: c.between(1, 6) as usize,
        processes,
        call,
        calls: c.between(1, 15) as usize,
        every: c.pick(&[0, 0, 1, 30, 300]),
        max_wait: c.pick(&[0, 5, 100, 3_000]),
        leave: c.pick(&[0, 0, 0, 5]),
        reserves: false,
    };
    let crowds = vec![
        crowd(c, Call::Upload),
        crowd(c, Call::Lookup),
        Crowd { callers: 3, ..crowd(c, Call::Bulk(1, 20)) },
    ];
    // The first answer tells what there is: it must not be lost, and who will not wait does not wait for it.
    let (bare, garbage) = c.pick(&[(0, 0), (0, 0), (30, 0), (30, 30)]);
    let hour = |c: &mut Chance| c.between(10, 3_000);
    let mut events = Vec::new();
    for _ in 0..c.between(0, 3) {
        let process = c.between(0, processes as u64 - 1) as usize;
        let step = c.pick(&[-100_000_000, -3_600, -1, 1, 3_600, 100_000_000]);
        events.push((hour(c), Event::SetClock(process, step)));
    }
    let ledger = c.pick(&[LedgerKind::Memory, LedgerKind::Reread, LedgerKind::Shared]);
    Scene {
        name: format!("seed {seed}"),
        about: "",
        service: Rules {
            rate: Some(Limit { requests, seconds }),
            window: c.pick(&[Window::Sliding, Window::Fixed]),
            allowances: vec![
                ("prevention_api", c.between(20, 100), interval),
                ("reputation_api", c.between(100, 1_000), interval),
            ],
            refusal,
            rounding: c.pick(&[Rounding::Down, Rounding::Nearest, Rounding::Up]),
            bare,
            garbage,
        },
        setting,
        crowds,
        ledger,
        network: Network {
            there: (1, c.between(1, 400)),
            back: (1, c.between(1, 1_500)),
            lost: c.pick(&[0, 0, 3]),
            unsent: c.pick(&[0, 0, 3]),
        },
        events,
        promise: Promise {
            lessons: 1,
            in_air: 0,
            exhausted: 0,
            sight: Sight::Counter,
            late: u64::MAX,
            surprise: 0,
            all_done: false,
        },
    }
}

/// As many as take a few seconds; mistakes that one of them shows become tests of their own in the core.
const SEEDS: std::ops::Range<u64> = 0..300;

#[test]
fn no_history_breaks_a_limit_loses_a_permit_or_starves_a_caller() {
    let mut broken = Vec::new();
    for seed in SEEDS {
        let scene = by_chance(seed);
        let record = run(&scene, seed).unwrap();
        let calls: usize = scene.crowds.iter().map(|crowd| crowd.callers * crowd.calls).sum();
        let ended = record.done + record.refused_here + record.refused_there;
        let mut wrong = Vec::new();
        // A lost answer ends its call too, and nobody counts it as served.
        if ended > calls || (scene.network.lost == 0 && ended != calls) {
            wrong.push(format!("{calls} calls, of which {ended} ended"));
        }
        let lessons = usize::from(scene.setting.is_none());
        if record.throttled.lessons > lessons {
            wrong.push(format!("{} 429001 that teach, {lessons} promised", record.throttled.lessons));
        }
        // What a refusal wastes, where nobody loses patience and each answer is heard.
        let is_patient = scene.crowds.iter().all(|crowd| crowd.max_wait >= 100);
        let through = scene.service.rate.map_or(0, |rate| rate.requests as usize);
        if is_patient && scene.network.lost == 0 && record.throttled.under_way > through / 20 {
            wrong.push(format!("{} 429001 that were in the air", record.throttled.under_way));
        }
        let blind = scene.service.bare > 0;
        if record.exhausted.lessons > 0 && !blind {
            wrong.push(format!("{} 429000", record.exhausted.lessons));
        }
        let held: u64 = record.quota.iter().map(|quota| quota.in_flight + quota.throttle.waiting).sum();
        if held > 0 {
            wrong.push(format!("{held} permits or places are left"));
        }
        broken.extend(wrong.iter().map(|why| format!("seed {seed}: {why}\n    {scene:?}")));
    }
    assert!(broken.is_empty(), "{}\n{} in all", broken[..broken.len().min(3)].join("\n"), broken.len());
}

#[test]
fn a_ledger_that_is_written_down_and_read_back_decides_the_same() {
    for seed in 0..30 {
        let trace = |ledger| run(&Scene { ledger, ..by_chance(seed) }, seed).unwrap().trace;
        assert_eq!(trace(LedgerKind::Memory), trace(LedgerKind::Reread), "seed {seed}");
    }
}

#[test]
fn no_wall_clock_that_is_set_changes_a_decision() {
    for seed in 0..30 {
        let set = Scene { ledger: LedgerKind::Shared, ..by_chance(seed) };
        let left_alone = Scene { events: vec![], ..set.clone() };
        assert_eq!(run(&set, seed).unwrap().trace, run(&left_alone, seed).unwrap().trace, "seed {seed}");
    }
}

#[test]
fn several_processes_decide_as_one_would() {
    for seed in 0..30 {
        let trace = |ledger| {
            let scene = by_chance(seed);
            run(&Scene { ledger, ..scene }, seed).unwrap()
        };
        let (one, several) = (trace(LedgerKind::Memory), trace(LedgerKind::Shared));
        assert_eq!(
            (one.done, one.refused_here, one.last),
            (several.done, several.refused_here, several.last),
            "seed {seed}"
        );
    }
}

//! Every scene keeps its promises, whatever chance does.

use mdcloud_simulator::run::run;
use mdcloud_simulator::scene::{Limit, Scene, Window};
use mdcloud_simulator::scenes;

#[test]
fn every_scene_keeps_its_promises() {
    let mut broken = Vec::new();
    for scene in scenes::all() {
        for seed in [1, 2] {
            let record = run(&scene, seed).unwrap();
            assert!(record.done > 0, "{} shows nothing", scene.name);
            broken.extend(record.broken(&scene).iter().map(|why| format!("{} {seed}: {why}", scene.name)));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_same_seed_gives_the_same_day() {
    for scene in scenes::all().into_iter().filter(|scene| ["garbage", "killed"].contains(&&*scene.name)) {
        let day = |seed| run(&scene, seed).unwrap().trace;
        assert_eq!(day(1), day(1), "{}", scene.name);
        assert_ne!(day(1), day(2), "{}", scene.name);
    }
}

/// A check that cannot fail shows nothing: each kind of promise is broken by something.
#[test]
fn a_broken_promise_is_noticed() {
    let scene = |name: &str| scenes::all().into_iter().find(|scene| scene.name == name).unwrap();
    let broken = |scene: &_| run(scene, 1).unwrap().broken(scene).join("\n");
    let mut too_fast = scene("standard");
    too_fast.setting = Some((80, 60));
    assert!(broken(&too_fast).contains("429001"), "{}", broken(&too_fast));
    // Where what the ideal schedule sees is less, or changes, it still sees who is slow.
    for (name, setting) in [("standard", (74, 60)), ("jitter", (72, 60)), ("rate-changes", (4, 60))] {
        let too_slow = Scene { setting: Some(setting), ..scene(name) };
        assert!(broken(&too_slow).contains("over the ideal end"), "{name}: {}", broken(&too_slow));
    }
    let mut hasty = scene("unknown-crowd");
    hasty.crowds[0].max_wait = 0;
    assert!(broken(&hasty).contains("in the air"), "{}", broken(&hasty));
    let mut small = scene("windows");
    small.service.bare = 100;
    assert!(broken(&small).contains("429000"), "{}", broken(&small));
}

#[test]
fn a_service_that_counts_in_fixed_windows_serves_no_less() {
    let mut scene = scenes::all().into_iter().find(|scene| scene.name == "standard").unwrap();
    for window in [Window::Sliding, Window::Fixed] {
        scene.service.window = window;
        scene.service.rate = Some(Limit { requests: 75, seconds: 60 });
        let record = run(&scene, 9).unwrap();
        assert_eq!((record.done, record.throttled.lessons), (9_000, 0), "{window:?}");
    }
}

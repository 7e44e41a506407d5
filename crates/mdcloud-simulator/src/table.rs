//! A record as a line of a table that a person reads.

use crate::record::Record;
use crate::scene::{Nanos, Scene};

/// The table's head.
pub fn head() -> String {
    format!(
        "{:<15} {:>6} {:>6}  {:>9} {:>6}  {:>8}  {:>15}  {:>15}  {:>15}\n{:<15} {:>6} {:>6}  {:>9} {:>6}  {:>8}  {:>15}  {:>15}  {:>15}",
        "",
        "calls",
        "calls",
        "429001",
        "429000",
        "end over",
        "mean wait",
        "longest wait",
        "mean wait of",
        "scene",
        "served",
        "kept",
        "+in air",
        "403002",
        "ideal",
        "(ideal)",
        "(ideal)",
        "best - worst"
    )
}

/// One line.
pub fn line(scene: &Scene, record: &Record) -> String {
    let throttled = record.throttled;
    let refused = match throttled.under_way {
        0 => throttled.lessons.to_string(),
        more => format!("{} + {more}", throttled.lessons),
    };
    let others = record.exhausted.lessons
        + record.exhausted.under_way
        + record.blocked.lessons
        + record.blocked.under_way;
    let (best, worst) = record.spread();
    format!(
        "{:<15} {:>6} {:>6}  {:>9} {:>6}  {:>6}.{:02} %  {:>15}  {:>15}  {:>15}",
        scene.name,
        record.done,
        record.refused_here,
        refused,
        others,
        record.late() / 100,
        record.late() % 100,
        pair(record.mean_wait(), record.ideal_wait()),
        pair(record.longest, record.ideal.longest),
        format!("{} - {}", time(best), time(worst)),
    )
}

/// The mean waits of the four languages, where there are many of each.
pub fn languages(scene: &Scene, record: &Record) -> Option<String> {
    let waits = record.by_language()?;
    let shown = waits.map(|(language, wait)| format!("{} {}", language.name(), time(wait)));
    Some(format!("{:<15} {}", scene.name, shown.join(", ")))
}

fn pair(ours: Nanos, ideal: Nanos) -> String {
    format!("{} ({})", time(ours), time(ideal))
}

/// A length of time in three digits or so.
fn time(ns: Nanos) -> String {
    let seconds = ns as f64 / 1e9;
    match seconds {
        ..0.0005 => "0".to_owned(),
        ..0.9995 => format!("{:.0} ms", seconds * 1e3),
        ..99.95 => format!("{seconds:.1} s"),
        ..5_999.5 => format!("{:.1} min", seconds / 60.0),
        _ => format!("{:.2} h", seconds / 3600.0),
    }
}

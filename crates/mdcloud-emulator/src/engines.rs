//! The engines that the emulator pretends to run.

use std::time::Duration;

use crate::date;

/// Names, in the order in which they report. Some hold spaces, dots and `!`, as the service's do.
pub(crate) const ENGINES: [&str; 24] = [
    "AhnLab",
    "Antiy",
    "Arcabit",
    "Avira",
    "Bitdefender",
    "Bkav Pro",
    "ClamAV",
    "CMC",
    "CrowdStrike Falcon ML",
    "Emsisoft",
    "ESET",
    "IKARUS",
    "K7",
    "Lionic",
    "McAfee",
    "NANOAV",
    "Quick Heal",
    "Sophos",
    "TACHYON",
    "Varist",
    "Vir.IT eXplorer",
    "Webroot SMD",
    "Xvirus Anti-Malware",
    "Zillya!",
];

/// What one engine says of a file with this overall code: its own code and the threat's name.
///
/// On an infected file two engines miss it and one is only suspicious, because unanimous test data hides
/// mistakes in counting.
pub(crate) fn opinion(index: usize, overall: i64) -> (i64, &'static str) {
    match (overall, index) {
        (1, 8 | 18) => (0, ""),
        (1, 21) => (2, "Suspicious.Test"),
        (1, _) => (1, "EICAR-Test-File"),
        (2, 8 | 21) => (2, "Suspicious.Test"),
        (3, 0..=11) => (3, ""),
        (8 | 6, 0..=3) => (1, "Emulated.Threat"),
        _ => (0, ""),
    }
}

/// When the engine's definitions were made: some hours before the start of the emulated day.
pub(crate) fn definition_time(index: usize, today: Duration) -> String {
    let day = Duration::from_secs(today.as_secs() / 86_400 * 86_400);
    let back = Duration::from_secs(3600 * (3 + 3 * (index as u64 % 8)));
    date::rfc3339(day.saturating_sub(back))
}

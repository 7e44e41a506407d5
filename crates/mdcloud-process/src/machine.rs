//! What the machine says of itself that std does not: a clock that all processes read alike, and who we are.

use once_cell::race::OnceBox;

/// To open a file that others may have put there: links are not followed, and a pipe is not waited for.
#[cfg(unix)]
pub const OPEN_FLAGS: i32 = libc::O_NOFOLLOW | libc::O_NONBLOCK;

/// The effective user of this process.
#[cfg(unix)]
pub fn user() -> u32 {
    // SAFETY: has no arguments and cannot fail.
    unsafe { libc::geteuid() }
}

/// A name for the time since the machine was started, and the nanoseconds since then, also those that it
/// slept. Nobody can set this clock, and all processes read the same. `None` where there is none.
pub fn since_boot() -> Option<(u64, u64)> {
    static RUN: OnceBox<Option<u64>> = OnceBox::new();
    let run = (*RUN.get_or_init(|| Box::new(run())))?;
    Some((run, ticks()?))
}

/// The first half of the random number that Linux gives to each of its starts.
fn run() -> Option<u64> {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let digits: String = id.chars().filter(char::is_ascii_hexdigit).take(16).collect();
    u64::from_str_radix(&digits, 16).ok()
}

#[cfg(target_os = "linux")]
fn ticks() -> Option<u64> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes to `time` only.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_BOOTTIME, &mut time) };
    let seconds = u64::try_from(time.tv_sec).ok().filter(|_| failed == 0)?;
    Some(seconds * 1_000_000_000 + u64::try_from(time.tv_nsec).ok()?)
}

#[cfg(not(target_os = "linux"))]
fn ticks() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_of_the_machine_goes_on_and_its_run_stays() {
        let Some((run, first)) = since_boot() else {
            return assert_ne!(std::env::consts::OS, "linux", "it has one");
        };
        let (same, second) = since_boot().unwrap();
        assert_eq!(run, same);
        assert!(second >= first && first > 0);
    }
}

//! What a process holds, looked at again and again: memory, descriptors, threads.

use std::time::Duration;

/// One look at a process.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sample {
    pub(crate) memory_kb: u64,
    pub(crate) descriptors: u64,
    pub(crate) threads: u64,
}

impl Sample {
    /// `None` when the process is gone.
    pub(crate) fn of(process: u32) -> Option<Sample> {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse().ok()
        };
        let descriptors = std::fs::read_dir(format!("/proc/{process}/fd")).ok()?.count() as u64;
        Some(Sample { memory_kb: field("VmRSS:")?, descriptors, threads: field("Threads:")? })
    }
}

/// What one process held at the beginning of a run, after it had warmed up, and at its end.
#[derive(Debug, PartialEq)]
pub(crate) struct Growth {
    pub(crate) early: Sample,
    pub(crate) late: Sample,
}

impl Growth {
    /// From samples with their times: the first fifth of the run is left out, then the first third of what
    /// is left stands against the last, each by its medians.
    pub(crate) fn of(samples: &[(Duration, Sample)], run: Duration) -> Option<Growth> {
        let warm = run / 5;
        let third = (run - warm) / 3;
        let between = |from: Duration, to: Duration| {
            let chosen: Vec<Sample> =
                samples.iter().filter(|(at, _)| (from..to).contains(at)).map(|(_, sample)| *sample).collect();
            medians(&chosen)
        };
        Some(Growth { early: between(warm, warm + third)?, late: between(run - third, run)? })
    }

    /// What has grown beyond the noise of an allocator and of a pool of connections.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let Growth { early, late } = self;
        let rows = [
            ("memory in KB", early.memory_kb, late.memory_kb, early.memory_kb / 10 + 4096),
            ("descriptors", early.descriptors, late.descriptors, 4),
            ("threads", early.threads, late.threads, 2),
        ];
        let grown = rows.iter().filter(|(_, before, after, noise)| *after > before + noise);
        grown.map(|(what, before, after, _)| format!("{what} grew from {before} to {after}")).collect()
    }
}

fn medians(samples: &[Sample]) -> Option<Sample> {
    let median = |field: fn(&Sample) -> u64| {
        let mut values: Vec<u64> = samples.iter().map(field).collect();
        values.sort_unstable();
        values.get(values.len() / 2).copied()
    };
    Some(Sample {
        memory_kb: median(|sample| sample.memory_kb)?,
        descriptors: median(|sample| sample.descriptors)?,
        threads: median(|sample| sample.threads)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(at: impl Fn(u64) -> Sample) -> Growth {
        let samples: Vec<_> = (0..100).map(|second| (Duration::from_secs(second), at(second))).collect();
        Growth::of(&samples, Duration::from_secs(100)).unwrap()
    }

    #[test]
    fn a_leak_is_told_from_warming_up_and_from_a_moment_of_more() {
        let flat = Sample { memory_kb: 20_000, descriptors: 10, threads: 4 };
        let warming = |second| if second < 20 { Sample { memory_kb: 1000 * second, ..flat } } else { flat };
        assert!(run(warming).complaints().is_empty());
        let peak = |second| if second == 90 { Sample { memory_kb: 90_000, ..flat } } else { flat };
        assert!(run(peak).complaints().is_empty());

        let leaks = run(|second| Sample { memory_kb: 20_000 + 200 * second, ..flat });
        assert_eq!(leaks.complaints(), ["memory in KB grew from 26600 to 37400"]);
        let forgets = run(|second| Sample { descriptors: second, threads: second / 10, ..flat });
        assert_eq!(forgets.complaints().len(), 2);
    }

    #[test]
    fn a_process_that_died_early_has_no_figures() {
        assert_eq!(Growth::of(&[(Duration::from_secs(1), Sample::default())], Duration::from_secs(9)), None);
        assert!(Sample::of(std::process::id()).is_some_and(|sample| sample.memory_kb > 0));
    }
}

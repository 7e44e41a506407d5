//! Mixed traffic from four languages against the emulator, under random faults and narrow limits, and then
//! the question whether every promise was kept. `cargo xtask soak MINUTES` builds the workers and runs this.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr)] // a report is what it is for

mod faults;
mod judge;
mod outcomes;
mod random;
mod report;
mod samples;
mod workers;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use mdcloud_emulator::{Emulator, Settings};

use crate::judge::Log;
use crate::report::Row;
use crate::workers::{Order, Worker};

/// Deadline of every call. The workers set it, so that it stands here and in each of them.
const DEADLINE: Duration = Duration::from_secs(10);
const THREADS: u32 = 3;
/// Uploads and bulk lookups in any second, of all workers together; they are told, so none has to learn it.
const THROTTLE: &str = "40/1s";
/// Allowances that are used up in each of their windows.
const LIMITS: [(&str, &str); 7] = [
    ("throttle", THROTTLE),
    ("interval", "5s"),
    ("allowance.prevention_api", "120"),
    ("allowance.reputation_api", "1200"),
    ("allowance.analysis_api", "600"),
    ("allowance.download_file", "40"),
    ("log_limit", "100000000"),
];

#[derive(Debug, Default, PartialEq)]
struct Orders {
    run: Duration,
    seed: u64,
    workers: Vec<Order>,
}

/// `--seconds N --seed N`, then for each worker `--worker NAME PROGRAM ARGUMENT...`
fn read(arguments: impl Iterator<Item = String>) -> Option<Orders> {
    let mut orders = Orders::default();
    let mut arguments = arguments.peekable();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seconds" => orders.run = Duration::from_secs(arguments.next()?.parse().ok()?),
            "--seed" => orders.seed = arguments.next()?.parse().ok()?,
            "--worker" => {
                let name = arguments.next()?;
                let command = std::iter::from_fn(|| arguments.next_if(|next| next != "--worker")).collect();
                orders.workers.push(Order { name, command });
            }
            _ => return None,
        }
    }
    (!orders.run.is_zero() && !orders.workers.is_empty()).then_some(orders)
}

fn main() -> ExitCode {
    let Some(orders) = read(std::env::args().skip(1)) else {
        eprintln!(
            "usage: mdcloud-soak --seconds N --seed N --worker NAME PROGRAM ARGUMENT... (see cargo xtask soak)"
        );
        return ExitCode::from(2);
    };
    match run(&orders) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("mdcloud-soak: {why}");
            ExitCode::from(2)
        }
    }
}

/// Whether all promises were kept.
fn run(orders: &Orders) -> Result<bool, String> {
    let mut limits = Settings::new();
    limits.seed = orders.seed;
    for (name, value) in LIMITS {
        limits.set(name, value).map_err(|error| error.to_string())?;
    }
    let emulator = Emulator::start(limits).map_err(|error| error.to_string())?;
    let ledger = std::env::temp_dir().join(format!("mdcloud-soak-{}.ledger", std::process::id()));
    let settings = [
        ("MDCLOUD_BASE_URL", emulator.base_url()),
        ("MDCLOUD_API_KEY", emulator.api_key().to_owned()),
        ("MDCLOUD_THROTTLE", THROTTLE.to_owned()),
        ("MDCLOUD_QUOTA_STORE", format!("file:{}", ledger.display())),
    ];
    let begin = Instant::now();
    let start = |(number, order): (usize, &Order)| {
        let name = format!("w{number}");
        let seed = orders.seed.wrapping_mul(1000).wrapping_add(number as u64);
        let arguments = [name, THREADS.to_string(), orders.run.as_secs().to_string(), seed.to_string()];
        Worker::start(order, arguments, &settings)
    };
    let mut workers = orders.workers.iter().enumerate().map(start).collect::<Result<Vec<_>, _>>()?;
    let faults = disturb(&emulator, &mut workers, begin, orders);
    let last = Instant::now() + DEADLINE * 2;
    let ends: Vec<Option<String>> =
        workers.iter_mut().map(|worker| worker.join(last).map(str::to_owned)).collect();
    let log = Log::of(&emulator.requests());
    let rows = workers.iter().zip(ends).map(|(worker, end)| {
        let outcomes = worker.outcomes();
        let growth = worker.growth(orders.run);
        let mut wrong = judge::of_worker(&outcomes, &log, DEADLINE);
        wrong.extend(end);
        match &growth {
            Some(growth) => wrong.extend(growth.complaints()),
            None => wrong.push("it did not live long enough to be looked at".to_owned()),
        }
        Row { name: worker.name.clone(), outcomes, growth, wrong }
    });
    let rows: Vec<Row> = rows.collect();
    let _ = std::fs::remove_file(&ledger);
    Ok(report::print(orders.run, orders.seed, &rows, &log, &faults))
}

/// Orders faults until the run is over, and looks at the workers meanwhile.
fn disturb(emulator: &Emulator, workers: &mut [Worker], begin: Instant, orders: &Orders) -> faults::Orders {
    let mut faults = faults::Orders::new(orders.seed);
    while begin.elapsed() < orders.run {
        faults.order(emulator);
        for worker in workers.iter_mut() {
            worker.sample(begin.elapsed());
        }
        std::thread::sleep(faults.pause());
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_worker_gets_its_own_arguments() {
        let line = "--seconds 5 --seed 7 --worker C a/b --worker Python python x.py";
        let orders = read(line.split(' ').map(str::to_owned)).unwrap();
        assert_eq!((orders.run, orders.seed), (Duration::from_secs(5), 7));
        let commands: Vec<_> = orders.workers.iter().map(|order| order.command.join(" ")).collect();
        assert_eq!(commands, ["a/b", "python x.py"]);
        assert!(read(["--seconds".to_owned(), "5".to_owned()].into_iter()).is_none());
    }
}

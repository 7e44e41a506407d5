//! The fuzz targets without a fuzzer: all seeds, all that was ever found, and simple changes of both. Runs on
//! the stable toolchain, the same each time. `MDCLOUD_FUZZ_RUNS` is the number of changes for each target.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Write;
use std::path::{Path, PathBuf};

use mdcloud::fuzzing::TARGETS;

/// Inputs of a target: the seeds in its folder, and the findings that were kept.
fn inputs(target: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let mut all: Vec<PathBuf> = Vec::new();
    for folder in ["seeds", "findings"] {
        let entries = std::fs::read_dir(root.join(folder).join(target)).into_iter().flatten();
        all.extend(entries.map(|entry| entry.unwrap().path()));
    }
    all.sort();
    let mut inputs: Vec<Vec<u8>> = all.iter().map(|file| std::fs::read(file).unwrap()).collect();
    // The fixtures are seeds of all that reads JSON; where the first byte chooses, each gets one.
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut fixtures: Vec<PathBuf> =
        std::fs::read_dir(fixtures).unwrap().map(|entry| entry.unwrap().path()).collect();
    fixtures.sort();
    for (number, file) in fixtures.iter().filter(|file| file.is_file()).enumerate() {
        let json = std::fs::read(file).unwrap();
        match target {
            "report" | "bulk" | "feed" => inputs.push(json),
            "envelope" | "models" => inputs.push([&[number as u8], &json[..]].concat()),
            "pointer" => inputs.push([b"/data/0\n", &json[..]].concat()),
            _ => {}
        }
    }
    inputs
}

/// Numbers that look random and are always the same (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}

/// What tends to surprise a parser.
const TOKENS: [&[u8]; 14] = [
    b"null",
    b"-1",
    b"1e999",
    b"18446744073709551616",
    b"{}",
    b"[]",
    b"\"\"",
    b"\"\\ud800\"",
    b"\\u0000",
    b"\xFF",
    b"true",
    b"[[[[[[[[",
    b"\xE2\x80\xAE",
    b"-0.0",
];

fn change(random: &mut Random, input: &[u8], other: &[u8]) -> Vec<u8> {
    let mut changed = input.to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(changed.len() + 1);
        match random.below(5) {
            0 => changed.truncate(at),
            1 => changed.splice(at..at, TOKENS[random.below(TOKENS.len())].iter().copied()).for_each(drop),
            2 => {
                let end = (at + random.below(20)).min(changed.len());
                changed.splice(at..end, TOKENS[random.below(TOKENS.len())].iter().copied()).for_each(drop);
            }
            3 => {
                let from = random.below(other.len() + 1);
                let to = (from + random.below(60)).min(other.len());
                changed.splice(at..at, other[from..to].iter().copied()).for_each(drop);
            }
            _ => {
                if let Some(byte) = changed.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
        }
    }
    changed
}

#[test]
fn no_parser_stumbles_over_seeds_findings_or_changes_of_them() {
    let runs: usize =
        std::env::var("MDCLOUD_FUZZ_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(300);
    let mut tally = Vec::new();
    for (name, target) in TARGETS {
        let inputs = inputs(name);
        assert!(!inputs.is_empty(), "{name} has no seeds");
        let attempt = |input: &[u8]| {
            if std::panic::catch_unwind(|| target(input)).is_err() {
                let file = std::env::temp_dir().join(format!("mdcloud-fuzz-{name}"));
                std::fs::write(&file, input).unwrap();
                panic!("{name} broke on {}; keep it in fuzz/findings/{name}", file.display());
            }
        };
        inputs.iter().for_each(|input| attempt(input));
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        for _ in 0..runs {
            let (one, other) = (random.below(inputs.len()), random.below(inputs.len()));
            attempt(&change(&mut random, &inputs[one], &inputs[other]));
        }
        tally.push(format!("{name} {}", inputs.len()));
    }
    // For `cargo xtask fuzz`, which shows it.
    let _ = writeln!(std::io::stdout(), "seeds and findings: {}; {runs} changes each", tally.join(", "));
}

//! A fuzzer for the stable toolchain: all seeds, all that was ever found, and simple changes of both, the same each
//! time. `MDCLOUD_FUZZ_RUNS` is the number of changes for each target.

use std::path::{Path, PathBuf};

/// All files of a folder, in the order of their names; none where there is no such folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.is_file());
    files.sort();
    files
}

/// Inputs of a target: the seeds in its folder, and the findings that were kept.
pub(crate) fn kept(target: &str) -> Vec<Vec<u8>> {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find(|folder| folder.join("fuzz/seeds").is_dir());
    let folders = ["seeds", "findings"].map(|kind| root.unwrap().join("fuzz").join(kind).join(target));
    folders.iter().flat_map(|folder| files(folder)).map(|file| std::fs::read(file).unwrap()).collect()
}

/// Tries a target, and says what with, for `cargo xtask fuzz`, which shows it.
pub(crate) fn try_out(name: &str, target: fn(&[u8]), inputs: &[Vec<u8>]) {
    use std::io::Write;
    let runs = std::env::var("MDCLOUD_FUZZ_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(300_u32);
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
    let _ = writeln!(
        std::io::stdout(),
        "fuzz target {name}: {} seeds and findings, {runs} changes",
        inputs.len()
    );
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

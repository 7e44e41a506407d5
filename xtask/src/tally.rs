//! Counting tests, from what their runners say.

/// Tests that passed, failed or were skipped.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
    pub skipped: usize,
    /// What failed, by name; as many as `failed` where the runner names them.
    pub names: Vec<String>,
}

impl Tally {
    /// One more failure.
    pub fn fail(&mut self, name: impl Into<String>) {
        self.failed += 1;
        self.names.push(name.into());
    }

    /// Takes another tally in.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.names.extend(other.names);
    }

    /// The counts in words: `3 passed, 1 failed`, and what was skipped if anything was.
    pub fn line(&self) -> String {
        let mut line = format!("{} passed, {} failed", self.passed, self.failed);
        if self.skipped > 0 {
            line.push_str(&format!(", {} skipped", self.skipped));
        }
        line
    }
}

/// How a test in Rust says what it left out, for want of a tool that not every machine has.
const NOT_RUN: &str = "NOT RUN: ";

/// The counts of `cargo test`. `ok` is how cargo ended: a failure that no test stands for (something does
/// not compile, or a test program died) counts as one under its own name.
pub fn of_cargo(output: &str, ok: bool, step: &str) -> Tally {
    let mut tally = Tally::default();
    let mut open: Option<String> = None; // a test program that has not given its result yet
    let died = |tally: &mut Tally, open: &mut Option<String>| {
        if let Some(target) = open.take()
            && !ok
        {
            tally.fail(format!("{target}: ended without a result"));
        }
    };
    for line in output.lines() {
        let text = line.trim_start();
        if let Some(target) = started(line) {
            died(&mut tally, &mut open);
            open = Some(target);
        } else if let Some(result) = text.strip_prefix("test result: ") {
            open = None;
            tally.passed += number_before(result, " passed");
            tally.failed += number_before(result, " failed");
            tally.skipped += number_before(result, " ignored");
        } else if let Some(name) =
            text.strip_prefix("test ").and_then(|name| name.strip_suffix(" ... FAILED"))
        {
            tally.names.push(format!("{}: {name}", open.as_deref().unwrap_or(step)));
        } else if text.starts_with("error: could not compile ") {
            tally.fail(text.trim_start_matches("error: ").trim_end_matches(','));
        }
    }
    died(&mut tally, &mut open);
    // To cargo a test that finds its tools missing, all or some of them, has passed.
    let skipped = skipped(output).count();
    tally.skipped += skipped;
    tally.passed = tally.passed.saturating_sub(skipped);
    if !ok && tally.failed == 0 {
        let why = output.lines().rfind(|line| line.starts_with("error")).unwrap_or("failed");
        tally.fail(format!("{step}: {why}"));
    }
    tally
}

/// What tests say that could not run, each with its reason: `NOT RUN: redis-server is not installed; …`, and
/// pytest's own `SKIPPED [1] tests/…`.
pub fn skipped(output: &str) -> impl Iterator<Item = &str> {
    output.lines().filter_map(|line| {
        let start = line.find(NOT_RUN).or_else(|| line.starts_with("SKIPPED [").then_some(0))?;
        Some(&line[start..])
    })
}

/// The test program that cargo says it starts: `Running tests/a.rs (target/debug/deps/a-0123456789abcdef)`.
fn started(line: &str) -> Option<String> {
    if let Some(name) = line.strip_prefix("   Doc-tests ") {
        return Some(format!("doc tests of {name}"));
    }
    let program = line.strip_prefix("     Running ")?.rsplit_once('(')?.1.trim_end_matches(')');
    let file = program.rsplit(['/', '\\']).next().unwrap_or(program);
    Some(file.rsplit_once('-').map_or(file, |(name, _hash)| name).to_owned())
}

fn number_before(text: &str, word: &str) -> usize {
    let Some(end) = text.find(word) else { return 0 };
    let start = text[..end].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |before| before + 1);
    text[start..end].parse().unwrap_or(0)
}

/// The counts of a JUnit report, which is what pytest writes. `ok` is how pytest ended.
pub fn of_junit(report: &str, ok: bool, step: &str) -> Tally {
    let mut tally = Tally::default();
    let mut cases = report.split("<testcase ");
    let _before_the_first = cases.next();
    for case in cases {
        if case.contains("<failure") || case.contains("<error") {
            let (class, name) = (attribute(case, "classname"), attribute(case, "name"));
            tally.fail(if class.is_empty() { name } else { format!("{class}::{name}") });
        } else if case.contains("<skipped") {
            tally.skipped += 1;
        } else {
            tally.passed += 1;
        }
    }
    if !ok && tally.failed == 0 {
        tally.fail(format!("{step}: pytest gave up before its tests"));
    }
    tally
}

/// An attribute's value; `tag` is what follows `<testcase `.
fn attribute(tag: &str, name: &str) -> String {
    let spaced = format!(" {tag}"); // so that `name` is not found in `classname`
    let after = spaced.split(&format!(" {name}=\"")).nth(1);
    let value = after.and_then(|rest| rest.split('"').next()).unwrap_or("?");
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#10;", " "), ("&amp;", "&")];
    entities.iter().fold(value.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_PROGRAMS: &str = "\
   Compiling mdcloud v0.1.0
     Running unittests src/lib.rs (target/debug/deps/mdcloud-0e3a6c9f6b0c2a11)

running 3 tests
test hash::tests::kind ... ok
test wait::tests::slices ... FAILED
test wait::tests::slow ... ignored

failures:
    wait::tests::slices

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s

error: test failed, to rerun pass `-p mdcloud --lib`
   Doc-tests mdcloud

running 1 test
test crates/mdcloud/src/lib.rs - (line 5) - compile ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";

    #[test]
    fn cargo_counts_are_added_up_and_failures_named() {
        let tally = of_cargo(TWO_PROGRAMS, false, "rust");
        assert_eq!((tally.passed, tally.failed, tally.skipped), (2, 1, 1));
        assert_eq!(tally.names, ["mdcloud: wait::tests::slices"]);
        assert_eq!(tally.line(), "2 passed, 1 failed, 1 skipped");
    }

    #[test]
    fn a_test_program_that_dies_is_a_failure() {
        let output = "     Running tests/fork.rs (target/debug/deps/fork-0e3a6c9f6b0c2a11)\n\nrunning 2 tests\n\
                      test a ... ok\nerror: test failed, to rerun pass `-p mdcloud --test fork`\n\
                      \x20    Running tests/last.rs (target/debug/deps/last-0e3a6c9f6b0c2a11)\n\
                      test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n";
        let tally = of_cargo(output, false, "rust");
        assert_eq!((tally.passed, tally.failed), (4, 1));
        assert_eq!(tally.names, ["fork: ended without a result"]);
    }

    #[test]
    fn what_does_not_compile_is_a_failure() {
        let output =
            "error[E0425]: cannot find value\nerror: could not compile `mdcloud` (lib test) due to 1 error\n";
        let tally = of_cargo(output, false, "rust");
        assert_eq!(tally.names, ["could not compile `mdcloud` (lib test) due to 1 error"]);
        assert_eq!(tally.line(), "0 passed, 1 failed");
    }

    #[test]
    fn a_test_without_its_tools_is_skipped_not_passed() {
        let output = "running 2 tests\ntest a ... NOT RUN: redis-server is not installed; not tested: a\nok\n\
                      test b ... ok\ntest result: ok. 2 passed; 0 failed; 0 ignored; 0 measured\n";
        assert_eq!(of_cargo(output, true, "rust").line(), "1 passed, 0 failed, 1 skipped");
        assert_eq!(
            skipped(output).collect::<Vec<_>>(),
            ["NOT RUN: redis-server is not installed; not tested: a"]
        );
        assert_eq!(skipped("SKIPPED [1] tests/a.py:3: no tool\n").count(), 1);
    }

    #[test]
    fn a_failure_without_any_words_still_counts() {
        assert_eq!(of_cargo("", false, "c").names, ["c: failed"]);
        let tally = of_cargo("error: no matching package named `x` found\n", false, "c");
        assert_eq!(tally.names, ["c: error: no matching package named `x` found"]);
        assert_eq!(of_cargo("", true, "c"), Tally::default());
    }

    #[test]
    fn junit_counts_each_case_once() {
        let report = "<?xml version=\"1.0\"?><testsuites name=\"pytest tests\"><testsuite name=\"pytest\" tests=\"4\">\
            <testcase classname=\"tests.python.test_a\" name=\"test_one\" time=\"0.1\" />\
            <testcase classname=\"tests.python.test_a\" name=\"test_two[&lt;x&gt;]\" time=\"0.1\">\
            <failure message=\"assert 1 == 2\">text</failure></testcase>\
            <testcase classname=\"tests.python.test_a\" name=\"test_three\"><skipped message=\"no\"/></testcase>\
            <testcase classname=\"\" name=\"tests.python.test_b\"><error message=\"collection\"/></testcase>\
            </testsuite></testsuites>";
        let tally = of_junit(report, false, "python");
        assert_eq!((tally.passed, tally.failed, tally.skipped), (1, 2, 1));
        assert_eq!(tally.names, ["tests.python.test_a::test_two[<x>]", "tests.python.test_b"]);
    }

    #[test]
    fn pytest_that_gives_up_counts_as_one_failure() {
        assert_eq!(of_junit("", false, "python").line(), "0 passed, 1 failed");
    }
}

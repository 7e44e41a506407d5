//! docs/performance.md: tables that were measured, between words that were written.

use crate::run::{self, LIMIT, Outcome};

const PAGE: &str = "docs/performance.md";

/// Puts a part's table between its marks, with the day, the versions and the command.
pub fn put(part: &str, table: &str) -> Outcome {
    let path = run::root().join(PAGE);
    let text = run::read(&path)?;
    let new = format!("{}\n\n{}", made(part), table.trim_end());
    let text = between(&text, part, &new).ok_or_else(|| format!("{PAGE} has no place for {part}"))?;
    run::write(&path, &text)
}

/// The text with something else between the marks of a part.
fn between(text: &str, part: &str, new: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- begin {part} -->"), format!("<!-- end {part} -->"));
    let start = text.find(&begin)? + begin.len();
    let stop = start + text[start..].find(&end)?;
    Some(format!("{}\n{new}\n{}", &text[..start], &text[stop..]))
}

/// When and with what.
fn made(part: &str) -> String {
    let said = |program: &str, arguments: &[&str]| {
        let ran = run::capture(run::program(program).args(arguments), false, LIMIT);
        ran.output.lines().next().unwrap_or_default().trim().to_owned()
    };
    let rustc: String = said("rustc", &["--version"]).split(' ').take(2).collect::<Vec<_>>().join(" ");
    let day = said("date", &["-u", "+%Y-%m-%d"]);
    let version = mdcloud::VERSION;
    format!("`cargo xtask bench {part}`, {day}, mdcloud {version}, {rustc}, {}", processor())
}

fn processor() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    format!("{cores} cores of {}", name.map_or("an unknown processor", |(_, name)| name.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_marks_is_replaced() {
        let text = "a\n<!-- begin x -->\nold\n<!-- end x -->\nb <!-- end y -->";
        let wanted = "a\n<!-- begin x -->\nnew\n<!-- end x -->\nb <!-- end y -->";
        assert_eq!(between(text, "x", "new").as_deref(), Some(wanted));
        assert_eq!(between(text, "z", "new"), None);
    }
}

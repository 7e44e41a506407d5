//! The stub of `AsyncClient`: the operations of `Client` as their source says them, to be awaited.
//!
//! At run time the methods are made from those of `Client`; a type checker needs them written out.

use std::fmt::Write;
use std::path::Path;

use crate::run;

/// Where the operations of `Client` are written.
const SOURCES: [&str; 4] = ["_client.py", "_files.py", "_lookups.py", "_services.py"];

const HEAD: &str = r#"# Made by `cargo xtask stubs` from the operations of Client. Do not edit.

import os
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Generic, Literal, TypeVar, overload

from typing_extensions import Self, Unpack

from ._client import _NotGiven
from ._document import Badge, Document
from ._models import *
from ._native import ScanOutcome, TreeFile
from ._options import CallOptions, ScanOptions, SourceLike, SubmitOptions
from ._quota import Quota
from ._table import Table

_T = TypeVar("_T")

class AsyncResults(Generic[_T]):
    """The results of an operation on many inputs, as they come."""

    def __init__(
        self,
        client: AsyncClient,
        method: Callable[..., object],
        given: Sequence[object],
        options: dict[str, object],
    ) -> None: ...
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> _T: ...
    async def to_table(self) -> Table[_T]:
        """Waits for all results that are left, and makes a ``Table`` of them."""
    async def aclose(self) -> None:
        """Ends the requests that are on their way; no more results come."""

class AsyncClient:
    """A client for asyncio programs: the operations of ``Client``, to be awaited."""

"#;

const REST: &str = r#"    @property
    def base_url(self) -> str:
        """Address of the service."""
    @property
    def closed(self) -> bool:
        """Whether it was closed."""
    def quota(self) -> Quota | None:
        """What is known of this key's quota; None before its first call. Asks nobody, and is not awaited."""
    def close(self) -> None:
        """Ends all its calls; does not wait."""
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def all_pages(self, page: FeedPage, **options: Unpack[CallOptions]) -> AsyncIterator[FeedPage]:
        """This page of a feed and all behind it, each asked for when it is taken."""
"#;

/// The text of `_aio.pyi`.
pub fn text(package: &Path) -> Result<String, String> {
    let mut out = HEAD.to_owned();
    let mut methods = String::new();
    for source in SOURCES {
        let text = run::read(&package.join(source))?;
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            if line.trim_start().starts_with("def ") {
                method(&lines, at, &mut out, &mut methods);
            }
        }
    }
    out.push_str(REST);
    out.push_str(&methods);
    Ok(out)
}

/// Adds the method whose `def` stands in this line, where it is an operation or the constructor.
fn method(lines: &[&str], at: usize, constructor: &mut String, methods: &mut String) {
    let rest = lines.get(at..).unwrap_or_default();
    let ends = |line: &&str| line.trim_end().ends_with(':') || line.trim_end().ends_with(": ...");
    let Some(length) = rest.iter().position(ends) else { return };
    let head: String = rest[..=length].iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
    let head = head
        .trim_end_matches(" ...")
        .trim_end_matches(':')
        .replace("( ", "(")
        .replace(", )", ")")
        .replace(" )", ")");
    if head.starts_with("def __init__(self, api_key") {
        let head = head.replace("*, ", "*, threads: int = 64, ").replace("_NOT_GIVEN", "...");
        let _ = writeln!(constructor, "    {head}: ...");
    } else if head.contains("**options: Unpack[") && !head.starts_with("def _") {
        let overload = at > 0 && lines[at - 1].trim() == "@overload";
        // Behind overloads stands the implementation, which is nobody's business.
        let name = head.split('(').next().unwrap_or_default();
        if !overload && methods.contains(&format!("@overload\n    async {name}(")) {
            return;
        }
        let mark = if overload { "    @overload\n" } else { "" };
        let _ =
            writeln!(methods, "{mark}    {}:{}", awaited(&head), first_words(&rest[length + 1..], overload));
    }
}

/// A signature as the asynchronous client has it.
fn awaited(head: &str) -> String {
    let Some((arguments, result)) = head.rsplit_once(" -> ") else { return format!("async {head}") };
    let result = match result {
        "ScanOutcomes" => "AsyncResults[ScanOutcome]".to_owned(),
        "FileTree" => "AsyncResults[TreeFile]".to_owned(),
        results if results.starts_with("Results[") => format!("Async{results}"),
        _ => return format!("async {head}"),
    };
    let arguments = match arguments.split_once("Iterable[") {
        Some((before, after)) => {
            let (of, after) = after.split_once(']').unwrap_or((after, ""));
            format!("{before}Iterable[{of}] | AsyncIterable[{of}]{after}")
        }
        None => arguments.to_owned(),
    };
    format!("{arguments} -> {result}")
}

/// The documentation down to its example, which is one for the other client.
fn first_words(body: &[&str], overload: bool) -> String {
    if overload {
        return " ...".to_owned();
    }
    let mut words = Vec::new();
    for line in body {
        let line = line.strip_prefix("        ").unwrap_or_default().trim_end();
        if line.starts_with(">>>") {
            break;
        }
        words.push(line.trim_start_matches("\"\"\"").trim_end_matches("\"\"\""));
        if line.ends_with("\"\"\"") && (words.len() > 1 || line.len() > 3) {
            break;
        }
    }
    while words.last().is_some_and(|line| line.is_empty()) {
        words.pop();
    }
    let lines: Vec<String> = words
        .iter()
        .enumerate()
        .map(
            |(at, line)| {
                if at == 0 || line.is_empty() { (*line).to_owned() } else { format!("        {line}") }
            },
        )
        .collect();
    format!("\n        \"\"\"{}\n        \"\"\"", lines.join("\n"))
        .replace("\n\n        \"\"\"", "\n        \"\"\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookups_of_many_give_iterators_and_all_else_is_awaited() {
        assert_eq!(
            awaited("def f(self, hashes: Iterable[str], **options: X) -> Results[HashResult]"),
            "def f(self, hashes: Iterable[str] | AsyncIterable[str], **options: X) -> AsyncResults[HashResult]"
        );
        assert_eq!(awaited("def g(self) -> Report"), "async def g(self) -> Report");
    }

    #[test]
    fn an_example_for_the_other_client_is_left_out() {
        let body = [
            "        \"\"\"Scans.",
            "",
            "        More.",
            "",
            "        >>> 1",
            "        \"\"\"",
            "        return 1",
        ];
        assert_eq!(first_words(&body, false), "\n        \"\"\"Scans.\n\n        More.\n        \"\"\"");
        assert_eq!(
            first_words(&["        \"\"\"One line.\"\"\""], false),
            "\n        \"\"\"One line.\n        \"\"\""
        );
    }
}

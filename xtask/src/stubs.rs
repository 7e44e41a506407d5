//! The tables' part of the Python stubs: enumerations and result classes, with their documentation.

use std::fmt::Write;

use mdcloud::Verdict;
use mdcloud::endpoints::ENDPOINTS;
use mdcloud::error::KINDS;
use mdcloud::model::{FieldKind, MODELS, ModelType};

use crate::async_stubs;
use crate::run::{Outcome, root, write_or_check};

const COMMAND: &str = "cargo xtask stubs";
const HEAD: &str = "# Made by `cargo xtask stubs` from the library's tables. Do not edit.\n";

/// Writes the stubs, or compares them.
pub fn run(check: bool) -> Outcome {
    let package = root().join("python/python/mdcloud");
    write_or_check(&package.join("_enums.pyi"), &enums(), check, COMMAND)?;
    write_or_check(&package.join("_models.pyi"), &models(), check, COMMAND)?;
    write_or_check(&package.join("_aio.pyi"), &async_stubs::text(&package)?, check, COMMAND)
}

fn enums() -> String {
    let mut out = format!("{HEAD}\nfrom enum import IntEnum\n");
    let statuses = std::iter::once(("OK".to_owned(), 0, "success".to_owned()))
        .chain(KINDS.iter().map(|kind| (kind.name.to_owned(), kind.status as i32, kind.text.to_owned())));
    enumeration(&mut out, "Status", statuses);
    let verdicts = Verdict::ALL.iter().map(|one| (one.name().to_owned(), *one as i32, String::new()));
    enumeration(&mut out, "Verdict", verdicts);
    let operations = ENDPOINTS.iter().map(|row| {
        let call = format!("{} {}", row.method.as_str(), row.path);
        (row.name.to_ascii_uppercase(), row.number(), call)
    });
    enumeration(&mut out, "Operation", operations);
    out
}

fn enumeration(out: &mut String, name: &str, members: impl Iterator<Item = (String, i32, String)>) {
    let _ = write!(out, "\nclass {name}(IntEnum):\n");
    for (member, number, about) in members {
        let _ = write!(out, "    {member} = {number}");
        let _ = if about.is_empty() { writeln!(out) } else { writeln!(out, "  # {about}") };
    }
}

fn models() -> String {
    let mut out = format!(
        "{HEAD}\nfrom collections.abc import Iterator\nfrom typing import Any, overload\n\nfrom typing_extensions import Unpack, disjoint_base\n\nfrom ._enums import Verdict\n"
    );
    out.push_str("from ._errors import MdcloudError\nfrom ._options import CallOptions\n");
    let mut names: Vec<&str> = MODELS.iter().map(|model| model.name).chain(["Result"]).collect();
    names.sort_unstable();
    let _ = write!(out, "\n__all__ = [\n");
    for name in names {
        let _ = writeln!(out, "    \"{name}\",");
    }
    out.push_str("]\n");
    out.push_str(
        "\n@disjoint_base\nclass Result:\n    \"\"\"What all results have: the exact bytes, and the same as plain objects.\"\"\"\n\n    \
         @property\n    def raw(self) -> bytes:\n        \"\"\"The bytes of the answer exactly as received; of \
         a nested result, its part of them.\"\"\"\n\n    def json(self) -> Any:\n        \"\"\"The answer as \
         plain Python objects.\"\"\"\n\n    def to_dict(self) -> dict[str, Any]:\n        \"\"\"The typed fields \
         as plain Python objects, nested ones too: verdicts by their names, an error by its text.\"\"\"\n\n    \
         def _repr_html_(self) -> str: ...\n    def __hash__(self) -> int: ...\n",
    );
    for model in MODELS {
        class(&mut out, &model);
    }
    out
}

fn class(out: &mut String, model: &ModelType) {
    let _ = write!(out, "\nclass {}(Result):\n", model.name);
    docstring(out, model.doc, "    ");
    if model.name == "Report" {
        out.push_str(
            "\n    @staticmethod\n    def from_json(raw: bytes | bytearray | memoryview | str) -> Report:\n        \
             \"\"\"Reads an answer of the service, for example the body of a webhook.\"\"\"\n",
        );
    }
    let entries = model.fields.iter().find(|field| field.name == "entries");
    if let Some(FieldKind::Many(entry)) = entries.map(|field| field.kind) {
        let _ = write!(
            out,
            "\n    def __len__(self) -> int: ...\n    def __iter__(self) -> Iterator[{entry}]: ...\n    @overload\n    \
             def __getitem__(self, index: int) -> {entry}: ...\n    @overload\n    def __getitem__(self, index: \
             slice) -> list[{entry}]: ...\n"
        );
    }
    if model.name == "FeedPage" {
        out.push_str(
            "\n    def all_pages(self, **options: Unpack[CallOptions]) -> Iterator[FeedPage]:\n        \
             \"\"\"This page and all behind it, each asked for when it is taken; options override those of the \
             first call.\"\"\"\n",
        );
    }
    for field in model.fields {
        let _ = write!(out, "\n    @property\n    def {}(self) -> {}:\n", field.name, python(field.kind));
        docstring(out, field.doc, "        ");
    }
}

fn docstring(out: &mut String, doc: &str, indent: &str) {
    let lines: Vec<&str> = doc.lines().map(str::trim).collect();
    let text = lines.join(&format!("\n{indent}"));
    let _ = writeln!(out, "{indent}\"\"\"{}\"\"\"", text.trim_end());
}

fn python(kind: FieldKind) -> String {
    match kind {
        FieldKind::Text => "str | None".to_owned(),
        FieldKind::Int => "int | None".to_owned(),
        FieldKind::Float => "float | None".to_owned(),
        FieldKind::Flag => "bool | None".to_owned(),
        FieldKind::Bool => "bool".to_owned(),
        FieldKind::Verdict => "Verdict".to_owned(),
        FieldKind::Texts => "list[str]".to_owned(),
        FieldKind::One(name) => format!("{name} | None"),
        FieldKind::Many(name) => format!("list[{name}]"),
        FieldKind::Error => "MdcloudError | None".to_owned(),
        FieldKind::Amounts => "dict[str, int]".to_owned(),
        _ => "Any".to_owned(),
    }
}

"""Every operation, option, setting, field and kind of error exists in every language, and is documented.

The tables of the core say what there is; each language is held against them.
"""

from __future__ import annotations

import inspect
import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import mdcloud

ROOT = Path(__file__).parents[2]

# In the table of rows an operation of its own; in every language an argument of another.
ARGUMENT_OF = {"feed_false_positives_engine": "feed_false_positives"}


@cache
def tables() -> dict[str, Any]:
    command = ["cargo", "run", "--quiet", "--package", "xtask", "--", "tables"]
    return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout)


@cache
def text(path: str) -> str:
    return (ROOT / path).read_text()


@cache
def rust() -> str:
    return "\n".join(path.read_text() for path in sorted((ROOT / "crates/mdcloud/src").rglob("*.rs")))


@cache
def cpp() -> str:
    parts = [ROOT / "include/mdcloud.hpp", *sorted((ROOT / "include/mdcloud").glob("*.hpp"))]
    return "\n".join(path.read_text() for path in parts)


def operations() -> list[tuple[str, bool]]:
    rows = tables()["operations"]
    return [(ARGUMENT_OF.get(row["name"], row["name"]), row["legacy"]) for row in rows]


def builders(path: str) -> list[str]:
    """The settings or options: what the builder of the core has a method for."""
    own = {"resolve", "interrupt"}  # not for callers; and Python's and C's own business
    return [
        name for name in re.findall(r"pub fn (\w+)(?:<[^>]*>)?\((?:mut )?self", text(path)) if name not in own
    ]


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def documented(pattern: str, source: str) -> bool:
    """Whether a comment stands right before what the pattern finds."""
    found = re.search(pattern, source)
    return bool(found) and source[: found.start()].rstrip().rpartition("\n")[2].strip().startswith(("*", "/"))


@pytest.mark.parametrize("name, legacy", operations())
def test_operation(name: str, legacy: bool) -> None:
    assert re.search(rf"pub fn {name}\b", rust()), "Rust"
    assert documented(rf"[\w ]+\*?mdcloud_client_{name}\(", text("include/mdcloud.h")), "C"
    assert re.search(rf"\b{name}\(", cpp()), "C++"
    method = getattr(mdcloud.Client, name)
    assert inspect.getdoc(method), "Python"
    if legacy:
        assert "legacy" in (inspect.getdoc(method) or "").lower()


@pytest.mark.parametrize("model", tables()["models"], ids=lambda model: model["name"])
def test_fields(model: dict[str, Any]) -> None:
    kind = getattr(mdcloud, model["name"])
    assert kind.__doc__
    for field, _ in model["fields"]:
        assert getattr(kind, field).__doc__, f"Python: {model['name']}.{field}"
    stub = text("python/python/mdcloud/_models.pyi")
    body = re.search(rf"class {model['name']}\(.*?(?=\nclass |\Z)", stub, re.S)
    assert body, "stub"
    for field, _ in model["fields"]:
        assert f" {field}" in body.group(), f"stub: {model['name']}.{field}"


TYPED_IN_C = ["Report", "HashResult", "Reputation", "WebhookStatus", "Submission", "KeyInfo", "Limits"]


@pytest.mark.parametrize("name", TYPED_IN_C)
def test_typed_getters(name: str) -> None:
    model = next(model for model in tables()["models"] if model["name"] == name)
    header, hpp = text("include/mdcloud.h"), cpp()
    for field, kind in model["fields"]:
        if kind == "Amounts":
            field = "amount"
        assert f"mdcloud_{snake(name)}_{field}" in header, f"C: {name}.{field}"
        assert re.search(rf"\b{field}\(", hpp), f"C++: {name}.{field}"


@pytest.mark.parametrize("kind", tables()["kinds"], ids=lambda kind: kind["name"])
def test_kind_of_error(kind: dict[str, Any]) -> None:
    name, number = kind["name"], kind["number"]
    assert f"MDCLOUD_STATUS_{name} = {number}," in text("include/mdcloud.h")
    assert f"MDCLOUD_STATUS_{name}," in cpp()
    assert mdcloud.Status[name] == number
    python = OSError if kind["python"] == "OSError" else getattr(mdcloud, kind["python"])
    assert python is OSError or issubclass(python, mdcloud.MdcloudError)


@pytest.mark.parametrize("setting", builders("crates/mdcloud/src/config.rs"))
def test_setting(setting: str) -> None:
    assert documented(rf"mdcloud_status mdcloud_config_set_{setting}\(", text("include/mdcloud.h")), "C"
    assert f"set_{setting}(" in cpp(), "C++"
    assert setting in inspect.signature(mdcloud.Client).parameters, "Python"
    assert f"{setting}:" in (inspect.getdoc(mdcloud.Client) or ""), "Python's documentation"


@pytest.mark.parametrize("option", builders("crates/mdcloud/src/options.rs"))
def test_option(option: str) -> None:
    assert documented(rf"mdcloud_status mdcloud_options_set_{option}\(", text("include/mdcloud.h")), "C"
    assert f"set_{option}(" in cpp(), "C++"
    name = "headers" if option == "header" else option
    assert re.search(rf"^ +{name}:", text("python/python/mdcloud/_options.py"), re.M), "Python"

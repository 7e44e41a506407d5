"""Type checkers and the package agree, in the strictest mode of each."""

from __future__ import annotations

import importlib.util
import json
import pathlib
import shutil
import subprocess
import sys

import pytest

import mdcloud

HERE = pathlib.Path(__file__).parent
PACKAGE = pathlib.Path(mdcloud.__file__).parent
EXAMPLES = [HERE / "typed_example.py", *sorted((HERE.parent.parent / "python/examples").glob("*.py"))]


def run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    if importlib.util.find_spec(module.partition(".")[0]) is None:
        pytest.skip(f"{module} is not installed")
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def passes(module: str, *arguments: str) -> None:
    done = run(module, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def test_mypy_finds_nothing_in_the_package_and_the_examples() -> None:
    passes("mypy", "--strict", *map(str, [*EXAMPLES, PACKAGE]))


def pyright(folder: pathlib.Path) -> tuple[int, list[str]]:
    """How many files of a folder it has read, and what it finds in them."""
    (folder / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    done = run("pyright", "--outputjson", "--pythonpath", sys.executable, "--project", str(folder))
    said = json.loads(done.stdout)
    found = [f"{one['file']}: {one['message']}" for one in said["generalDiagnostics"]]
    return said["summary"]["filesAnalyzed"], found


def test_pyright_finds_nothing_in_the_examples(tmp_path: pathlib.Path) -> None:
    for example in EXAMPLES:
        shutil.copy(example, tmp_path)
    assert pyright(tmp_path) == (len(EXAMPLES), [])


def test_pyright_finds_a_wrong_argument(tmp_path: pathlib.Path) -> None:
    (tmp_path / "wrong.py").write_text("import mdcloud\n\nmdcloud.Client().hash_lookup('0', deadline='soon')\n")
    read, found = pyright(tmp_path)
    assert read == 1 and "deadline" in "".join(found)


def test_the_stubs_say_what_the_built_module_has() -> None:
    # Optional packages, and their lack of stubs, are not what this is about.
    passes("mypy.stubtest", "mdcloud", "--ignore-missing-stub")


def test_the_typed_example_runs() -> None:
    subprocess.run([sys.executable, str(HERE / "typed_example.py")], check=True, timeout=60)

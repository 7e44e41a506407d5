"""The package as a whole: what it exports, and that its documentation says the truth."""

from __future__ import annotations

import inspect
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

import mdcloud
from mdcloud import _enums, _models, _native

ROOT = pathlib.Path(__file__).parent.parent.parent


def test_public_names() -> None:
    for name in mdcloud.__all__:
        assert getattr(mdcloud, name) is not None
    assert mdcloud.__version__ == _native.__version__
    with pytest.raises(AttributeError):
        mdcloud.nothing  # type: ignore[attr-defined]
    assert (pathlib.Path(mdcloud.__file__).parent / "py.typed").exists()


def test_the_extension_exports_what_is_allowed_and_nothing_else() -> None:
    if not (nm := shutil.which("nm")):
        pytest.skip("there is no nm here")
    out = subprocess.run(
        [nm, "-D", "--defined-only", _native.__file__], capture_output=True, text=True, check=True
    )
    exported = sorted(line.split()[-1] for line in out.stdout.splitlines())
    allowed = (ROOT / "python" / "symbols.txt").read_text().split()
    assert exported == sorted(allowed)


def test_the_stubs_name_what_is_there() -> None:
    import ast

    for module in (_enums, _models):
        tree = ast.parse(pathlib.Path(module.__file__).with_suffix(".pyi").read_text())
        for node in tree.body:
            if not isinstance(node, ast.ClassDef):
                continue
            kind = getattr(module, node.name)
            stub = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
            stub |= {part.targets[0].id for part in node.body if isinstance(part, ast.Assign)}  # type: ignore[attr-defined]
            real = {name for name in vars(kind) if not name.startswith("_")}
            if module is _enums:
                real = set(kind.__members__)
            assert {name for name in stub if not name.startswith("_")} == real, node.name


def test_what_wheels_are_trained_with_runs() -> None:
    pytest.importorskip("ssl")
    if not shutil.which("openssl"):
        pytest.skip("training was not tried: there is no openssl here to make a certificate with")
    training = [sys.executable, "-W", "error", str(ROOT / "python" / "training.py"), "1"]
    done = subprocess.run(training, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_daemon_threads_in_a_call_do_not_disturb_the_end() -> None:
    code = """
import mdcloud, threading, time
emulator = mdcloud.Emulator()
emulator.fault("stall", path="/apikey", count=9)
client = emulator.client()
for _ in range(4):
    threading.Thread(target=client.apikey_info, daemon=True).start()
time.sleep(0.3)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_examples_in_the_documentation() -> None:
    import doctest

    runner = doctest.DocTestRunner()
    things: list[tuple[str, object]] = [(name, getattr(mdcloud, name)) for name in mdcloud.__all__]
    operations = inspect.getmembers(mdcloud.Client, inspect.isfunction)
    things += [(f"Client.{name}", method) for name, method in operations if not name.startswith("_")]
    for name, thing in [("mdcloud", mdcloud), *things]:
        # module=False: the classes are documented as those of the package, wherever they are written.
        for test in doctest.DocTestFinder(recurse=thing is not mdcloud).find(thing, name, False):
            with mdcloud.Emulator(scan_time=0, paid=True) as emulator, emulator.client() as client:
                test.globs.update(vars(mdcloud), mdcloud=mdcloud, client=client, emulator=emulator)
                runner.run(test)
    assert runner.failures == 0
    assert runner.tries > 100


def test_every_public_name_is_documented_and_every_operation_has_an_example() -> None:
    for name in mdcloud.__all__:
        if name not in ("__version__", "SourceLike"):
            assert inspect.getdoc(getattr(mdcloud, name)), name
    for name, method in inspect.getmembers(mdcloud.Client, inspect.isfunction):
        if not name.startswith("_") and name != "close":
            assert ">>>" in (method.__doc__ or ""), name


ORDERS = {
    "library first": "library = ctypes.CDLL(path)\nimport mdcloud",
    "module first": "import mdcloud\nlibrary = ctypes.CDLL(path)",
}


@pytest.mark.parametrize("order", ORDERS)
def test_the_c_library_in_the_same_process_shares_the_tracker(order: str) -> None:
    path = os.environ.get("MDCLOUD_TEST_LIB")
    if not path:
        pytest.skip("MDCLOUD_TEST_LIB does not name a libmdcloud.so")
    code = f"""
import ctypes, sys
path = sys.argv[1]
{ORDERS[order]}
table = library.mdcloud_rendezvous_v1
table.restype = ctypes.c_void_p
assert table()
with mdcloud.Emulator() as emulator, emulator.client() as client:
    client.apikey_info()
info = mdcloud.tracker_info()
assert info.copies == 2, info
leader = "libmdcloud" if {order == "library first"!r} else "_native"
assert leader in info.object, info
"""
    subprocess.run([sys.executable, "-c", code, path], check=True, timeout=60)

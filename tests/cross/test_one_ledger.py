"""One process, one key, one ledger: however the copies of the library came together."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import mdcloud

BOTH = """
import ctypes, json, sys
order, path = sys.argv[1:]
def load():
    library = ctypes.CDLL(path)
    for name in ("config_new", "client_new", "client_hash_lookup", "client_quota", "result_int"):
        getattr(library, "mdcloud_" + name).restype = ctypes.c_int
    library.mdcloud_config_new.restype = ctypes.c_void_p
    return library
if order == "ctypes-first":
    library = load()
    import mdcloud
else:
    import mdcloud
    library = load()
config = ctypes.c_void_p(library.mdcloud_config_new())
c_client = ctypes.c_void_p()
assert library.mdcloud_client_new(config, ctypes.byref(c_client), None) == 0
def in_c():
    result = ctypes.c_void_p()
    library.mdcloud_client_hash_lookup(c_client, b"44d88612fea8a8f36de82e1278abb02f", None, ctypes.byref(result), None)
client = mdcloud.Client()
def in_python():
    try: client.hash_lookup("44d88612fea8a8f36de82e1278abb02f")
    except mdcloud.NotFoundError: pass
for call in (in_c, in_python) if order == "ctypes-first" else (in_python, in_c):
    call()
quota, used = ctypes.c_void_p(), ctypes.c_int64()
assert library.mdcloud_client_quota(c_client, ctypes.byref(quota), None) == 0
assert library.mdcloud_result_int(quota, b"/families/0/used", ctypes.byref(used)) == 0
info = mdcloud.tracker_info()
print(json.dumps({"python": client.quota().families[0].used, "c": used.value, "copies": info.copies}))
"""


@pytest.mark.parametrize("order", ["ctypes-first", "import-first"])
def test_ctypes_and_import_share_one_ledger_in_both_orders(
    order: str, library: Path, run_json: Callable[..., dict], emulator: mdcloud.Emulator
) -> None:
    facts = run_json(sys.executable, "-c", BOTH, order, library)
    assert facts == {"python": 2, "c": 2, "copies": 2}
    assert len(emulator.requests()) == 2


@pytest.mark.parametrize("order", ["cpp-first", "python-first"])
@pytest.mark.parametrize("kind", ["shared", "static"])
def test_a_host_in_cpp_that_embeds_python_shares_its_ledger(
    kind: str, order: str, compile_host: Callable[..., Path], libpython: Path, run_json: Callable[..., dict]
) -> None:
    facts = run_json(compile_host(kind), libpython, order)
    wanted = 4 if order == "cpp-first" else 3
    assert (facts["python"], facts["cpp"], facts["copies"]) == (wanted, wanted, 2)


def test_a_static_host_without_the_exported_symbol_is_told_apart(
    compile_host: Callable[..., Path], libpython: Path, run_json: Callable[..., dict]
) -> None:
    """The one hole: nobody can find such a copy. It works, and support can see it."""
    facts = run_json(compile_host("hidden"), libpython, "cpp-first")
    assert facts["copies"] == 1
    assert facts["python"] == 3


@pytest.fixture
def plugin(library: Path, tmp_path: Path) -> Path:
    """A part of a Python process that is written in C++ and links the library."""
    root = Path(__file__).parents[2]
    built = tmp_path / "plugin.so"
    (tmp_path / "libmdcloud.so.0").symlink_to(library)
    command = ["c++", "-std=c++17", "-shared", "-fPIC", "-I", root / "include", root / "tests/cross/spender.cpp"]
    subprocess.run([*command, "-o", built, library, f"-Wl,-rpath,{tmp_path}"], check=True)
    return built


def test_both_sides_together_spend_an_allowance_to_the_last_call(
    plugin: Path, run_json: Callable[..., dict]
) -> None:
    """Threads in C++ and Python ask 500 times for an allowance of 100: exactly 100 requests are made."""
    script = Path(__file__).with_name("spend.py")
    with mdcloud.Emulator(**{"allowance.reputation_api": "100"}) as emulator:
        point = {"MDCLOUD_BASE_URL": emulator.base_url, "MDCLOUD_API_KEY": emulator.api_key}
        facts = run_json(sys.executable, script, plugin, **point)
        assert len(emulator.requests()) == 100
    assert facts["answered"] == 100
    assert facts["refused"] == 400
    assert 86_000 < facts["retry_after"] <= 86_400


def test_both_sides_together_keep_the_short_window_and_lose_no_time(
    plugin: Path, run_json: Callable[..., dict]
) -> None:
    """Forty uploads of eight threads in C++ and Python, ten in five seconds: no 429, and the last is in time."""
    script = Path(__file__).with_name("submit.py")
    with mdcloud.Emulator(throttle="10/5s", scan_time=0) as emulator:
        point = {"MDCLOUD_BASE_URL": emulator.base_url, "MDCLOUD_API_KEY": emulator.api_key}
        facts = run_json(sys.executable, script, plugin, 4, 5, MDCLOUD_THROTTLE="10/5s", **point)
        requests = emulator.requests()
    assert facts["taken"] == len(requests) == 40
    assert {request.status for request in requests} == {200}
    # The last may start when three windows have passed.
    makespan = max(request.at for request in requests) - min(request.at for request in requests)
    print(f"\nmakespan {makespan:.3f} s, ideal 15 s: {makespan / 15:.4f}")
    assert 1 <= makespan / 15 < 1.15


def test_both_sides_together_learn_the_short_window_from_one_refusal(
    plugin: Path, run_json: Callable[..., dict]
) -> None:
    """Eight threads of C++ and eight of Python know nothing of twelve in ten seconds: one 429 in all."""
    script = Path(__file__).with_name("submit.py")
    with mdcloud.Emulator(throttle="12/10s", scan_time=0) as emulator:
        point = {"MDCLOUD_BASE_URL": emulator.base_url, "MDCLOUD_API_KEY": emulator.api_key}
        facts = run_json(sys.executable, script, plugin, 8, 2, **point)
        statuses = [request.status for request in emulator.requests()]
    assert facts["taken"] == statuses.count(200) == 32
    assert statuses.count(429) == 1, statuses

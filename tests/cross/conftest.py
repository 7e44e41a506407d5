"""What happens when languages meet in one process: every test here starts processes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import mdcloud

ROOT = Path(__file__).parents[2]
LIBRARY = Path(os.environ.get("MDCLOUD_TEST_LIB", ROOT / "target/debug/libmdcloud.so"))


@pytest.fixture(scope="session")
def library() -> Path:
    if not LIBRARY.exists():
        pytest.fail(f"{LIBRARY} is not built: run cargo build -p mdcloud-c")
    return LIBRARY


@pytest.fixture
def emulator() -> Iterator[mdcloud.Emulator]:
    with mdcloud.Emulator() as emulator:
        yield emulator


@pytest.fixture(scope="session")
def libpython() -> Path:
    """The shared library of this interpreter, for hosts that embed it."""
    names = [sysconfig.get_config_var(name) for name in ("INSTSONAME", "LDLIBRARY")]
    folders = [sysconfig.get_config_var("LIBDIR"), "/usr/lib/x86_64-linux-gnu", "/usr/lib64"]
    for folder in filter(None, folders):
        for name in filter(None, names):
            path = Path(folder) / name
            if path.exists() and ".so" in path.name:
                return path
    pytest.skip("this Python has no shared library, so nothing can embed it")


@pytest.fixture(scope="session")
def compile_host(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Compiles tests/cross/host.cpp against the library: shared, or static with or without the export."""

    def compile_host(kind: str) -> Path:
        folder = tmp_path_factory.mktemp(kind)
        program = folder / "host"
        command = ["c++", "-std=c++17", "-Wall", "-Wextra", "-Werror", "-I", str(ROOT / "include")]
        command += [str(ROOT / "tests/cross/host.cpp"), "-o", str(program)]
        if kind == "shared":
            (folder / "libmdcloud.so.0").symlink_to(library)
            command += [str(library), f"-Wl,-rpath,{folder}", "-ldl"]
        else:
            command += [str(library.with_suffix(".a")), "-ldl", "-lpthread", "-lm"]
            if kind == "static":
                # What pkg-config --static says: fetch the symbol from the archive, and show it to others.
                command += ["-Wl,-u,mdcloud_rendezvous_v1", "-Wl,--export-dynamic-symbol=mdcloud_rendezvous_v1"]
        subprocess.run(command, check=True)
        return program

    return compile_host


@pytest.fixture
def run_json(emulator: mdcloud.Emulator) -> Callable[..., dict]:
    """Runs a program that prints one JSON object, pointed at the emulator."""

    def run_json(*command: object, **environment: str) -> dict:
        variables = os.environ | {
            "MDCLOUD_BASE_URL": emulator.base_url,
            "MDCLOUD_API_KEY": emulator.api_key,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }
        arguments = [str(part) for part in command]
        ran = subprocess.run(
            arguments, env=variables | environment, capture_output=True, text=True, timeout=120
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return json.loads(ran.stdout.splitlines()[-1])

    return run_json

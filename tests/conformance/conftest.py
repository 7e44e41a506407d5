"""Clients that this project did not write, against the emulator."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Service:
    """A running emulator."""

    url: str
    key: str

    def ask(self, method: str, path: str, **options: object) -> requests.Response:
        headers = {"apikey": self.key, **options.pop("headers", {})}  # type: ignore[dict-item]
        return requests.request(method, self.url + path, headers=headers, timeout=20, **options)  # type: ignore[arg-type]

    def submit(self, content: bytes, **headers: str) -> dict:
        headers = {"content-type": "application/octet-stream", **headers}
        answer = self.ask("POST", "/file", data=content, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()


def program() -> Path:
    named = os.environ.get("MDCLOUD_TEST_EMULATOR")
    return Path(named) if named else ROOT / "target" / "debug" / "mdcloud-emulator"


@pytest.fixture(scope="session")
def start() -> Iterator[Callable[..., Service]]:
    """Starts emulators; all of them end with the session."""
    running: list[subprocess.Popen[str]] = []

    def start(**settings: object) -> Service:
        command = [str(program()), "--port", "0", "--lifetime", "600"]
        for name, value in settings.items():
            command += ["--set", f"{name.replace('__', '.')}={value}"]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        running.append(child)
        assert child.stdout is not None
        words = dict(word.split("=", 1) for word in child.stdout.readline().split())
        return Service(words["base_url"], words["api_key"])

    yield start
    for child in running:
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


@pytest.fixture(scope="session")
def eicar() -> bytes:
    """The harmless file that every engine finds, put together here so that none finds this one."""
    return b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"

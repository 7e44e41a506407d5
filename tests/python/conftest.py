"""Every test has an emulator of its own: the service on loopback, in this process."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

import mdcloud


def pytest_configure(config: pytest.Config) -> None:
    # All operations are under test; that the legacy ones warn is tested in apart_manners.py.
    config.addinivalue_line("filterwarnings", "ignore::mdcloud.LegacyOperationWarning")
    # A shell ignores it for what it starts in the background, and so would every process of the tests.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEY", "BASE_URL", "MAX_WAIT", "THROTTLE", "QUOTA_STORE"):
        monkeypatch.delenv(f"MDCLOUD_{name}", raising=False)


@pytest.fixture
def emulator() -> Iterator[mdcloud.Emulator]:
    with mdcloud.Emulator(scan_time=0) as emulator:
        yield emulator


@pytest.fixture
def client(emulator: mdcloud.Emulator) -> Iterator[mdcloud.Client]:
    with emulator.client() as client:
        yield client


@pytest.fixture
def eicar() -> bytes:
    """The harmless file that every engine finds, put together here so that none finds this one."""
    return b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"

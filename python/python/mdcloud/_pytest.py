"""Fixtures for pytest, there as soon as the package is installed: test your own code offline.

def test_upload_is_refused(mdcloud_emulator):
    with mdcloud.Client() as client:  # finds the emulator by itself
        assert my_gate(client, mdcloud_emulator.sample("infected")) == "refused"

@pytest.mark.mdcloud(scene="outage")
def test_an_outage_is_told(mdcloud_emulator): ...
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import mdcloud


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "mdcloud(**settings): settings of mdcloud.Emulator for the fixture mdcloud_emulator"
    )


@pytest.fixture
def mdcloud_emulator(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[mdcloud.Emulator]:
    """MetaDefender Cloud on loopback, for one test; ``mdcloud.Client()`` without arguments asks it.

    Scans take no time unless the marker ``mdcloud(scan_time=...)`` says so; it takes all settings of
    ``mdcloud.Emulator``.
    """
    import uuid

    import mdcloud

    settings: dict[str, Any] = {"scan_time": 0, "sanitize_time": 0, "sandbox_time": 0}
    # A key of its own: what the quota ledger remembers of an earlier test does not count in this one.
    settings["api_key"] = f"pytest{uuid.uuid4().hex}"
    for marker in reversed(list(request.node.iter_markers("mdcloud"))):  # the test's own comes last
        if marker.args:
            raise pytest.UsageError("the marker mdcloud takes settings by name, such as mdcloud(scan_time=1)")
        settings.update(marker.kwargs)
    with mdcloud.Emulator(**settings) as emulator:
        for name in ("MAX_WAIT", "THROTTLE", "QUOTA_STORE"):
            monkeypatch.delenv(f"MDCLOUD_{name}", raising=False)
        monkeypatch.setenv("MDCLOUD_BASE_URL", emulator.base_url)
        monkeypatch.setenv("MDCLOUD_API_KEY", emulator.api_key)
        yield emulator

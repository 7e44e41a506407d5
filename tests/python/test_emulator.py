"""The emulator as users test their own code with it: scenes, samples, and the fixture for pytest."""

from __future__ import annotations

import pathlib
import subprocess
import sys
from typing import Any

import pytest

import mdcloud
from mdcloud import _scenes

MEETS = {
    "throttled": mdcloud.ThrottledError,
    "exhausted": mdcloud.QuotaExhaustedError,
    "wrong_key": mdcloud.AuthError,
    "blocked": mdcloud.BlockedError,
    "outage": mdcloud.ServerError,
    "hiccup": None,
    "silent": mdcloud.RequestTimeoutError,
    "never_finished": mdcloud.ScanNotFinishedError,
    "paid": None,
}


@pytest.mark.parametrize("scene", _scenes.SCENES)
def test_a_scene_is_what_it_says(scene: str) -> None:
    settings: dict[str, Any] = {} if scene == "never_finished" else {"scan_time": 0}
    with mdcloud.Emulator(scene=scene, **settings) as emulator:
        with emulator.client(max_wait=0, read_timeout=0.3, retries=1, deadline=0.6) as client:

            def use() -> mdcloud.Report:
                client.engine_definitions()
                client.file_scan(b"one", reuse=False)
                return client.file_scan(b"two", reuse=False)

            if (expected := MEETS[scene]) is None:
                assert use().verdict is mdcloud.Verdict.CLEAN
            else:
                with pytest.raises(expected):
                    use()
            if scene == "hiccup":
                assert [request.status for request in emulator.requests()][0] == 503
            if scene == "paid":
                assert client.apikey_info().is_paid


def test_what_is_given_counts_more_than_the_scene() -> None:
    with mdcloud.Emulator(scene="paid", paid=False) as emulator, emulator.client() as client:
        assert not client.apikey_info().is_paid


@pytest.mark.parametrize("kind", ["clean", "infected", "suspicious", "encrypted", "aborted"])
def test_a_sample_gets_the_wanted_result(
    kind: str, client: mdcloud.Client, emulator: mdcloud.Emulator
) -> None:
    wanted = {"encrypted": "INCOMPLETE", "aborted": "INCOMPLETE"}.get(kind, kind.upper())
    for more in (b"", b"another"):
        assert client.file_scan(emulator.sample(kind) + more, deadline=5).verdict.name == wanted


@pytest.mark.parametrize("wrong", [7, None, b"clean"])
def test_a_wrong_type_names_the_argument(wrong: object) -> None:
    with pytest.raises(TypeError, match="kind"):
        mdcloud.Emulator.sample(wrong)  # type: ignore[arg-type]
    if wrong is not None:
        with pytest.raises(TypeError, match="scene"):
            mdcloud.Emulator(scene=wrong)  # type: ignore[arg-type]


def test_an_unknown_name_says_which_there_are() -> None:
    with pytest.raises(ValueError, match="outage"):
        mdcloud.Emulator(scene="outrage")
    with pytest.raises(ValueError, match="infected"):
        mdcloud.Emulator.sample("infect")
    with pytest.raises(ValueError, match="sand_time"):
        mdcloud.Emulator(sand_time=1)


def test_every_time_is_in_seconds() -> None:
    times: dict[str, Any] = {"scan_time": 1, "sanitize_time": 2.5, "sandbox_time": 3, "interval": 3600}
    with mdcloud.Emulator(virtual_clock=True, **times) as emulator, emulator.client() as client:
        sandbox_id = client.sandbox_submit_url("https://example.com/").sandbox_id or ""
        assert not client.sandbox_report(sandbox_id).is_finished
        emulator.advance(3)
        assert client.sandbox_report(sandbox_id).is_finished


PROJECT = '''
import mdcloud
import pytest

def gate(data):
    """The code under test: it knows nothing of the emulator."""
    with mdcloud.Client() as client:
        return client.file_scan(data).verdict is mdcloud.Verdict.CLEAN

def test_a_clean_file_passes(mdcloud_emulator):
    assert gate(mdcloud_emulator.sample("clean"))

def test_a_threat_does_not(mdcloud_emulator):
    assert not gate(mdcloud_emulator.sample("infected"))
    assert [request.method for request in mdcloud_emulator.requests()] == ["GET", "POST", "GET"]

@pytest.mark.mdcloud(scene="outage")
def test_an_outage_is_an_error(mdcloud_emulator):
    with pytest.raises(mdcloud.ServerError):
        gate(b"x")

@pytest.mark.mdcloud(virtual_clock=True, throttle="1/60s")
class TestTime:
    def test_moves_by_hand(self, mdcloud_emulator):
        with mdcloud.Client(max_wait=0) as client:
            client.file_submit(b"one")
            with pytest.raises(mdcloud.ThrottledError):
                client.file_submit(b"two")

    @pytest.mark.mdcloud(throttle="2/60s")
    def test_the_nearest_marker_counts(self, mdcloud_emulator):
        with mdcloud.Client(max_wait=0) as client:
            client.file_submit(b"one")
            client.file_submit(b"two")

@pytest.mark.mdcloud("outage")
def test_a_slip_in_the_marker_is_told(mdcloud_emulator):
    pass
'''


def test_a_project_of_a_user_finds_the_fixture_by_itself(tmp_path: pathlib.Path) -> None:
    (tmp_path / "test_gate.py").write_text(PROJECT)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--strict-markers",
        "-q",
        "-p",
        "no:cacheprovider",
        "test_gate.py",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert "5 passed, 1 error" in done.stdout, done.stdout + done.stderr
    assert "takes settings by name" in done.stdout

"""What the operations send, and what they give."""

from __future__ import annotations

import hashlib

import pytest

import mdcloud
from mdcloud import Verdict

CONTENT = b"hello"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def sent(emulator: mdcloud.Emulator) -> list[str]:
    return [f"{request.method} {request.path}" for request in emulator.requests()]


def test_a_scan_asks_by_hash_uploads_and_waits(client: mdcloud.Client, emulator: mdcloud.Emulator) -> None:
    report = client.file_scan(CONTENT)
    assert report.verdict is Verdict.CLEAN
    assert report.is_finished
    assert report.sha256 == SHA256.upper()
    assert report.engines and isinstance(report.engines[0], mdcloud.Engine)
    assert report.engines[0].name
    assert sent(emulator) == [f"GET /v4/hash/{SHA256}", "POST /v4/file", f"GET /v4/file/{report.data_id}"]
    emulator.reset()
    again = client.file_scan(CONTENT)
    assert again.verdict is Verdict.CLEAN
    assert sent(emulator) == [f"GET /v4/hash/{SHA256}"]
    emulator.reset()
    client.file_scan(CONTENT, reuse=False)
    assert "POST /v4/file" in sent(emulator)


def test_an_infected_file(client: mdcloud.Client, eicar: bytes) -> None:
    report = client.file_scan(eicar)
    assert report.verdict is Verdict.INFECTED
    assert report.detected_engines and report.detected_engines > 0
    assert any(engine.threat for engine in report.engines)


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (0, Verdict.CLEAN),
        (1, Verdict.INFECTED),
        (2, Verdict.SUSPICIOUS),
        (12, Verdict.INCOMPLETE),
        (69, Verdict.UNKNOWN),
    ],
)
def test_verdicts(client: mdcloud.Client, code: int, verdict: Verdict) -> None:
    report = client.file_scan(f"MDCLOUD-RESULT:{code} ".encode())
    assert (report.verdict, report.result_code) == (verdict, code)


def test_submit_report_and_wait(client: mdcloud.Client) -> None:
    submission = client.file_submit(CONTENT, filename="a/b/hello.txt")
    assert submission.data_id
    assert client.file_report(submission.data_id).data_id == submission.data_id
    report = client.file_wait(submission.data_id, deadline=10)
    assert report.display_name == "hello.txt"
    assert client.hash_lookup(SHA256).sha256 == SHA256.upper()


def test_submit_options_become_headers(client: mdcloud.Client, emulator: mdcloud.Emulator) -> None:
    client.file_submit(
        CONTENT,
        filename="ä b.txt",
        rule=["multiscan", "unarchive"],
        archive_password="pw1",
        file_password="pw2",
        sample_sharing=True,
        sandbox="windows10",
        callback_url="https://example.com/hook",
        rescan_count=2,
        rescan_interval=3,
        metadata={"who": "ä"},
        headers={"X-Own": "1"},
    )
    headers = emulator.requests()[0].headers
    expected = {
        "filename": "%C3%A4%20b.txt",
        "rule": "multiscan,unarchive",
        "archivepwd": "pw1",
        "filepassword": "pw2",
        "samplesharing": "1",
        "sandbox": "windows10",
        "callbackurl": "https://example.com/hook",
        "rescan-count": "2",
        "rescan-interval": "3",
        "metadata": '{"who": "\\u00e4"}',
        "x-own": "1",
    }
    assert {name: headers.get(name) for name in expected} == expected
    assert "apikey" not in headers or "emulator0key" not in headers["apikey"]
    emulator.reset()
    client.file_submit(CONTENT, rule="dlp", private_processing=None, metadata='{"a":1}')
    headers = emulator.requests()[0].headers
    assert (headers["rule"], headers["metadata"]) == ("dlp", '{"a":1}')
    assert "privateprocessing" not in headers


def test_many_hashes_in_order_and_lazily(client: mdcloud.Client, emulator: mdcloud.Emulator) -> None:
    client.file_scan(CONTENT)
    emulator.reset()
    taken = 0

    def inputs() -> object:
        nonlocal taken
        for index in range(2500):
            taken += 1
            yield SHA256 if index % 100 == 0 else f"{index:064x}"

    results = emulator.client(concurrency=2).hash_lookup_many(inputs())  # type: ignore[arg-type]
    assert taken == 0
    first = next(results)
    assert (first.is_known, first.hash, first.verdict) == (True, SHA256, Verdict.CLEAN)
    assert taken == 2000, "a batch for each of the requests at once, and no more"
    rest = list(results)
    assert len(rest) == 2499
    assert [result.hash for result in rest[:3]] == [f"{index:064x}" for index in (1, 2, 3)]
    assert [result.is_known for result in rest].count(True) == 24
    assert sent(emulator) == ["POST /v4/hash"] * 3
    assert all(result.error is None for result in rest)
    assert list(results) == []


def test_a_malformed_hash_fails_alone(client: mdcloud.Client) -> None:
    bad, good = client.hash_lookup_many(["no hash", "0" * 32])
    assert isinstance(bad.error, mdcloud.InvalidArgumentError)
    assert bad.error is bad.error
    assert bad.hash == "no hash"
    assert good.error is None and not good.is_known and good.data_id is None


def test_the_key(client: mdcloud.Client) -> None:
    client.file_submit(CONTENT)
    info = client.apikey_info()
    assert info.limit_prevention == 1000 and info.is_paid is False
    used, left = client.apikey_limits(), client.apikey_limits_left()
    assert used.prevention_api == 1 and left.prevention_api == 999
    assert left.amounts["reputation_api"] == left.reputation_api == 4000


def test_call(client: mdcloud.Client) -> None:
    document = client.call("POST", "/hash", body='{"hash": ["%s"]}' % SHA256)
    assert document.raw.startswith(b"{") or document.raw.startswith(b"[")
    assert (
        document.json()
        == client.call("post", "/hash", {"x-a": "b"}, b'{"hash": ["%s"]}' % SHA256.encode()).json()
    )
    document = client.call("GET", "/apikey/limits")
    assert document.pointer("/prevention_api") == "0"  # as the service writes it
    assert document.pointer("/nothing/here") is None
    assert document.pointer("/nothing", 7) == 7


def test_quota(client: mdcloud.Client) -> None:
    assert client.quota() is None
    client.hash_lookup_many(["0" * 32]).__next__()
    quota = client.quota()
    assert quota is not None
    (family,) = [family for family in quota.families if family.name == "reputation_api"]
    assert (family.limit, family.remaining, family.used) == (4000, 3999, 1)
    assert family.source == "header" and family.resets_in
    assert quota.account in [one.account for one in mdcloud.quota()]
    shown = str(quota)
    assert "reputation_api" in shown and "3999" in shown and "emulator0key" not in shown + repr(quota)
    with pytest.raises(AttributeError):
        quota.store = "x"


def test_the_quota_has_every_value_of_the_core(client: mdcloud.Client) -> None:
    import json

    from mdcloud import _quota

    client.file_submit(CONTENT)
    (values,) = json.loads(client._native.quota())
    assert set(values) == set(_quota.Quota.__slots__)
    assert set(values["throttle"]) == set(_quota.ThrottleQuota.__slots__)
    assert set(values["families"][0]) == set(_quota.FamilyQuota.__slots__)


def test_tracker_info() -> None:
    info = mdcloud.tracker_info()
    assert info.version == mdcloud.__version__
    assert info.copies >= 1 and "_native" in info.object or not info.is_self


def test_progress(client: mdcloud.Client) -> None:
    seen: list[mdcloud.Progress] = []
    client.file_scan(b"x" * 1_000_000, progress=seen.append)
    uploads = [one for one in seen if one.phase == "upload"]
    assert uploads[-1].sent == uploads[-1].total == 1_000_000 and uploads[-1].percent == 100
    assert seen[-1].phase == "scan" and seen[-1].percent == 100
    assert seen[-1].sent is None
    with pytest.raises(mdcloud.CancelledError):
        client.file_scan(b"y" * 1000, progress=lambda progress: False)


def test_an_exception_of_the_callback_comes_out_unchanged(client: mdcloud.Client) -> None:
    error = KeyError("mine")

    def fail(progress: mdcloud.Progress) -> None:
        raise error

    with pytest.raises(KeyError) as caught:
        client.file_scan(b"z" * 1000, progress=fail)
    assert caught.value is error

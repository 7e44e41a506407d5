"""The operations beyond scans and hashes, each once against the emulator."""

from __future__ import annotations

import gc
import io
import os
import pathlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import mdcloud
from mdcloud import Client, Verdict, _native

HASH = "0" * 64
SAMPLE = b"known to the service"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

CALLS: dict[str, tuple[Callable[[Client, mdcloud.Report], Any], type]] = {
    "apikey_scan_history": (lambda c, r: c.apikey_scan_history(limit=5, offset=0), mdcloud.ScanSummaries),
    "webhook_status_all": (lambda c, r: c.webhook_status_all(), mdcloud.WebhookStatuses),
    "repo_submit": (
        lambda c, r: c.repo_submit("github", "someone", "something", ref="main"),
        mdcloud.Submission,
    ),
    "file_rescan": (lambda c, r: c.file_rescan(r.file_id or ""), mdcloud.Submission),
    "file_rescan_many": (lambda c, r: c.file_rescan_many([r.file_id or "", "../x"]), list),
    "hash_history": (lambda c, r: c.hash_history(r.sha256 or "", limit=3), mdcloud.ScanHistory),
    "hash_badge": (lambda c, r: c.hash_badge(r.sha256 or "", size="small", type="svg"), mdcloud.Badge),
    "hash_peinfo": (lambda c, r: c.hash_peinfo(r.sha256 or ""), mdcloud.PeInfo),
    "hash_exif": (lambda c, r: c.hash_exif(r.sha256 or ""), mdcloud.Exif),
    "hash_apk_manifest": (lambda c, r: c.hash_apk_manifest(r.sha256 or ""), mdcloud.ApkManifest),
    "hash_appinfo": (lambda c, r: c.hash_appinfo(r.sha256 or ""), mdcloud.AppInfo),
    "hash_vulnerability": (lambda c, r: c.hash_vulnerability(r.sha256 or ""), mdcloud.Document),
    "cve_list": (lambda c, r: c.cve_list(), mdcloud.Document),
    "cve_info": (lambda c, r: c.cve_info("CVE-2020-0001"), mdcloud.Document),
    "cve_products": (lambda c, r: c.cve_products("CVE-2020-0001"), mdcloud.Document),
    "cve_vendors": (lambda c, r: c.cve_vendors("CVE-2020-0001"), mdcloud.Document),
    "cve_hashes": (lambda c, r: c.cve_hashes("CVE-2020-0001"), mdcloud.Document),
    "ip_lookup": (lambda c, r: c.ip_lookup("8.8.8.8"), mdcloud.Reputation),
    "url_lookup": (lambda c, r: c.url_lookup("https://example.com/a?b=c"), mdcloud.Reputation),
    "domain_lookup": (lambda c, r: c.domain_lookup("example.com"), mdcloud.Reputation),
    "sandbox_submit_url": (
        lambda c, r: c.sandbox_submit_url("https://example.com"),
        mdcloud.SandboxSubmission,
    ),
    "feed_infected": (lambda c, r: c.feed_infected(), mdcloud.FeedPage),
    "feed_clean": (lambda c, r: c.feed_clean(page=1), mdcloud.FeedPage),
    "feed_hashes": (lambda c, r: c.feed_hashes(), mdcloud.FeedPage),
    "feed_false_positives": (lambda c, r: c.feed_false_positives(), mdcloud.FeedPage),
    "feed_infected_top": (lambda c, r: c.feed_infected_top(), mdcloud.FeedPage),
    "sample_link": (lambda c, r: c.sample_link(r.sha256 or ""), str),
    "service_version": (lambda c, r: c.service_version(), mdcloud.Document),
    "engine_definitions": (lambda c, r: c.engine_definitions(), mdcloud.Document),
}


@pytest.fixture(scope="module")
def known() -> Iterator[tuple[mdcloud.Emulator, Client, mdcloud.Report]]:
    with mdcloud.Emulator(scan_time=0, paid=True) as emulator, emulator.client() as client:
        yield emulator, client, client.file_scan(EICAR)


@pytest.mark.parametrize("name", CALLS)
def test_each_operation_asks_its_own_row(
    name: str, known: tuple[mdcloud.Emulator, Client, mdcloud.Report]
) -> None:
    call, kind = CALLS[name]
    emulator, client, report = known
    emulator.reset()
    assert isinstance(call(client, report), kind)
    assert len(emulator.requests()) == 1


def test_every_operation_of_the_tables_is_a_method() -> None:
    for _, name in _native.OPERATIONS:
        if name != "FEED_FALSE_POSITIVES_ENGINE":  # feed_false_positives(engine=...)
            assert callable(getattr(Client, name.lower())), name
    for name in (
        "file_wait",
        "file_scan",
        "file_scan_many",
        "file_sanitize",
        "sanitized_download",
        "sandbox_wait",
    ):
        assert callable(getattr(Client, name))


def test_lists_are_iterable_and_have_a_length(client: Client) -> None:
    client.file_scan(SAMPLE)
    history = client.apikey_scan_history()
    assert len(history) == len(list(history)) == len(history.entries) == 1
    assert isinstance(history[0], mdcloud.ScanSummary)
    page = client.feed_infected()
    assert [entry.sha256 for entry in page] == [entry.sha256 for entry in page.entries]
    assert len(page) == 1000 and page.length


def test_a_free_key_is_told_where_its_feed_ends(client: Client) -> None:
    pages = client.feed_infected().all_pages()
    assert len(next(pages)) == 1000
    with pytest.raises(mdcloud.AuthError):
        next(pages)


def test_all_pages_go_on_while_pages_are_full(client: Client, emulator: mdcloud.Emulator) -> None:
    full = '{"hashes": [%s]}' % ",".join(['{"sha256": "%s"}' % HASH] * 1000)
    emulator.fault("status", 200, path="/feed/infected", count=2, body=full)
    emulator.fault("status", 200, path="/feed/infected", body='{"hashes": []}')
    pages = client.feed_infected(category="E").all_pages()
    assert [len(page) for page in pages] == [1000, 1000, 0]
    paths = [request.path for request in emulator.requests()]
    assert ["page=2" in path for path in paths] == [False, True, False]
    assert all("category=E" in path for path in paths) and "page=3" in paths[2]


def test_many_addresses(client: Client, emulator: mdcloud.Emulator) -> None:
    results = list(client.ip_lookup_many(["8.8.8.8", "no address", "1.1.1.1"]))
    assert [result.address for result in results] == ["8.8.8.8", "no address", "1.1.1.1"]
    assert isinstance(results[1].error, mdcloud.InvalidArgumentError)
    assert len(list(client.url_lookup_many(f"http://example.com/{n}" for n in range(60)))) == 60
    assert len(list(client.domain_lookup_many(["example.com"]))) == 1
    for wrong in (client.ip_lookup_many, client.url_lookup_many, client.domain_lookup_many):
        with pytest.raises(TypeError):
            wrong("example.com")
        with pytest.raises(TypeError, match=r"\[0\]"):
            list(wrong([5]))  # type: ignore[list-item]


def test_a_clean_copy(client: Client, emulator: mdcloud.Emulator, tmp_path: pathlib.Path) -> None:
    target = tmp_path / "clean"
    report = client.file_sanitize(b"a document", target, filename="a.pdf")
    assert report.sanitized and target.read_bytes()
    data_id = report.data_id or ""
    assert client.sanitized_link(data_id).startswith("http")
    assert client.sanitized_download(data_id, str(tmp_path / "again")) == target.stat().st_size
    with pytest.raises(OSError):
        client.sanitized_download(data_id, tmp_path / "missing" / "x")
    with pytest.raises(TypeError, match="destination"):
        client.sanitized_download(data_id, 5)  # type: ignore[arg-type]


def test_many_files(client: Client, tmp_path: pathlib.Path, eicar: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"in a file")
    sources: list[mdcloud.SourceLike] = [path, eicar, io.BytesIO(b"stream"), b"", tmp_path / "missing"]
    outcomes = sorted(client.file_scan_many(sources), key=lambda outcome: outcome.index)
    assert [outcome.source for outcome in outcomes] == sources
    assert [outcome.result and outcome.result.verdict for outcome in outcomes] == [
        Verdict.CLEAN,
        Verdict.INFECTED,
        Verdict.CLEAN,
        None,
        None,
    ]
    assert isinstance(outcomes[3].error, mdcloud.InvalidArgumentError)
    missing = outcomes[4].error
    assert isinstance(missing, FileNotFoundError) and os.fspath(missing.filename) == str(tmp_path / "missing")
    assert "Report(" in repr(outcomes[0]) and "error" in repr(outcomes[4])


def test_many_files_with_one_that_raises(client: Client) -> None:
    error = LookupError("mine")

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise error

    outcomes = sorted(client.file_scan_many([b"good", Broken(b"x" * 100)]), key=lambda outcome: outcome.index)
    assert outcomes[0].result and outcomes[1].error is error

    def inputs() -> Any:
        yield b"first"
        raise error

    with pytest.raises(LookupError) as caught:
        list(client.file_scan_many(inputs()))
    assert caught.value is error
    with pytest.raises(TypeError, match="source"):
        list(client.file_scan_many([5]))  # type: ignore[list-item]
    with pytest.raises(TypeError, match="sources"):
        client.file_scan_many(b"bytes")  # type: ignore[arg-type]


def test_leaving_many_scans_early_ends_their_threads(emulator: mdcloud.Emulator) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            time.sleep(0.001)
            return super().read(1000)

    outcomes = emulator.client().file_scan_many([b"quick"] + [Slow(b"x" * 100_000) for _ in range(20)])
    next(outcomes)
    start = time.monotonic()
    del outcomes
    gc.collect()
    assert time.monotonic() - start < 3


def test_results_can_be_named_in_annotations_at_run_time() -> None:
    assert mdcloud.Results[mdcloud.HashResult] is mdcloud.Results

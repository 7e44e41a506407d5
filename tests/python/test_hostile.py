"""Names, threats and all other texts of an answer are chosen by attackers."""

from __future__ import annotations

import json
import pathlib
import threading
import unicodedata
import urllib.parse
from typing import Any

import pytest

import mdcloud
from mdcloud.cli import main

NASTY = "\x1b]0;owned\x07\x1b[2J\r\nCLEAN <script>alert(1)</script>\" onload=x ../../x C:\\x\0\u202efdp.exe\u2028"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> mdcloud.Emulator:
    emulator = mdcloud.Emulator(scan_time=0, sanitize_time=0, paid=True)
    monkeypatch.setenv("MDCLOUD_BASE_URL", emulator.base_url)
    monkeypatch.setenv("MDCLOUD_API_KEY", emulator.api_key)
    return emulator


def dangerous(text: str) -> set[str]:
    """Characters that move the cursor, turn the text round or cannot be seen."""
    kinds = {character: unicodedata.category(character) for character in set(text)}
    return {character for character, kind in kinds.items() if kind in ("Cc", "Cf", "Zl", "Zp")} - {"\n"}


COMMANDS = [
    ["scan", "bad\x1b[2J.com"],
    ["scan", "--json", "bad\x1b[2J.com"],
    ["hash", "HASH"],
    ["ip", "203.0.113.7"],
    ["url", "http://malware.example/"],
    ["domain", "malware.example"],
    ["quota"],
    ["key"],
    ["webhook"],
    ["feed"],
    ["sanitize", "bad\x1b[2J.com", "--output", "copies"],
]


@pytest.mark.parametrize("fault", ["texts", "status", "none"])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_no_command_prints_a_control_character_from_outside(
    command: list[str],
    fault: str,
    service: mdcloud.Emulator,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad\x1b[2J.com").write_bytes(mdcloud.Emulator.sample("infected"))
    digest = service.client().file_scan(mdcloud.Emulator.sample("infected")).sha256 or ""
    if fault == "texts":
        service.fault("texts", NASTY, count=1000)
    elif fault == "status":
        body = json.dumps({"error": {"code": 400999, "messages": [NASTY]}})
        service.fault("status", 400, body=body, count=1000)
    try:
        main([digest if part == "HASH" else part for part in command])
    except SystemExit as left:
        assert left.code != 2, capsys.readouterr().err
    shown = capsys.readouterr()
    assert shown.out or shown.err
    assert not dangerous(shown.out), repr(shown.out)
    assert not dangerous(shown.err), repr(shown.err)


def test_html_views_escape_what_they_show(service: mdcloud.Emulator) -> None:
    client = service.client()
    known = client.file_scan(mdcloud.Emulator.sample("infected"))
    shown = 0
    calls: list[Any] = [
        lambda: client.hash_lookup(known.sha256 or ""),
        lambda: client.file_report(known.data_id or ""),
        lambda: client.ip_lookup("203.0.113.7"),
        lambda: client.hash_history(known.sha256 or ""),
        lambda: client.apikey_info(),
        lambda: client.apikey_scan_history(),
        lambda: client.feed_infected(),
        lambda: client.hash_lookup_many([known.sha256 or ""]),
        lambda: client.hash_peinfo(known.sha256 or ""),
    ]
    for call in calls:
        service.fault("texts", NASTY)
        result = call()
        parts = [result, *getattr(result, "engines", [])]
        for part in parts if not hasattr(result, "table") else [*parts, result.table()]:
            if html := getattr(part, "_repr_html_", None):
                page = html()
                shown += NASTY[:3] in page or "script" in page
                assert "<script" not in page and 'onload=x"' not in page.replace("&quot;", ""), page[:500]
                assert "\x1b" not in page and "\0" not in page, page[:500]
    assert shown >= 3


@pytest.mark.parametrize("name", ["../../x", "/etc/x", "C:\\x", "..\\x", "a\0b", "con", "x\n", "-rf", "~/x", "."])
def test_the_name_in_an_answer_never_decides_where_a_copy_is_written(
    name: str, service: mdcloud.Emulator, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "inside"
    (inside / "out").mkdir(parents=True)
    monkeypatch.chdir(inside)
    client = service.client()
    report = client.file_sanitize(b"a plain text", inside / "out" / "copy")
    before = sorted(tmp_path.rglob("*"))
    link = client.sanitized_link(report.data_id or "")
    # The link names the file too.
    body = json.dumps({"sanitizedFilePath": link + "&name=" + urllib.parse.quote(name), "display_name": name})
    service.fault("status", 200, path="/file/converted/", body=body)
    service.fault("headers", {"content-disposition": f"attachment; filename={name!r}"}, path="/files/")
    client.sanitized_download(report.data_id or "", inside / "out" / "copy")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_text_of_ten_megabytes_is_kept_and_not_shown(service: mdcloud.Emulator) -> None:
    client = service.client()
    digest = client.file_scan(b"x").sha256 or ""
    long = {"file_info": {"display_name": "A" * 10_000_000}, "scan_results": {"scan_all_result_a": "B" * 10_000_000}}
    service.fault("status", 200, path="/hash/", body=json.dumps(long))
    report = client.hash_lookup(digest)
    assert len(report.display_name or "") == 10_000_000
    assert len(repr(report)) < 2000, len(repr(report))
    assert len(report._repr_html_()) < 100_000
    service.fault("status", 400, body='{"error": {"code": 400999, "messages": ["%s"]}}' % ("A" * 10_000_000))
    with pytest.raises(mdcloud.BadRequestError) as caught:
        client.hash_lookup(digest)
    assert len(str(caught.value)) < 1000 and len(repr(caught.value)) < 2000


def test_depth_is_refused_where_a_thread_has_little_stack() -> None:
    """As every thread on musl; Python's own reader would end the process there, from 3.12 on."""
    told: list[str] = []

    def read() -> None:
        for make in (mdcloud.Document, mdcloud.Report.from_json):
            assert make(b'{"a": "\\"%s", "b": %s}' % (b"[" * 9999, b"[" * 499 + b"]" * 499)).json()["b"]
            with pytest.raises(RecursionError, match="nests deeper than 500 levels") as caught:
                make(b'{"a": %s}' % (b"[" * 100_000 + b"]" * 100_000)).json()
            told.append(str(caught.value))

    before = threading.stack_size(256 * 1024)
    try:
        thread = threading.Thread(target=read)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    assert len(told) == 2


@pytest.mark.parametrize("shape", ['{"a":', "[", '{"scan_results":{"scan_details":', '{"error":', '{"data":['])
def test_depth_without_end_is_no_crash(shape: str, service: mdcloud.Emulator) -> None:
    ends = {"{": "}", "[": "]"}
    close = "".join(ends[letter] for letter in reversed(shape) if letter in ends)
    deep = shape * 100_000 + "1" + close * 100_000
    client = service.client(retries=0)
    calls: list[Any] = [
        lambda: client.hash_lookup("0" * 32).engines,
        lambda: client.file_report("bzI2").extracted_files,
        lambda: client.apikey_limits_left().amounts,
        lambda: list(client.hash_lookup_many(["0" * 32])),
        lambda: client.feed_infected().entries,
        lambda: client.hash_exif("0" * 32).json(),
        lambda: client.call("GET", "/apikey/").pointer("/a/a/a"),
        lambda: client.sandbox_report("bzI2").verdict,
    ]
    for status in (200, 400):
        for call in calls:
            service.fault("status", status, body=deep)
            try:
                call()
            except (mdcloud.MdcloudError, ValueError, RecursionError):
                pass
    for parse in (mdcloud.Report.from_json, mdcloud.Document):
        try:
            made: Any = parse(deep.encode() if parse is mdcloud.Document else deep)
            repr(made)
            made.json()
        except (mdcloud.MdcloudError, ValueError, RecursionError):
            pass

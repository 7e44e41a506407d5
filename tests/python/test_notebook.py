"""What a notebook shows."""

from __future__ import annotations

import html.parser
import json
from typing import Any

import pytest

import mdcloud

BAD = "<script>alert(1)</script>\x1b[31m\u202egpj.exe'\"&"
VOID = {"br", "img", "progress"}


class Page(html.parser.HTMLParser):
    """Reads HTML as a browser does: which tags there are, and what text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(source)
        self.close()
        assert self.open == [], "every tag is closed"

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attributes
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page(thing: Any) -> Page:
    return Page(thing._repr_html_())


def report(**changes: Any) -> mdcloud.Report:
    scan = {
        "scan_all_result_i": 1,
        "progress_percentage": 100,
        "total_avs": 3,
        "total_detected_avs": 1,
        "scan_details": {
            "Clean One": {"scan_result_i": 0},
            BAD: {"scan_result_i": 1, "threat_found": BAD},
        },
    }
    document = {
        "data_id": "id1",
        "scan_results": scan,
        "process_info": {"progress_percentage": 100, "blocked_reason": BAD},
        "file_info": {"display_name": BAD, "file_size": 5, "file_type_description": BAD},
        "sanitized": {"result": "Error", "reason": BAD},
        **changes,
    }
    return mdcloud.Report.from_json(json.dumps(document))


def test_a_report_shows_its_verdict_and_the_engines_that_found_something_first() -> None:
    shown = page(report())
    assert "INFECTED" in shown.text and "1 of 3 engines" in shown.text
    assert shown.text.index("script") < shown.text.index("Clean One")
    assert "sanitized: Error" in shown.text


def everything(client: mdcloud.Client) -> list[Any]:
    outcomes = client.file_scan_many([b"a", f"missing{BAD}"]).to_table()
    client.hash_lookup_many(["0" * 32]).to_table()
    return [
        report(),
        mdcloud.Table([report(), report()]),
        mdcloud.Table(report().engines),
        client.hash_lookup_many(["0" * 32, BAD]).to_table(),
        client.ip_lookup("203.0.113.7"),
        client.ip_lookup_many(["203.0.113.7", BAD]).to_table(),
        outcomes,
        *outcomes,
        client.quota(),
        client.apikey_info(),
        client.apikey_limits(),
        client.apikey_scan_history(),
        client.feed_infected(),
        client.file_submit(b"x", filename=f"{BAD}.txt".replace("\x1b", "")),
        client.hash_badge("0" * 64),
        mdcloud.Table([]),
    ]


def test_no_text_becomes_part_of_the_page(client: mdcloud.Client) -> None:
    allowed = {"div", "span", "b", "br", "small", "table", "tr", "th", "td", "details", "summary", "img"}
    for thing in everything(client):
        source = thing._repr_html_()
        shown = Page(source)
        assert set(shown.tags) <= allowed
        assert {name for name, _ in shown.attributes} <= {"style", "alt", "src"}
        assert all(name != "src" or str(value).startswith("data:image/") for name, value in shown.attributes)
        for invisible in ("\x1b", "\u202e"):
            assert invisible not in source
        assert "http" not in "".join(str(value) for name, value in shown.attributes)
    assert BAD.partition("\x1b")[0] in page(report()).text, "as text it is there"


def test_the_key_is_nowhere(client: mdcloud.Client, emulator: mdcloud.Emulator) -> None:
    for thing in everything(client):
        assert emulator.api_key not in thing._repr_html_()


def test_no_colour_is_set_but_on_a_background_of_ours() -> None:
    for thing in (report(), mdcloud.Table([report()])):
        for name, value in page(thing).attributes:
            if name == "style" and "color:" in (value or "").replace("border-", ""):
                assert "color:inherit" in str(value) or "background:" in str(value), value


def test_thousands_of_anything_stay_small() -> None:
    engines = {f"engine {number}": {"scan_result_i": 1, "threat_found": "x" * 1000} for number in range(1000)}
    files = [{"display_name": "y" * 1000, "scan_result_i": 0} for _ in range(1000)]
    huge = report(
        scan_results={"scan_all_result_i": 1, "progress_percentage": 100, "scan_details": engines},
        extracted_files={"files_in_archive": files},
    )
    assert len(huge._repr_html_()) < 100_000 and len(repr(huge)) < 500
    table = mdcloud.Table([huge] * 1000)
    assert len(table._repr_html_()) < 100_000
    assert "950 more" in page(table).text


def test_quota_is_a_gauge(client: mdcloud.Client) -> None:
    assert client.quota() is None
    list(client.hash_lookup_many([f"{number:032x}" for number in range(1000)]))
    quota = client.quota()
    shown = page(quota)
    assert "width:25%" in quota._repr_html_()  # type: ignore[union-attr]
    assert "3000 of 4000" in shown.text and "throttle" in shown.text
    assert "reputation_api" in str(quota)


@pytest.mark.parametrize("age, told", [(None, "header"), (0.004, "header, just now"), (90.0, "header, 90 s ago")])
def test_the_quota_says_what_is_kept_and_since_when_it_is_known(age: float | None, told: str) -> None:
    family = {"name": "prevention_api", "limit": 1000, "used": 1, "remaining": 999, "reserved": 5}
    family |= {"in_flight": 0, "resets_in": 3600.0, "source": "header", "age": age}
    throttle = {"requests": 10, "window": 60.0, "source": "setting", "in_window": 1, "held_for": 0, "waiting": 0}
    known = {"account": "0" * 32, "bad_headers": 0, "blocked_for": 0, "in_flight": 0, "store": "process"}
    quota = mdcloud.Quota({**known, "store_error": None, "families": [family], "throttle": throttle})
    _, head, row, rate = str(quota).splitlines()
    assert row.split(maxsplit=7)[4:] == ["5", "60", "min", told], head
    assert rate == "throttle: 1 of 10 per 60 s"
    shown = page(quota).text
    assert "999 of 1000, 5 of them kept" in shown and told in shown


@pytest.mark.parametrize("name", mdcloud._models.__all__)
def test_every_kind_of_result_has_a_picture_even_without_content(name: str) -> None:
    if name != "Result":
        page(mdcloud._native._restore(name, b"{}", ""))

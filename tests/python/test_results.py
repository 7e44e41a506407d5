"""Results as Python objects."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
import pydoc

import pytest

import mdcloud
from mdcloud import _models

REPORT = {
    "data_id": "id1",
    "unknown_field": [1, {"kept": True}],
    "scan_results": {
        "scan_all_result_i": 1,
        "progress_percentage": 100,
        "total_avs": 2,
        "total_detected_avs": 1,
        "scan_details": {
            "Vir.IT": {"scan_result_i": 1, "threat_found": "EICAR", "def_time": "2026-01-01", "scan_time": 3},
            "Other": {"scan_result_i": 0},
        },
    },
    "process_info": {"result": "Blocked", "progress_percentage": 100, "verdicts": ["Infected"]},
    "sanitized": {"result": "Error", "reason": "x"},
    "extracted_files": {"files_in_archive": [{"display_name": "a/b", "scan_result_i": 0}]},
}


@pytest.fixture
def report() -> mdcloud.Report:
    return mdcloud.Report.from_json(json.dumps(REPORT))


def test_fields(report: mdcloud.Report) -> None:
    assert report.verdict is mdcloud.Verdict.INFECTED
    assert (report.data_id, report.total_engines, report.detected_engines) == ("id1", 2, 1)
    first, second = report.engines
    assert (first.name, first.code, first.threat) == ("Vir.IT", 1, "EICAR")
    assert (first.definition_time, first.scan_time, second.threat) == ("2026-01-01", 3, None)
    assert report.process_info and report.process_info.verdicts == ["Infected"]
    assert report.sanitized and report.sanitized.result == "Error"
    assert report.extracted_files[0].display_name == "a/b"
    assert report.sha256 is None


def test_bytes_and_plain_objects(report: mdcloud.Report) -> None:
    assert report.raw == json.dumps(REPORT).encode()
    assert report.json() == REPORT
    assert report.engines[0].json() == REPORT["scan_results"]["scan_details"]["Vir.IT"]  # type: ignore[index]


def test_repr_says_most_and_stays_short(report: mdcloud.Report) -> None:
    assert repr(report) == "Report(verdict=INFECTED, detected_engines=1, total_engines=2, data_id='id1')"
    assert repr(report.engines[1]) == "Engine(name='Other', code=0, threat=None)"
    long = mdcloud.Report.from_json(json.dumps({"data_id": "é" * 100_000}))
    assert len(repr(long)) < 300


def test_results_compare_hash_pickle_and_copy(report: mdcloud.Report) -> None:
    parts = [report, *report.engines, report.process_info, report.sanitized, *report.extracted_files]
    for part in parts:
        for again in (pickle.loads(pickle.dumps(part)), copy.copy(part), copy.deepcopy(part)):
            assert type(again) is type(part)
            assert again == part and hash(again) == hash(part) and repr(again) == repr(part)
            assert again.raw == part.raw
    assert len(set(parts)) == len(parts)
    assert report != REPORT and report != report.engines[0]


def test_all_kinds_of_results_pickle(client: mdcloud.Client) -> None:
    good, bad = client.hash_lookup_many(["0" * 32, "no hash"])
    results = [client.apikey_info(), client.apikey_limits(), client.file_submit(b"x"), good, bad]
    for result in results:
        again = pickle.loads(pickle.dumps(result))
        assert again == result and repr(again) == repr(result)
    again = pickle.loads(pickle.dumps(bad))
    assert type(again.error) is mdcloud.InvalidArgumentError
    assert (str(again.error), again.hash) == (str(bad.error), "no hash")
    document = client.call("GET", "/apikey/")
    assert pickle.loads(pickle.dumps(document)) == document
    quota = client.quota()
    assert pickle.loads(pickle.dumps(quota)) == quota


def test_results_never_change_and_are_not_made_by_hand(report: mdcloud.Report) -> None:
    with pytest.raises(AttributeError):
        report.verdict = mdcloud.Verdict.CLEAN  # type: ignore[misc]
    with pytest.raises(AttributeError):
        report.other = 1  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        del report.verdict  # type: ignore[misc]
    for name in _models.__all__:
        with pytest.raises(TypeError, match="Client"):
            getattr(mdcloud, name)()
    with pytest.raises(TypeError):
        mdcloud.Report.verdict.__get__(report.engines[0])  # type: ignore[attr-defined]


def test_every_class_and_field_is_documented_and_visible(report: mdcloud.Report) -> None:
    for name in _models.__all__:
        kind = getattr(mdcloud, name)
        assert kind.__module__ == "mdcloud" and kind.__doc__
        for field, value in vars(kind).items():
            if not field.startswith("_"):
                assert value.__doc__, f"{name}.{field}"
    assert "verdict" in dir(report)
    assert inspect.isdatadescriptor(mdcloud.Report.verdict)
    shown = pydoc.plain(pydoc.render_doc(mdcloud.Report))
    assert "What the scan found" in shown and "Handle of this scan" in shown


@pytest.mark.parametrize("bad", ["", "[", "5", b"\xff", "[1]"])
def test_what_is_no_report(bad: bytes | str) -> None:
    with pytest.raises(mdcloud.ProtocolError):
        mdcloud.Report.from_json(bad)


@pytest.mark.parametrize(
    "odd", ["{}", '{"scan_results": 5}', '{"scan_results": {"scan_details": [1]}}', '{"data_id": {}}']
)
def test_odd_reports_have_no_values_and_no_failures(odd: str) -> None:
    report = mdcloud.Report.from_json(odd)
    for name in dir(report):
        getattr(report, name)
    assert pickle.loads(pickle.dumps(report)) == report


def test_client_and_emulator_hide_the_key_and_stay_in_their_process(
    client: mdcloud.Client, emulator: mdcloud.Emulator
) -> None:
    assert emulator.api_key not in repr(client) + str(vars(type(client)))
    assert emulator.base_url in repr(client)
    for thing in (client, emulator, mdcloud.Cancel()):
        for travel in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError):
                travel(thing)


def test_enumerations() -> None:
    assert mdcloud.Status.OK == 0 and mdcloud.Status.PANIC == 99
    assert mdcloud.Verdict.CLEAN == 1 and mdcloud.Operation.HASH_LOOKUP == 15
    for member in (mdcloud.Status.THROTTLED, mdcloud.Verdict.INFECTED, mdcloud.Operation.FILE_SUBMIT):
        assert pickle.loads(pickle.dumps(member)) is member


@pytest.mark.parametrize(
    "value",
    [
        '{"a": [], "b": {}, "a": 1, "\\u00e9\\n": "\\ud83d\\ude00", "": null}',
        "[0, -0, -0.0, 1.0, 0.1, 1e-7, 2.2250738585072014e-308, 5e-324, 1.7976931348623157e308, 1e23, 3.1e400]",
        "[9223372036854775807, 9223372036854775808, 18446744073709551615, 18446744073709551616, -9223372036854775809]",
        "[123456789012345678901234567890, 1e19, 8.41, 179769313486231570814527423731704356798070.5]",
        '["\\ud800", "\\udc00x", "\\u0000"]',
        "[true, false, null]",
        "[" * 300 + "]" * 300,
    ],
)
def test_json_is_what_pythons_own_reader_gives(value: str) -> None:
    text = f'{{"data_id": "x", "new": {value}, "new": {value}}}'
    given = mdcloud.Report.from_json(text.encode()).json()
    expected = json.loads(text)
    assert repr(given) == repr(expected)

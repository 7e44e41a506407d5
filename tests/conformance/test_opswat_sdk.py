"""OPSWAT's own SDK for Python, against the emulator.

Its models are strict, so an answer that it reads is an answer in the shape that OPSWAT expects. Where the
SDK itself is wrong, a test bears the name of that mistake, shows it, and shows by plain HTTP that the answer
was right.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mcl_platform_sdk as sdk
import pydantic
import pytest

from conftest import Service

UNKNOWN = "AD921D60486366258809553A3DB49A4A"
CLOUD = (
    sdk.ApikeyApi,
    sdk.ApplicationInformationApi,
    sdk.DataSanitizationCDRApi,
    sdk.DynamicAnalysisApi,
    sdk.FileScanningApi,
    sdk.HashLookupsApi,
    sdk.MalwareSampleSharingApi,
    sdk.ReputationServiceApi,
    sdk.StatusEndpointsApi,
    sdk.ThreatIntelligenceFeedApi,
)


@dataclass(frozen=True)
class Platform:
    """The SDK, pointed at an emulator that has seen a few files."""

    service: Service
    client: sdk.ApiClient
    md5: str
    data_id: str
    sandbox: dict[str, Any]

    @property
    def key(self) -> dict[str, str]:
        return {"apikey": self.service.key}

    def call(self, operation: str, *arguments: Any, **headers: Any) -> Any:
        for kind in CLOUD:
            if operation in operations(kind):
                api = kind(self.client)
                if kind is sdk.StatusEndpointsApi:
                    return getattr(api, operation)()
                return getattr(api, operation)(*arguments, headers={**self.key, **headers})
        raise LookupError(operation)

    def raw(self, path: str, **options: Any) -> Any:
        answer = self.service.ask("POST" if "json" in options else "GET", path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()


def operations(kind: type) -> set[str]:
    named = (name for name in vars(kind) if not name.startswith("_"))
    return {name for name in named if callable(getattr(kind, name))}


def platform_of(service: Service, eicar: bytes) -> Platform:
    client = sdk.ApiClient(sdk.Configuration(host=service.url))
    md5 = service.submit(eicar)["md5"]
    data_id = service.submit(b"a text to clean", rule="sanitize")["data_id"]
    run = service.submit(b"a text to run", sandbox="windows10")
    return Platform(service, client, md5, data_id, run)


@pytest.fixture(scope="module")
def platform(start: Callable[..., Service], eicar: bytes) -> Platform:
    times = {name: "0ms" for name in ("scan_time", "sanitize_time", "sandbox_time")}
    return platform_of(start(paid=True, allowance__sandbox_api=100, **times), eicar)


URL = "http://malware.example/path?x=1&y=2"
READ: dict[str, Callable[[Platform], Any]] = {
    "get_api_key": lambda p: p.call("get_api_key").limit_prevention == 1000,
    "get_api_key_remaining_limits": lambda p: p.call("get_api_key_remaining_limits").reputation_api > 0,
    "list_api_key_scan_history": lambda p: len(p.call("list_api_key_scan_history").data) >= 3,
    "get_exif_data": lambda p: p.call("get_exif_data", p.md5).image_width,
    "get_pe_info": lambda p: p.call("get_pe_info", p.md5).section_headers,
    "download_sanitized_file": lambda p: p.call("download_sanitized_file", p.data_id).sanitized_file_path,
    "delete_sanitized_file": lambda p: p.call(
        "delete_sanitized_file", p.service.submit(b"to delete", rule="sanitize")["data_id"]
    ).file_expired,
    "scan_url": lambda p: p.call("scan_url", sdk.SandboxURLScanRequest(url="http://a.example/")).sandbox_id,
    "get_sandbox": lambda p: p.call("get_sandbox", p.sandbox["sandbox_id"]).actual_instance.final_verdict,
    "get_sandbox_by_hash": lambda p: p.call("get_sandbox_by_hash", p.sandbox["md5"]).final_verdict,
    "analyze_file": lambda p: p.call("analyze_file", b"sent by the SDK", filename="sdk.txt").data_id,
    "get_file_analysis": lambda p: p.call("get_file_analysis", p.data_id).sanitized.result == "Allowed",
    "lookup_hash": lambda p: p.call("lookup_hash", p.md5).scan_results.scan_all_result_i == 1,
    "lookup_hashes": lambda p: p.call(
        "lookup_hashes", sdk.MultipleHashLookupRequest(hash=[p.md5]), includescandetails=1
    ).data[0].total_detected_avs == 22,
    "list_hash_scan_history": lambda p: p.call("list_hash_scan_history", p.md5).scan_result_history,
    "lookup_domain": lambda p: p.call("lookup_domain", "malware.example").lookup_results.detected_by == 1,
    "lookup_domains": lambda p: p.call(
        "lookup_domains", sdk.DomainBulkLookupRequest(fqdn=["malware.example", "a.example"])
    ).data[1].lookup_results.detected_by == 0,
    "lookup_ip": lambda p: p.call("lookup_ip", "203.0.113.7").geo_info.city.name,
    "lookup_ips": lambda p: p.call("lookup_ips", sdk.IPBulkLookupRequest(address=["203.0.113.7"])).data[0].geo_info,
    "lookup_url": lambda p: p.call("lookup_url", URL).address == URL,
    "lookup_urls": lambda p: len(p.call("lookup_urls", sdk.URLBulkLookupRequest(url=[URL, "http://a.example"])).data) == 2,
    "get_api_version": lambda p: p.call("get_api_version").version,
    "list_latest_clean_hashes": lambda p: len(p.call("list_latest_clean_hashes").hashes) == 1000,
    "list_latest_infected_hashes": lambda p: p.call("list_latest_infected_hashes").hashes[0].total_detected_avs >= 3,
}

# Operations whose answers the SDK cannot read as they are, each with the test that shows it.
WRONG = {
    "get_api_key_limits": "test_the_sdk_wants_integers_where_the_service_mixes_in_numbers_as_text",
    "analyze_repository": "test_the_sdk_wants_an_integer_where_the_services_sample_has_text",
    "get_apk_manifest": "test_the_sdk_refuses_the_empty_parts_of_a_manifest",
    "get_webhook_status": "test_the_sdk_drops_the_status_of_a_webhook",
    "get_hash_badge": "test_the_sdk_takes_a_picture_for_json",
    "get_engine_definitions": "test_the_sdk_wants_the_engines_of_one_day",
    "list_malware_hashes": "test_the_sdk_makes_unreadable_text_of_partner_feeds",
    "list_false_positives": "test_the_sdk_makes_unreadable_text_of_partner_feeds",
    "list_false_positives_by_engine": "test_the_sdk_makes_unreadable_text_of_partner_feeds",
    "get_file_download_link": "test_the_sdk_takes_the_link_to_a_sample_for_an_error",
}


def test_every_cloud_operation_of_the_sdk_is_tried() -> None:
    assert set().union(*(operations(kind) for kind in CLOUD)) == READ.keys() | WRONG.keys()
    assert len(READ) + len(WRONG) == 34
    assert all(name in globals() for name in WRONG.values())


@pytest.mark.parametrize("operation", READ)
def test_the_sdk_reads(platform: Platform, operation: str) -> None:
    assert READ[operation](platform)


def test_the_sdk_follows_a_scan_to_its_end(platform: Platform, eicar: bytes) -> None:
    upload = platform.call("analyze_file", eicar, filename="eicar.com", samplesharing=1)
    report = platform.call("get_file_analysis", upload.data_id, timeout=10, poll_interval=0.1)
    assert report.scan_results.scan_all_result_a == "Infected"
    assert report.scan_results.progress_percentage == 100


def test_the_sdk_reads_refusals(platform: Platform) -> None:
    for operation, argument, code in [
        ("get_file_analysis", "unknown", 404004),
        ("lookup_hash", UNKNOWN, 404003),
        ("get_sandbox", "unknown", 404001),
        ("lookup_ip", "10.0.0.1", 400185),
    ]:
        with pytest.raises(sdk.ApiException) as caught:
            platform.call(operation, argument)
        assert str(code) in caught.value.body
        assert caught.value.data.error.code == code, operation


def test_the_sdk_reads_the_error_of_a_free_key_on_a_partner_feed(start: Callable[..., Service], eicar: bytes) -> None:
    free = platform_of(start(), eicar)
    with pytest.raises(sdk.ApiException) as caught:
        free.call("list_malware_hashes")
    assert (caught.value.status, caught.value.data.error.code) == (401, 401007)


# What the SDK gets wrong.


def test_the_polling_of_the_sdk_takes_a_file_in_the_queue_for_finished(
    start: Callable[..., Service], eicar: bytes
) -> None:
    slow = platform_of(start(scan_time="60s"), eicar)
    upload = slow.call("analyze_file", b"waits in the queue")
    begin = time.monotonic()
    report = slow.call("get_file_analysis", upload.data_id, timeout=20, poll_interval=0.1)
    assert time.monotonic() - begin < 10, "it did not wait"
    assert report.scan_results.scan_all_result_a == "In queue"
    assert slow.raw(f"/file/{upload.data_id}")["scan_results"]["progress_percentage"] == 0


def test_the_sdk_drops_engines_that_it_does_not_know_by_name(platform: Platform) -> None:
    details = platform.call("lookup_hash", platform.md5).scan_results.scan_details
    read = {name for name, value in details.to_dict().items() if value is not None}
    sent = set(platform.raw(f"/hash/{platform.md5}")["scan_results"]["scan_details"])
    assert len(sent) == 24 and read < sent


def test_the_sdk_wants_integers_where_the_service_mixes_in_numbers_as_text(platform: Platform) -> None:
    with pytest.raises(pydantic.ValidationError, match="valid integer"):
        platform.call("get_api_key_limits")
    used = platform.raw("/apikey/limits")
    assert isinstance(used["prevention_api"], str) and isinstance(used["reputation_api"], int)


def test_the_sdk_wants_an_integer_where_the_services_sample_has_text(platform: Platform) -> None:
    wish = {"source": "github", "username": "a", "repository": "b", "ref": "master"}
    with pytest.raises(pydantic.ValidationError, match="in_queue"):
        platform.call("analyze_repository", sdk.RepositoryScanRequest(**wish))
    assert platform.raw("/repo", json=wish)["in_queue"].isdigit()


def test_the_sdk_refuses_the_empty_parts_of_a_manifest(platform: Platform) -> None:
    with pytest.raises(pydantic.ValidationError, match="instrumentation"):
        platform.call("get_apk_manifest", platform.md5)
    manifest = platform.raw(f"/hash/{platform.md5}/apk-manifest")
    assert manifest["instrumentation"] is None and manifest["package"]


def test_the_sdk_drops_the_status_of_a_webhook(start: Callable[..., Service], eicar: bytes) -> None:
    quick = platform_of(start(scan_time="0ms"), eicar)
    # Nobody listens there, which is told as well.
    data_id = quick.service.submit(b"with a callback", callbackurl="http://127.0.0.1:9/hook")["data_id"]
    end = time.monotonic() + 10
    while quick.service.ask("GET", f"/file/webhooks/{data_id}").status_code == 404 and time.monotonic() < end:
        time.sleep(0.05)
    assert quick.call("get_webhook_status", data_id) is None
    assert quick.raw(f"/file/webhooks/{data_id}")["status_code"] == 503


def test_the_sdk_takes_a_picture_for_json(platform: Platform) -> None:
    with pytest.raises(sdk.ApiException, match="Unsupported content type: image/svg"):
        platform.call("get_hash_badge", platform.md5)
    answer = platform.service.ask("GET", f"/hash/{platform.md5}/badge")
    assert answer.headers["content-type"].startswith("image/svg+xml") and answer.text.startswith("<svg")


def test_the_sdk_refuses_unknown_hashes_in_bulk(platform: Platform) -> None:
    with pytest.raises(pydantic.ValidationError, match="data_id"):
        platform.call("lookup_hashes", sdk.MultipleHashLookupRequest(hash=[UNKNOWN]))
    item = platform.raw("/hash", json={"hash": [UNKNOWN]})["data"][0]
    assert item == {"hash": UNKNOWN, "data_id": None, "scan_result_i": 5, "total_detected_avs": -1}


def test_the_sdk_refuses_addresses_of_which_no_place_is_known(platform: Platform) -> None:
    with pytest.raises(pydantic.ValidationError, match="GeoInfo"):
        platform.call("lookup_ip", "198.51.100.7")
    assert platform.raw("/ip/198.51.100.7")["geo_info"] == {}


def test_the_sdk_wants_the_engines_of_one_day(platform: Platform) -> None:
    with pytest.raises(pydantic.ValidationError, match="EngineDefinitionResults"):
        platform.call("get_engine_definitions")
    assert len(platform.raw("/status/enginedef")) == 24


@pytest.mark.parametrize(
    ("operation", "arguments", "path"),
    [
        ("list_malware_hashes", (), "/feed/hashes"),
        ("list_false_positives", (1,), "/feed/false-positives?page=1"),
        ("list_false_positives_by_engine", (1, "Avira"), "/feed/false-positives/Avira?page=1"),
    ],
)
def test_the_sdk_makes_unreadable_text_of_partner_feeds(
    platform: Platform, operation: str, arguments: tuple[Any, ...], path: str
) -> None:
    text = platform.call(operation, *arguments)
    assert isinstance(text, str) and text.startswith("{'data'"), "Python's notation, not JSON"
    entry = platform.raw(path)["data"][0]
    assert entry["sha256"] in text and entry["detected_by"]


def test_the_sdk_takes_the_link_to_a_sample_for_an_error(platform: Platform) -> None:
    read = platform.call("get_file_download_link", platform.md5)
    assert type(read).__name__ == "FailedRequest" and read.error is None
    assert platform.raw(f"/file/{platform.md5}/download")["file_path"].startswith("http")

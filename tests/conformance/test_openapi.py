"""The description of the service, against the emulator: what it says may come back, and nothing else.

Requests are made from `openapi.yaml` by schemathesis, always the same ones. Most of the identifiers that it
makes up are replaced by such that the emulator knows, so that answers are not all refusals.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from conftest import Service

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 12

# Statuses that the description leaves out, though the service's own table of errors has codes for them:
# 400033 for a page that is no number, 400020 for a header that is not valid.
UNNAMED = {f"GET /feed/{path}": {400} for path in ("hashes", "false-positives", "false-positives/{engine}")}
UNNAMED["POST /sandbox/{dataId}/scan"] = {400}

schema = schemathesis.openapi.from_path(Path(__file__).with_name("openapi.yaml"))
known: dict[str, Any] = {}
answered: dict[str, set[int]] = {}


def replaced(values: Any) -> Any:
    """In three of four requests the values that have a known one of their name are replaced by it."""
    if isinstance(values, dict) and zlib.crc32(repr(values).encode()) % 4 != 0:
        values.update((name, known[name]) for name in values.keys() & known.keys())
    return values


@schema.hook
def map_path_parameters(context: Any, path_parameters: Any) -> Any:
    return replaced(path_parameters)


@schema.hook
def map_headers(context: Any, headers: Any) -> Any:
    return replaced(headers)


@schema.hook
def map_query(context: Any, query: Any) -> Any:
    return replaced(query)


@schema.hook
def map_body(context: Any, body: Any) -> Any:
    return replaced(body)


@pytest.fixture(scope="module")
def service(start: Callable[..., Service], eicar: bytes) -> Service:
    """A key that may do everything, and files that are known."""
    plenty = {f"allowance__{name}": 1_000_000 for name in ("prevention_api", "reputation_api", "sandbox_api")}
    times = {name: "0ms" for name in ("scan_time", "sanitize_time", "sandbox_time")}
    service = start(paid=True, feed_size=30, wrong_key_limit=0, **plenty, **times)
    known["hash"] = service.submit(eicar)["md5"]
    # Nobody listens there; that too is a delivery to tell of.
    clean = service.submit(b"a text", rule="sanitize", callbackurl="http://127.0.0.1:9/done")["data_id"]
    while service.ask("GET", f"/file/webhooks/{clean}").status_code != 200:
        time.sleep(0.01)
    known["dataId"] = clean
    known["fileId"] = service.ask("GET", f"/file/{clean}").json()["file_id"]
    known["sandboxId"] = service.submit(b"to run", sandbox="windows10")["sandbox_id"]
    known.update(engine="Avira", ip="203.0.113.7", cve="CVE-2024-1234", sandbox="windows10")
    known.update(url="http://a.example/", username="example", repository="project", ref="main", page=1)
    return service


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)
def test_every_answer_is_as_described(case: schemathesis.Case, service: Service) -> None:
    response = case.call(base_url=service.url, headers={"apikey": service.key})
    label = case.operation.label
    answered.setdefault(label, set()).add(response.status_code)
    case.validate_response(response, checks=CHECKS)
    if case.method.upper() != case.operation.method.upper():
        return  # A method that is not there, tried on purpose.
    # "default" stands for anything, so what is named beside it is asked for.
    named = {int(status) for status in case.operation.definition.raw["responses"] if status != "default"}
    assert response.status_code in named | UNNAMED.get(label, set()), response.text


def test_requests_were_not_all_refused() -> None:
    """Runs last: of every operation a success was seen and checked."""
    assert len(answered) == 47
    refused = {label for label, statuses in answered.items() if not statuses & {200, 202}}
    assert not refused, sorted(refused)

"""The key shows in its header and nowhere else, whatever a program prints, logs, pickles or raises."""

from __future__ import annotations

import inspect
import json
import logging
import pathlib
import pickle
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

import mdcloud
from mdcloud import Client

MARKER = "MARKERd41d8cd98f00b204e9800998ecf"
HASH = "0" * 64

ARGUMENTS: dict[str, Any] = {
    "method": "GET",
    "path": "/apikey/",
    "hash": HASH,
    "hashes": [HASH],
    "data_id": "bzI2",
    "file_id": "bzI2",
    "file_ids": ["bzI2"],
    "sandbox_id": "bzI2",
    "source": b"x",
    "sources": [b"x"],
    "cve": "CVE-2020-0001",
    "ip": "8.8.8.8",
    "ips": ["8.8.8.8"],
    "url": "https://example.com/",
    "urls": ["https://example.com/"],
    "domain": "example.com",
    "domains": ["example.com"],
    "system": "windows10",
    "username": "someone",
    "repository": "something",
    "family": "prevention_api",
    "amount": 1,
}


def operations() -> dict[str, list[str]]:
    """Every method of a client that calls the service, and the arguments that it must have."""
    found = {}
    for name, method in inspect.getmembers(Client, inspect.isfunction):
        parameters = list(inspect.signature(method).parameters.values())[1:]
        if not name.startswith("_") and any(p.kind is p.VAR_KEYWORD for p in parameters):
            found[name] = [
                p.name for p in parameters if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD
            ]
    return found


def told(thing: object) -> Iterator[str]:
    """All that a program would show of a value."""
    yield repr(thing)
    yield str(thing)
    if isinstance(thing, BaseException):
        yield "".join(traceback.format_exception(type(thing), thing, thing.__traceback__))
        yield repr(vars(thing))
        yield pickle.dumps(thing).decode("latin-1")
    elif hasattr(thing, "raw"):
        yield pickle.dumps(thing).decode("latin-1")
        yield str(thing.raw)
    elif hasattr(thing, "__iter__") and not isinstance(thing, (str, bytes)):
        for part in thing:
            yield from told(part)


def call(client: Client, name: str, needs: list[str], folder: pathlib.Path) -> Iterator[str]:
    arguments = dict(ARGUMENTS, destination=folder / "copy")
    if name == "repo_submit":
        arguments["source"] = "github"
    try:
        yield from told(getattr(client, name)(*(arguments[need] for need in needs)))
    except (mdcloud.MdcloudError, OSError) as error:
        yield from told(error)


@pytest.mark.filterwarnings("ignore")
def test_a_marker_key_is_shown_by_nothing(
    caplog: pytest.LogCaptureFixture, tmp_path: pathlib.Path
) -> None:
    names = operations()
    assert {"file_scan", "hash_lookup_many", "call", "plan", "sanitized_download"} <= set(names)
    assert len(names) > 45, sorted(names)
    impatient: dict[str, Any] = {"deadline": 0.3, "timeout": 0.2, "max_wait": 0, "retries": 0}
    with caplog.at_level(1), caplog.at_level(1, logger="mdcloud"):
        with mdcloud.Emulator(scan_time=0, sanitize_time=0, paid=True, api_key=MARKER) as emulator:
            client = emulator.client(**impatient)
            texts = [*told(client), *told(emulator), *told(emulator.requests()), repr(mdcloud.quota())]
            with pytest.raises(TypeError) as refused:
                pickle.dumps(client)
            texts += told(refused.value)
            for name, needs in names.items():
                texts += call(client, name, needs, tmp_path)
            # Every operation fails: in the service, on the way, and for the key itself.
            for fault in ({"kind": "code", "value": 500000}, {"kind": "close"}, {"kind": "code", "value": 401006}):
                emulator.reset()
                emulator.fault(**fault, count=10_000)
                failing = emulator.client(**impatient)
                for name, needs in names.items():
                    texts += call(failing, name, needs, tmp_path)
            emulator.reset()
            for fault in json.loads((pathlib.Path(__file__).parents[1] / "faults.json").read_text("utf-8")):
                fault.pop("lookup", None)
                if fault["kind"] in ("large", "gzip_bomb"):
                    continue
                emulator.fault(**{"count": 9, **fault})
                texts += call(emulator.client(**impatient), "hash_lookup", ["hash"], tmp_path)
                emulator.reset()
    for wrong in (MARKER + " ", MARKER + "\r\nx: y", MARKER + "\u00e9"):
        with pytest.raises(ValueError) as caught:
            mdcloud.Client(wrong)
        texts += told(caught.value)
    assert len(texts) > 1000
    everything = "\n".join(texts)
    # A traceback shows lines of this file, which name the variable and not the key.
    assert MARKER.lower() not in everything.lower(), around(everything)
    logged = "\n".join(record.getMessage() + repr(vars(record)) for record in caplog.records)
    assert MARKER.lower() not in logged.lower(), around(logged)
    assert {record.levelno for record in caplog.records} >= {logging.DEBUG}
    assert "GET /hash/" in logged


def around(text: str) -> str:
    at = text.lower().find(MARKER.lower())
    return text[max(0, at - 300) : at + 100]

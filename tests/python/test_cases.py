"""The case files of tests/cases, which every language runs, against the Python client."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import mdcloud

CASES = Path(__file__).parents[1] / "cases"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def source(step: dict[str, Any], folder: Path) -> str | bytes:
    wanted = step["source"]
    if wanted.get("sample") == "eicar":
        return EICAR
    if "text" in wanted:
        return wanted["text"].encode()
    if "bytes" in wanted:
        return bytes(wanted["bytes"])
    if "file" in wanted:
        path = folder / "file"
        path.write_text(wanted["file"])
        return str(path)
    return wanted["path"] if "path" in wanted else str(folder)


def call(client: mdcloud.Client, step: dict[str, Any], folder: Path) -> Any:
    name, options = step["call"], step.get("options", {})
    operation = getattr(client, name)
    match name:
        case "hash_lookup":
            return operation(step["hash"], **options)
        case "hash_lookup_many":
            return list(operation(step["hashes"], **options))
        case "file_scan" | "file_submit":
            return operation(source(step, folder), **options)
        case "file_report" | "file_wait":
            return operation(step["data_id"], **options)
        case "call":
            return operation(step["method"], step["path"], **options)
        case _:
            return operation(**options)


def field(result: Any, path: str) -> Any:
    """The value at a path such as ``1/error/status``."""
    for part in path.split("/"):
        if result is None:
            return None
        result = result[int(part)] if part.isdigit() else getattr(result, part)
    return result.name if isinstance(result, mdcloud.Verdict) else result


def check_error(error: BaseException, wanted: dict[str, Any]) -> None:
    for name, value in wanted.items():
        seen = getattr(error, name, None)
        if name in ("status", "delivery"):
            seen = seen.name if isinstance(seen, mdcloud.Status) else str(seen).upper()
        if name == "retry_after":
            assert value[0] <= seen <= value[1]
        else:
            assert seen == value, name


def check(client: mdcloud.Client, step: dict[str, Any], folder: Path) -> Any:
    expected = step["expect"]
    if isinstance(expected.get("error"), dict):
        with pytest.raises((mdcloud.MdcloudError, OSError)) as raised:
            call(client, step, folder)
        check_error(raised.value, expected["error"])
        return None
    result = call(client, step, folder)
    for path, value in expected.items():
        assert field(result, path) == value, path
    return result


@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_case(path: Path, tmp_path: Path) -> None:
    case = json.loads(path.read_text())
    with mdcloud.Emulator(**{"scan_time_ms": "50"} | case.get("emulator", {})) as emulator:
        for fault in case.get("faults", []):
            order(emulator, fault)
        settings = {"base_url": emulator.base_url, "api_key": emulator.api_key} | case.get("client", {})
        data_id = ""
        try:
            client = mdcloud.Client(**settings)
        except mdcloud.MdcloudError as error:
            # What a client is refused for, every step would be refused for.
            check_error(error, case["steps"][0]["expect"]["error"])
            client = None
        for index, step in enumerate(case["steps"] if client else []):
            step = json.loads(json.dumps(step).replace("$data_id", data_id))
            result = check(client, step, tmp_path)
            if index == 0:
                data_id = getattr(result, "data_id", None) or ""
        if "requests" in case:
            assert [request.method for request in emulator.requests()] == case["requests"]


def order(emulator: mdcloud.Emulator, fault: dict[str, Any]) -> None:
    kind = next(name for name in ("code", "status", "close_after", "redirect") if name in fault)
    details = {name: fault[name] for name in ("body", "content_type") if name in fault}
    emulator.fault(kind, fault[kind], path=fault["path"], count=fault["count"], **details)

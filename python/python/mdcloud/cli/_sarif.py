"""SARIF 2.1.0: results for code hosts and editors."""

from __future__ import annotations

import json
import os
import urllib.parse

from .. import _native
from . import _exits
from ._finding import Finding
from ._terminal import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_RULES = {
    "infected": ("error", "At least one engine found a threat in the file."),
    "suspicious": ("error", "An engine finds the file suspicious."),
    "no-verdict": ("warning", "The service has no verdict for the file."),
}


def document(findings: Iterable[Finding]) -> str:
    """One run: a result for each file that is not clean, a notification for each that could not be scanned."""
    results: list[dict[str, Any]] = []
    failures: list[dict[str, Any]] = []
    for finding in findings:
        if finding.error is not None and finding.exit_code != _exits.UNKNOWN:
            text = {"text": safe(f"{finding.name}: {finding.error}")}
            failures.append({"level": "error", "message": text, "locations": [_location(finding.name)]})
        elif finding.exit_code != _exits.CLEAN:
            results.append(_result(finding))
    driver = {
        "name": "mdcloud",
        "version": _native.__version__,
        "informationUri": "https://metadefender.opswat.com",
        "rules": [
            {
                "id": name,
                "shortDescription": {"text": text},
                "defaultConfiguration": {"level": level},
            }
            for name, (level, text) in _RULES.items()
        ],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": not failures, "toolExecutionNotifications": failures}],
        "results": results,
    }
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(finding: Finding) -> dict[str, Any]:
    rule = finding.verdict.lower() if finding.exit_code == _exits.INFECTED else "no-verdict"
    told = safe(finding.summary)
    result: dict[str, Any] = {
        "ruleId": rule,
        "level": _RULES[rule][0],
        "message": {"text": f"{finding.verdict}: {told}" if told else finding.verdict},
        "locations": [_location(finding.name)],
    }
    if digest := finding.facts()["sha256"]:
        result["fingerprints"] = {"sha256/v1": digest.lower()}
    return result


def _location(name: str) -> dict[str, Any]:
    path = os.path.normpath(name).replace(os.sep, "/")
    address = urllib.parse.quote(os.fsencode(path))
    if os.path.isabs(name):
        address = f"file://{address}"
    return {"physicalLocation": {"artifactLocation": {"uri": address}}}

"""Scans files: python scan.py [--json] FILE...

--demo scans two samples from memory, --throttle-demo looks up hashes until the service says that it is too
much, --json prints one JSON object per line. The key comes from MDCLOUD_API_KEY.
"""

from __future__ import annotations

import json
import sys
import time

import mdcloud


def scan(client: mdcloud.Client, name: str, source: str | bytes, as_json: bool) -> bool:
    start = time.monotonic()
    try:
        report = client.file_scan(source, filename=name)
    except mdcloud.MdcloudError as error:
        return fail(error, name, as_json)
    if as_json:
        line = {
            "language": "Python",
            "file": name,
            "verdict": report.verdict.name,
            "detected": report.detected_engines or 0,
            "total": report.total_engines or 0,
            "threat": report.threat_name,
            "waited_ms": round((time.monotonic() - start) * 1000),
        }
        print(json.dumps(line))
    else:
        engines = f"{report.detected_engines}/{report.total_engines} engines"
        print(f"{name}: {report.verdict.name}  {engines}  {report.threat_name or ''}")
    return True


def fail(error: mdcloud.MdcloudError, name: str | None, as_json: bool) -> bool:
    if as_json:
        facts = {
            "status": error.status.name,
            "code": error.code,
            "retry_after": error.retry_after,
            "is_local": error.is_local,
        }
        print(json.dumps({"language": "Python", "file": name, "error": facts}))
    else:
        print(f"{name or 'scan'}: {error}", file=sys.stderr)
    return False


def demo(client: mdcloud.Client, as_json: bool) -> bool:
    # In two halves, so that no scanner stumbles over this program.
    eicar = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
    clean = scan(client, "clean.txt", b"Nothing to see here.\n", as_json)
    return scan(client, "eicar.com", eicar, as_json) and clean


def throttle_demo(client: mdcloud.Client, as_json: bool) -> bool:
    """Looks up hashes without ever waiting, until the service, or the ledger, says that it is too much."""
    for _ in range(1000):
        for result in client.hash_lookup_many(["44d88612fea8a8f36de82e1278abb02f"], max_wait=0):
            if result.error is not None:
                fail(result.error, None, as_json)
                return isinstance(result.error, mdcloud.ThrottledError)
    print("scan: the service never said that it was too much", file=sys.stderr)
    return False


def main(arguments: list[str]) -> int:
    as_json = "--json" in arguments
    well = True
    with mdcloud.Client() as client:
        for argument in arguments:
            if argument == "--demo":
                well &= demo(client, as_json)
            elif argument == "--throttle-demo":
                well &= throttle_demo(client, as_json)
            elif argument != "--json":
                well &= scan(client, argument, argument, as_json)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""``mdcloud demo``: the first verdict in ten seconds, without a key and without a network."""

from __future__ import annotations

import argparse
import time

from .._emulator import Emulator
from .._errors import QuotaError
from . import _exits
from ._finding import Finding
from ._session import terminal as terminal_of
from ._terminal import Terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._client import Client
    from ._parser import Commands

_THROTTLE = "3/60s"

_WITH_A_KEY = """\
The same with the service itself, once you have a key (metadefender.opswat.com):

    export MDCLOUD_API_KEY=...
    mdcloud doctor
    mdcloud scan FILE

and in Python:

    import mdcloud
    with mdcloud.Client() as client:
        print(client.file_scan("FILE").verdict)"""


def register(commands: Commands) -> None:
    about = "Two scans, a hash, an address and a full quota, against the emulator in this process."
    parser = commands.add("demo", "see it work: no key, no network", about, run, service=False, json=False)
    parser.add_argument("--no-color", action="store_true", help="no colours (NO_COLOR)")


def run(options: argparse.Namespace) -> int:
    terminal = terminal_of(options)
    with (
        Emulator(throttle=_THROTTLE, scan_time=0.3) as emulator,
        emulator.client(throttle=_THROTTLE, max_wait=0) as client,
    ):
        terminal.line(
            "The service runs in this process: its verdicts are made up, the client is the real one.\n"
        )
        digest = _scans(terminal, emulator, client)
        _lookups(terminal, client, digest)
        _quota(terminal, client)
    terminal.line(_WITH_A_KEY)
    return _exits.CLEAN


def _scans(terminal: Terminal, emulator: Emulator, client: Client) -> str:
    terminal.line(terminal.paint("Scan two files:", "bold"))
    report = None
    for name, kind in (("clean.txt", "clean"), ("eicar.com", "infected")):
        start = time.perf_counter()
        report = client.file_scan(emulator.sample(kind), filename=name)
        _tell(terminal, Finding(name, report), time.perf_counter() - start)
    terminal.line(terminal.paint("\nScan it again: it is found by its hash, and not uploaded:", "bold"))
    start = time.perf_counter()
    report = client.file_scan(emulator.sample("infected"), filename="eicar.com")
    _tell(terminal, Finding("eicar.com", report), time.perf_counter() - start)
    return report.sha256 or ""


def _tell(terminal: Terminal, finding: Finding, seconds: float) -> None:
    summary = f"{finding.name:<10} {finding.summary:<38}"
    terminal.line(
        f"  {terminal.badge(finding.verdict)}  {summary} {terminal.paint(f'{seconds:.2f} s', 'grey')}"
    )


def _lookups(terminal: Terminal, client: Client, digest: str) -> None:
    terminal.line(terminal.paint("\nLook up hashes and an address:", "bold"))
    for result in client.hash_lookup_many([digest, "0" * 64]):
        terminal.line(f"  {terminal.badge(result.verdict.name)}  {(result.hash or '')[:16]}…")
    address = client.ip_lookup("203.0.113.7")
    terminal.line(f"  {terminal.badge('LISTED' if address.is_listed else 'not listed')}  203.0.113.7")


def _quota(terminal: Terminal, client: Client) -> None:
    terminal.line(
        terminal.paint(f"\nThe service allows {_THROTTLE}. One request more is not even sent:", "bold")
    )
    try:
        client.file_submit(b"one more", filename="more.txt")
    except QuotaError as error:
        by = "said by the ledger here" if error.is_local else "said by the service"
        terminal.line(f"  {type(error).__name__}: try again in {error.retry_after:.0f} s ({by})\n")
    for line in str(client.quota()).splitlines():
        terminal.line(f"  {line}")
    terminal.line()

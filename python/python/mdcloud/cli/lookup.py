"""``mdcloud hash``, ``ip``, ``url``, ``domain``: what is known of each value, in the order given."""

from __future__ import annotations

import argparse

from . import _exits, _session
from ._finding import of_one_file
from ._terminal import Terminal, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .._client import Client
    from .._errors import MdcloudError
    from .._models import HashResult, Reputation
    from ._parser import Commands

_ADDRESSES = {"ip": "IP addresses", "url": "URLs", "domain": "domains"}


def register(commands: Commands) -> None:
    parser = commands.add(
        "hash", "look up hashes", "Look up MD5, SHA-1 or SHA-256 hashes, up to 1,000 a request.", _hashes
    )
    _values(parser, "HASH")
    for kind, several in _ADDRESSES.items():
        about = f"Look up {several}, up to 50 a request: which sources list them."
        parser = commands.add(kind, f"look up {several}", about, _addresses)
        parser.set_defaults(kind=kind)
        _values(parser, kind.upper())


def _values(parser: argparse.ArgumentParser, name: str) -> None:
    parser.add_argument("values", nargs="*", metavar=name, help="one or more, or - for standard input")
    parser.add_argument(
        "--from", dest="files", action="append", default=[], metavar="FILE", help="first word of each line"
    )


def _given(options: argparse.Namespace) -> Iterator[str]:
    return _session.values_of(options.values or ([] if options.files else ["-"]), options.files)


def _hashes(options: argparse.Namespace) -> int:
    terminal = _session.terminal(options)
    codes = []
    with _session.client(options) as client:
        for result in client.hash_lookup_many(_given(options)):
            if result.error is not None:
                codes.append(_exits.of_error(of_one_file(result.error)))
            else:
                codes.append(_exits.of_verdict(result.verdict))
            _show_hash(options, terminal, result)
    return _exits.worst(codes)


def _show_hash(options: argparse.Namespace, terminal: Terminal, result: HashResult) -> None:
    if options.json:
        facts = {
            "hash": result.hash,
            "known": result.is_known,
            "verdict": result.verdict.name,
            "detected": result.detected_engines,
            "data_id": result.data_id,
            "error": _session.error_facts(result.error),
        }
        _session.json_line(facts)
    elif result.error is not None:
        terminal.line(f"{_badge(terminal, result.error)}  {safe(result.hash)}  {safe(result.error)}")
    else:
        engines = f"  {result.detected_engines} engines" if result.detected_engines else ""
        terminal.line(f"{terminal.badge(result.verdict.name)}  {safe(result.hash)}{engines}")


def _badge(terminal: Terminal, error: MdcloudError) -> str:
    return terminal.badge("QUOTA" if _exits.of_error(error) == _exits.QUOTA else "ERROR")


def _addresses(options: argparse.Namespace) -> int:
    terminal = _session.terminal(options)
    codes = []
    with _session.client(options) as client:
        for result in _many(client, options.kind)(_given(options)):
            if result.error is not None:
                codes.append(_exits.of_error(of_one_file(result.error)))
            else:
                codes.append(_exits.INFECTED if result.is_listed else _exits.CLEAN)
            _show_address(options, terminal, result)
    return _exits.worst(codes)


def _many(client: Client, kind: str) -> Any:
    return {
        "ip": client.ip_lookup_many,
        "url": client.url_lookup_many,
        "domain": client.domain_lookup_many,
    }[kind]


def _show_address(options: argparse.Namespace, terminal: Terminal, result: Reputation) -> None:
    by = {source.provider: source.assessment for source in result.sources if source.assessment}
    country = result.geo.country_code if result.geo else None
    if options.json:
        facts = {
            "address": result.address,
            "listed": result.is_listed,
            "detected_by": result.detected_by,
            "sources": by,
            "country": country,
            "error": _session.error_facts(result.error),
        }
        _session.json_line(facts)
    elif result.error is not None:
        terminal.line(f"{_badge(terminal, result.error)}  {safe(result.address)}  {safe(result.error)}")
    else:
        badge = terminal.badge("LISTED" if result.is_listed else "not listed")
        told = ", ".join(f"{provider}: {assessment}" for provider, assessment in by.items())
        parts = [
            safe(result.address),
            safe(country or ""),
            terminal.paint(safe(told), "grey") if told else "",
        ]
        terminal.line(f"{badge}  {'  '.join(part for part in parts if part)}")

"""``mdcloud quota`` and ``mdcloud key``: what the key may do, and how much of it is left."""

from __future__ import annotations

import argparse

from . import _exits, _session
from ._terminal import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._models import KeyInfo
    from ._parser import Commands

LIMITS = {
    "prevention_api": "limit_prevention",
    "reputation_api": "limit_reputation",
    "analysis_api": "limit_analysis",
    "sandbox_api": "limit_sandbox",
    "feed_api": "limit_feed",
}

# Named one by one: the answer itself holds the key.
_FACTS = (
    "nickname",
    "is_paid",
    "created_at",
    "expiration_date",
    "time_interval",
    "queue",
    "throttling_limit",
    "max_upload_file_size",
    "max_archive_file_size",
    "max_archive_file_number",
    "max_archive_file_depth",
    "enforce_private_scan",
    *LIMITS.values(),
)


def register(commands: Commands) -> None:
    about = "How much of each allowance is left. Asking is free of charge; 4 where an allowance is used up."
    commands.add("quota", "show what is left of the key's allowances", about, _quota)
    commands.add(
        "key", "show what the key may do", "What the key may do. The key itself is never shown.", _key
    )


def _quota(options: argparse.Namespace) -> int:
    with _session.client(options) as client:
        info = client.apikey_info()
        left = client.apikey_limits_left().amounts
    limits = {family: getattr(info, name) for family, name in LIMITS.items()}
    terminal = _session.terminal(options)
    rows: list[tuple[object, ...]] = [("allowance", "left", "of", "")]
    for family, amount in left.items():
        limit = limits.get(family)
        used = 1 - amount / limit if limit else None
        if options.json:
            _session.json_line({"family": family, "left": amount, "limit": limit})
        else:
            rows.append((family, amount, "-" if limit is None else limit, used))
    if not options.json:
        _gauges(terminal, rows)
        every = f", renewed {safe(info.time_interval)}" if info.time_interval else ""
        terminal.line(f"{'paid' if info.is_paid else 'free'} key{every}")
    used_up = [family for family in ("prevention_api", "reputation_api") if left.get(family) == 0]
    return _exits.QUOTA if used_up else _exits.CLEAN


def _gauges(terminal: Any, rows: list[tuple[object, ...]]) -> None:
    """The table, with a gauge of what is used at the end of each row; its colours have no width."""
    widths = [max(len(safe(row[column])) for row in rows) for column in range(3)]
    for number, (family, left, limit, used) in enumerate(rows):
        cells = f"{safe(family):<{widths[0]}}  {safe(left):>{widths[1]}}  {safe(limit):>{widths[2]}}"
        if number == 0:
            terminal.line(terminal.paint(f"{cells}  used", "grey"))
        else:
            terminal.line(f"{cells}  {terminal.bar(used)}" if isinstance(used, float) else cells)


def _key(options: argparse.Namespace) -> int:
    with _session.client(options) as client:
        facts = facts_of(client.apikey_info())
    if options.json:
        _session.json_line(facts)
    else:
        rows = [
            ("what", "value"),
            *((name, "-" if value is None else value) for name, value in facts.items()),
        ]
        _session.terminal(options).table(rows)
    return _exits.CLEAN


def facts_of(info: KeyInfo) -> dict[str, Any]:
    """What a key may do, without the key."""
    return {name: getattr(info, name) for name in _FACTS}

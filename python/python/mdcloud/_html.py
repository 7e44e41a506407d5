"""What a notebook shows of results: small, without files from elsewhere, readable on light and on dark.

Colours are those of the page but for badges, and every text is escaped: threat and file names are chosen by
attackers.
"""

from __future__ import annotations

import html
from itertools import islice

from . import _native
from ._table import verdict_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from ._quota import FamilyQuota, Quota
    from ._table import Table

ROWS = 50  # of a table
ENGINES = 60  # of a report
LONGEST = 200  # letters of a text

_COLOURS = {
    "CLEAN": "#1a7f37",
    "NOT LISTED": "#1a7f37",
    "INFECTED": "#c62828",
    "LISTED": "#c62828",
    "SUSPICIOUS": "#a65300",
    "INCOMPLETE": "#a65300",
    "error": "#6a1b9a",
}
_GREY = "#5f6b7a"
_LINE = "1px solid rgba(128,128,128,.35)"
_CELL = f"padding:.2em .7em;border-bottom:{_LINE};text-align:left;vertical-align:top"


def text(value: object) -> str:
    """Any value as text for a page: escaped, of bounded length, what would be invisible made visible."""
    shown = "–" if value is None else str(value)
    if len(shown) > LONGEST:
        shown = shown[:LONGEST] + "…"
    visible = (part if part.isprintable() else part.encode("unicode_escape").decode() for part in shown)
    return html.escape("".join(visible))


def badge(name: str | None) -> str:
    """A verdict in its colour."""
    colour = _COLOURS.get(name or "", _GREY)
    style = f"background:{colour};color:#fff;border-radius:.3em;padding:.1em .5em;font-weight:600"
    return f"<span style='{style}'>{text((name or 'UNKNOWN').upper())}</span>"


def of(entry: Any) -> str:
    """One result."""
    if isinstance(entry, (_native.ScanOutcome, _native.TreeFile)):
        inner = entry.result if isinstance(entry, _native.ScanOutcome) else entry.file
        return _failed(entry.error) if inner is None else of(inner)
    if getattr(entry, "error", None) is not None:
        return _failed(entry.error)
    if isinstance(entry, _native.Report):
        return _report(entry)
    if isinstance(entry, _native.Reputation):
        return _reputation(entry)
    entries = getattr(entry, "entries", None)
    if entries is not None:
        from ._table import Table

        return f"<div>{_pairs(entry)}</div>{table(Table(entries))}"
    name = verdict_of(entry)
    return f"<div>{badge(name) if name is not None else ''}{_pairs(entry)}</div>"


def _failed(error: BaseException | None) -> str:
    return f"<div>{badge('error')} {text(type(error).__name__.lstrip('_'))}: {text(error)}</div>"


def _report(report: _native.Report) -> str:
    facts = [f"<b>{text(report.display_name or report.data_id)}</b>"]
    if not report.is_finished:
        facts.append(f"{text(report.progress or 0)} % done")
    facts.append(f"{text(report.detected_engines)} of {text(report.total_engines)} engines")
    if report.threat_name:
        facts.append(f"<b>{text(report.threat_name)}</b>")
    lines = [f"<div>{badge(report.verdict.name)} {' · '.join(facts)}</div>"]
    about = [
        (name, getattr(report, name))
        for name in ("sha256", "file_type", "file_size", "data_id")
        if getattr(report, name) is not None
    ]
    lines.append(_small(" · ".join(f"{name} {text(value)}" for name, value in about)))
    if report.process_info and report.process_info.blocked_reason:
        lines.append(_small(f"blocked: {text(report.process_info.blocked_reason)}"))
    if report.sanitized:
        reason = f" ({text(report.sanitized.reason)})" if report.sanitized.reason else ""
        lines.append(_small(f"sanitized: {text(report.sanitized.result)}{reason}"))
    lines.append(_engines(report.engines))
    if report.extracted_files:
        from ._table import Table

        inside = table(Table(report.extracted_files))
        lines.append(f"<details><summary>{len(report.extracted_files)} files inside</summary>{inside}</details>")
    return f"<div>{''.join(lines)}</div>"


def _engines(engines: Sequence[_native.Engine]) -> str:
    if not engines:
        return ""
    ordered = sorted(engines, key=lambda engine: (not engine.threat, (engine.name or "").lower()))
    cells = []
    for engine in ordered[:ENGINES]:
        colour = _COLOURS["INFECTED"] if engine.threat else "rgba(128,128,128,.5)"
        threat = f"<br><small>{text(engine.threat)}</small>" if engine.threat else ""
        cells.append(
            f"<div style='border-left:4px solid {colour};padding-left:.4em;overflow-wrap:anywhere'>"
            f"{text(engine.name)}{threat}</div>"
        )
    if len(ordered) > ENGINES:
        cells.append(f"<div>… and {len(ordered) - ENGINES} more</div>")
    grid = "display:grid;grid-template-columns:repeat(auto-fill,minmax(11em,1fr));gap:.3em;margin-top:.5em"
    return f"<div style='{grid}'>{''.join(cells)}</div>"


def _reputation(reputation: _native.Reputation) -> str:
    by = f"{text(reputation.detected_by)} of {len(reputation.sources)} sources"
    head = f"<div>{badge(verdict_of(reputation))} <b>{text(reputation.address)}</b> · {by}</div>"
    where = [part for part in (reputation.geo.city, reputation.geo.country) if part] if reputation.geo else []
    rows = ((source.provider, source.assessment, source.detect_time) for source in reputation.sources)
    return (
        f"<div>{head}{_small(text(', '.join(where)))}"
        f"{_grid(('source', 'says', 'since'), [map(text, row) for row in islice(rows, ROWS)])}</div>"
    )


def _pairs(entry: Any) -> str:
    """The plain fields of any result."""
    pairs = [(name, value) for name, value in entry.to_dict().items() if value not in (None, [], {}, "")]
    shown = [(text(name), text(value)) for name, value in pairs if name not in ("entries", "verdict")]
    return _grid(("", ""), shown) if shown else ""


_COLUMNS: dict[str, tuple[str, ...]] = {
    "Report": ("display_name", "detected_engines", "total_engines", "threat_name", "sha256"),
    "ScanOutcome": ("source", "detected_engines", "total_engines", "threat_name", "sha256"),
    "HashResult": ("hash", "detected_engines", "data_id"),
    "Reputation": ("address", "detected_by"),
    "TreeFile": ("depth", "display_name", "file_size", "file_type"),
}


def table(rows: Table[Any]) -> str:
    """Many results: how many of which verdict, and the first of them."""
    head = f"<b>{len(rows)}</b> {text(rows._kind)}"
    counts = (f"{badge(name)} {count}" for name, count in rows.verdicts().items())
    shown = rows[:ROWS]
    dicts = shown.to_dicts()
    columns: Sequence[str] = _COLUMNS.get(rows._kind) or _plain_columns(dicts)
    if any(values.get("error") for values in dicts):
        columns = [*columns, "error"]
    names = list(columns)
    cells = [[text(values.get(column)) for column in columns] for values in dicts]
    verdicts = [verdict_of(row) for row in shown]
    if any(name is not None for name in verdicts):
        names.insert(0, "verdict")
        cells = [[badge(name), *rest] for name, rest in zip(verdicts, cells)]
    more = f"<div>… and {len(rows) - ROWS} more</div>" if len(rows) > ROWS else ""
    return f"<div>{' &nbsp;'.join([head, *counts])}{_grid(names, cells)}{more}</div>"


def _plain_columns(dicts: list[dict[str, Any]]) -> list[str]:
    """The first columns that hold more than nothing and no nested results."""
    used = [
        name
        for name in (dicts[0] if dicts else ())
        if name not in ("verdict", "error")
        and any(row[name] is not None for row in dicts)
        and not any(isinstance(row[name], (dict, list)) for row in dicts)
    ]
    return used[:6]


def _grid(names: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; the cells are HTML."""
    head = "".join(f"<th style='{_CELL}'>{text(name.replace('_', ' '))}</th>" for name in names)
    head = f"<tr>{head}</tr>" if any(names) else ""
    body = "".join(
        f"<tr>{''.join(f'''<td style='{_CELL}'>{cell}</td>''' for cell in row)}</tr>" for row in rows
    )
    # In pages without a doctype tables do not inherit the colour by themselves.
    inside = f"<table style='border-collapse:collapse;margin-top:.4em;color:inherit'>{head}{body}</table>"
    return f"<div style='overflow-x:auto'>{inside}</div>" if body else ""


def _small(content: str) -> str:
    return f"<div style='opacity:.75;overflow-wrap:anywhere'>{content}</div>" if content else ""


# -- quota


def quota(known: Quota) -> str:
    """A gauge for every allowance of a key, and its throttle."""
    rows = [
        [text(family.name), _gauge(family), _left(family), _resets(family)]
        for family in islice(known.families, ROWS)
    ]
    head = f"<b>key {text(known.account[:8])}…</b> ({text(known.store)})"
    throttle = text(known._throttle_line())
    blocked = _small(f"{badge('error')} {text(known._blocked_line())}") if known.blocked_for > 0 else ""
    return f"<div>{head}{_grid(('allowance', 'used', 'left', 'resets in'), rows)}{_small(throttle)}{blocked}</div>"


def _gauge(family: FamilyQuota) -> str:
    if not family.limit or family.used is None:
        return "–"
    part = min(100, 100 * family.used // family.limit)
    colour = _COLOURS["CLEAN" if part < 75 else "SUSPICIOUS" if part < 100 else "INFECTED"]
    return (
        "<div style='width:12em;height:1em;border-radius:.3em;background:rgba(128,128,128,.3)'>"
        f"<div style='width:{part}%;min-width:2px;height:100%;border-radius:.3em;background:{colour}'></div></div>"
    )


def _left(family: FamilyQuota) -> str:
    return f"{text(family.remaining)} of {text(family.limit)}"


def _resets(family: FamilyQuota) -> str:
    from ._quota import _time

    return text(_time(family.resets_in))

"""What is known of the quota of the keys in use."""

from __future__ import annotations

from . import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Record:
    """Named values that never change."""

    __slots__: tuple[str, ...] = ()

    def __init__(self, values: dict[str, Any]) -> None:
        for name in self.__slots__:
            object.__setattr__(self, name, values[name])

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")

    def _values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        values = (tuple(value) if isinstance(value, list) else value for value in self._values().values())
        return hash((type(self), *values))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self._values().items())
        return f"{type(self).__name__}({shown})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restore, (type(self), self._values()))


def _restore(kind: type[_Record], values: dict[str, Any]) -> _Record:
    record = kind.__new__(kind)
    _Record.__init__(record, values)
    return record


class FamilyQuota(_Record):
    """One allowance of a key."""

    __slots__ = ("age", "in_flight", "limit", "name", "remaining", "reserved", "resets_in", "source", "used")

    name: str
    """The service's name, such as ``prevention_api``."""
    limit: int | None
    """Amount per window."""
    remaining: int | None
    """Amount left."""
    used: int | None
    """Amount spent."""
    in_flight: int
    """Amount granted to calls that are not answered yet."""
    reserved: int
    """Amount kept back by reservations."""
    resets_in: float | None
    """Seconds until the window ends."""
    source: str
    """Where the numbers come from: ``header`` (of a call), ``apikey`` (the service was asked about the key), or
    ``unknown``."""
    age: float | None
    """Seconds since they were read."""

    def _origin(self) -> str:
        """Where the numbers come from, and how old they are."""
        if self.age is None:
            return self.source
        return f"{self.source}, {'just now' if self.age < 1 else _time(self.age) + ' ago'}"


class ThrottleQuota(_Record):
    """The short window of requests of a key."""

    __slots__ = ("held_for", "in_window", "requests", "source", "waiting", "window")

    requests: int | None
    """Requests per window."""
    window: float | None
    """Length of the window in seconds."""
    source: str
    """Where the rate comes from: ``setting``, ``learned``, ``guess``, or ``unknown``."""
    in_window: int
    """Requests that count in the window now."""
    held_for: float
    """Seconds for which every call is held, because the service said so."""
    waiting: int
    """Calls that wait."""


class Quota(_Record):
    """What is known of the quota of one key at one address of the service. ``print`` it for a table."""

    __slots__ = ("account", "bad_headers", "blocked_for", "families", "in_flight", "store", "store_error", "throttle")

    account: str
    """Fingerprint of service address and key; the key cannot be told from it."""
    store: str
    """Where this ledger lives: ``process``, ``user``, ``file:PATH``, or a ``redis://`` address without its login."""
    store_error: str | None
    """What is wrong with the store, if anything: why the numbers are those of this process alone, or that a
    damaged ledger was replaced by a new one."""
    families: list[FamilyQuota]
    """Every allowance that was used."""
    throttle: ThrottleQuota
    """The short window."""
    in_flight: int
    """Calls that have started and are not answered yet."""
    blocked_for: float
    """Seconds until the service lifts its block of this address; 0 where there is none."""
    bad_headers: int
    """Rate-limit headers that could not be believed."""

    def __init__(self, values: dict[str, Any]) -> None:
        families = [FamilyQuota(family) for family in values["families"]]
        super().__init__({**values, "families": families, "throttle": ThrottleQuota(values["throttle"])})

    def __str__(self) -> str:
        lines = [f"key {self.account[:8]}…  ({self.store})"]
        rows: list[tuple[str, ...]] = [("allowance", "limit", "used", "left", "kept", "resets in", "known from")]
        for family in self.families:
            numbers = (family.limit, family.used, family.remaining, family.reserved)
            rows.append((family.name, *map(_number, numbers), _time(family.resets_in), family._origin()))
        if len(rows) > 1:
            widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
            for row in rows:
                cells = [row[0].ljust(widths[0])]
                cells += [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:])]
                lines.append("  ".join([*cells, row[-1]]))
        lines.append(self._throttle_line())
        if self.blocked_for > 0:
            lines.append(self._blocked_line())
        if self.store_error:
            lines.append(self._store_line())
        return "\n".join(lines)

    def _throttle_line(self) -> str:
        throttle = self.throttle
        if throttle.requests is not None and throttle.window is not None:
            line = f"throttle: {throttle.in_window} of {throttle.requests} per {_time(throttle.window)}"
        else:
            line = f"throttle: {throttle.in_window} recent, rate not known"
        if throttle.waiting:
            line += f", {throttle.waiting} waiting"
        if throttle.held_for > 0:
            line += f", held for {_time(throttle.held_for)}"
        return line

    def _blocked_line(self) -> str:
        return f"blocked by the service for {_time(self.blocked_for)}"

    def _store_line(self) -> str:
        return f"store: {self.store_error}"

    def _repr_html_(self) -> str:
        from . import _html

        return _html.quota(self)


def _number(number: int | None) -> str:
    return "-" if number is None else str(number)


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    if seconds < 120:
        return f"{seconds:.3g} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def _read(text: str) -> list[Quota]:
    import json

    return [Quota(values) for values in json.loads(text)]


def quota() -> list[Quota]:
    """The quota of every key that this process has used, by fingerprint. Sends nothing."""
    return _read(_native.quota())


for _kind in (FamilyQuota, ThrottleQuota, Quota):
    _kind.__module__ = "mdcloud"

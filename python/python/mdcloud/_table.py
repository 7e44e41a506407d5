"""Results side by side."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

from . import _native

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, SupportsIndex, overload

_T = TypeVar("_T", covariant=True)

_SHOWN = 10


class Table(Generic[_T]):
    """Results side by side, one a row, all of one class: what a ``_many`` operation gave, or reports of any origin.

    Has a length, can be iterated over, indexed and sliced, and never changes. Notebooks show it as a table.
    pandas, polars, pyarrow and DuckDB read it without a copy through Arrow's PyCapsule interface, one column
    per field: ``polars.DataFrame(table)``, ``pyarrow.table(table)``, ``pandas.DataFrame.from_arrow(table)``
    (pandas 3) or ``pyarrow.table(table).to_pandas()``, ``duckdb.sql("select * from table_name")``. Nested
    results become structs and lists, verdicts and errors texts. ``to_dicts`` is for all else.

    Raises ``TypeError`` for what is no result, or where the classes differ.

    >>> import mdcloud
    >>> with mdcloud.Emulator() as emulator, emulator.client() as client:
    ...     table = client.hash_lookup_many(["0" * 32, "1" * 64]).to_table()
    >>> len(table), table.to_dicts()[1]["is_known"]
    (2, False)
    >>> table
    Table of 2 HashResult: 2 UNKNOWN
      HashResult(hash='00000000000000000000000000000000', verdict=UNKNOWN, data_id=None)
      HashResult(hash='1111111111111111111111111111111111111111111111111111111111111111', verdict=UNKNOWN, data_id=None)
    """

    __slots__ = ("_kind", "_rows")

    _kind: str
    _rows: list[_T]

    def __init__(self, rows: Iterable[_T]) -> None:
        self._rows = list(rows)
        self._kind = type(self._rows[0]).__name__ if self._rows else "Report"
        for place, row in enumerate(self._rows):
            if not isinstance(row, (_native.Result, _native.ScanOutcome, _native.TreeFile)):
                raise TypeError(f"rows[{place}]: expected a result, got {type(row).__name__}")
            if type(row).__name__ != self._kind:
                raise TypeError(
                    f"rows[{place}]: expected {self._kind} as in the row before, got {type(row).__name__}"
                )

    @classmethod
    def _of(cls, rows: Iterable[_T], kind: str) -> Table[_T]:
        """A table of a class that is known, as no rows tell none."""
        table = cls.__new__(cls)
        table._rows, table._kind = list(rows), kind
        return table

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dict of plain Python objects per row, nested results as dicts and lists.

        >>> import mdcloud
        >>> with mdcloud.Emulator(scan_time=0) as emulator, emulator.client() as client:
        ...     mdcloud.Table([client.file_scan(b"hello")]).to_dicts()[0]["verdict"]
        'CLEAN'
        """
        return [row.to_dict() for row in self._rows]  # type: ignore[attr-defined]

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The rows as an Arrow stream, for libraries that speak Arrow. ``requested_schema`` is not heeded."""
        return _native._arrow_stream(self._rows, self._kind)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[_T]:
        return iter(self._rows)

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, index: SupportsIndex) -> _T: ...
        @overload
        def __getitem__(self, index: slice) -> Table[_T]: ...

    def __getitem__(self, index: SupportsIndex | slice) -> _T | Table[_T]:
        if isinstance(index, slice):
            return self._of(self._rows[index], self._kind)
        return self._rows[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Table):
            return NotImplemented
        return (self._kind, self._rows) == (other._kind, other._rows)

    def __hash__(self) -> int:
        return hash((self._kind, tuple(self._rows)))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restore, (self._rows, self._kind))

    def verdicts(self) -> dict[str, int]:
        """How many rows have which verdict, by its name; ``"error"`` for those that failed.

        >>> import mdcloud
        >>> with mdcloud.Emulator() as emulator, emulator.client() as client:
        ...     client.hash_lookup_many(["0" * 32, "no hash"]).to_table().verdicts()
        {'UNKNOWN': 1, 'error': 1}
        """
        counts: dict[str, int] = {}
        for row in self._rows:
            if (name := verdict_of(row)) is not None:
                counts[name] = counts.get(name, 0) + 1
        return counts

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {name}" for name, count in self.verdicts().items())
        lines = [f"Table of {len(self)} {self._kind}{': ' if counts else ''}{counts}"]
        lines += [f"  {row!r}" for row in islice(self._rows, _SHOWN)]
        if len(self) > _SHOWN:
            lines.append(f"  … and {len(self) - _SHOWN} more")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from . import _html

        return _html.table(self)


def verdict_of(row: Any) -> str | None:
    """The verdict of a row, for counts and badges: its name, ``"error"``, or None where it has none."""
    if getattr(row, "error", None) is not None:
        return "error"
    if isinstance(row, _native.Reputation):
        return "LISTED" if row.is_listed else "NOT LISTED"
    inner = getattr(row, "result", None) or getattr(row, "file", None) or row
    verdict = getattr(inner, "verdict", None)
    return getattr(verdict, "name", verdict)


def _restore(rows: list[Any], kind: str) -> Table[Any]:
    return Table._of(rows, kind)


Table.__module__ = "mdcloud"

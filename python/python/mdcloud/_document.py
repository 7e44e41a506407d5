"""An answer without a type of its own."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Document:
    """An answer of ``Client.call``: the exact bytes, and the same as plain objects.

    >>> document = Document(b'{"a": {"b/c": [1, 2]}}')
    >>> document.json()
    {'a': {'b/c': [1, 2]}}
    >>> document.pointer("/a/b~1c/1")
    2
    """

    __slots__ = ("_raw",)

    def __init__(self, raw: bytes | bytearray | memoryview) -> None:
        if not isinstance(raw, (bytes, bytearray, memoryview)):
            raise TypeError(f"raw: expected bytes, got {type(raw).__name__}")
        self._raw = bytes(raw)

    @property
    def raw(self) -> bytes:
        """The bytes as received."""
        return self._raw

    def json(self) -> Any:
        """The answer as plain Python objects, made anew at each call.

        Raises ``ProtocolError`` where the answer is not JSON.
        """
        from ._native import _loads

        try:
            return _loads(self._raw)
        except ValueError as error:
            from ._errors import ProtocolError

            raise ProtocolError(f"the answer is not JSON: {error}", is_local=False, raw=self._raw) from None

    def pointer(self, pointer: str, default: Any = None) -> Any:
        """The value at a JSON pointer (RFC 6901), or ``default`` where there is none."""
        if not isinstance(pointer, str):
            raise TypeError(f"pointer: expected str, got {type(pointer).__name__}")
        if pointer and not pointer.startswith("/"):
            from ._errors import InvalidArgumentError

            raise InvalidArgumentError("pointer: must be empty or begin with '/'")
        value = self.json()
        for part in pointer.split("/")[1:]:
            part = part.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict) and part in value:
                value = value[part]
            elif isinstance(value, list) and _is_index(part) and int(part) < len(value):
                value = value[int(part)]
            else:
                return default
        return value

    def __eq__(self, other: object) -> bool:
        return self._raw == other._raw if isinstance(other, Document) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._raw)

    def __repr__(self) -> str:
        shown = self._raw[:80].decode("utf-8", "replace")
        return f"Document({shown!r}{'…' if len(self._raw) > 80 else ''}, {len(self._raw)} bytes)"

    def __reduce__(self) -> tuple[type[Document], tuple[bytes]]:
        return (Document, (self._raw,))


class Badge:
    """A picture that shows what is known of a file, as ``Client.hash_badge`` gives it; notebooks show it."""

    __slots__ = ("_data", "_media_type")

    def __init__(self, data: bytes, media_type: str) -> None:
        self._data = data
        self._media_type = media_type

    @property
    def data(self) -> bytes:
        """The picture."""
        return self._data

    @property
    def media_type(self) -> str:
        """Its media type, such as ``image/svg+xml``."""
        return self._media_type

    def _repr_html_(self) -> str:
        # As an image, in which a browser runs no scripts, and not as part of the page.
        import base64
        import html

        data = base64.b64encode(self._data).decode("ascii")
        return f"<img alt='badge' src='data:{html.escape(self._media_type)};base64,{data}'>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Badge):
            return NotImplemented
        return (self._data, self._media_type) == (other._data, other._media_type)

    def __hash__(self) -> int:
        return hash((self._data, self._media_type))

    def __repr__(self) -> str:
        return f"Badge({self._media_type}, {len(self._data)} bytes)"

    def __reduce__(self) -> tuple[type[Badge], tuple[bytes, str]]:
        return (Badge, (self._data, self._media_type))


def _is_index(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) < 20 and (part == "0" or part[0] != "0")


Document.__module__ = Badge.__module__ = "mdcloud"

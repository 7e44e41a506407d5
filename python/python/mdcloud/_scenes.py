"""Situations that the emulator starts in, by name, and files that get a wanted result from it."""

from __future__ import annotations

from ._errors import InvalidArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_EVER = 2**32 - 1  # requests

_CHARGED = ("POST /v4/file", "/v4/hash", "/v4/ip", "/v4/url", "/v4/domain", "/v4/sandbox", "/v4/feed")

SCENES: dict[str, tuple[str, dict[str, Any], list[dict[str, Any]]]] = {
    "paid": ("a paid key", {"paid": True}, []),
    "throttled": (
        "one throttled request a minute, then 429001",
        {"throttle": "1/60s", "retry_after": True},
        [],
    ),
    "exhausted": (
        "the allowances of the day are used up: 429000",
        {},
        [{"kind": "code", "value": 429000, "path": path} for path in _CHARGED],
    ),
    "wrong_key": ("the service refuses the key: 401006", {}, [{"kind": "code", "value": 401006}]),
    "blocked": ("the service has blocked the address: 403002", {}, [{"kind": "code", "value": 403002}]),
    "outage": ("the service fails: 500000", {}, [{"kind": "code", "value": 500000}]),
    "hiccup": (
        "the first answer is a 503, all others are well",
        {},
        [{"kind": "status", "value": 503, "count": 1}],
    ),
    "silent": ("the service takes requests and never answers", {}, [{"kind": "stall"}]),
    "never_finished": ("scans go on for a day", {"scan_time": 86_400}, []),
}
"""Name: what it is for people, settings, faults."""

# In two halves, so that no scanner stumbles over this file.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"

SAMPLES: dict[str, bytes] = {
    "clean": b"Nothing to see here.\n",
    "infected": EICAR,
    "suspicious": b"MDCLOUD-RESULT:2\n",
    "encrypted": b"MDCLOUD-RESULT:12\n",
    "aborted": b"MDCLOUD-RESULT:11\n",
    "queued": b"MDCLOUD-RESULT:254\n",
    "unfinished": b"MDCLOUD-RESULT:255\n",
}
"""Files whose beginning orders the result."""


def scene(name: str, settings: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The settings of a scene, under those that the caller gives, and its faults."""
    if not isinstance(name, str):
        raise TypeError(f"scene: must be str, not {type(name).__name__}")
    if name not in SCENES:
        raise InvalidArgumentError(f"scene: {name!r} is not one of {', '.join(SCENES)}")
    _, own, faults = SCENES[name]
    return {**own, **settings}, [{"count": _EVER, **fault} for fault in faults]


def sample(kind: str) -> bytes:
    """A file that gets the wanted result."""
    if not isinstance(kind, str):
        raise TypeError(f"kind: must be str, not {type(kind).__name__}")
    if kind not in SAMPLES:
        raise InvalidArgumentError(f"kind: {kind!r} is not one of {', '.join(SAMPLES)}")
    return SAMPLES[kind]

"""``mdcloud emulator``: the service on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from .._emulator import Emulator
from . import _exits, _session
from ._terminal import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._parser import Commands

_ABOUT = """\
Serve MetaDefender Cloud on loopback, for programs in any language: no key, no network. Prints the two
variables that clients read, and goes on until Ctrl-C."""


def register(commands: Commands) -> None:
    from .._scenes import SCENES

    parser = commands.add(
        "emulator", "run the service on this machine", _ABOUT, run, service=False, json=False
    )
    scenes = ", ".join(f"{name} ({about})" for name, (about, _, _) in SCENES.items())
    parser.add_argument("--port", type=int, default=0, help="port to listen on (a free one)")
    parser.add_argument(
        "--scene", choices=tuple(SCENES), metavar="NAME", help=f"situation to start in: {scenes}"
    )
    parser.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting, such as throttle=10/min, scan_time=2s, allowance.prevention_api=40",
    )
    parser.add_argument("--lifetime", type=float, metavar="SECONDS", help="end by itself after this time")
    parser.add_argument("--json", action="store_true", help="the address and key as JSON")


def run(options: argparse.Namespace) -> int:
    settings = {"address": f"127.0.0.1:{options.port}"}
    for pair in options.settings:
        name, separator, value = pair.partition("=")
        if not separator:
            print(f"mdcloud: --set wants NAME=VALUE, not {safe(pair)}", file=sys.stderr)
            return _exits.USAGE
        settings[name] = value
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with Emulator(scene=options.scene, **settings) as emulator:
        if options.json:
            _session.json_line({"base_url": emulator.base_url, "api_key": emulator.api_key})
        else:
            print(
                f"export MDCLOUD_BASE_URL={emulator.base_url} MDCLOUD_API_KEY={emulator.api_key}", flush=True
            )
        # Waits in pieces, as Ctrl-C would not end a wait without a limit on every system.
        seconds = options.lifetime
        while not ended.wait(0.5 if seconds is None else min(seconds, 0.5)):
            if seconds is not None:
                seconds -= 0.5
                if seconds <= 0:
                    break
    return _exits.CLEAN

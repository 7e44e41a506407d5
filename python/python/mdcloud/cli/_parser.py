"""The arguments of every command."""

from __future__ import annotations

import argparse

from .. import _native
from . import _exits, _session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_ABOUT = """\
Scan files and look up hashes, addresses, URLs and domains with MetaDefender Cloud, from the command line.
This is an independent client: it is not made or supported by OPSWAT."""

_START = """\
to begin, without a key and without a network:
  mdcloud demo
  mdcloud scan FILE --emulator
with a key (in MDCLOUD_API_KEY):
  mdcloud doctor
  mdcloud scan FILE

"""


class Commands:
    """The commands, as each module adds its own."""

    def __init__(self, commands: Any) -> None:
        self._commands = commands

    def add(
        self,
        name: str,
        short: str,
        about: str,
        run: Callable[[argparse.Namespace], int],
        *,
        service: bool = True,
        json: bool = True,
    ) -> argparse.ArgumentParser:
        """A command; with the options of those that ask the ``service``, and of those that print results."""
        parents = ([_session.connection()] if service else []) + ([_session.output()] if json else [])
        parser: argparse.ArgumentParser = self._commands.add_parser(
            name,
            help=short,
            description=about,
            epilog=_exits.MEANINGS,
            parents=parents,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        parser.set_defaults(run=run)
        return parser


def build() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    from . import account, completion, demo, doctor, emulator, feed, lookup, sanitize, scan, webhook

    parser = argparse.ArgumentParser(
        prog="mdcloud",
        description=_ABOUT,
        epilog=_START + _exits.MEANINGS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"mdcloud {_native.__version__}")
    commands = Commands(parser.add_subparsers(metavar="COMMAND", required=True))
    for module in (scan, lookup, sanitize, account, webhook, feed, emulator, demo, doctor, completion):
        module.register(commands)
    return parser

"""``mdcloud webhook``: how the deliveries of finished results went."""

from __future__ import annotations

import argparse

from . import _exits, _session
from ._terminal import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._parser import Commands

_ABOUT = """\
How the delivery of a finished scan to its callback went, or of all of the last 12 hours. 5 where the
receiver did not take one."""


def register(commands: Commands) -> None:
    parser = commands.add("webhook", "show how callbacks were delivered", _ABOUT, run)
    parser.add_argument("data_id", nargs="*", metavar="DATA_ID", help="of scans; all deliveries without one")


def run(options: argparse.Namespace) -> int:
    terminal = _session.terminal(options)
    delivered = True
    with _session.client(options) as client:
        if options.data_id:
            entries = [client.webhook_status(data_id) for data_id in options.data_id]
        else:
            entries = list(client.webhook_status_all())
    for entry in entries:
        delivered &= entry.is_delivered
        if options.json:
            facts = {
                "data_id": entry.data_id,
                "url": entry.url,
                "status_code": entry.status_code,
                "request_time": entry.request_time,
                "delivered": entry.is_delivered,
            }
            _session.json_line(facts)
        else:
            badge = (
                terminal.paint("delivered ", "green")
                if entry.is_delivered
                else terminal.paint("FAILED    ", "red")
            )
            parts = (entry.data_id, entry.status_code, entry.url)
            terminal.line(f"{badge}  {'  '.join(safe(part) for part in parts if part is not None)}")
    if not entries and not options.json:
        terminal.line("no deliveries in the last 12 hours")
    return _exits.CLEAN if delivered else _exits.ERROR

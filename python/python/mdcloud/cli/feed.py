"""``mdcloud feed``: hashes of files that the service has seen lately."""

from __future__ import annotations

import argparse
import itertools

from . import _exits, _session
from ._terminal import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._client import Client
    from .._models import FeedPage
    from ._parser import Commands


def register(commands: Commands) -> None:
    about = "Hashes of files found infected or clean on a day; two more feeds are for partners."
    parser = commands.add("feed", "list hashes that were seen lately", about, run)
    parser.add_argument("feed", choices=("infected", "clean", "hashes", "false-positives"))
    parser.add_argument("--date", metavar="YYYY-MM-DD", help="day (today); infected and clean")
    parser.add_argument("--category", metavar="LETTER", help="kind of files; infected and clean")
    parser.add_argument("--engine", metavar="NAME", help="of one engine; false-positives")
    parser.add_argument("--pages", type=int, default=1, help="how many pages of 1,000 (1)")


def run(options: argparse.Namespace) -> int:
    terminal = _session.terminal(options)
    with _session.client(options) as client:
        for page in itertools.islice(_page(client, options).all_pages(), max(options.pages, 0)):
            for entry in page:
                if options.json:
                    facts = {
                        "sha256": entry.sha256,
                        "sha1": entry.sha1,
                        "md5": entry.md5,
                        "threat": entry.threat_name,
                        "detected": entry.detected_engines,
                        "total": entry.total_engines,
                        "start_time": entry.start_time,
                    }
                    _session.json_line(facts)
                else:
                    parts = (entry.sha256 or entry.sha1 or entry.md5, entry.threat_name)
                    terminal.line("  ".join(safe(part) for part in parts if part))
    return _exits.CLEAN


def _page(client: Client, options: argparse.Namespace) -> FeedPage:
    if options.feed == "infected":
        return client.feed_infected(options.date, options.category)
    if options.feed == "clean":
        return client.feed_clean(options.date, options.category)
    if options.feed == "hashes":
        return client.feed_hashes()
    return client.feed_false_positives(engine=options.engine)

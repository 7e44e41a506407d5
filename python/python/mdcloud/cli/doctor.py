"""``mdcloud doctor``: what is in the way between this machine and the service. Nothing secret is shown."""

from __future__ import annotations

import argparse
import os
import platform

from .. import _native
from .._errors import AuthError, BlockedError, MdcloudError
from . import _exits, _network, _session, account
from ._terminal import Terminal, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._client import Client
    from ._parser import Commands

Line = tuple[str, str, str]
"""What is looked at; ``ok``, ``warn`` or ``fail``; what there is to say."""

_VARIABLES = ("MDCLOUD_BASE_URL", "MDCLOUD_MAX_WAIT", "MDCLOUD_THROTTLE", "MDCLOUD_QUOTA_STORE")

_MOST_SKEW = 120  # seconds


def register(commands: Commands) -> None:
    about = (
        "Look at settings, proxy, certificates, clock, key and limits. The output is safe to show to others."
    )
    commands.add("doctor", "find out why it does not work", about, run)


def run(options: argparse.Namespace) -> int:
    terminal = _session.terminal(options)
    failed = False
    for what, state, text in _lines(options):
        failed |= state == "fail"
        if options.json:
            _session.json_line({"check": what, "state": state, "text": text})
        else:
            _show(terminal, what, state, text)
    return _exits.ERROR if failed else _exits.CLEAN


def _show(terminal: Terminal, what: str, state: str, text: str) -> None:
    colour = {"ok": "green", "warn": "yellow"}.get(state, "red")
    terminal.line(f"{terminal.paint(state.ljust(4), colour)}  {what:<12}  {safe(text)}")


def _lines(options: argparse.Namespace) -> Iterator[Line]:
    yield (
        "version",
        "ok",
        f"mdcloud {_native.__version__}, Python {platform.python_version()}, {platform.platform()}",
    )
    for name in _VARIABLES:
        if value := os.environ.get(name):
            yield ("setting", "ok", f"{name} is {_network.redacted(value)}")
    try:
        with _session.client(options, retries=0) as client:
            yield from _way(options, client.base_url)
            yield _service(client)
            given = _key_given(options)
            yield given
            if given[1] == "ok":
                yield from _key(client)
                yield _ledger(client)
    except MdcloudError as error:  # a setting that cannot work
        yield ("setting", "fail", str(error))


def _way(options: argparse.Namespace, base_url: str) -> Iterator[Line]:
    yield ("address", "ok", _network.redacted(base_url))
    proxy, found = _network.proxy_of(options.proxy, base_url)
    yield ("proxy", "ok", f"{_network.redacted(proxy)}, from {found}" if proxy else f"none: {found}")
    try:
        look = _network.Look(base_url, proxy, options.ca_file)
    except (OSError, ValueError) as error:
        yield ("certificates", "warn", f"could not be looked at: {_network.redacted(str(error))}")
        return
    if look.protocol:
        yield ("certificates", "ok", f"{look.protocol}, {' ← '.join(look.chain)}, until {look.expires}")
    else:
        yield (
            "certificates",
            "ok",
            "none: the connection is not encrypted, which is right on this machine only",
        )
    if look.skew is not None:
        off = abs(look.skew) > _MOST_SKEW
        told = f"{abs(look.skew):.0f} s {'ahead of' if look.skew > 0 else 'behind'} the service's"
        if abs(look.skew) <= 2:  # the service tells whole seconds
            told = "as the service's"
        advice = "; set it: certificates and quota windows depend on it" if off else ""
        yield ("clock", "warn" if off else "ok", f"{told}{advice}")


def _service(client: Client) -> Line:
    try:
        client.service_version(max_wait=0)
    except MdcloudError as error:
        return ("service", "fail", str(error))
    return ("service", "ok", "answers")


def _key_given(options: argparse.Namespace) -> Line:
    if options.emulator:
        return ("key", "ok", "the emulator's")
    if options.key_file:
        return ("key", "ok", f"from {options.key_file}")
    if key := os.environ.get("MDCLOUD_API_KEY"):
        return ("key", "ok", f"{len(key.strip())} characters, from MDCLOUD_API_KEY")
    return ("key", "fail", "none: put it into MDCLOUD_API_KEY, or name a file with --key-file")


def _key(client: Client) -> Iterator[Line]:
    # One request with the key, and no more if it is refused: wrong keys end in a block of the address.
    try:
        info = client.apikey_info(max_wait=0)
    except (AuthError, BlockedError) as error:
        yield ("key", "fail", str(error))
        return
    except MdcloudError as error:
        yield ("key", "fail", f"could not be tried: {error}")
        return
    kind = "paid" if info.is_paid else "free"
    yield ("key", "ok", f"valid, {kind}, files up to {info.max_upload_file_size} MB")
    try:
        left = client.apikey_limits_left(max_wait=0).amounts
    except MdcloudError as error:
        yield ("limits", "fail", str(error))
        return
    facts = account.facts_of(info)
    for family, amount in left.items():
        limit = facts.get(account.LIMITS.get(family, ""))
        told = f"{amount} left" + (f" of {limit}" if limit is not None else "")
        yield ("limits", "warn" if amount == 0 and limit else "ok", f"{family}: {told}")


def _ledger(client: Client) -> Line:
    known = client.quota()  # after the calls above: the store was asked
    if known is None:
        return ("ledger", "ok", "empty: no call was counted")
    if known.store_error:
        return ("ledger", "warn", known.store_error)
    alone = known.store == "process"
    return ("ledger", "ok", "in this process; MDCLOUD_QUOTA_STORE would share it" if alone else f"shared: {known.store}")

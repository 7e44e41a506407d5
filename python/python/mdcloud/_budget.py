"""Parts of an allowance kept for someone, and plans."""

from __future__ import annotations

from . import _native

TYPE_CHECKING = False  # as type checkers read it; importing typing would take longer than all the rest
if TYPE_CHECKING:
    from collections.abc import Iterable

    from typing_extensions import Unpack

    from ._models import Plan
    from ._native import Reservation
    from ._options import CallOptions, SourceLike


class Budgets:
    """The part of a client that spends nothing yet."""

    __slots__ = ()

    _native: _native.Client

    def reserve(self, family: str, amount: int, **options: Unpack[CallOptions]) -> Reservation:
        """Keeps ``amount`` of an allowance (``prevention_api``, ``reputation_api``, or any other that the
        service names) for the calls that are given it as ``reservation=``; other calls see that much less.
        Sends nothing, never waits.

        What is left goes back at the end of the ``with`` block. Before the service has told what there is,
        the amount is taken on trust.

        Raises ``QuotaExhaustedError`` where less is left.

        >>> import mdcloud
        >>> with mdcloud.Emulator() as emulator, emulator.client() as client:
        ...     with client.reserve("reputation_api", 100) as urgent:
        ...         client.ip_lookup("203.0.113.7", reservation=urgent).address
        '203.0.113.7'
        """
        return self._native.reserve(family, amount, options)

    def plan(
        self,
        sources: Iterable[SourceLike],
        *,
        limits: bool = False,
        lookups: bool = False,
        **options: Unpack[CallOptions],
    ) -> Plan:
        """What scanning these sources would take of the quota: how much fits now, how much after the next
        reset, and what lookups may save.

        Hashes them here, finds duplicates, checks sizes, and compares with what is known of the allowances,
        less what ``leave=`` and other people's reservations keep. A source that cannot be read, or only
        once, is a problem of its own file. A number that depends on something unknown is None.

        Args:
            sources: any iterable of what ``file_scan`` takes.
            limits: may ask for the key's limits: two requests that are charged to no allowance.
            lookups: may look the files up by their hashes: charged to the Reputation allowance, one per
                distinct file. What is known needs no upload.

        With neither, nothing is sent.

        >>> import mdcloud
        >>> with mdcloud.Emulator(allowances={"prevention_api": 2}) as emulator, emulator.client() as client:
        ...     plan = client.plan([b"one", b"two", b"one", b"three"], limits=True)
        ...     plan.uploads, plan.uploads_now, plan.files[2].duplicate_of
        (3, 2, 0)
        """
        return self._native.plan(sources, limits, lookups, options)

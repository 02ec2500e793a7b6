"""Limits on guessing passwords, per account and per address."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network

from opsforge.auth.errors import Throttled
from opsforge.kit.cache import Cache
from opsforge.settings import AuthSettings

IPV6_PREFIX = 64
"""One customer commonly has a whole /64 and could guess from each of its addresses."""


class Throttle:
    """Counts attempts in fixed windows.

    An account is counted together with the address that tries it, so that nobody can lock the owner
    out by guessing from elsewhere; an address is counted over all accounts, against spraying. An
    account is counted over all addresses too, against whoever has many; where the owner has been,
    that is no hindrance.
    """

    def __init__(self, cache: Cache, settings: AuthSettings) -> None:
        self._cache = cache
        self._settings = settings

    async def enter(
        self,
        username: str,
        address: str,
        *,
        now: datetime,
        known_addresses: Callable[[], Awaitable[Sequence[str]]],
    ) -> list[str]:
        """Count an attempt before its password is looked at, so that parallel ones count too.

        Args:
            username: The account.
            address: Who tries it.
            now: The present moment.
            known_addresses: Where the account was signed in to before; asked only in need.

        Returns:
            The counters to give to `succeed` when the password was right.

        Raises:
            Throttled: There were too many; this one is not looked at.
        """
        window = self._settings.failure_window
        bucket, elapsed = divmod(int(now.timestamp()), int(window.total_seconds()))
        network = _network(address)
        in_all = f"failures:{bucket}:account:{username}"
        limits = {
            f"failures:{bucket}:address:{network}": self._settings.failures_per_address,
            f"failures:{bucket}:account:{username}:{network}": self._settings.failures_per_account,
            in_all: self._settings.failures_per_account_in_all,
        }
        for counter, limit in limits.items():
            if await self._cache.increment(counter, ttl=window) <= limit:
                continue
            if counter == in_all and network in map(_network, await known_addresses()):
                continue
            raise Throttled(retry_after_seconds=int(window.total_seconds()) - elapsed)
        return list(limits)

    async def succeed(self, counters: list[str]) -> None:
        """Take the attempt back: it was no failure."""
        for counter in counters:
            await self._cache.increment(counter, by=-1, ttl=self._settings.failure_window)


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ip_network((parsed, IPV6_PREFIX), strict=False))
    return str(parsed)

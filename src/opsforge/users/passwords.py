"""Password hashing: argon2id (RFC 9106), off the event loop, a bounded number at once."""

import anyio
import anyio.to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from opsforge.settings import AuthSettings

PASSWORD_MAX_LENGTH = 256
"""Characters; longer input is refused before it is hashed."""


class Passwords:
    """Hashes and verifies, by default with the RFC's second recommended parameters.

    At most ``hash_concurrency`` run at once, which bounds the memory to ``hash_memory`` times as
    many, however many log-ins arrive.
    """

    def __init__(self, settings: AuthSettings) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.hash_passes, memory_cost=int(settings.hash_memory) // 1024
        )
        self._limit = anyio.CapacityLimiter(settings.hash_concurrency)
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """The password's hash, in argon2's own notation."""
        return await anyio.to_thread.run_sync(self._hasher.hash, password, limiter=self._limit)

    async def verify(self, password: str, known_hash: str | None) -> bool:
        """Whether the password fits.

        Args:
            password: What was typed.
            known_hash: None for an unknown account: the same work is done, for a sure no.
        """
        if known_hash is None:
            if self._nobody is None:
                self._nobody = await self.hash("nobody has this password")
            await self._check(password, self._nobody)
            return False
        return await self._check(password, known_hash)

    def needs_rehash(self, known_hash: str) -> bool:
        """Whether the hash was made with older parameters."""
        return self._hasher.check_needs_rehash(known_hash)

    async def _check(self, password: str, known_hash: str) -> bool:
        def check() -> bool:
            try:
                return self._hasher.verify(known_hash, password)
            except (VerificationError, InvalidHashError):
                return False

        return await anyio.to_thread.run_sync(check, limiter=self._limit)

"""Passwords: hashed and checked one at a time, beside everything else; and which passwords nobody may choose."""

import asyncio
import importlib.util
import os
import time
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from coliseum.accounts.argon import HASHER, Child, Question
from coliseum.accounts.places import Places
from coliseum.errors import Refusal, RequestRefused, StoreUnavailable

LENGTH_MIN: Final = 8
LENGTH_MAX: Final = 1_024
AT_ONCE: Final = 1
WAITING_MAX: Final = 50


class Passwords:
    """Hashes and checks passwords and other short secrets, one at a time, in a process of its own.

    ``waiting_max``: so many may wait; whoever comes then is told to come back. A hash takes about 25 ms of a core.
    """

    def __init__(self, waiting_max: int = WAITING_MAX) -> None:
        self._child = Child()
        self._asking = ThreadPoolExecutor(AT_ONCE, "password")
        self.places = Places(AT_ONCE + waiting_max)
        self._nobodys = HASHER.hash(os.urandom(16))

    async def hash(self, password: str) -> str:
        """The PHC string to store.

        Raises:
            RequestRefused: ``rate_limited``: too many wait already.
            StoreUnavailable: nothing can be hashed now.
        """
        return str(await self._ask(Question(_bytes(password))))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether it is the password; without a stored one never, which takes as long to find out.

        Raises:
            RequestRefused: as ``hash``.
            StoreUnavailable: as ``hash``.
        """
        fits = await self._ask(Question(_bytes(password), stored or self._nobodys))
        return fits is True and stored is not None

    def check_room(self) -> None:
        """Whether anybody may wait for a password to be checked: asked before anything is done for a log-in.

        Raises:
            RequestRefused: ``rate_limited``: too many wait already; it says when there will be room.
        """
        if self.places.full:
            raise self.places.refusal()

    def is_outdated(self, stored: str) -> bool:
        """Whether it was made with other parameters than those of today."""
        return HASHER.check_needs_rehash(stored)

    def close(self) -> None:
        """End the process, once what it does is done."""
        self._asking.shutdown(wait=True, cancel_futures=True)
        self._child.end()

    async def _ask(self, question: Question) -> Any:
        self.places.enter()
        asking = asyncio.get_running_loop().run_in_executor(self._asking, self._timed, question)
        asking.add_done_callback(self._leave)  # also when nobody waits for it any more
        try:
            answer, _ = await asking
        except OSError as error:
            raise StoreUnavailable(f"Passwords cannot be checked for now: {error}") from error
        return answer

    def _timed(self, question: Question) -> tuple[Any, float]:
        began_s = time.monotonic()
        return self._child.ask(question), time.monotonic() - began_s

    def _leave(self, asked: asyncio.Future[tuple[Any, float]]) -> None:
        failed = asked.cancelled() or asked.exception() is not None
        self.places.leave(None if failed else asked.result()[1])


def check_new(password: str, email: str = "") -> None:
    """Whether a password may be chosen: any characters, so many of them, and not what everybody tries first.

    Raises:
        RequestRefused: ``weak_password``.
    """
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        raise RequestRefused(Refusal.WEAK_PASSWORD, f"a password has {LENGTH_MIN} to {LENGTH_MAX} characters")
    plain = password.casefold()
    if plain in {email.casefold(), email.casefold().partition("@")[0]}:
        raise RequestRefused(Refusal.WEAK_PASSWORD, "this is your e-mail address")
    if plain in commonest() or plain.startswith("coliseum") or len(set(plain)) < 3:
        raise RequestRefused(Refusal.WEAK_PASSWORD, "this is one of the passwords that are tried first")


@lru_cache(maxsize=1)
def commonest() -> frozenset[str]:
    """The commonest passwords, in small letters: zxcvbn's list of them, read when needed and without its others."""
    package = importlib.util.find_spec("zxcvbn")
    assert package is not None  # noqa: S101 - it is installed with the server
    assert package.origin is not None  # noqa: S101 - as above
    file = Path(package.origin).with_name("frequency_lists.py")
    lists = importlib.util.spec_from_file_location("coliseum_frequency_lists", file)
    assert lists is not None  # noqa: S101 - as above
    assert lists.loader is not None  # noqa: S101 - as above
    module: Any = importlib.util.module_from_spec(lists)
    lists.loader.exec_module(module)
    return frozenset(module.FREQUENCY_LISTS["passwords"])


def _bytes(password: str) -> bytes:
    """All of it, as it is: nothing is cut, folded or normalised."""
    return password.encode("utf-8", "surrogatepass")

"""What a web process sends to people by mail, and what it does after it has answered."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

from coliseum import db
from coliseum.accounts.letters import Letter, Letters
from coliseum.clock import Clock
from coliseum.errors import Refusal, RequestRefused
from coliseum.mail import Mailer
from coliseum.mail.server import MailServer
from coliseum.mail.worker import MailWorker
from coliseum.settings import Settings
from coliseum.telemetry import Log, described

ERRANDS_MAX: Final = 200


class Post:
    """Letters into the outbox, and errands: work that is done after the answer, which so tells nothing of it."""

    def __init__(self, mailer: Mailer, letters: Letters, worker: MailWorker, *, sending: bool) -> None:
        self.mailer = mailer
        self.letters = letters
        self.worker = worker
        self.sending = sending
        """Whether there is a mail server."""
        self._errands: set[asyncio.Task[None]] = set()

    async def put(self, connection: db.Connection, recipient: str, letter: Letter) -> None:
        """Put a letter into the outbox, within the caller's transaction."""
        await self.mailer.put(connection, recipient, letter.subject, letter.body)
        if not self.sending:
            Log().warning("mail_kept", subject=letter.subject)

    def afterwards(self, errand: Coroutine[Any, Any, None]) -> None:
        """Do this without anybody waiting for it. It is lost when the process dies; then one asks again.

        Raises:
            RequestRefused: ``overloaded``.
        """
        if len(self._errands) >= ERRANDS_MAX:
            errand.close()
            raise RequestRefused(Refusal.OVERLOADED, "too much is asked for at this moment; ask again")
        task = asyncio.create_task(_done(errand))
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def settled(self) -> None:
        """Wait until every errand is done."""
        while self._errands:
            await asyncio.wait(self._errands)

    async def close(self) -> None:
        """Finish the errands, and stop sending."""
        await self.settled()
        await self.worker.close()


def open_post(
    settings: Settings, secret_key: str, database: db.Database, server: MailServer | None, clock: Clock
) -> Post:
    """The outbox, and who empties it; whoever opens it closes it."""
    mailer = Mailer(secret_key, clock)
    letters = Letters(settings.public_url or f"http://{settings.host}:{settings.port}")
    return Post(mailer, letters, MailWorker(database, mailer, server, clock), sending=server is not None)


async def _done(errand: Coroutine[Any, Any, None]) -> None:
    try:
        await errand
    except Exception as error:  # noqa: BLE001 - nobody waits for it; it is said here or nowhere
        Log().error("errand_failed", error=described(error))

"""The worker that empties the outbox: one in each web process, and each mail is sent by one of them."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

from coliseum import db
from coliseum.clock import Clock
from coliseum.mail.outbox import Mail, Mailer
from coliseum.mail.server import TIMEOUT_S, Later, MailServer, Refused
from coliseum.tasks import end
from coliseum.telemetry import Log, described

LOOK_EVERY_S: Final = 2.0
TIDY_EVERY: Final = timedelta(hours=1)
PATIENCE: Final = timedelta(seconds=4 * TIMEOUT_S)
"""A mail that was taken is another's after this: whoever took it has died. It may then have been sent."""
BACKOFF: Final = (30, 60, 120, 300, 600, 1_800, 3_600)
"""Seconds until the next try, from the first that failed on; the last of them from then on."""


class MailWorker:
    """Sends what waits, again and again until it is closed. Without a mail server everything stays where it is."""

    def __init__(self, database: db.Database, mailer: Mailer, server: MailServer | None, clock: Clock) -> None:
        self._database = database
        self._mailer = mailer
        self._server = server
        self._clock = clock
        self._tidied = datetime.min.replace(tzinfo=clock().tzinfo)
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop. A mail that is being given to the server may be sent once more by another process."""
        await end(self._task)

    async def send_due(self) -> int:
        """Send everything that is due; returns how many mails were taken out of the outbox."""
        done = 0
        while self._server is not None:
            async with self._database.transaction("accounts") as connection:
                mail = await self._mailer.take(connection, PATIENCE)
            if mail is None:
                break
            done += await self._send(self._server, mail)
        return done

    async def _send(self, server: MailServer, mail: Mail) -> bool:
        """Send one, and take it out of the outbox; False when it stays there."""
        try:
            if not mail.body:
                raise Refused("it was sealed under another secret key")
            await server.send(mail)
        except Later as error:
            wait_s = BACKOFF[min(mail.attempts, len(BACKOFF)) - 1]
            Log().warning("mail_put_off", mail=mail.mail_id, error=described(error), attempts=mail.attempts)
            async with self._database.transaction("accounts") as connection:
                until = self._clock() + timedelta(seconds=wait_s)
                await self._mailer.put_off(connection, mail.mail_id, until, str(error))
            return False
        except Refused as error:
            Log().error("mail_refused", mail=mail.mail_id, error=described(error))
        async with self._database.transaction("accounts") as connection:
            await self._mailer.sent(connection, mail.mail_id)
        return True

    async def _run(self) -> None:
        while True:
            try:
                await self._tidy()
                await self.send_due()
            except (*db.UNREACHABLE, db.PostgresError) as error:
                Log().warning("mail_stopped", error=described(error))
            await asyncio.sleep(LOOK_EVERY_S)

    async def _tidy(self) -> None:
        now = self._clock()
        if now - self._tidied < TIDY_EVERY:
            return
        async with self._database.transaction("accounts") as connection:
            dropped = await self._mailer.drop_old(connection)
        self._tidied = now
        if dropped:
            Log().error("mail_dropped", count=dropped)

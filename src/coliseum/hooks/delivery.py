"""The worker that sends what is due. Any number of them may run; a delivery is one's at a time."""

import asyncio
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from coliseum import db
from coliseum.clock import Clock
from coliseum.errors import OutboundFailed, TargetNotAllowed
from coliseum.hooks.messages import SQL, put
from coliseum.hooks.schedule import FAILING_MAX, retry_after_s, wait_s
from coliseum.hooks.signing import Secrets, signed
from coliseum.hooks.topics import EndpointDisabled, Message
from coliseum.outbound import Outbound
from coliseum.sealing import SealBroken
from coliseum.tasks import end, finish
from coliseum.telemetry import Log, described
from coliseum.trail.record import Deed, Trail

ACTOR: Final = "processor"
AT_ONCE_MAX: Final = 32
"""Messages that one process sends at a time."""
ENDPOINT_AT_ONCE_MAX: Final = 2
"""Of them, to one endpoint: a slow one takes no more."""
TENANT_ENDPOINTS_MAX: Final = 8
"""Endpoints of one tenant to which is sent at a time."""
POLL_S: Final = 1.0
RETRY_S: Final = 5.0
HOLD_S: Final = 10.0
"""So long after its time for everything a delivery that nobody has noted anything of is due again."""
KEPT: Final = timedelta(days=30)
FORGET_EVERY: Final = timedelta(hours=1)
STOP_S_MAX: Final = 5.0
"""So long what is being sent has to end, when sending is stopped."""


class Claim(msgspec.Struct, frozen=True):
    """A delivery that is this worker's for the moment, with what is to be sent where."""

    tenant_id: int
    delivery_id: int
    endpoint_id: int
    attempt: int
    url: str
    secret: bytes
    previous_secret: bytes | None
    previous_until: datetime | None
    disabled: bool
    message_id: str
    topic: str
    payload: Mapping[str, Any]
    created_at: datetime

    @property
    def body(self) -> bytes:
        """What is sent: the same bytes at every try."""
        data = msgspec.Raw(msgspec.json.encode(self.payload))
        return msgspec.json.encode(Message(self.topic, self.created_at, data))


class Outcome(msgspec.Struct, frozen=True):
    """What came of a try. ``failure``: None when the receiver has taken the message."""

    status: int | None
    failure: str | None
    duration_ms: int
    retry_after_s: float | None = None


class Deliverer:
    """Sends due deliveries. Owned by one event loop; ``run`` ends what is under way when it is cancelled."""

    def __init__(
        self,
        database: db.Database,
        outbound: Outbound,
        secrets: Secrets,
        trail: Trail,
        clock: Clock,
        rng: random.Random,
        timeout_s: float,
    ) -> None:
        self._database = database
        self._outbound = outbound
        self._secrets = secrets
        self._trail = trail
        self._clock = clock
        self._rng = rng
        self._timeout_s = timeout_s
        self._flying: dict[asyncio.Task[None], Claim] = {}
        self._forgotten_at: datetime | None = None
        self._log = Log()

    async def run(self) -> None:
        """Send what is due, until cancelled. What was being sent then is sent again later, under the same id."""
        try:
            while True:
                pause_s = POLL_S
                try:
                    if await self.start_due():
                        continue
                    await self._forget()
                except (*db.UNREACHABLE, *db.CONFLICTS, db.PostgresError) as error:
                    self._log.warning("webhooks_retried", error=described(error))
                    pause_s = RETRY_S
                await self._pause(pause_s)
        finally:
            await finish(end(*self._flying), STOP_S_MAX)

    async def deliver_due(self) -> int:
        """Send all that is due now, and wait for what comes of it; how many messages that were."""
        count = 0
        while (started := await self.start_due()) or self._flying:
            count += started
            await asyncio.wait([*self._flying])
        return count

    async def start_due(self) -> int:
        """Claim what is due and there is room for, and begin to send it; how many messages that are."""
        self._land()
        room = (AT_ONCE_MAX - len(self._flying)) // ENDPOINT_AT_ONCE_MAX
        if room < 1:
            return 0
        now = self._clock()
        busy = sorted({(claim.tenant_id, claim.endpoint_id) for claim in self._flying.values()})
        async with self._database.transaction("processor") as connection:
            claims = await db.rows(
                connection, Claim, SQL["claim_due"], now, now + timedelta(seconds=self._timeout_s + HOLD_S),
                [tenant_id for tenant_id, _ in busy], [endpoint_id for _, endpoint_id in busy], room,
                TENANT_ENDPOINTS_MAX, ENDPOINT_AT_ONCE_MAX,
            )  # fmt: skip
        # Committed: whatever happens to this process now, these are due again when the hold is over.
        for claim in sorted(claims, key=lambda each: each.delivery_id):
            self._flying[asyncio.create_task(self._deliver(claim))] = claim
        return len(claims)

    def _land(self) -> None:
        for task in [task for task in self._flying if task.done()]:
            claim = self._flying.pop(task)
            if not task.cancelled() and (error := task.exception()) is not None:
                self._log.warning("webhooks_retried", error=described(error), delivery=claim.delivery_id)

    async def _pause(self, pause_s: float) -> None:
        """Until a message has landed, so that there is room, or for a while."""
        if self._flying:
            await asyncio.wait([*self._flying], timeout=pause_s, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(pause_s)

    async def _deliver(self, claim: Claim) -> None:
        if claim.disabled:  # since the message was put
            async with self._database.transaction("processor") as connection:
                await self._lock(connection, claim)
                await connection.execute(SQL["abandon_deliveries"], claim.tenant_id, claim.endpoint_id, self._clock())
            return
        outcome = await self._send(claim)
        # Sent and not noted: a crash here sends the message again when the hold is over.
        async with self._database.transaction("processor") as connection:
            await self._note(connection, claim, outcome)

    async def _send(self, claim: Claim) -> Outcome:
        loop = asyncio.get_running_loop()
        begun_s = loop.time()

        def outcome(status: int | None, failure: str | None, asked_s: float | None = None) -> Outcome:
            return Outcome(status, failure, round((loop.time() - begun_s) * 1000), asked_s)

        body, now = claim.body, self._clock()
        try:
            headers = signed(self._keys(claim, now), claim.message_id, now, body)
            headers["content-type"] = "application/json"
            reply = await self._outbound.send("POST", claim.url, headers, body, timeout_s=self._timeout_s, bytes_max=0)
        except SealBroken:
            return outcome(None, "secret")
        except TargetNotAllowed:
            return outcome(None, "not_allowed")
        except OutboundFailed as error:
            return outcome(None, error.reason)
        return outcome(reply.status, _failure(reply.status), retry_after_s(reply.status, reply.headers, now))

    def _keys(self, claim: Claim, now: datetime) -> list[bytes]:
        keys = [self._secrets.open(claim.tenant_id, claim.endpoint_id, claim.secret)]
        if claim.previous_secret is not None and claim.previous_until is not None and now < claim.previous_until:
            keys.append(self._secrets.open(claim.tenant_id, claim.endpoint_id, claim.previous_secret))
        return keys

    async def _lock(self, connection: db.Connection, claim: Claim) -> bool:
        """Lock the endpoint before its deliveries, as everybody does; False when it has been removed."""
        locked = await connection.fetchval(SQL["hold_endpoint"], claim.tenant_id, claim.endpoint_id)
        return locked is not None

    async def _note(self, connection: db.Connection, claim: Claim, outcome: Outcome) -> None:
        if not await self._lock(connection, claim):
            return
        now = self._clock()
        tenant_id, endpoint_id = claim.tenant_id, claim.endpoint_id
        state, next_at = "delivered", None
        if outcome.failure is not None:
            gone = outcome.failure == "gone"
            delay_s = None if gone else wait_s(claim.attempt, self._rng, outcome.retry_after_s)
            next_at = None if delay_s is None else now + timedelta(seconds=delay_s)
            state = "abandoned" if gone else "failed" if next_at is None else "pending"
        noted = await connection.fetchval(
            SQL["note_delivery"], tenant_id, claim.delivery_id, claim.attempt, state, next_at,
            None if state == "pending" else now, outcome.status, outcome.failure, outcome.duration_ms,
        )  # fmt: skip
        if noted is None:
            return
        if outcome.failure is None:
            await connection.execute(SQL["endpoint_works"], tenant_id, endpoint_id)
            return
        since = await connection.fetchval(SQL["endpoint_fails"], tenant_id, endpoint_id, now)
        if since is not None and (outcome.failure == "gone" or now - since >= FAILING_MAX):
            await self._disable(connection, claim, "gone" if outcome.failure == "gone" else "failing", since, now)

    async def _disable(
        self, connection: db.Connection, claim: Claim, reason: Any, since: datetime, now: datetime
    ) -> None:
        """Send nothing more to an endpoint, tell the tenant's others, and put it down in the trail."""
        tenant_id, endpoint_id = claim.tenant_id, claim.endpoint_id
        await connection.execute(SQL["disable_endpoint"], tenant_id, endpoint_id, now, reason)
        await connection.execute(SQL["abandon_deliveries"], tenant_id, endpoint_id, now)
        await put(connection, tenant_id, EndpointDisabled(endpoint_id, reason, since))
        deed = Deed(actor=ACTOR, action="webhook.disable", target=f"webhook:{endpoint_id}", detail={"reason": reason})
        await self._trail.record(connection, tenant_id, deed)
        self._log.warning("webhook_disabled", tenant_id=tenant_id, endpoint=endpoint_id, reason=reason)

    async def _forget(self) -> None:
        """Forget what is past its time, now and then."""
        now = self._clock()
        if self._forgotten_at is not None and now - self._forgotten_at < FORGET_EVERY:
            return
        async with self._database.transaction("processor") as connection:
            await connection.execute(SQL["forget_messages"], now - KEPT)
        self._forgotten_at = now


def _failure(status: int) -> str | None:
    """Why an answer is none that takes the message; None when it does."""
    if 200 <= status < 300:
        return None
    if status == 410:
        return "gone"
    return "redirect" if 300 <= status < 400 else "status"

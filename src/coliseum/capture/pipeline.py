"""The capture pipeline: a literal list of steps, each over all events of a request that are still in the running."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from coliseum import db
from coliseum.capture import enrich, gates
from coliseum.capture.draft import Draft, Request, Result
from coliseum.capture.tally import Tally
from coliseum.errors import EventRefused, Refusal
from coliseum.passport.appender import Appender
from coliseum.passport.entries import Accepted, AlreadyVoided, Duplicate, IdReused, Unstorable
from coliseum.passport.subjects import Subjects


class Pipeline:
    """Captures events for one process; safe for many requests at once."""

    def __init__(
        self,
        database: db.Database,
        subjects: Subjects,
        appender: Appender,
        tally: Tally,
        limits: gates.TimeLimits,
    ) -> None:
        self._database = database
        self._subjects = subjects
        self._appender = appender
        self._tally = tally
        self._limits = limits

    async def capture(self, raws: Sequence[bytes], request: Request) -> list[Result]:
        """Store what may be stored; one result for each event, in their order. Accepted ones are durable.

        Raises:
            RequestRefused: the queue is full; events of this request may have been stored, and sending it again
                is safe.
            StoreUnavailable: the database is away; the same holds.
        """
        drafts = [Draft(raw) for raw in raws]
        for step in self.STEPS:
            running = [draft for draft in drafts if draft.refusal is None]
            await step(self, running, request)
        return [self._result(draft, request) for draft in drafts]

    async def decode(self, drafts: Sequence[Draft], request: Request) -> None:
        """Bytes to typed events, by the contracts."""
        _each(drafts, lambda draft: gates.decode(draft, request))

    async def allow(self, drafts: Sequence[Draft], request: Request) -> None:
        """Only what this caller may send."""
        _each(drafts, lambda draft: gates.allow(draft, request))

    async def check_time(self, drafts: Sequence[Draft], request: Request) -> None:
        """Only what happened within the accepted time."""
        _each(drafts, lambda draft: gates.check_time(draft, request, self._limits))

    async def name_subjects(self, drafts: Sequence[Draft], request: Request) -> None:
        """People become numbers."""
        await enrich.make_entries(drafts, request, self._subjects)

    async def append(self, drafts: Sequence[Draft], request: Request) -> None:
        """What refers to no other event becomes durable."""
        await self._append([draft for draft in drafts if draft.record.reference is None], request)

    async def append_references(self, drafts: Sequence[Draft], request: Request) -> None:
        """What takes back another event, which may have come in this very request, is resolved and follows."""
        referring = [draft for draft in drafts if draft.record.reference is not None]
        if referring:
            await enrich.resolve_references(self._database, referring, request)
            await self._append([draft for draft in referring if draft.refusal is None], request)

    STEPS: ClassVar[tuple[Callable[["Pipeline", Sequence[Draft], Request], Awaitable[None]], ...]] = (
        decode,
        allow,
        check_time,
        name_subjects,
        append,
        append_references,
    )

    async def _append(self, drafts: Sequence[Draft], request: Request) -> None:
        by_partition: dict[int, list[Draft]] = defaultdict(list)
        for draft in drafts:
            by_partition[enrich.partition_of(draft, request.tenant.partitions)].append(draft)
        await asyncio.gather(*(self._append_to(partition, some, request) for partition, some in by_partition.items()))

    async def _append_to(self, partition: int, drafts: Sequence[Draft], request: Request) -> None:
        outcomes = await self._appender.submit(request.tenant.tenant_id, partition, [draft.entry for draft in drafts])
        for draft, outcome in zip(drafts, outcomes, strict=True):
            draft.outcome = outcome
            draft.refusal = _refusal_of(draft)

    def _result(self, draft: Draft, request: Request) -> Result:
        tenant_id = request.tenant.tenant_id
        if draft.refusal is not None:
            refused = draft.refusal
            event_type = draft.record.event_type if hasattr(draft, "record") else ""
            self._tally.add(tenant_id, refused.code, event_type, refused.message)
            return Result(draft.id, "refused", code=refused.code, message=refused.message, field=refused.field)
        for warning in draft.decoded.warnings:
            self._tally.add(tenant_id, "unknown_field", draft.record.event_type, f"dropped {warning}")
        match draft.outcome:
            case Accepted(partition, offset):
                return Result(draft.id, "accepted", partition, offset)
            case Duplicate(partition, offset):
                return Result(draft.id, "duplicate", partition, offset)
            case _:
                raise AssertionError(draft.outcome)  # every other outcome is a refusal


def _each(drafts: Sequence[Draft], gate: Callable[[Draft], None]) -> None:
    for draft in drafts:
        try:
            gate(draft)
        except EventRefused as refused:
            draft.refusal = refused


def _refusal_of(draft: Draft) -> EventRefused | None:
    match draft.outcome:
        case IdReused():
            return EventRefused(Refusal.ID_REUSED, "this id belongs to an event with other content", "id")
        case AlreadyVoided():
            return EventRefused(Refusal.ALREADY_VOIDED, "this vote was voided before", "voteId")
        case Unstorable(reason):
            return EventRefused(Refusal.INVALID_PAYLOAD, f"the log cannot hold this event: {reason}")
        case _:
            return None

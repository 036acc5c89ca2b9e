"""The capture pipeline: a literal list of steps, each over all events of a request that are still in the running."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from coliseum import db
from coliseum.capture import enrich, gates
from coliseum.capture.consent import check_consent
from coliseum.capture.draft import Draft, Request, Result
from coliseum.capture.quota import Quota
from coliseum.capture.tally import Tally
from coliseum.errors import EventRefused, Refusal, StoreUnavailable
from coliseum.events.decode import Decoded
from coliseum.events.privacy import ConsentChanged
from coliseum.passport.appender import Appender
from coliseum.passport.entries import Accepted, AlreadyVoided, Duplicate, IdReused, Outcome, Unstorable
from coliseum.passport.storing import PersonTaken
from coliseum.passport.subjects import Subjects

PERSON_TRIES = 8
"""Each try knows the people for whom the one before it failed."""


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
        self.quota = Quota(database)

    async def capture(self, events: Sequence[bytes | Decoded], request: Request) -> list[Result]:
        """Store what may be stored; one result for each event, in their order. Accepted ones are durable.

        Raises:
            RequestRefused: the queue is full; events of this request may have been stored, and sending it again
                is safe.
            StoreUnavailable: the database is away; the same holds.
        """
        drafts = running = [Draft(event) for event in events]
        for step in self.STEPS:
            running = await step(self, running, request)
        return self._results(drafts, request)

    async def decode(self, drafts: list[Draft], request: Request) -> list[Draft]:
        """Bytes to typed events, by the contracts."""
        return _each(drafts, lambda draft: gates.decode(draft, request))

    async def allow(self, drafts: list[Draft], request: Request) -> list[Draft]:
        """Only what this caller may send."""
        return drafts if request.trusted else _each(drafts, lambda draft: gates.allow(draft, request))

    async def check_time(self, drafts: list[Draft], request: Request) -> list[Draft]:
        """Only what happened within the accepted time."""
        return _each(drafts, gates.time_gate(request, self._limits))

    async def consent(self, drafts: list[Draft], request: Request) -> list[Draft]:
        """Only what people have agreed to, of a tenant that stores nothing else about them."""
        return await check_consent(self._database, drafts, request) if request.tenant.opt_in else drafts

    async def hold(self, drafts: list[Draft], request: Request) -> list[Draft]:
        """Only what the month's number of events has room for; what somebody says of consent always has."""
        if request.included is None:
            return drafts
        counted = [draft for draft in drafts if not isinstance(draft.decoded.event, ConsentChanged)]
        await self.quota.hold(counted, request)
        return [draft for draft in drafts if draft.refusal is None]

    async def name_subjects(self, drafts: list[Draft], request: Request) -> list[Draft]:
        """People become numbers; who was forgotten becomes none."""
        await enrich.make_entries(drafts, request, self._subjects)
        return [draft for draft in drafts if draft.refusal is None]

    async def append(self, drafts: list[Draft], request: Request) -> list[Draft]:
        """What refers to no other event becomes durable."""
        await self._append([draft for draft in drafts if draft.record.reference is None], request)
        return drafts

    async def append_references(self, drafts: list[Draft], request: Request) -> list[Draft]:
        """What takes back another event, which may have come in this very request, is resolved and follows."""
        referring = [draft for draft in drafts if draft.record.reference is not None]
        if referring:
            await enrich.resolve_references(self._database, referring, request)
            await self._append([draft for draft in referring if draft.refusal is None], request)
        return drafts

    STEPS: ClassVar[tuple[Callable[["Pipeline", list[Draft], Request], Awaitable[list[Draft]]], ...]] = (
        decode,
        allow,
        check_time,
        consent,
        hold,
        name_subjects,
        append,
        append_references,
    )

    async def _append(self, drafts: Sequence[Draft], request: Request) -> None:
        partitions = request.tenant.partitions
        if len(drafts) == 1 or partitions == 1:
            if drafts:
                await self._append_to(enrich.partition_of(drafts[0], partitions), drafts, request)
            return
        by_partition: dict[int, list[Draft]] = defaultdict(list)
        for draft in drafts:
            by_partition[enrich.partition_of(draft, partitions)].append(draft)
        await asyncio.gather(*[self._append_to(partition, some, request) for partition, some in by_partition.items()])

    async def _append_to(self, partition: int, drafts: Sequence[Draft], request: Request) -> None:
        tenant_id = request.tenant.tenant_id
        for _ in range(PERSON_TRIES):
            try:
                outcomes = await self._appender.submit(tenant_id, partition, [draft.entry for draft in drafts])
            except PersonTaken:
                drafts = await self._made_anew(drafts, request)
                continue
            for draft, outcome in zip(drafts, outcomes, strict=True):
                draft.outcome = outcome
            return
        raise StoreUnavailable("Other processes meet the same new people; send this again.")

    async def _made_anew(self, drafts: Sequence[Draft], request: Request) -> list[Draft]:
        """The same events with the numbers that other processes have stored meanwhile; those that are still wanted."""
        new = [person for draft in drafts for person in draft.entry.people if person.is_new]
        self._subjects.forget(request.tenant.tenant_id, new)
        known = {draft.record.user_id for draft in drafts if draft.record.user_id and not draft.entry.people}
        self._subjects.drop(request.tenant.tenant_id, known)  # one of them may be nobody any more
        await enrich.make_entries(drafts, request, self._subjects)
        made = [draft for draft in drafts if draft.refusal is None]
        if referring := [draft for draft in made if draft.record.reference is not None]:
            await enrich.resolve_references(self._database, referring, request)
        return [draft for draft in made if draft.refusal is None]

    def _results(self, drafts: Sequence[Draft], request: Request) -> list[Result]:
        results = []
        for draft in drafts:
            outcome = draft.outcome
            if type(outcome) is Accepted:
                results.append(Result(draft.id, "accepted", outcome.partition, outcome.offset))
            elif type(outcome) is Duplicate:
                results.append(Result(draft.id, "duplicate", outcome.partition, outcome.offset))
                _give_back(draft)
            else:
                results.append(self._refused(draft, draft.refusal or _refusal(outcome), request))
                _give_back(draft)
                continue
            if draft.decoded.warnings:
                self._warn(draft, request)
        return results

    def _refused(self, draft: Draft, refusal: EventRefused, request: Request) -> Result:
        event_type = draft.record.event_type if draft.record else ""
        self._tally.add(request.tenant.tenant_id, refusal.code, event_type, refusal.message)
        return Result(
            draft.id, "refused", code=refusal.code, message=refusal.message, field=refusal.field, limit=refusal.limit,
            plan=refusal.plan, reset_at=refusal.reset_at,
        )  # fmt: skip

    def _warn(self, draft: Draft, request: Request) -> None:
        for warning in draft.decoded.warnings:
            self._tally.add(request.tenant.tenant_id, "unknown_field", draft.record.event_type, f"dropped {warning}")


def _each(drafts: list[Draft], gate: Callable[[Draft], None]) -> list[Draft]:
    """Let each through a gate, or note why it is refused; returns those that went through."""
    refused = False
    for draft in drafts:
        try:
            gate(draft)
        except EventRefused as refusal:
            draft.refusal = refusal
            refused = True
    return [draft for draft in drafts if draft.refusal is None] if refused else drafts


def _give_back(draft: Draft) -> None:
    """What is no new entry takes no room."""
    if draft.held is not None:
        draft.held.taken -= 1


def _refusal(outcome: Outcome | None) -> EventRefused:
    """Why the log did not take an entry."""
    match outcome:
        case IdReused():
            return EventRefused(Refusal.ID_REUSED, "this id belongs to an event with other content", "id")
        case AlreadyVoided():
            return EventRefused(Refusal.ALREADY_VOIDED, "this vote was voided before", "voteId")
        case Unstorable(reason):
            return EventRefused(Refusal.INVALID_PAYLOAD, f"the log cannot hold this event: {reason}")
        case _:
            raise AssertionError(outcome)  # an event that is not refused has been appended

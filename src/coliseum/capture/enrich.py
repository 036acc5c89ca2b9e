"""What an event lacks to stand alone in the log: numbers in place of people, and what it refers to."""

import zlib
from collections.abc import Iterable, Mapping, Sequence

from coliseum import db
from coliseum.capture.draft import Draft, PaymentRow, Request, VoteRow
from coliseum.errors import EventRefused, Refusal
from coliseum.ids import content_hash
from coliseum.passport.entries import NewEntry
from coliseum.passport.subjects import Subject, Subjects
from coliseum.passport.suppression import FORGOTTEN

SQL = db.statements("coliseum.capture")


async def make_entries(drafts: Sequence[Draft], request: Request, subjects: Subjects) -> None:
    """Turn each draft into an entry, with people as numbers; refuse those that name somebody who was forgotten."""
    people = [draft.record.user_id for draft in drafts if draft.record.user_id]
    people += [draft.record.target_user for draft in drafts if draft.record.target_user]
    known = await subjects.resolve(request.tenant.tenant_id, people)
    for draft in drafts:
        try:
            draft.entry = _entry(draft, request, known)
        except EventRefused as refusal:
            draft.refusal = refusal


def partition_of(draft: Draft, partitions: int) -> int:
    """The partition of an event's user, or of the entity when it has no user; the same for ever."""
    if partitions == 1:
        return 0
    record = draft.record
    return zlib.crc32((record.user_id or f"{record.entity_type}:{record.entity_id}").encode()) % partitions


async def resolve_references(database: db.Database, drafts: Iterable[Draft], request: Request) -> None:
    """Fill in what votes taken back and payments refunded were for; refuse votes that are not in the log."""
    refs = [(draft, draft.record.reference) for draft in drafts if draft.record.reference is not None]
    ids = sorted({reference.id for _, reference in refs})
    async with database.connection("capture") as connection:
        found_votes = await db.rows(connection, VoteRow, SQL["find_votes"], request.tenant.tenant_id, ids)
        found_payments = await db.rows(connection, PaymentRow, SQL["find_payments"], request.tenant.tenant_id, ids)
        own_ids = [draft.id for draft, _ in refs]
        sent_before = {
            row["id"] for row in await connection.fetch(SQL["sent_before"], request.tenant.tenant_id, own_ids)
        }
    votes = {row.id: row for row in found_votes}
    payments = {row.id: row for row in found_payments}
    for draft, reference in refs:
        if reference.kind == "vote":
            # What was sent before is answered as the first time, even when the vote's id has been forgotten since.
            if reference.id in votes or draft.id not in sent_before:
                _void(draft, votes.get(reference.id))
        else:
            _refund(draft, payments.get(reference.id))


def _void(draft: Draft, vote: VoteRow | None) -> None:
    """A void stands at the vote's own place in time and takes away exactly what the vote gave."""
    if vote is None:
        draft.refusal = EventRefused(
            Refusal.UNKNOWN_REFERENCE,
            "voteId is no vote in the log (or one older than the dedupe window)",
            "voteId",
        )
        return
    entry = draft.entry
    entry.metadata = {**entry.metadata, "voidedAt": draft.occurred_at, "voidedBy": entry.subject_id}
    entry.subject_id, entry.occurred_at = vote.subject_id, vote.occurred_at
    entry.session_id = entry.device_id = None
    entry.entity_type, entry.entity_id = vote.entity_type, vote.entity_id
    entry.artist_id, entry.event_id, entry.city = vote.artist_id, vote.event_id, vote.city
    entry.value, entry.dna_influence, entry.voids = -vote.value, -vote.dna_influence, vote.id


def _refund(draft: Draft, payment: PaymentRow | None) -> None:
    """A refund that does not say what it was for takes it from the payment, when that is in the log."""
    entry = draft.entry
    if payment is not None and entry.artist_id is None and entry.event_id is None:
        entry.artist_id, entry.event_id = payment.artist_id, payment.event_id
        entry.entity_type, entry.entity_id = payment.entity_type, payment.entity_id


def _met(known: Mapping[str, Subject], user_id: str, field: str) -> Subject:
    """The subject of a user. What is said of a refusal is kept, and so does not hold the user id."""
    subject = known[user_id]
    if subject.is_forgotten and user_id.startswith(FORGOTTEN):
        raise EventRefused(Refusal.INVALID_PAYLOAD, f"an id that begins with {FORGOTTEN} is nobody's", field)
    if subject.is_forgotten:
        raise EventRefused(Refusal.PERSON_FORGOTTEN, "this person was forgotten; nothing more is stored of them", field)
    return subject


def _entry(draft: Draft, request: Request, known: Mapping[str, Subject]) -> NewEntry:
    record = draft.record
    subject_id = session = device = None
    entity_id = record.entity_id
    people: tuple[Subject, ...] = ()
    if record.user_id:
        subject = _met(known, record.user_id, "userId")
        if subject.is_new:
            people = (subject,)
        subject_id = subject.subject_id
        session = subject.session(record.session_id) if record.session_id else None
        device = subject.device(record.device_id) if record.device_id else None
    if record.target_user:
        target = _met(known, record.target_user, "targetId")
        entity_id = str(target.subject_id)
        if target.is_new:
            people = (*people, target)
    return NewEntry(
        draft.id,
        content_hash(draft.decoded.canonical),
        record.event_type,
        record.value,
        record.dna_influence,
        draft.occurred_at,
        request.source,
        subject_id,
        session,
        device,
        record.entity_type,
        entity_id,
        record.artist_id,
        record.event_id,
        record.track_id,
        record.city,
        record.currency,
        record.metadata,
        record.personal or None,
        None,
        people,
    )

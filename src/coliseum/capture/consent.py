"""The gate of tenants whose ground for data about people is consent (``opt_in``): no event without a standing yes.

What somebody has said stands in ``privacy_consents`` from the commit of the entry that says it, and every request asks
for it anew. So a withdrawal holds in all processes as soon as it is acknowledged. Within a request words count in their
order: what follows a yes in the same batch passes, and what follows a no is refused.
"""

from collections.abc import Collection, Sequence
from typing import Final

from coliseum import db
from coliseum.capture.draft import Draft, Request
from coliseum.errors import EventRefused, Refusal
from coliseum.events.catalogue import category
from coliseum.events.privacy import ConsentChanged
from coliseum.events.record import Record

SQL = db.statements("coliseum.capture")
PURPOSE: Final = "analytics"
"""What must be agreed to: that somebody's deeds are counted."""
SIGNAL: Final = "gpc"
"""A word of this source is a browser's signal, which can say no and never yes."""
FREE_CATEGORIES: Final = frozenset({"catalog", "privacy", "treasury"})
FREE_TYPES: Final = frozenset({"concierto.ticket_purchased", "concierto.event_attended", "coliseum.vote_voided"})
"""What needs no consent: consent itself; money, tickets and admission, which a contract with the person and the law on
accounts ask to be recorded; what takes a vote back; and the catalogue, which is about no fan."""


def needs_consent(record: Record) -> bool:
    """Whether an event is about somebody who must have agreed. Whom they follow is not asked: the answer would tell."""
    if record.user_id is None or record.event_type in FREE_TYPES:
        return False
    return category(record.event_type) not in FREE_CATEGORIES


async def check_consent(database: db.Database, drafts: list[Draft], request: Request) -> list[Draft]:
    """Those that may be stored; the others are refused. What the log has already passes, and is told so."""
    if request.asked_for or not any([needs_consent(draft.record) for draft in drafts]):  # noqa: C419 - faster
        return drafts
    people = {draft.record.user_id for draft in drafts if draft.record.user_id is not None}
    said = [draft for draft in drafts if _says(draft) is not None]
    tenant_id = request.tenant.tenant_id
    async with database.connection("capture") as connection:
        found = await connection.fetch(SQL["consenting"], tenant_id, sorted(people), PURPOSE)
        known = await _known(connection, tenant_id, said)
        without = _without(drafts, {row["user_id"] for row in found}, known, request)
        known |= await _known(connection, tenant_id, without)
    for draft in without:
        if draft.id not in known:
            draft.refusal = _refusal(request)
    return [draft for draft in drafts if draft.refusal is None]


def _without(drafts: Sequence[Draft], consenting: set[str], known: Collection[str], request: Request) -> list[Draft]:
    """The events that nobody has agreed to. A word that the log has already was counted at its own place."""
    without, heard = [], set(known)
    for draft in drafts:
        user_id, word = draft.record.user_id, _says(draft)
        if user_id is None:
            continue
        if word is not None and draft.id not in heard:
            heard.add(draft.id)  # of two words of one id the first is stored
            (consenting.add if word else consenting.discard)(user_id)
        elif needs_consent(draft.record) and (request.signal or user_id not in consenting):
            without.append(draft)
    return without


def _says(draft: Draft) -> bool | None:
    """Whether an event gives or withdraws the consent that is asked for; None when it is about something else."""
    said = draft.decoded.event
    if not isinstance(said, ConsentChanged) or said.purpose != PURPOSE:
        return None
    return said.granted and said.source != SIGNAL


async def _known(connection: db.Connection, tenant_id: int, drafts: Sequence[Draft]) -> set[str]:
    """The ids of these that are in the log."""
    if not drafts:
        return set()
    found = await connection.fetch(SQL["known_ids"], tenant_id, [draft.id for draft in drafts])
    return {row["id"] for row in found}


def _refusal(request: Request) -> EventRefused:
    why = (
        "the browser says no to it (Sec-GPC: 1)" if request.signal
        else f"this person has not agreed to {PURPOSE}, or not any more"
    )  # fmt: skip
    return EventRefused(Refusal.NO_CONSENT, f"this tenant stores what people have agreed to, and {why}", "userId")

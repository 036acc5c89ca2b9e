"""Forgetting a person, in one transaction."""

import uuid
from datetime import datetime
from typing import Annotated, Final

import msgspec

from coliseum import db
from coliseum.passport.suppression import Suppression
from coliseum.privacy.traces import erase_traces
from coliseum.trail.record import Deed, Trail

SQL: Final = db.statements("coliseum.privacy")
ACTION: Final = "person.forget"
USER_ID_MAX: Final = 128


class Wish(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Who is to be forgotten."""

    user_id: Annotated[str, msgspec.Meta(min_length=1, max_length=USER_ID_MAX, pattern="^[^\\x00]*$")]


class Forgotten(msgspec.Struct, frozen=True, rename="camel"):
    """That somebody was forgotten: the certificate's number says it, and does not say who."""

    certificate: str
    forgotten_at: datetime


class Asking(msgspec.Struct, frozen=True):
    """Who asks that somebody be forgotten, and from where, as the trail names them."""

    actor: str
    address: str = ""


async def forget(
    connection: db.Connection,
    trail: Trail,
    suppression: Suppression,
    tenant_id: int,
    user_id: str,
    asking: Asking,
    now: datetime,
) -> Forgotten:
    """Forget somebody, within the caller's transaction; the last thing in it.

    The connection has the right ``accounts``, with the tenant set. Whether there was anybody of that user id, the
    answer does not say. Forgetting somebody again changes nothing, and is certified again. When the transaction
    commits, nobody can store the user id any more; other processes may name its number for two seconds.
    """
    digest = suppression.digest(tenant_id, user_id)
    # From here on nobody of this tenant is stored, until this commits or fails.
    await connection.execute(SQL["lock_people"], tenant_id)
    await connection.execute(SQL["suppress"], tenant_id, digest, now.date())
    subject_id: int | None = await connection.fetchval(SQL["erase_subject"], tenant_id, user_id)
    if subject_id is not None:
        await connection.execute(SQL["erase_personal"], tenant_id, subject_id)
    await erase_traces(connection, tenant_id, user_id)
    return await _certify(connection, trail, tenant_id, subject_id, asking, now)


async def _certify(
    connection: db.Connection, trail: Trail, tenant_id: int, subject_id: int | None, asking: Asking, now: datetime
) -> Forgotten:
    """Say that it was done, for other processes, for the trail, and for whoever asked."""
    certificate = str(uuid.uuid4())  # of nothing but chance: it must not say when, or of whom
    # Held until the commit, so that whoever has read an erasure's number has missed none before it.
    await connection.execute(SQL["lock_erasures"])
    await connection.execute(SQL["certify"], tenant_id, certificate, subject_id, asking.actor, now)
    detail = {"certificate": certificate, "subject": subject_id}
    deed = Deed(actor=asking.actor, action=ACTION, target="person", address=asking.address, detail=detail)
    await trail.record(connection, tenant_id, deed)
    return Forgotten(certificate, now)

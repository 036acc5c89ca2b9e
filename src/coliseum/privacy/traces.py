"""What names a person outside the log and the people's table; each is removed in the transaction that forgets them."""

import json
from typing import Final

from coliseum import db
from coliseum.passport.suppression import FORGOTTEN, forgotten_id

SQL: Final = db.statements("coliseum.privacy")


async def erase_traces(connection: db.Connection, tenant_id: int, user_id: str, subject_id: int | None) -> None:
    """Remove a user id from examples of refusals, thresholds, webhooks' messages and Stripe's bodies.

    What Stripe has sent and nothing was made of yet stays: money is not lost with whoever paid it, and its body is
    erased when it is done with.
    """
    shown = FORGOTTEN if subject_id is None else forgotten_id(subject_id)
    await connection.execute(SQL["erase_warnings"], tenant_id, user_id)
    await connection.execute(SQL["erase_thresholds"], tenant_id, user_id)
    await connection.execute(SQL["erase_messages"], tenant_id, user_id, shown)
    forms = [json.dumps(user_id, ensure_ascii=ascii_only).encode() for ascii_only in (False, True)]
    await connection.execute(SQL["erase_payments"], *forms)

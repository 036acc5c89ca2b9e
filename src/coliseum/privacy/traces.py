"""What names a person outside the log and the people's table; each is removed in the transaction that forgets them."""

import json
from typing import Final

from coliseum import db
from coliseum.events.document import SHOWN_CHARACTERS_MAX

SQL: Final = db.statements("coliseum.privacy")


async def erase_traces(connection: db.Connection, tenant_id: int, user_id: str) -> None:
    """Remove a user id from examples of refusals and from what Stripe has sent. Webhooks name no single person.

    What Stripe has sent and nothing was made of yet stays: money is not lost with whoever paid it, and its body is
    erased when it is done with.
    """
    cut = user_id[:SHOWN_CHARACTERS_MAX]
    await connection.execute(SQL["erase_warnings"], tenant_id, cut, ascii(cut)[1:-1])
    forms = [json.dumps(user_id, ensure_ascii=ascii_only).encode() for ascii_only in (False, True)]
    await connection.execute(SQL["erase_payments"], *forms)

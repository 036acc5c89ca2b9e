"""Having dead letters tried again: asked for here, done by the processor, and told as soon as it is known."""

import asyncio
from typing import Any, Final

from litestar import Request

from coliseum import kv
from coliseum.errors import QueryInvalid, Refusal, RequestRefused
from coliseum.processor.dead_letters import Outcome, ask_for_retry, outcome_of
from coliseum.web.access import caller_in
from coliseum.web.api.deeds import record_deed
from coliseum.web.services import Services

WAIT_S: Final = 5.0
"""So long somebody waits for what comes of it; the processor goes on all the same."""
LOOK_EVERY_S: Final = 0.2


async def retried(
    services: Services, request: Request[Any, Any, Any], event_id: str | None, reason: str | None, *, whole: bool
) -> Outcome:
    """Ask for an entry, for all of one reason, or for all; and what has come of it when the wait is over.

    Raises:
        QueryInvalid: not exactly one of these is said.
        RequestRefused: ``not_found``: no entry of that id stands aside.
    """
    if (event_id is not None) + (reason is not None) + whole != 1:
        raise QueryInvalid("Say which: id, an entry's; reason, as listed; or all, true.", "id")
    for name, text in (("id", event_id), ("reason", reason)):
        if text is not None and "\x00" in text:
            raise QueryInvalid(f"{name} holds a character that no entry can.", name)
    tenant_id = caller_in(request.scope).tenant.tenant_id
    async with services.database.tenant(tenant_id, "accounts") as connection:
        asked = await ask_for_retry(connection, tenant_id, event_id, reason)
        if not asked and event_id is not None:
            raise RequestRefused(Refusal.NOT_FOUND, "no entry of that id stands aside", "id")
        if asked:
            target = "dead-letters" if event_id is None else f"entry:{event_id}"
            await record_deed(services, request, connection, "dead-letter.retry", target, {"asked": len(asked)})
    until_s = asyncio.get_running_loop().time() + WAIT_S
    while True:
        async with services.database.tenant(tenant_id, "accounts") as connection:
            outcome = await outcome_of(connection, tenant_id, asked)
        if not outcome.waiting or asyncio.get_running_loop().time() >= until_s:
            return outcome
        await _wake(services, tenant_id)
        await asyncio.sleep(LOOK_EVERY_S)


async def _wake(services: Services, tenant_id: int) -> None:
    """Without Valkey the processor looks by itself, a little later."""
    try:
        await services.store.wake([tenant_id])
    except kv.FAILED:
        return

"""``POST /api/webhooks/stripe``, and the way by which payments come into the log."""

from typing import Any, Final

import msgspec

from coliseum.accounts.tenants import Tenant
from coliseum.billing.books import Capture, Taken
from coliseum.capture.draft import Request
from coliseum.capture.pipeline import Pipeline
from coliseum.clock import Clock
from coliseum.errors import Refusal, RequestRefused
from coliseum.web.problems import Answer, Problem, answer, problem
from coliseum.web.services import Services

BODY_BYTES_MAX: Final = 262_144


class StripeAnswer(msgspec.Struct, frozen=True):
    """What Stripe is told: that it need not send this event again."""

    ok: bool
    status: str


async def stripe(services: Services, _scope: Any, headers: Any, body: bytes) -> Answer:
    """``POST /api/webhooks/stripe``: one event, signed by Stripe.

    A signature that does not fit is 400 here, as Stripe's own examples answer it.
    """
    try:
        new = await services.billing.receive(body, headers.get(b"stripe-signature", b""))
    except RequestRefused as refused:
        reply = problem(refused)
        if refused.code not in (Refusal.BAD_SIGNATURE, Refusal.STALE_SIGNATURE):
            return reply
        told = msgspec.structs.replace(msgspec.json.decode(reply.body, type=Problem), status=400)
        kept = tuple(each for each in reply.headers if each[0] != b"www-authenticate")
        return Answer(400, msgspec.json.encode(told), kept)
    return answer(200, StripeAnswer(ok=True, status="stored" if new else "duplicate"))


def into_log(pipeline: Pipeline, clock: Clock) -> Capture:
    """Sends an event of ours through the whole pipeline, as trusted as a tenant's own backend."""

    async def capture(tenant: Tenant, raw: bytes) -> Taken:
        request = Request(
            tenant, trusted=True, strict=True, source="stripe", received_at=clock(), historical=True
        )  # what was paid is in the log, however late it is told, and whatever the tenant's plan includes
        result = (await pipeline.capture([raw], request))[0]
        return Taken(result.status, result.code or "", result.message or "")

    return capture

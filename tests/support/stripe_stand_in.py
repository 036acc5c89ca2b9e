"""Localstripe, with what it lacks: run as a program, it listens on the port that is its argument.

What localstripe 1.15 does not have, and is answered here: Checkout sessions, sessions of the billing portal, meter
events, and idempotency keys. It writes its store to a fixed file, which is switched off, so that several can run.

What it has otherwise than Stripe: plans in place of prices; the period's end at the subscription, as in the API before
2025-03; no ``amount_received``; no connected accounts and transfers; no failing payment of a later period. It sends
webhooks after a second, signed, and once only: of customers, invoices and subscriptions that are made or deleted, and
none of subscriptions that change, of payments or of refunds.

``GET /_config/seen`` shows what was asked for beside localstripe's own objects; ``POST /_config/next`` says how the next calls fail.
"""

import sys
from typing import Any

from aiohttp import web
from localstripe import resources, server  # type: ignore[import-untyped]

SEEN: list[dict[str, Any]] = []
FAILING: list[dict[str, Any]] = []
ANSWERS: dict[tuple[str, str], tuple[int, bytes]] = {}


async def session(request: web.Request) -> web.Response:
    """A session of Checkout or the portal."""
    data = await server.get_post_data(request)
    SEEN.append({"path": request.path, "data": data, "key": request.headers.get("idempotency-key")})
    page = f"https://pay.example/{len(SEEN)}"
    return web.json_response({"id": f"cs_test_{len(SEEN)}", "object": "session", "url": page})


async def meter(request: web.Request) -> web.Response:
    """A meter event; an identifier is counted once."""
    data = await server.get_post_data(request)
    known = [each["data"]["identifier"] for each in SEEN if each["path"] == request.path]
    if data["identifier"] not in known:
        SEEN.append({"path": request.path, "data": data, "key": request.headers.get("idempotency-key")})
    return web.json_response({"object": "billing.meter_event", **data})


async def seen(_request: web.Request) -> web.Response:
    """What was asked for."""
    return web.json_response(SEEN)


async def fail_next(request: web.Request) -> web.Response:
    """``{"path", "holding", "after"}``: the next call of a path with this in its body fails, before it is done or after."""
    FAILING.append(await request.json())
    return web.json_response({})


@web.middleware
async def idempotent(request: web.Request, handler: Any) -> web.StreamResponse:
    """The same key gets the same answer; and what is to fail fails."""
    key = (request.path, request.headers.get("idempotency-key", ""))
    if key[1] and key in ANSWERS:
        status, body = ANSWERS[key]
        return web.Response(status=status, body=body, content_type="application/json")
    text = await request.text()
    failing = next((each for each in FAILING if each["path"] == request.path and each["holding"] in text), None)
    if failing is not None:
        FAILING.remove(failing)
        if not failing["after"]:
            return web.json_response({"error": {"message": "no"}}, status=500, headers={"stripe-should-retry": "false"})
    response: web.Response = await handler(request)
    if key[1] and request.method == "POST" and response.status < 500:
        ANSWERS[key] = (response.status, bytes(response.body or b""))  # type: ignore[arg-type]
    if failing is not None:
        return web.json_response({"error": {"message": "no"}}, status=500, headers={"stripe-should-retry": "false"})
    return response


def main(port: int) -> None:
    """Serve until the process is ended."""
    resources.Store.dump_to_disk = lambda _store: None
    app = server.app
    app.middlewares.append(idempotent)
    app.router.add_post("/v1/checkout/sessions", session)
    app.router.add_post("/v1/billing_portal/sessions", session)
    app.router.add_post("/v1/billing/meter_events", meter)
    app.router.add_get("/_config/seen", seen)
    app.router.add_post("/_config/next", fail_next)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main(int(sys.argv[1]))

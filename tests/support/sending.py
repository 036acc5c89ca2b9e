"""Events to a running system, as they are: also those that it must refuse."""

import json
from typing import Any
from urllib.request import HTTPErrorProcessor, Request, build_opener

from support.system import Tenant


class _AsItIs(HTTPErrorProcessor):
    """An answer is an answer, whatever its status."""

    def http_response(self, request: Any, response: Any) -> Any:  # noqa: ARG002 - the opener calls it so
        return response


def send_events(tenant: Tenant, *events: dict[str, Any]) -> dict[str, Any]:
    """Send a batch; the answer."""
    request = Request(  # noqa: S310 - of our own system
        f"{tenant.system.url}/api/passport/batch", json.dumps(list(events)).encode(),
        {"authorization": f"Bearer {tenant.key}", "content-type": "application/json"},
    )  # fmt: skip
    with build_opener(_AsItIs).open(request, timeout=20) as answer:
        found: dict[str, Any] = json.loads(answer.read())
        return found

"""Webhooks: endpoints, what was sent to them, and thresholds of which the tenant is told."""

import re
from typing import Annotated, Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from coliseum.accounts.permissions import Permission
from coliseum.hooks.deliveries import STATES, list_deliveries
from coliseum.hooks.endpoints import list_endpoints
from coliseum.hooks.thresholds import list_thresholds
from coliseum.hooks.topics import TOPICS
from coliseum.metrics.registry import KINDS, METRICS, Kind
from coliseum.metrics.windows import GRAINS
from coliseum.web.access import caller_in, needs
from coliseum.web.services import Services
from coliseum.web.ui.settings.frame import settings_page
from coliseum.web.ui.shell import Asked
from coliseum.web.ui.text import _

DELIVERIES: Final = 50
NUMBER: Final = re.compile(r"[0-9]{1,18}")
SAID: Final = {
    "board.leader_changed": _("the first members of a board are others"),
    "season.ended": _("a window has closed, and its boards stand"),
    "threshold.reached": _("a number has come to a value"),
    "dead_letter.added": _("an entry could not be digested"),
    "plan.changed": _("the plan is another one"),
    "key.revoked": _("a key was revoked"),
    "endpoint.disabled": _("an endpoint was disabled"),
}


@get("/t/{slug:str}/settings/webhooks", opt=needs(Permission.WEBHOOKS_MANAGE))
async def get_webhooks(
    request: Asked,
    services: NamedDependency[Services],
    endpoint: FromQuery[str] = "",
    of_state: Annotated[str | None, QueryParameter(name="state")] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[Any]:
    """Where messages go and what became of them; the newest deliveries first, for 30 days."""
    tenant, number = caller_in(request.scope).tenant, int(endpoint) if NUMBER.fullmatch(endpoint) else None
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        endpoints = await list_endpoints(connection, tenant.tenant_id)
        sent = await list_deliveries(
            connection, tenant.tenant_id, endpoint_id=number, state=of_state or None, limit=DELIVERIES, cursor=cursor
        )
        thresholds = await list_thresholds(connection, tenant.tenant_id)
    return settings_page(
        request, "webhooks", "settings/webhooks.html", title=_("Webhooks"), endpoints=endpoints, sent=sent,
        thresholds=thresholds, topics=[(topic, SAID[topic]) for topic in TOPICS], states=STATES,
        asked_state=of_state or "", asked_endpoint=number, is_first=cursor is None,
        metrics=sorted(each.name for each in METRICS),
        kinds=[name for name, kind in KINDS.items() if kind not in (Kind.FAN, Kind.TENANT)],
        windows=(*GRAINS, "year", "all"), places=services.allowance.plan_of(tenant).webhook_endpoints,
    )  # fmt: skip


HANDLERS = (get_webhooks,)

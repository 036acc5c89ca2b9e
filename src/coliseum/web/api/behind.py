"""The routes that lead from a number of insights to the people and entries behind it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from coliseum.accounts.permissions import Permission
from coliseum.errors import Refusal, RequestRefused
from coliseum.queries.ask import instant
from coliseum.queries.asked import whole_number
from coliseum.queries.insights.behind import OF, SHOWS_MAX, Doings, People, PeopleQuestion, doings, people
from coliseum.web.access import caller_in, needs
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.parameters import Currency, Cursor, Limit
from coliseum.web.services import Services

Of = str | None
Shows = Annotated[Of, QueryParameter(description="Of scans: as which show at least, or to how many.")]


@get("/api/insights/people", opt=needs(Permission.NUMBERS_READ), summary="The people behind a number of people")
async def get_people(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    event: Annotated[Of, QueryParameter(description="Of this event.")] = None,
    artist: Annotated[Of, QueryParameter(description="Of the shows of this artist.")] = None,
    of: Annotated[Of, QueryParameter(description=f"Of an event: {', '.join(OF)}.")] = None,
    step: Annotated[Of, QueryParameter(description="viewed, interested, bought, attended or followed.")] = None,
    tier: Annotated[Of, QueryParameter(description="Only of this ticket tier; empty: that say none.")] = None,
    since: Annotated[Of, QueryParameter(name="from", description="Whose deciding entry happened from here on.")] = None,
    until: Annotated[Of, QueryParameter(name="to", description="And before this instant.")] = None,
    among: Annotated[
        Of, QueryParameter(name="scope", description="Of again: any_show or same_artists count as earlier.")
    ] = None,
    least: Shows = None,
    most: Annotated[Of, QueryParameter(description="As which show at most, or to how many.")] = None,
    city: Annotated[Of, QueryParameter(description="Of an artist: only shows' scans in this city.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> People:
    """Each with the entry that makes them count. `userId` is null for a caller without `fans.read`.

    `of`: `reached` a step by all before it, `took` it at all, took it another way (`elsewhere`), reached the step
    before and not this one (`dropped`), took it and was never scanned (`absent`); `again`: came as their so manieth
    show.
    """
    given = {
        "event": event, "artist": artist, "of": of, "step": step, "tier": tier, "from": since, "to": until,
        "scope": among, "least": least, "most": most, "city": city,
    }  # fmt: skip
    caller, tenant = caller_in(request.scope), asking_tenant(request)
    question = people_asked({name: value for name, value in given.items() if value is not None})
    fans = caller.may(Permission.FANS_READ)
    return await people(services.database, tenant, question, fans=fans, limit=limit, cursor=cursor)


@get("/api/insights/fan-entries", opt=needs(Permission.FANS_READ), summary="The entries behind a number of one fan")
async def get_fan_entries(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    user_id: Annotated[str, QueryParameter(name="userId", description="The platform's user id.")],
    metric: Annotated[str, QueryParameter(description="A metric that is counted for fans, such as plays.")],
    artist: Annotated[Of, QueryParameter(description="Only with this artist.")] = None,
    event: Annotated[Of, QueryParameter(description="Only at this event.")] = None,
    track: Annotated[Of, QueryParameter(description="Only of this track.")] = None,
    city: Annotated[Of, QueryParameter(description="Only in this city.")] = None,
    event_type: Annotated[Of, QueryParameter(name="type", description="Only of this type of event.")] = None,
    currency: Currency = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Doings:
    """What `/api/insights/fan` and a statement say of somebody, entry by entry."""
    narrowed = {"artist": artist, "event": event, "track": track, "city": city}
    found = await doings(
        services.database, asking_tenant(request), user_id, metric, narrowed=narrowed, event_type=event_type,
        currency=currency, limit=limit, cursor=cursor,
    )  # fmt: skip
    if found is None:
        raise RequestRefused(Refusal.NOT_FOUND, "nobody of that userId is known", "userId")
    return found


def people_asked(given: Mapping[str, str]) -> PeopleQuestion:
    """Which people these parameters ask for.

    Raises:
        QueryInvalid: one is no instant or no number.
    """

    def moment(name: str) -> datetime | None:
        return instant(given[name], name) if given.get(name) else None

    def shows(name: str, otherwise: int) -> int:
        return whole_number(given[name], name, "from 1 on") if given.get(name) else otherwise

    return PeopleQuestion(
        given.get("event"), given.get("artist"), given.get("of", "took"), given.get("step", "attended"),
        given.get("tier"), moment("from"), moment("to"), given.get("scope", "any_show"), shows("least", 1),
        shows("most", SHOWS_MAX), given.get("city"),
    )  # fmt: skip


HANDLERS = (get_people, get_fan_entries)

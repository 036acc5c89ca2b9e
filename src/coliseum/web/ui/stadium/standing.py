"""What the pages of live events show of one: who is ahead, what was counted, who may be voted for."""

from typing import Any, Final

import msgspec
from litestar import Request

from coliseum.accounts.tenants import Tenant
from coliseum.metrics.windows import window_at
from coliseum.queries.ask import filters_of, subject_of
from coliseum.queries.leaderboards import BoardPage
from coliseum.queries.question import Wanted, question_of
from coliseum.votings.store import Ballot, options_of, place_of, voting_of
from coliseum.web.api.votings import Standing, standing_of
from coliseum.web.services import Services
from coliseum.web.ui.text import _

COUNTED: Final = ("votes", "voters", "attendance", "tickets", "shares")
"""The metrics that a live event is counted by, in the order in which they are shown."""
LABELS: Final = {
    "votes": _("Votes"), "voters": _("Voters"), "attendance": _("Arrived"), "tickets": _("Tickets sold"),
    "shares": _("Shares"),
}  # fmt: skip
ROWS_MAX: Final = 100
TEXTS: Final = {
    "unset": _("This Jumbotron needs the attributes tenant and voting, or event."),
    "gone": _("There is no voting of this name, or its results are not public."),
    "loading": _("Loading…"),
    "offline": _("No connection. Shown as it was last known."),
    "error": _("The server cannot answer for now. Shown as it was last known."),
    "race": _("The vote"), "crowd": _("The crowd"), "counters": _("Tonight"), "invite": _("Vote now"),
    "votes": _("votes"), "voters": _("voters"), "attendance": _("arrived"), "tickets": _("tickets sold"),
    "shares": _("shares"), "ofCapacity": _("of {capacity} · {share}"), "inTheHouse": _("have arrived"),
    "perMinute": _("{n} a minute"),
    "scan": _("Scan the code and tap your artist. One vote for each phone, and no account."),
    "opensIn": _("Voting opens in {time}"), "closesIn": _("Voting closes in {time}"), "closed": _("Voting is over"),
    "asOf": _("As of {time}"), "live": _("Live"), "pause": _("Stop turning"), "play": _("Turn on"),
    "next": _("Next board"), "noVotes": _("No vote yet. The first one leads."),
}  # fmt: skip
"""What the Jumbotron says: its script has the same in English, for pages of others."""


class Counter(msgspec.Struct, frozen=True):
    """What a metric has counted for an event."""

    metric: str
    label: str
    value: int


async def board(services: Services, tenant: Tenant, metric: str, entity: str, **which: str) -> BoardPage:
    """A board of all time; ``which``: its event, or the ids of who is asked for."""
    subject = subject_of(tenant, metric, entity, None)
    window = window_at("all", services.clock(), tenant.zone)
    filters = filters_of(None, None, which.get("event"))
    question = question_of(tenant, subject, window, filters, wanted=Wanted(ROWS_MAX, ids=which.get("ids")))
    return msgspec.json.decode((await services.boards.reads.of(question).answer()).body, type=BoardPage)


async def counters(services: Services, tenant: Tenant, event_id: str) -> list[Counter]:
    """What was counted for an event; an id that a list cannot hold is looked for by its own board."""
    found = []
    for metric in COUNTED:
        rows = [] if "," in event_id else (await board(services, tenant, metric, "event", ids=event_id)).rows
        found.append(Counter(metric, LABELS[metric], rows[0].score if rows else 0))
    return found


async def ballot_at(services: Services, tenant: Tenant, event_id: str) -> Ballot | None:
    """The voting at an event, with who may be voted for."""
    async with services.database.tenant(tenant.tenant_id, snapshot=True) as connection:
        voting = await voting_of(connection, tenant.tenant_id, event_id)
        if voting is None:
            return None
        place = await place_of(connection, tenant.tenant_id, event_id)
        options = await options_of(connection, tenant.tenant_id, event_id, voting.artists)
    return Ballot(tenant, voting, place, options)


def race(ballot: Ballot | None, page: BoardPage) -> list[Standing]:
    """Who is ahead: those on the ballot, or everybody who has votes, where there is no ballot."""
    if ballot is not None and ballot.options:
        return standing_of(ballot, page)
    return [Standing(row.rank, row.id, row.name or row.id, row.picture, row.score) for row in page.rows]


def origin(request: Request[Any, Any, Any], services: Services) -> str:
    """Where this server is found: as the operator says, or as the browser has found it."""
    return services.settings.public_url or str(request.base_url).rstrip("/")

"""The routes of votings: a tenant opens one at an event, and anybody votes in it from the page behind its QR code."""

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from coliseum.accounts.permissions import Permission
from coliseum.errors import QueryInvalid
from coliseum.metrics.windows import window_at
from coliseum.queries.ask import filters_of, subject_of
from coliseum.queries.leaderboards import BoardPage
from coliseum.queries.question import question_of
from coliseum.votings.store import Ballot, Option, Place, list_votings, put_voting, remove_voting
from coliseum.votings.voting import ARTISTS_MAX, State, Voting, VotingWish
from coliseum.web.access import caller_in, for_anybody, needs
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.deeds import record_deed
from coliseum.web.csrf import check_json, check_page
from coliseum.web.services import Services
from coliseum.web.sharing import shared_with
from coliseum.web.voting import Counted, cast

BODY_BYTES_MAX: Final = 32_768
KEPT: Final = "public, max-age=1"
STANDING_MAX: Final = 2 * ARTISTS_MAX
Name = Annotated[str, PathParameter(description="The voting's name: 1 to 64 of a-z, 0-9 and hyphens.")]
Slug = Annotated[str, PathParameter(description="The tenant's short name, as it stands in its keys.")]


class VotingList(msgspec.Struct, frozen=True):
    """A tenant's votings, those that open last first."""

    votings: list[Voting]


class Standing(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody on the ballot, with their votes at the event; those without any share the last rank."""

    rank: int
    id: str
    name: str
    picture: str | None
    score: int


class PublicVoting(msgspec.Struct, frozen=True, rename="camel"):
    """A voting as anybody may see it. ``standing``: null where its results are private."""

    name: str
    title: str
    tenant: str
    state: State
    event: Place
    opens_at: datetime
    closes_at: datetime
    options: list[Option]
    standing: list[Standing] | None
    votes: int | None
    position: list[int] | None


class CastVote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A vote: ``slip`` is what the page of the voting was given."""

    slip: Annotated[str, msgspec.Meta(max_length=128)]
    artist: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


@get("/api/votings", opt=needs(Permission.NUMBERS_READ), summary="All votings")
async def get_votings(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> VotingList:
    """Those that open last first, whether they are open or not."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id) as connection:
        return VotingList(await list_votings(connection, tenant.tenant_id))


@put(
    "/api/votings/{name:str}",
    opt=needs(Permission.BOARDS_MANAGE),
    summary="Open a voting at an event, or change one",
    status_code=200,
    request_max_body_size=BODY_BYTES_MAX,
)
async def put_one_voting(
    request: Request[Any, Any, Any], services: NamedDependency[Services], name: Name, data: JSONBody[VotingWish]
) -> Response[Voting]:
    """201 when it is new, 200 when it takes the place of another. An event has one voting at most.

    To close one now, put it again with `closesAt` now. What was voted stays. See [VOTINGS.md](VOTINGS.md).
    """
    tenant = asking_tenant(request)
    actor = caller_in(request.scope).actor
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        voting, made = await put_voting(connection, tenant, name, data, actor, services.clock())
        detail = {
            "event": voting.event, "opensAt": voting.opens_at.isoformat(), "closesAt": voting.closes_at.isoformat(),
            "results": voting.results, "votesPerAddress": voting.votes_per_address,
        }  # fmt: skip
        await record_deed(services, request, connection, "voting.put", f"voting:{name}", detail)
    services.stadium.ballots.forget(tenant, name)
    return Response(voting, status_code=201 if made else 200)


@delete("/api/votings/{name:str}", opt=needs(Permission.BOARDS_MANAGE), summary="Remove a voting")
async def delete_voting(request: Request[Any, Any, Any], services: NamedDependency[Services], name: Name) -> None:
    """204. What was voted stays in the log, and on the boards."""
    tenant = asking_tenant(request)
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        gone = await remove_voting(connection, tenant.tenant_id, name)
        await record_deed(services, request, connection, "voting.remove", f"voting:{name}", {"event": gone.event})
    services.stadium.ballots.forget(tenant, name)


@get("/api/public/{slug:str}/votings/{name:str}", opt=for_anybody(), summary="A voting, for anybody")
async def get_public_voting(
    request: Request[Any, Any, Any], services: NamedDependency[Services], slug: Slug, name: Name
) -> Response[PublicVoting]:
    """Who may be voted for and until when; and how it stands, where its results are public. Needs no key.

    An answer may be kept for a second.
    """
    asking_anybody(request)
    ballot = await services.stadium.ballots.of(slug, name)
    headers = {"cache-control": KEPT, **shared_with(ballot.tenant, request.headers)}
    return Response(await shown(services, ballot), headers=headers)


@post(
    "/api/public/{slug:str}/votings/{name:str}/votes",
    opt=for_anybody(),
    summary="Vote, from the voting's own page",
    status_code=200,
    request_max_body_size=4_096,
)
async def post_vote(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    slug: Slug,
    name: Name,
    data: JSONBody[CastVote],
) -> Response[Counted]:
    """The answer comes when the vote is in the log. A slip counts once: again for the same artist is `duplicate`.

    For somebody else it is `already_voted`; outside of the voting's time `voting_closed`. Pages of other sites are
    refused. See [VOTINGS.md](VOTINGS.md) for what a slip is.
    """
    asking_anybody(request)
    check_page(request.scope, services.settings.public_url)
    check_json(dict(request.scope["headers"]))
    ballot = await services.stadium.ballots.of(slug, name)
    counted = await cast(services, services.addresses.of(request.scope), ballot, data.slip, data.artist)
    return Response(counted, headers={"cache-control": "no-store"})


async def shown(services: Services, ballot: Ballot) -> PublicVoting:
    """A voting as anybody may see it."""
    voting = ballot.voting
    standing, page = None, None
    if voting.results == "public":
        page = await page_of_event(services, ballot)
        standing = standing_of(ballot, page)
    return PublicVoting(
        voting.name, ballot.title, ballot.tenant.name, voting.state(services.clock()), ballot.event, voting.opens_at,
        voting.closes_at, ballot.options, standing, None if standing is None else sum(each.score for each in standing),
        None if page is None else page.position,
    )  # fmt: skip


async def page_of_event(services: Services, ballot: Ballot) -> BoardPage:
    """The artists' votes at the event, from the same board as everybody's."""
    tenant = ballot.tenant
    subject = subject_of(tenant, "votes", "artist", None)
    window = window_at("all", services.clock(), tenant.zone)
    question = question_of(tenant, subject, window, filters_of(None, None, ballot.voting.event), limit=STANDING_MAX)
    return msgspec.json.decode((await services.boards.reads.of(question).answer()).body, type=BoardPage)


def standing_of(ballot: Ballot, page: BoardPage) -> list[Standing]:
    """Those on the ballot in the order of the board; who has no votes comes last, in the ballot's order."""
    places = {option.id: place for place, option in enumerate(ballot.options)}
    scores = {row.id: row.score for row in page.rows if row.id in places}
    order = {row.id: place for place, row in enumerate(page.rows)}
    sorted_options = sorted(ballot.options, key=lambda each: (order.get(each.id, len(order)), places[each.id]))
    return [
        Standing(
            1 + sum(score > scores.get(each.id, 0) for score in scores.values()), each.id, each.name, each.picture,
            scores.get(each.id, 0),
        )
        for each in sorted_options
    ]  # fmt: skip


def asking_anybody(request: Request[Any, Any, Any]) -> None:
    """A parameter in the address is refused, because it would be ignored."""
    for unknown in request.query_params:
        raise QueryInvalid(f"There is no parameter {unknown!r} here.", unknown)


HANDLERS = (get_votings, put_one_voting, delete_voting, get_public_voting, post_vote)

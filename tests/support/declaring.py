"""What a declared board must show, in plain Python: who is eligible, and how votes are counted back."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from coliseum.boards.declaration import Declaration, read_declaration
from coliseum.boards.totals import Ranked
from coliseum.metrics.windows import Window
from coliseum.queries.declared import Eligible, eligible_page, eligible_whole
from coliseum.queries.pages import Page
from support.asgi import Reply
from support.model import Model, bounds
from support.services import Platform, World

Row = tuple[str, int, int]
"""A member's id, score and rank."""
BOARDS = "/api/boards"
VOTES = {"metric": "votes", "entity": "artist"}
WEIGHT_MAX = 1_000


def ranked(keys: Mapping[str, tuple[int, ...]]) -> dict[str, int]:
    """Competition ranks of members by what is compared, the score first."""
    return {member: 1 + sum(other > key for other in keys.values()) for member, key in keys.items()}


def counted_back(score: int, fans: Mapping[str, int], weights: Iterable[int]) -> tuple[int, ...]:
    """What is compared: score, voters, votes of the greatest weight there can be, and so on down.

    ``fans``: what each voter's votes add up to. ``weights``: of each vote, negative for one that was voided.
    """
    times = Counter(abs(weight) for weight in weights if weight > 0)
    times.subtract(abs(weight) for weight in weights if weight < 0)
    return score, sum(total > 0 for total in fans.values()), *(times[weight] for weight in range(WEIGHT_MAX, 0, -1))


def expected(model: Model, declaration: Declaration, window: str, at: datetime) -> dict[str, tuple[int, int]]:
    """The score and the rank of each member."""
    stored = f"{declaration.metric}:{declaration.currency}" if declaration.currency else declaration.metric
    base = {"voters": "votes", "listeners": "plays"}.get(stored, stored)
    scores: dict[str, int] = defaultdict(int)
    fans: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    weights: dict[str, list[int]] = defaultdict(list)
    since, until = bounds(window, at, model.zone)
    for fact in model.facts:
        if fact.metric != base or (since is not None and until is not None and not since <= fact.at < until):
            continue
        for entity, context in model._members(fact, declaration.entity, unique=base != stored):
            given = {name: getattr(declaration.filters, name) for name in ("city", "genre", "event")}
            if all(model._passes(context, name, value) for name, value in given.items() if value is not None):
                scores[entity] += fact.amount
                weights[entity].append(fact.amount)
                fans[entity][fact.entities.get("fan", "")] += fact.amount
    if base != stored:
        scores = {entity: sum(total > 0 for total in behind.values()) for entity, behind in fans.items()}
    wanted = declaration.eligibility
    keys = {
        entity: counted_back(score, fans[entity], weights[entity]) if declaration.tie_rule == "countback" else (score,)
        for entity, score in scores.items()
        if score
        and (wanted.min_score is None or score >= wanted.min_score)
        and (wanted.max_score is None or score <= wanted.max_score)
        and (wanted.min_fans is None or sum(total > 0 for total in fans[entity].values()) >= wanted.min_fans)
    }
    return {entity: (keys[entity][0], rank) for entity, rank in ranked(keys).items()}


def declared(platform: Platform, **fields: Any) -> Declaration:
    """A declaration as the route reads it."""
    return read_declaration(msgspec.json.encode(fields), "declared", platform.tenant)


async def page(
    world: World, platform: Platform, declaration: Declaration, window: Window, *, limit: int = 1_000,
    after: tuple[int, int, int] | None = None, place: int | None = None, position: Mapping[int, int] | None = None,
) -> Eligible:  # fmt: skip
    """A page of a declared board, in a snapshot of its own; ``position``: as it stood when the log had been read so far."""
    async with world.database.tenant(platform.tenant_id, snapshot=True) as connection:
        part = Page(limit, after, place)
        return await eligible_page(connection, platform.tenant, declaration, window, part, position)


async def pages(
    world: World, platform: Platform, declaration: Declaration, window: Window, limit: int,
    position: Mapping[int, int] | None = None,
) -> Eligible:  # fmt: skip
    """The whole board, read page by page."""
    rows: list[Ranked] = []
    after = None
    while True:
        part = await page(world, platform, declaration, window, limit=limit, after=after, position=position)
        rows += part.rows
        if len(part.rows) < limit:
            return Eligible(rows, part.members, part.position)
        last = part.rows[-1]
        after = last.value, last.tie, last.entity


async def whole(
    world: World, platform: Platform, declaration: Declaration, window: Window,
    position: Mapping[int, int] | None = None,
) -> tuple[int, list[Ranked]]:  # fmt: skip
    """How many members there are, and all of them as a file has them."""
    rows: list[Ranked] = []
    members: set[int] = set()
    async with world.database.tenant(platform.tenant_id, snapshot=True) as connection:
        async for told, some in eligible_whole(connection, platform.tenant, declaration, window, 1_000, position):
            rows += some
            members.add(told)
    [one] = members
    return one, rows


async def named(world: World, platform: Platform, kind: str, found: Eligible) -> list[Row]:
    """The rows with ids in place of numbers; in a full tie whoever got there first, then the lower number, comes first."""
    statement = (
        "SELECT subject_id AS num, user_id AS id FROM passport_subjects WHERE tenant_id = $1 AND $2 = 'fan'"
        if kind == "fan"
        else "SELECT num, id FROM coliseum_names WHERE tenant_id = $1 AND kind = $2"
    )
    ids = {row["num"]: row["id"] for row in await world.fetch(statement, platform.tenant_id, kind)}
    order = [(row.rank, row.tie, row.entity) for row in found.rows]
    assert order == sorted(order)
    return [(ids[row.entity], row.value, row.rank) for row in found.rows]


async def put(
    world: World, platform: Platform, name: str, board: Any, headers: Mapping[str, str] | None = None
) -> Reply:
    raw = board if isinstance(board, bytes) else json.dumps(board).encode()
    return await world.http.send("PUT", f"{BOARDS}/{name}", raw, {**platform.server, **(headers or {})})


async def get(world: World, platform: Platform, name: str = "") -> Reply:
    return await world.http.get(f"{BOARDS}/{name}" if name else BOARDS, platform.server)


async def remove(world: World, platform: Platform, name: str, headers: Mapping[str, str] | None = None) -> Reply:
    return await world.http.send("DELETE", f"{BOARDS}/{name}", b"", {**platform.server, **(headers or {})})


async def show(world: World, platform: Platform, name: str, query: str = "", **headers: str) -> Reply:
    return await world.http.get(f"/api/public/{platform.tenant.slug}/boards/{name}{query}", headers)


async def stored(world: World, platform: Platform) -> list[str]:
    rows = await world.fetch("SELECT name FROM coliseum_boards WHERE tenant_id = $1 ORDER BY 1", platform.tenant_id)
    return [row["name"] for row in rows]

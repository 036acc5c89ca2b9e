"""Ties counted back: by the number of different voters, then by votes from the heaviest weight down, without voids."""

import itertools
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coliseum.migrate import migrations
from coliseum.queries import declared as module
from coliseum.web.ui.lines import ALL_TIME
from support.conductor import Conductor
from support.declaring import counted_back, declared, named, page, pages, ranked
from support.eurovision import FOLDER, needs_eurovision
from support.eurovision import _rows as rows_of
from support.festival import event, vote
from support.live import conducted, send
from support.services import Platform, World

pytestmark = pytest.mark.long

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
EXAMPLES = itertools.count(1)
VOTES = st.lists(
    st.tuples(st.sampled_from("pqrst"), st.sampled_from("abcd"), st.sampled_from([1, 1, 2, 3]), st.booleans()),
    max_size=14,
)  # fmt: skip
"""Who votes for whom, with what weight, and whether the vote is taken back."""

Ballot = tuple[str, str, int]
"""A fan, an artist and a weight that counts."""


@pytest.fixture(scope="module")
async def conductor(world: World, sender: Platform) -> Conductor:
    return await conducted(world, sender)


async def board_of(world: World, platform: Platform, event_id: str) -> list[tuple[str, int, int]]:
    """An event's artists, counted back."""
    board = declared(platform, metric="votes", entity="artist", filters={"event": event_id}, tieRule="countback")
    found = await page(world, platform, board, ALL_TIME)
    assert await pages(world, platform, board, ALL_TIME, 2) == found
    return await named(world, platform, "artist", found)


def model(ballots: list[Ballot]) -> dict[str, tuple[int, int]]:
    """Each artist's score and rank."""
    fans: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    weights: dict[str, list[int]] = defaultdict(list)
    for fan, artist, weight in ballots:
        fans[artist][fan] += weight
        weights[artist].append(weight)
    keys = {artist: counted_back(sum(cast), fans[artist], cast) for artist, cast in weights.items()}
    return {artist: (keys[artist][0], rank) for artist, rank in ranked(keys).items()}


@QUICK
@given(votes=VOTES)
async def test_counting_back_is_the_models(
    world: World, sender: Platform, conductor: Conductor, votes: list[tuple[str, str, int, bool]]
) -> None:
    event_id = f"example-{next(EXAMPLES)}"
    cast = [vote(userId=fan, artistId=artist, weight=weight, eventId=event_id) for fan, artist, weight, _ in votes]
    voids = [
        event("coliseum.vote_voided", userId="steward", voteId=sent["id"], reason="")
        for sent, (_, _, _, voided) in zip(cast, votes, strict=True)
        if voided
    ]
    if cast:
        await send(world, sender, cast + voids)
        await conductor.quiesce()
    rows = await board_of(world, sender, event_id)
    counting = [(fan, artist, weight) for fan, artist, weight, voided in votes if not voided]
    assert {row[0]: row[1:] for row in rows} == model(counting)


CASES: dict[str, tuple[list[Ballot], list[tuple[str, int, int]]]] = {
    "more voters win, whatever their weights": (
        [("p", "a", 12), ("p", "b", 6), ("q", "b", 6)],
        [("b", 12, 1), ("a", 12, 2)],
    ),
    "then the heaviest vote": (
        [("p", "a", 5), ("q", "a", 1), ("p", "b", 3), ("q", "b", 3)],
        [("a", 6, 1), ("b", 6, 2)],
    ),
    "then more of the heaviest": (
        [("p", "a", 4), ("q", "a", 2), ("r", "a", 2), ("s", "a", 4),
         ("p", "b", 4), ("q", "b", 4), ("r", "b", 3), ("s", "b", 1)],
        [("b", 12, 1), ("a", 12, 2)],
    ),
    "one voter with many light votes is one voter": (
        [*[("p", "a", 1)] * 9, ("p", "b", 9)],
        [("b", 9, 1), ("a", 9, 2)],
    ),
    "equal in everything is one rank, and the next is counted on": (
        [("p", "a", 2), ("q", "b", 2), ("r", "c", 1)],
        [("a", 2, 1), ("b", 2, 1), ("c", 1, 3)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
async def test_ties_by_hand(world: World, sender: Platform, conductor: Conductor, case: str) -> None:
    ballots, shown = CASES[case]
    event_id = f"example-{next(EXAMPLES)}"
    await send(world, sender, [vote(userId=fan, artistId=artist, weight=weight, eventId=event_id)
                               for fan, artist, weight in ballots])  # fmt: skip
    await conductor.quiesce()
    rows = await board_of(world, sender, event_id)
    assert sorted(rows, key=lambda row: (row[2], row[0])) == shown


async def test_a_vote_that_is_not_read_yet_is_counted_nowhere(world: World, platform: Platform) -> None:
    await send(world, platform, [vote(userId="p", artistId="a"), vote(userId="p", artistId="b")])
    conductor = await conducted(world, platform)
    late = [vote(userId="q", artistId="b", weight=9)]
    await send(world, platform, late)
    assert [row[1:] for row in await board_of(world, platform, "final")] == [(1, 1), (1, 1)]
    await conductor.quiesce()
    assert await board_of(world, platform, "final") == [("b", 10, 1), ("a", 1, 2)]
    await send(world, platform, [event("coliseum.vote_voided", userId="x", voteId=late[0]["id"], reason="")])
    await conductor.quiesce()
    assert [row[1:] for row in await board_of(world, platform, "final")] == [(1, 1), (1, 1)]


async def park(world: World, platform: Platform, offset: int) -> None:
    """Make a dead letter of an entry that is not read yet."""
    await world.execute(
        'INSERT INTO processor_dead_letters (tenant_id, consumer, partition, "offset", id, event_type, error, attempts) '
        "SELECT tenant_id, 'coliseum', partition, \"offset\", id, event_type, 'ill', 3 FROM passport_entries "
        'WHERE tenant_id = $1 AND partition = 0 AND "offset" = $2', platform.tenant_id, offset,
    )  # fmt: skip


COUNTS = "CREATE FUNCTION coliseum_vote_counts"
WRONG_COUNTS = {
    "voids as votes": ("sum(sign(e.value))::bigint AS votes", "count(*) AS votes"),
    "voided weights": ("HAVING sum(sign(e.value)) > 0", "HAVING true"),
    "the lightest first": ("ORDER BY c.weight DESC", "ORDER BY c.weight"),
    "votes that are not read yet": ('AND e."offset" < r."offset"', ""),
    "other events' votes": ("e.event_id = at_event)", "true)"),
    "dead letters": ('AND d."offset" IS NULL', ""),
}
WRONG_PAGES = {
    "no weights": (
        "WINDOW same AS (ORDER BY value DESC, voters DESC, weights DESC)",
        "WINDOW same AS (ORDER BY value DESC, voters DESC)",
    ),
    "no voters": (
        "WINDOW same AS (ORDER BY value DESC, voters DESC, weights DESC)",
        "WINDOW same AS (ORDER BY value DESC, weights DESC)",
    ),
}


WRONG_PAST: dict[str, tuple[str, str]] = {
    **WRONG_PAGES,
    "voids as votes": ("sum(sign(l.value))::bigint AS votes", "count(*) AS votes"),
    "voided weights": ("HAVING sum(sign(l.value)) > 0", "HAVING true"),
    "the lightest first": ("ORDER BY w.weight DESC", "ORDER BY w.weight"),
    "nobody behind votes": ("AND e.created_at = l.created_at", "AND false"),
}
"""What a board as of then could count otherwise."""


async def ranks_of(world: World, platform: Platform, *, past: bool = False) -> dict[str, int]:
    """Ties that are ended or not by one rule each; some votes are void, parked, not read yet, or of another event.

    ``past``: as of the place up to which the log had been read before the last of them came, when all is read.
    """

    def cast(name: str, artist: str, *weights: int) -> list[dict[str, Any]]:
        voters = zip("pqrs", weights, strict=False)
        return [vote(userId=fan, artistId=artist, weight=weight, eventId=name) for fan, weight in voters]

    withdrawn = cast("voids", "a", 2, 2, 2, 3)
    voids = [event("coliseum.vote_voided", userId="x", voteId=one["id"], reason="") for one in withdrawn[2:]]
    await send(world, platform, [
        *withdrawn, *voids, *cast("voids", "b", 2, 2), *cast("weights", "c", 3, 1), *cast("weights", "d", 2, 2),
        *cast("voters", "e", 4), *cast("voters", "f", 3, 1), *cast("late", "g", 2, 2), *cast("late", "h", 2, 2),
        *cast("events", "i", 2, 2), *cast("events", "j", 2, 2), *cast("another", "j", 3),
        *cast("parked", "k", 2, 2), *cast("parked", "l", 2, 2, 3),
    ])  # fmt: skip
    await park(world, platform, (await world.entries(platform))[-3]["offset"])  # voids stand last
    conductor = await conducted(world, platform)
    position = {0: len(await world.entries(platform))} if past else None
    await send(world, platform, cast("late", "h", 1))
    if past:
        await conductor.quiesce()
    ids = {
        row["num"]: row["id"] for row in await world.fetch("SELECT num, id FROM coliseum_names WHERE kind = 'artist'")
    }
    ranks: dict[str, int] = {}
    for name in ("voids", "weights", "voters", "late", "events", "parked"):
        board = declared(platform, metric="votes", entity="artist", filters={"event": name}, tieRule="countback")
        found = await page(world, platform, board, ALL_TIME, position=position)
        ranks |= {ids[row.entity]: row.rank for row in found.rows}
    return ranks


RIGHT = {"a": 1, "b": 1, "c": 1, "d": 2, "e": 2, "f": 1, "g": 1, "h": 1, "i": 1, "j": 1, "k": 1, "l": 1}


@pytest.mark.parametrize("past", [False, True])
async def test_every_rule_matters(world: World, platform: Platform, past: bool) -> None:
    assert await ranks_of(world, platform, past=past) == RIGHT


@pytest.mark.parametrize("wrong", WRONG_PAST)
async def test_ranking_the_past_otherwise_is_seen_to_be_wrong(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    old, new = WRONG_PAST[wrong]
    statement = module.SQL["eligible_page"]
    assert statement.count(old) == 1
    monkeypatch.setattr(module, "SQL", {**module.SQL, "eligible_page": statement.replace(old, new)})
    assert await ranks_of(world, platform, past=True) != RIGHT


@pytest.mark.parametrize("wrong", WRONG_PAGES)
async def test_ranking_otherwise_is_seen_to_be_wrong(
    world: World, platform: Platform, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    old, new = WRONG_PAGES[wrong]
    statement = module.SQL["eligible_page"]
    assert statement.count(old) == 1
    monkeypatch.setattr(module, "SQL", {**module.SQL, "eligible_page": statement.replace(old, new)})
    assert await ranks_of(world, platform) != RIGHT


@pytest.mark.parametrize("wrong", WRONG_COUNTS)
async def test_counting_otherwise_is_seen_to_be_wrong(world: World, platform: Platform, wrong: str) -> None:
    old, new = WRONG_COUNTS[wrong]
    [made] = [each.sql for each in migrations() if COUNTS in each.sql]
    right = made[made.index(COUNTS) :].replace("CREATE", "CREATE OR REPLACE", 1)
    assert right.count(old) == 1
    await world.execute(right.replace(old, new))
    try:
        assert await ranks_of(world, platform) != RIGHT
    finally:
        await world.execute(right)


FINALS: dict[str, list[tuple[str, int, int]]] = {
    # Both had 146 points, and as many votes of twelve. Sweden won by its votes of ten, as the rule then was; by the
    # number of countries that voted for them, which is counted first here and in the contest's rule of today, France
    # is ahead.
    "1991": [("FR", 146, 1), ("SE", 146, 2)],
    # Four winners, since there was no rule for it. Nine countries voted for France and for Spain, and the best that
    # anybody gave was four votes for France, and three for Spain.
    "1969": [("FR", 18, 1), ("ES", 18, 2), ("GB", 18, 3), ("NL", 18, 4)],
}


@needs_eurovision
@pytest.mark.parametrize("year", ["1958", "1967", "1969", "1974", "1983", "1991", "2008"])
async def test_a_real_final_is_counted_back(world: World, platform: Platform, year: str) -> None:
    votes: list[Any] = [row for row in rows_of(FOLDER / "votes.csv") if (row["year"], row["round"]) == (year, "final")]
    ballots = [(row["from_country"], row["to_country"], int(row["points"])) for row in votes if row["points"] != "0"]
    await send(world, platform, [vote(userId=fan, artistId=artist, weight=weight) for fan, artist, weight in ballots])
    await conducted(world, platform)
    rows = await board_of(world, platform, "final")
    wanted = model(ballots)
    assert {row[0]: row[1:] for row in rows} == wanted
    assert rows[: len(FINALS.get(year, []))] == FINALS.get(year, [])
    scores = [score for score, _ in wanted.values()]
    ranks = [rank for _, rank in wanted.values()]
    assert len(set(ranks)) > len(set(scores))  # there was a tie, and counting back has ended it
    if year == "1974":
        assert wanted["NO"] == wanted["DE"] == wanted["CH"] != wanted["LU"]  # and some are not ended by anything

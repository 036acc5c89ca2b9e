"""Corners of boards that have gone wrong elsewhere, each by itself, live and cold."""

import re
from datetime import timedelta
from typing import Any

import pytest

from support.clocked import NOW, Clocked
from support.festival import event, spent, vote

SECOND = timedelta(seconds=1)


def ago(**back: float) -> str:
    return (NOW - timedelta(**back)).isoformat()


def voted(artist: str, weight: int = 1, *, at: str = NOW.isoformat(), **more: Any) -> dict[str, Any]:
    return vote(artistId=artist, weight=weight, at=at, **more)


def played(artist: str, seconds: int | None, **back: float) -> dict[str, Any]:
    return event("player.track_played", trackId="t", artistId=artist, durationSeconds=seconds, at=ago(**back))


def followed(target: str, *, un: str = "", fan: str = "ana", **back: float) -> dict[str, Any]:
    return event(f"social.{un}follow", userId=fan, targetType="artist", targetId=target, at=ago(**back))


def order(page: dict[str, Any]) -> list[str]:
    return [row["id"] for row in page["rows"]]


def scores(page: dict[str, Any]) -> list[tuple[str, int]]:
    return [(row["id"], row["score"]) for row in page["rows"]]


@pytest.mark.parametrize("window", ["all", "day", "24h"])
async def test_a_play_without_seconds_makes_no_member_and_moves_no_tie(clocked: Clocked, window: str) -> None:
    await clocked.told(played("first", 60, minutes=9), played("second", 60, minutes=5))
    asked: dict[str, Any] = {"metric": "seconds", "window": window}
    assert order(await clocked.both(**asked)) == ["first", "second"]
    await clocked.told(
        played("first", None, minutes=1), played("nobody", None, minutes=1), played("first", 0, minutes=0)
    )
    page = await clocked.both(**asked)
    assert (scores(page), page["members"]) == ([("first", 60), ("second", 60)], 2)


@pytest.mark.parametrize("window", ["all", "week", "7d"])
async def test_around_anybody_is_as_wide_as_the_board_allows(clocked: Clocked, window: str) -> None:
    # Ties that reach over every edge: two at the top, three in the middle, two at the end.
    for number, weight in enumerate([9, 9, 7, 5, 5, 5, 3, 1, 1]):
        await clocked.send(voted(f"a{number}", weight, at=ago(seconds=100 - number)))
    await clocked.settle()
    asked: dict[str, Any] = {"metric": "votes", "window": window}
    whole = (await clocked.both(**asked))["rows"]
    assert [row["rank"] for row in whole] == [1, 1, 3, 4, 4, 4, 7, 8, 8]
    for limit in (1, 2, 3, 4, 5, 8, 9, 10, 50):
        for place in (0, 1, 4, 7, 8):
            first = max(0, min(place - (limit - 1) // 2, 9 - limit))
            page = await clocked.both(**asked, around=f"a{place}", limit=limit)
            assert page["rows"] == whole[first : first + limit], (place, limit)
            assert (page["members"], page["nextCursor"]) == (9, None)
    page = await clocked.ask(**asked, around="nobody")
    assert (page["rows"], page["members"]) == ([], 9)


async def test_ids_have_dense_ranks_of_the_whole_board(clocked: Clocked) -> None:
    await clocked.told(*(voted(f"a{number}", 9 - number) for number in range(5)), voted("a5", 8))
    await clocked.both(metric="votes")
    for ids in ("a0,a3", "a3,a0", "a0,a4,a5", "a4", "a0"):
        for ranking in ("dense", "ordinal", "competition"):
            query: dict[str, Any] = {"metric": "votes", "ids": ids, "ranking": ranking}
            live, cold = await clocked.ask(**query), await clocked.ask(**query, cold=True)
            assert live["rows"] == cold["rows"], query
    page = await clocked.ask(metric="votes", ids="a0,a3", ranking="dense")
    assert [row["rank"] for row in page["rows"]] == [1, 4]


async def test_a_score_that_comes_to_nothing_and_back_stands_behind_who_was_there(clocked: Clocked) -> None:
    cast = voted("back", 2, at=ago(minutes=50))
    await clocked.told(cast, voted("stayed", 2, at=ago(minutes=30)))
    assert order(await clocked.both(metric="votes")) == ["back", "stayed"]
    await clocked.told(event("coliseum.vote_voided", voteId=cast["id"], reason="", at=ago(minutes=20)))
    page = await clocked.both(metric="votes")
    assert (order(page), page["members"]) == (["stayed"], 1)
    assert page["rows"][0]["percentile"] == 100
    await clocked.told(voted("back", 2, at=ago(minutes=10)))
    assert order(await clocked.both(metric="votes")) == ["stayed", "back"]


async def test_a_late_event_older_than_a_removal_does_not_take_the_removal_back(clocked: Clocked) -> None:
    await clocked.told(followed("gone", hours=5), followed("gone", un="un", hours=1), followed("here", hours=2))
    asked: dict[str, Any] = {"metric": "follows", "entity": "artist"}
    assert scores(await clocked.both(**asked)) == [("here", 1)]
    await clocked.told(followed("gone", fan="ben", hours=4))
    # It was last changed by the removal, an hour ago: behind who got there two hours ago.
    assert scores(await clocked.both(**asked)) == [("here", 1), ("gone", 1)]
    await clocked.told(followed("gone", un="un", hours=6), followed("gone", un="un", hours=7))
    page = await clocked.both(**asked)
    assert scores(page) == [("here", 1), ("gone", -1)]
    assert [row["toNext"] for row in page["rows"]] == [None, 2]


async def test_scores_below_nothing_stand_behind_all_others_and_tie_like_them(clocked: Clocked) -> None:
    await clocked.told(
        followed("low", un="un", hours=3), followed("lower", un="un", hours=3), followed("lower", un="un", hours=2),
        followed("late", un="un", hours=1), followed("none", hours=9), followed("none", un="un", hours=8),
        followed("high", hours=4),
    )  # fmt: skip
    asked: dict[str, Any] = {"metric": "follows", "entity": "artist"}
    page = await clocked.both(**asked)
    assert scores(page) == [("high", 1), ("low", -1), ("late", -1), ("lower", -2)]
    assert [(row["rank"], row["toNext"], row["percentile"]) for row in page["rows"]] == [
        (1, None, 100), (2, 2, 66.67), (2, 2, 66.67), (4, 1, 0),
    ]  # fmt: skip
    rows, cursor = [], None
    for _ in range(5):
        page = await clocked.both(**asked, limit=1, cursor=cursor)
        rows += order(page)
        cursor = page["nextCursor"]
    assert (rows, cursor) == (["high", "low", "late", "lower"], None)
    assert order(await clocked.both(**asked, around="low", limit=3)) == ["high", "low", "late"]
    assert order(await clocked.both(**asked, around="none", limit=3)) == []


async def test_an_event_into_an_hour_that_is_over_brings_its_board_back(clocked: Clocked) -> None:
    asked: dict[str, Any] = {"metric": "votes", "window": "hour", "at": ago(hours=3)}
    await clocked.told(voted("a", at=ago(hours=3)))
    assert scores(await clocked.both(**asked)) == [("a", 1)]
    await clocked.conductor.tidy()
    clocked.turn(30)
    await clocked.settle()  # nobody has read it for more than a day
    assert (await clocked.ask(**asked))["source"] == "rollups"
    await clocked.told(voted("b", 2, at=ago(hours=3)), voted("b", 4, at=ago(hours=2)))
    assert scores(await clocked.both(**asked)) == [("b", 2), ("a", 1)]
    await clocked.told(voted("a", at=ago(hours=3, minutes=-5)))
    assert scores(await clocked.both(**asked)) == [("b", 2), ("a", 2)]


@pytest.mark.parametrize(("window", "edge"), [("all", 2_048), ("28d", 2_048), ("day", 2**21)])
async def test_the_order_inside_a_tie_is_that_of_the_rollups_when_totals_cross_an_edge(
    clocked: Clocked, window: str, edge: int
) -> None:
    def paid(fan: str, cents: int, ms: int) -> dict[str, Any]:
        return spent(userId=fan, amountCents=cents, at=(NOW - timedelta(hours=1, milliseconds=-ms)).isoformat())

    asked: dict[str, Any] = {"metric": "money_spent", "entity": "fan", "window": window}
    first, second = paid("first", edge - 1, 10), paid("second", edge - 1, 30)
    await clocked.told(second)
    await clocked.told(first)
    assert order(await clocked.both(**asked)) == ["first", "second"]
    # Upwards: 20 ms are one moment now, and who is known longest stands first.
    await clocked.told(paid("first", 1, 20), paid("second", 1, 30))
    assert scores(await clocked.both(**asked)) == [("second", edge), ("first", edge)]
    # Downwards, by refunds that are newer: the moments are known to the millisecond again.
    back = {"amountCents": 1, "currency": "eur", "reason": ""}
    await clocked.told(
        event("treasury.money_refunded", userId="second", refundOf=second["id"], at=ago(minutes=20), **back),
        event("treasury.money_refunded", userId="first", refundOf=first["id"], at=ago(minutes=30), **back),
    )  # fmt: skip
    assert order(await clocked.both(**asked)) == ["first", "second"]
    # Up, and down by something older than the last entry: its moment has to be read again.
    await clocked.told(paid("first", 1, 40), paid("second", 1, 40))
    await clocked.told(
        event("treasury.money_refunded", userId="first", refundOf=first["id"], at=ago(hours=3), **back),
        event("treasury.money_refunded", userId="second", refundOf=second["id"], at=ago(hours=3), **back),
    )  # fmt: skip
    page = await clocked.ask(**asked)
    assert page["source"] == "live"
    assert scores(await clocked.both(**asked)) == [("first", edge - 1), ("second", edge - 1)]


@pytest.mark.parametrize("batches", [1, 2])
@pytest.mark.parametrize("window", ["all", "day", "24h"])
async def test_what_is_taken_back_in_its_own_batch_leaves_the_same_order_as_later(
    clocked: Clocked, batches: int, window: str
) -> None:
    await clocked.both(metric="votes", window=window)
    await clocked.both(metric="money_spent", entity="artist", window=window)
    cast, paid = voted("x", 5, at=ago(minutes=2)), spent(artistId="x", amountCents=300, at=ago(minutes=2))
    void = event("coliseum.vote_voided", voteId=cast["id"], reason="", at=ago(minutes=1))
    refund = event(
        "treasury.money_refunded", refundOf=paid["id"], amountCents=300, currency="eur", reason="", at=ago(minutes=1)
    )
    await clocked.told(voted("x", 1, at=ago(minutes=9)), voted("y", 1, at=ago(minutes=5)))
    await clocked.told(spent(artistId="x", at=ago(minutes=9)), spent(artistId="y", at=ago(minutes=5)))
    for batch in [[cast, paid, void, refund]] if batches == 1 else [[cast, paid], [void, refund]]:
        await clocked.told(*batch)
    # x was changed after y, although by nothing in the end.
    assert order(await clocked.both(metric="votes", window=window)) == ["y", "x"]
    assert order(await clocked.both(metric="money_spent", entity="artist", window=window)) == ["y", "x"]


async def test_scores_beyond_two_to_the_53_are_put_aside_by_name_and_not_rounded(clocked: Clocked) -> None:
    asked: dict[str, Any] = {"metric": "money_spent", "entity": "fan"}
    await clocked.told(spent(userId="rich", amountCents=2**53 - 1), spent(userId="poor", amountCents=1))
    assert scores(await clocked.both(**asked)) == [("rich", 2**53 - 1), ("poor", 1)]
    await clocked.told(spent(userId="rich", amountCents=1), spent(userId="poor", amountCents=7, currency="sek"))
    assert scores(await clocked.both(**asked)) == [("rich", 2**53 - 1), ("poor", 1)]
    # The one entry that would not fit is a dead letter that says why; all others go on.
    letters = await clocked.world.fetch(
        "SELECT consumer, error FROM processor_dead_letters WHERE tenant_id = $1", clocked.platform.tenant_id
    )
    assert [letter["consumer"] for letter in letters] == ["coliseum"]
    assert re.search('violates check constraint "coliseum_(hours|gross)_exact"', letters[0]["error"])
    assert scores(await clocked.both(**asked, currency="sek")) == [("poor", 7)]
    reply = await clocked.live.post(
        "/api/passport/batch", {"events": [spent(amountCents=2**53)]}, clocked.platform.server
    )  # fmt: skip
    assert reply.json["results"][0]["code"] == "invalid_payload"

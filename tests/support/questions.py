"""Questions about boards, drawn at random, asked over HTTP live and cold, and compared with the model row by row."""

import random
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st

from coliseum.metrics.registry import BY_NAME
from support.chance import CITIES, EVENTS, GENRES
from support.happenings import Happenings, pick
from support.model import ROLLING, UNIQUES, Model, bounds, parsed
from support.standing import Standing, among, around, numbers, of_ids, standing

METRICS = ("votes", "votes", "votes", "voters", "voters", "seconds", "listeners", "follows", "follows", "money_spent", "attendance", "views")  # fmt: skip
WINDOWS = ("all", "all", "hour", "day", "week", "month", "year", *ROLLING, *ROLLING, "custom")
RANKINGS = ("competition", "dense", "ordinal")
CHOICES = {"city": CITIES, "genre": GENRES, "event": EVENTS}
QUESTIONS = st.fixed_dictionaries({
    "metric": pick(METRICS),
    "kind": st.integers(0, 3),
    "window": pick(WINDOWS),
    "ago": pick([0, 0, 0, 0, 2, 24, 170]),  # of an hour ago: in its first minute that may still be the present
    "filters": st.just([]) | st.just([]) | st.lists(st.tuples(pick(sorted(CHOICES)), st.integers(0, 1)), max_size=2, unique_by=lambda pair: pair[0]),
    "ranking": pick(RANKINGS),
    "limit": st.integers(1, 5),
    "seed": st.integers(0, 999),
})  # fmt: skip
Board = dict[str, Any]


class Questioner:
    """Asks everything about a board that can be asked."""

    def __init__(self, happenings: Happenings) -> None:
        self.of = happenings
        self.zone = happenings.model.zone

    def board(self, question: dict[str, Any]) -> Board:
        """Which board is meant, in the words of a request."""
        metric = BY_NAME[question["metric"]]
        kinds = sorted({kind for kind in metric.boards if kind in {"artist", "event", "fan", "track"}})
        window, at = question["window"], self.of.now - timedelta(hours=question["ago"])
        board: Board = {
            "metric": metric.name, "entity": kinds[question["kind"] % len(kinds)],
            **{name: CHOICES[name][number] for name, number in sorted(question["filters"])},
        }  # fmt: skip
        if window == "custom":
            until, _ = bounds("hour", at, self.zone)
            assert until is not None
            return {
                **board,
                "from": (until - timedelta(hours=50)).isoformat(),
                "to": (until + timedelta(hours=1)).isoformat(),
            }
        return {**board, "window": window, **({"at": at.isoformat()} if question["ago"] else {})}

    async def expected(self, board: Board, at: datetime, model: Model | None = None) -> tuple[Any, Any, list[Standing]]:
        """The window's begin and end, and the whole board, by the model: that of now, or another."""
        model = model or self.of.model
        since: datetime | None
        until: datetime | None
        if "from" in board:
            window, since, until = "custom", parsed(board["from"]), parsed(board["to"])
        else:
            window = board["window"]
            since, until = bounds(window, at, self.zone)
        stored = f"{board['metric']}:eur" if BY_NAME[board["metric"]].money else board["metric"]
        filters = {name: board[name] for name in CHOICES if name in board}
        stands = model.stands(stored, board["entity"], since, until, filters)
        known = await numbers(self.of.world, self.of.platform, board["entity"])
        return since, until, standing(stands, known, window, since, partial(model.shown, board["entity"]))

    async def ask(self, question: dict[str, Any]) -> None:
        """Every read of a board, live and cold."""
        board = self.board(question)
        await self.of.settle()
        await self.of.ask(**board)
        await self.of.settle()
        at = parsed(board["at"]) if "at" in board else self.of.now
        since, until, rows = await self.expected(board, at)
        whole = {
            "windowStart": since, "windowEnd": until, "members": len(rows),
            "position": [self.of.heads[partition] for partition in sorted(self.of.heads)],
        }  # fmt: skip
        for cold in (False, True):
            source = "live" if not cold and "from" not in board else "rollups"
            await self.reads(board, question, rows, whole, source, cold=cold)

    async def ask_as_of(self, question: dict[str, Any], at: tuple[float, ...]) -> None:
        """Every read of a board as it stood."""
        board = self.board({**question, "ago": question["ago"] or 1})
        await self.of.settle()
        if len(at) == 1:
            moment, read = self.of.moments[int(at[0] * (len(self.of.moments) - 1))]
            board["as_of"] = moment.isoformat()
        else:
            read = {partition: int(at[partition] * head) for partition, head in self.of.heads.items()}
            board["as_of"] = ".".join(str(read[partition]) for partition in sorted(read))
        at_hour = parsed(board["at"]) if "at" in board else self.of.now
        since, until, rows = await self.expected(board, at_hour, self.of.model.as_of(read))
        whole = {
            "windowStart": since, "windowEnd": until, "members": len(rows),
            "position": [read[partition] for partition in sorted(read)],
        }  # fmt: skip
        await self.reads(board, question, rows, whole, "log", cold=False)
        for row in rows[:2]:
            await self._explained(board, row)

    async def ask_at_turn(self, question: dict[str, Any], before: list[dict[str, Any]], seconds: int) -> None:
        """A rolling board as its hour turns: live before the follower has come to it, and right after."""
        window = question["window"] if question["window"] in ROLLING else "24h"
        question = {**question, "window": window, "ago": 0}
        _, end = bounds("hour", self.of.now, self.zone)
        assert end is not None
        self.of.now = max(self.of.now, end - timedelta(minutes=2))  # some of it belongs to the next hour already
        await self.of.happen(before)
        await self.ask({**question, "limit": 4})
        board = self.board(question)
        self.of.turn(seconds=seconds)
        page = await self.of.ask(**board, limit=100)
        since, until, rows = await self.expected(board, self.of.now)
        assert page["source"] == "live", (board, seconds)
        assert (parsed(page["windowStart"]), parsed(page["windowEnd"])) == (since, until)
        assert [row["id"] for row in page["rows"]] == [row.id for row in rows], board
        await self.ask(question)

    async def reads(
        self,
        board: Board,
        question: dict[str, Any],
        rows: list[Standing],
        whole: dict[str, Any],
        source: str,
        *,
        cold: bool,
    ) -> None:
        limit, ranking, rng = question["limit"], question["ranking"], random.Random(question["seed"])
        told = [row.told(ranking) for row in rows]
        paged: list[Any] = []
        cursor = None
        for _ in range(len(rows) + 1):
            page = await self._page(board, whole, source, ranking, cold=cold, limit=limit, cursor=cursor)
            paged += page["rows"]
            if (cursor := page["nextCursor"]) is None:
                break
        assert paged == told, (board, source)
        place = rng.randint(1, len(rows) + 1)
        page = await self._page(board, whole, source, ranking, cold=cold, limit=limit, place=place)
        assert page["rows"] == told[place - 1 : place - 1 + limit], (board, place, limit, source)
        known = sorted(await numbers(self.of.world, self.of.platform, board["entity"]))
        some = [*(row.id for row in rows), *known, "nobody"]
        for who in dict.fromkeys(
            [some[0], *(row.id for row in rows[1:2]), *(row.id for row in rows[-2:]), rng.choice(some)]
        ):
            page = await self._page(board, whole, source, ranking, cold=cold, limit=limit, around=who)
            asked = [] if named([who], rows) == [] else around(rows, who, limit)
            assert page["rows"] == [row.told(ranking) for row in asked], (board, who, limit, source)
        ids = rng.sample(some, min(len(some), 4))
        page = await self._page(board, whole, source, ranking, cold=cold, ids=",".join(ids))
        answered = named(ids, rows)
        assert page["rows"] == [row.told(ranking) for row in of_ids(rows, answered)], (board, ids, ranking, source)
        alone = among(rows, answered)
        page = await self._page(
            board, {**whole, "members": len(alone)}, source, ranking, cold=cold, members=",".join(ids)
        )
        assert page["rows"] == [row.told(ranking) for row in alone], (board, ids, ranking, source)

    async def _explained(self, board: Board, row: Standing) -> None:
        """The entries behind a row add up to it."""
        told = await self.of.explain(**board, id=row.id, limit=1_000)
        if row.name is None:
            assert (told["value"], told["entries"]) == (0, []), (board, row)
            return
        assert told["value"] == row.score, (board, row)
        assert told["count"] == len(told["entries"])
        if board["metric"] not in UNIQUES:
            assert sum(entry["value"] for entry in told["entries"]) == row.score, (board, row)

    async def _page(
        self, board: Board, whole: dict[str, Any], source: str, ranking: str, *, cold: bool, **more: Any
    ) -> dict[str, Any]:
        page = await self.of.ask(cold=cold, **board, ranking=ranking, **more)
        said = {name: page[name] for name in whole}
        for name in ("windowStart", "windowEnd"):
            said[name] = None if said[name] is None else parsed(said[name])
        assert said == whole, (board, more, source)
        # Dense ranks in the middle of a live board are counted from the rollups; who was never counted is on no board.
        nobody = more.get("around", "") == "nobody" or more.get("around", "").startswith("forgotten:")
        allowed = {source, "rollups"} if ranking == "dense" or nobody else {source}
        assert page["source"] in allowed, (board, more)
        return page


def named(ids: list[str], rows: list[Standing]) -> list[str]:
    """Those of them that can be asked for: nothing is answered about somebody who was forgotten."""
    forgotten = {row.id for row in rows if row.name is None}
    return [each for each in ids if each not in forgotten and not each.startswith("forgotten:")]

"""Whatever is sent, over generated events, spoiled bytes and batches: the answer and the log always agree."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coliseum.errors import Refusal
from contract.event_strategies import events, spellings
from support.asgi import Reply
from support.festival import now_text
from support.services import Platform, World

BATCH, LOG = "/api/passport/batch?historical=true", "/api/passport/log?historical=true"
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
REASONS = {str(reason) for reason in Refusal}
JUNK = st.sampled_from(
    [
        "NaN",
        "1e400",
        "9" * 400,
        "-0",
        '"\\ud800"',
        '"\\u0000"',
        "[" * 5_000,
        "{}",
        "null",
        '""',
        "]",
        "}",
        ",",
        '"',
        "\\",
    ]
)


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """An event's text in which something was cut, doubled or replaced."""
    text = draw(spellings(draw(events)))
    at = draw(st.integers(0, len(text)))
    to = draw(st.integers(at, min(len(text), at + 12)))
    return text[:at] + draw(JUNK.map(str.encode) | st.binary(max_size=6) | st.just(text[at:to] * 2)) + text[to:]


@st.composite
def batches(draw: st.DrawFn) -> list[bytes]:
    """Texts of events that are good, spoiled, repeated, or share an id with another."""
    ids = st.sampled_from([f"id-{draw(st.integers(0, 10**9))}-{n}" for n in range(3)])
    texts: list[bytes] = []
    for _ in range(draw(st.integers(0, 6))):
        match draw(st.sampled_from(["good", "good", "spoiled", "again", "same id"])):
            case "good":
                texts.append(draw(spellings(draw(events))))
            case "spoiled":
                texts.append(draw(spoiled()))
            case "again" if texts:
                texts.append(draw(st.sampled_from(texts)))
            case _:
                texts.append(json.dumps({**draw(events), "at": now_text(), "id": draw(ids)}).encode())
    return texts


async def check_results(world: World, sender: Platform, reply: Reply, before: int) -> None:
    """Statuses add up, accepted ones are in the log exactly once where the answer says, refused ones are not."""
    told = reply.json
    results = told["results"]
    by_status = {
        status: [result for result in results if result["status"] == status]
        for status in ("accepted", "duplicate", "refused")
    }
    counts = told["accepted"], told["duplicates"], told["refused"]
    assert counts == tuple(len(found) for found in by_status.values())
    assert sum(counts) == len(results)
    assert told["ok"] == (not by_status["refused"])
    expected = 201 if not by_status["refused"] else 400 if len(by_status["refused"]) == len(results) else 207
    assert reply.status == expected
    entries = await world.entries(sender)
    at = {(entry["partition"], entry["offset"]): entry["id"] for entry in entries}
    assert len(entries) == before + len(by_status["accepted"])
    assert len({entry["id"] for entry in entries}) == len(entries)
    for result in by_status["accepted"] + by_status["duplicate"]:
        assert at[result["partition"], result["offset"]] == result["id"]
    for result in by_status["refused"]:
        assert result["code"] in REASONS
        assert result["message"]


@QUICK
@given(texts=batches())
async def test_a_batch_is_answered_for_what_it_is(world: World, sender: Platform, texts: list[bytes]) -> None:
    before = await world.count(sender)
    reply = await world.http.post(BATCH, b"[" + b",".join(texts) + b"]", sender.server)
    if "results" in reply.json:
        assert len(reply.json["results"]) == len(texts) or any(b"," in text for text in texts)
        await check_results(world, sender, reply, before)
    else:
        assert reply.status in {400, 413}
        assert reply.code in REASONS
        assert await world.count(sender) == before


@QUICK
@given(body=st.binary(max_size=60) | spoiled() | JUNK.map(str.encode))
async def test_any_bytes_are_stored_or_refused_by_name(world: World, sender: Platform, body: bytes) -> None:
    before = await world.count(sender)
    reply = await world.http.post(LOG, body, sender.server)
    after = await world.count(sender)
    if reply.status == 201:
        assert after == before + (reply.json["status"] == "accepted")
    else:
        assert 400 <= reply.status < 500, reply
        assert reply.code in REASONS
        assert after == before


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.sampled_from(["type", "event", "userId", "anonymousId", "messageId", "timestamp", "sentAt", "context",
                           "properties", "originalTimestamp", "batch"])  # fmt: skip


@QUICK
@given(
    call=st.sampled_from(["track", "identify", "page", "screen", "group", "alias", "batch", "import"]),
    calls=st.lists(st.tuples(events, st.dictionaries(MEMBERS, VALUES, max_size=3)), max_size=3),
)
async def test_any_segment_call_is_taken_ignored_or_refused(
    world: World, sender: Platform, call: str, calls: list[tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    bodies = [
        {
            "type": "track",
            "event": event["type"],
            "properties": event,
            "userId": "fan-1",
            "timestamp": now_text(),
            **odd,
        }
        for event, odd in calls
    ]
    whole: Any = {"batch": bodies} if call in {"batch", "import"} else (bodies or [{}])[0]
    before = await world.count(sender)
    reply = await world.http.post(f"/v1/{call}", json.dumps(whole).encode(), sender.server)
    after = await world.count(sender)
    if reply.status == 200:
        statuses = [result["status"] for result in reply.json["results"]]
        assert after == before + statuses.count("accepted")
    else:
        assert 400 <= reply.status < 500, reply
        assert reply.code in REASONS
        assert after == before


ODD = st.sampled_from([
    "%00", "%ff", "", "-1", "2026-01-01", "0001-01-01", "0003-01-01", "0150-01-01", "9998-12-31", "%ED%A0%80",
    "2026-01-01T00:00:00%2B02:00", "9" * 30, "%F0%9F%8E%BA", "W10", "WzEsMV0", "WzEsLTFd", "1", "x" * 300,
    "WzkwMDcxOTkyNTQ3NDA5OTMsMV0", "WzEsMTg0NDY3NDQwNzM3MDk1NTE2MTVd", "eur", "pop", "tenant", "fan", "venue", "month",
])  # fmt: skip
FINE = {
    "metric": st.sampled_from(["votes", "voters", "plays", "listeners", "money_spent", "follows", "attendance"]),
    "entity": st.sampled_from(["artist", "event", "fan", "tenant"]), "id": st.just("abba"),
    "window": st.sampled_from(["hour", "day", "week", "month", "all"]), "at": st.just("2026-01-01"),
    "grain": st.sampled_from(["hour", "day", "week", "month"]), "from": st.just("2026-01-01"),
    "to": st.just("2026-02-01"), "userId": st.just("fan-1"), "limit": st.just("5"), "days": st.just("5"),
    "half_life_hours": st.just("24"), "hours": st.just("24"), "explain": st.just("true"), "min_support": st.just("1"),
    "min_baseline": st.just("0"),
}  # fmt: skip
PARAMETERS = {
    "leaderboards": "metric entity window at city genre event currency limit cursor",
    "metrics": "metric entity id grain from to currency",
    "explain": "metric entity id window at city genre event currency limit cursor",
    "trending": "metric entity half_life_hours at city genre event currency limit explain",
    "breaking": "metric entity hours min_support min_baseline at city genre event currency limit",
    "treasury/statement": "userId currency", "mediaid/profile": "userId", "warnings": "days",
}  # fmt: skip


@st.composite
def questions(draw: st.DrawFn) -> str:
    """A path with a query whose parameters exist and whose values are mostly fine, apart from one or two."""
    path = draw(st.sampled_from(list(PARAMETERS)))
    names = PARAMETERS[path].split()
    odd = draw(st.lists(st.sampled_from(names), max_size=2))
    given_names = draw(st.lists(st.sampled_from(names), unique=True)) + odd + names[:1]
    words = {name: draw(ODD if name in odd else FINE.get(name, st.just("eur"))) for name in given_names}
    return f"/api/{path}?" + "&".join(f"{name}={value}" for name, value in words.items())


@QUICK
@given(question=questions())
async def test_any_question_is_answered_or_refused(world: World, sender: Platform, question: str) -> None:
    reply = await world.http.get(question, sender.server)
    assert reply.status in {200, 400}, (question, reply)
    if reply.status == 400:
        assert reply.code == "invalid_query"


@pytest.mark.parametrize("question", [
    "metrics?metric=votes&entity=artist&id=%00", "explain?metric=votes&entity=artist&id=%00",
    "explain?metric=votes&entity=fan&id=%00", "metrics?metric=votes&from=0003-01-01&to=0150-01-01&grain=month",
    "leaderboards?metric=votes&city=%00", "leaderboards?metric=votes&cursor=%00", "mediaid/profile?userId=%00",
    "leaderboards?metric=votes&limit=0", "leaderboards?metric=votes&limit=x", "warnings?days=x",
])  # fmt: skip
async def test_a_question_that_cannot_be_asked_is_refused(world: World, sender: Platform, question: str) -> None:
    reply = await world.http.get(f"/api/{question}", sender.server)
    assert (reply.status, reply.code) == (400, "invalid_query")


async def test_a_browser_key_reads_nothing(world: World, sender: Platform) -> None:
    for path, names in PARAMETERS.items():
        question = f"/api/{path}?" + "&".join(f"{name}=votes" for name in ("metric", "userId") if name in names)
        reply = await world.http.get(question, sender.browser)
        assert (reply.status, reply.code) == (403, "key_not_allowed")
        assert (await world.http.get(question)).code == "missing_key"

"""The overview: its numbers are those of the API and of plain sums over the log; who may see it; what it says of itself."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from coliseum.metrics.registry import BY_NAME, METRICS, Metric
from coliseum.metrics.windows import Grain, bucket_start
from coliseum.queries.overview import Asked, Overview, Sum, overview
from coliseum.queries.stretches import PERIODS
from support.play import Play
from support.services import World

pytestmark = pytest.mark.long

ZONES = ["Europe/Vienna", "Asia/Kolkata"]


@pytest.fixture(scope="module", params=ZONES)
async def played(world: World, request: pytest.FixtureRequest) -> Play:
    """A tenant after some hundred events over weeks, everything read."""
    playing = Play(world, await world.platform(zone=request.param, partitions=2), seed=5)
    await playing.conductor.take()
    for _ in range(12):
        await playing.send(catalog=0.2)
    await playing.conductor.quiesce()
    await playing.cold.close()
    return playing


async def read(played: Play, asked: Asked, now: datetime) -> Overview:
    return await overview(played.world.database, played.platform.tenant, asked, now)


async def api(played: Play, metric: str, currency: str, since: datetime, until: datetime) -> int:
    query = {"metric": metric, "grain": "hour", "from": since.isoformat(), "to": until.isoformat()}
    query |= {"currency": currency} if currency else {}
    total = 0
    while since < until:  # a series has at most 2,000 points
        end = min(until, since + timedelta(hours=1_500))
        query |= {"from": since.isoformat(), "to": end.isoformat()}
        reply = await played.world.http.get(f"/api/metrics?{urlencode(query)}", played.platform.server)
        assert reply.status == 200, reply
        total, since = total + reply.json["total"], end
    return total


async def plain(played: Play, metric: Metric, currency: str, since: datetime, until: datetime) -> int:
    """What the log itself sums to, without rollups."""
    sums = "value * coalesce((metadata->>'durationSeconds')::bigint, 0)" if metric.measure == "seconds" else "value"
    return int(await played.world.value(
        f"SELECT coalesce(sum({sums}), 0) FROM passport_entries WHERE tenant_id = $1 AND event_type = ANY ($2) "  # noqa: S608
        "AND occurred_at >= $3 AND occurred_at < $4 AND ($5 = '' OR currency = $5)",
        played.platform.tenant_id, list(metric.types), since, until, currency,
    ))  # fmt: skip


@pytest.mark.parametrize("period", PERIODS)
async def test_every_number_is_that_of_the_api_and_the_sum_of_the_log(played: Play, period: str) -> None:
    counted = 0
    for anchor in played.anchors:  # where clocks change, and years turn
        found = await read(played, Asked(period), anchor + timedelta(hours=7))
        assert {each.metric for each in found.sums} == {metric.name for metric in METRICS}
        for each in found.sums:
            await check(played, found, each, of_the_api=period in ("day", "7d", "28d", "month"))
            counted += each.value != 0
    assert counted


async def check(played: Play, found: Overview, each: Sum, *, of_the_api: bool) -> None:
    metric, stretch = BY_NAME[each.metric], found.stretch
    assert isinstance(metric, Metric)
    expected = await plain(played, metric, each.currency, stretch.since, stretch.until)
    assert (each.value, sum(each.values)) == (expected, expected), each
    if of_the_api:
        assert each.value == await api(played, each.metric, each.currency, stretch.since, stretch.until)
    if stretch.before is None or stretch.before_until is None:
        assert each.previous is None
    else:
        assert stretch.before < stretch.before_until <= stretch.since
        before = await plain(played, metric, each.currency, stretch.before, stretch.before_until)
        assert (each.previous, sum(each.previous_values)) == (before, before), each


async def test_a_period_of_ones_own_is_compared_with_as_many_hours_before(played: Play) -> None:
    hour = bucket_start(played.anchors[0], Grain.HOUR, played.tenant.zone)
    since, until = hour - timedelta(days=2), hour + timedelta(days=1)
    found = await read(played, Asked("custom", since, until), datetime.now(UTC))
    assert (found.stretch.before, found.stretch.before_until) == (since - timedelta(days=3), since)
    for each in found.sums:
        await check(played, found, each, of_the_api=True)


async def test_money_has_a_number_a_currency_and_never_one_for_two(played: Play) -> None:
    found = await read(played, Asked("all"), datetime.now(UTC))
    stored = await played.world.fetch(
        "SELECT DISTINCT currency FROM passport_entries WHERE tenant_id = $1 AND event_type = 'treasury.money_spent'",
        played.platform.tenant_id,
    )
    spent = {each.currency for each in found.sums if each.metric == "money_spent"}
    assert spent >= {row["currency"] for row in stored} | {played.tenant.currency}
    assert len(stored) > 1

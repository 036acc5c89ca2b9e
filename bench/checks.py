"""Whether what was sent is what is stored and counted. A figure without this says nothing."""

from datetime import UTC, datetime, timedelta

from bench.generator import Generator
from bench.measure import BenchFailed
from bench.mix import METRICS
from bench.servers import Stand

STORED = "SELECT count(*) FROM passport_entries WHERE tenant_id = $1"
HEAD = "SELECT sum(head)::bigint FROM passport_heads WHERE tenant_id = $1"
DEAD = "SELECT count(*) FROM processor_dead_letters WHERE tenant_id = $1"


async def check_stored(stand: Stand, load: Generator) -> None:
    """Everything acknowledged is in the log once, and nothing else is.

    Raises:
        BenchFailed: it is not so.
    """
    head = await stand.sql.fetchval(HEAD, stand.tenant_id)
    stored = await stand.sql.fetchval(STORED, stand.tenant_id)
    if not head == stored == load.events:
        raise BenchFailed(f"{load.events} events were acknowledged, {stored} are stored, the heads are at {head}")


async def check_counted(stand: Stand, load: Generator, timeout_s: float) -> float:
    """Once the processor has caught up, each metric of the tenant is the sum of what was sent.

    Returns the seconds that catching up took.

    Raises:
        BenchFailed: it is not so.
    """
    await check_stored(stand, load)
    took_s = await stand.wait_until_caught_up(timeout_s)
    today = datetime.now(UTC)
    since, until = (today - timedelta(days=32)).date(), (today + timedelta(days=1)).date()
    for metric in METRICS:
        page = await stand.get(f"/api/metrics?metric={metric}&grain=day&from={since}&to={until}")
        if page["total"] != load.totals.get(metric, 0):
            raise BenchFailed(f"{metric} of what was sent is {load.totals.get(metric, 0)}, counted is {page['total']}")
    dead = await stand.sql.fetchval(DEAD, stand.tenant_id)
    if dead:
        raise BenchFailed(f"{dead} entries became dead letters")
    return took_s

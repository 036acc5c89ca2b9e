"""A log of a million entries in a minute: written by SQL as capture would have stored it, counted by the product's own steps."""

from coliseum.processor.leases import Leases
from coliseum.processor.runner import Limits, Runner
from coliseum.projections.coliseum import ColiseumProjection
from support.conductor import NoWaiting
from support.services import Platform, World

STEP = 50_000
ENTRIES = """
INSERT INTO passport_entries (tenant_id, partition, "offset", id, subject_id, event_type, entity_type, entity_id,
                              artist_id, event_id, track_id, city, currency, value, occurred_at, created_at, source,
                              dna_influence, metadata)
SELECT $1, 0, n, 'e-' || n, 1 + (n * 7919) % 100000, t.type, t.target,
       CASE WHEN t.target IS NOT NULL THEN 'artist-' || artist END, 'artist-' || artist,
       CASE WHEN t.night THEN 'event-' || event END, CASE WHEN NOT t.night THEN 'track-' || (artist * 5 + n % 5) END,
       CASE WHEN t.night THEN 'city-' || (event % 50) END, t.currency, 1 + n % 9,
       CASE WHEN t.night THEN date_trunc('day', now()) - make_interval(days => (event % 60)::int)
                              - make_interval(secs => (n * 104729) % 18000)
            ELSE now() - make_interval(secs => (n::numeric * 104729) % (86400 * 60)) END,
       now(), 'api', 1, '{}'
FROM generate_series($2::bigint, $3::bigint) AS n
JOIN (VALUES (0, 'player.track_played', false, NULL, NULL), (1, 'coliseum.vote_cast', true, NULL, NULL),
             (2, 'concierto.event_attended', true, NULL, NULL), (3, 'treasury.money_spent', true, NULL, 'eur'),
             (4, 'treasury.money_earned', true, NULL, 'eur'), (5, 'social.follow', false, 'artist', NULL),
             (6, 'coliseum.vote_cast', true, NULL, NULL), (7, 'concierto.event_viewed', true, NULL, NULL))
    AS t (place, type, night, target, currency) ON t.place = n % 8
CROSS JOIN LATERAL (SELECT floor(300 * power(((n * 48271) % 1000003) / 1000003.0, 2))::int AS event) AS e
CROSS JOIN LATERAL (SELECT event * 7 + (n / 8) % 7 AS artist) AS a
"""
"""Three hundred nights of sixty days, seven artists each; plays and follows at any time."""
HEAD = "UPDATE passport_heads SET head = $2 WHERE tenant_id = $1 AND partition = 0"
ANALYZE = "ANALYZE passport_entries, coliseum_rollups, coliseum_hours, coliseum_fan_hours, coliseum_names"


async def fill(world: World, platform: Platform, entries: int) -> None:
    """Put so many entries of the last sixty days into the tenant's empty log."""
    for first in range(0, entries, STEP):
        await world.execute(ENTRIES, platform.tenant_id, first, min(first + STEP, entries) - 1)
    await world.execute(HEAD, platform.tenant_id, entries)


async def count(world: World, platform: Platform) -> None:
    """Let the processor count all of it, and roll up the hours that are over."""
    leases = Leases(world.database, "million", 900)
    unit = next(unit for unit in await leases.refresh()
                if (unit.tenant.tenant_id, unit.consumer) == (platform.tenant_id, "coliseum"))  # fmt: skip
    projection = ColiseumProjection()
    runner = Runner(world.database, "million", unit, projection, None, Limits(STEP, 1, 1.0), NoWaiting())
    while await runner.round():
        pass
    more = True
    while more:
        async with world.database.transaction("processor") as connection:
            more = await projection.tidy(connection, platform.tenant, unit.generation)
    await world.execute(ANALYZE)

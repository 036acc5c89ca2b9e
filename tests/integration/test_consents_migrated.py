"""What was said of consent before it was kept as it stands counts too, whoever owns the database."""

import json

import pytest

from coliseum import db, migrate

MIGRATION = "_consents.sql"
TENANTS = """
    INSERT INTO accounts_tenants (tenant_id, slug, name, time_zone, currency, partitions)
    OVERRIDING SYSTEM VALUE
    VALUES (nextval('accounts_tenants_tenant_id_seq'), 'one', 'One', 'UTC', 'eur', 1),
           (nextval('accounts_tenants_tenant_id_seq'), 'two', 'Two', 'UTC', 'eur', 2)
"""
HEADS = "INSERT INTO passport_heads (tenant_id, partition, head) VALUES (1, 0, 9), (2, 0, 9), (2, 1, 9)"
SUBJECTS = """
    INSERT INTO passport_subjects (tenant_id, subject_id, user_id, key) OVERRIDING SYSTEM VALUE
    SELECT tenant, subject, 'fan-' || subject, decode(repeat('00', 32), 'hex')
    FROM (VALUES (1, 11), (1, 12), (2, 21), (2, 22)) AS s (tenant, subject)
"""
ENTRY = """
    INSERT INTO passport_entries (tenant_id, partition, "offset", id, subject_id, event_type, value, occurred_at,
                                  created_at, source, dna_influence, metadata)
    VALUES ($1, $2, $3, concat_ws('/', $1::int, $2::smallint, $3::bigint), $4, $5, 0, now(), now(), 'api', 0, $6)
"""
OWNED = ("accounts_tenants", "passport_entries", "passport_entries_default", "passport_heads", "passport_subjects")
STANDING = 'SELECT tenant_id, subject_id, purpose, granted, partition, "offset" FROM privacy_consents ORDER BY 1, 2, 3'


def said(*, granted: bool, purpose: str = "analytics", source: str = "banner") -> str:
    return json.dumps({"purpose": purpose, "granted": granted, "textVersion": "v1", "source": source})


LOG = [
    (1, 0, 0, 11, said(granted=False)), (1, 0, 1, 11, said(granted=True)), (1, 0, 2, 12, said(granted=True)),
    (1, 0, 3, 12, said(granted=False)), (1, 0, 4, 11, said(granted=False, purpose="marketing")),
    (2, 0, 0, 21, said(granted=True, source="gpc")), (2, 1, 5, 22, said(granted=True)),
    (2, 1, 6, 23, said(granted=True)),  # of somebody who is nobody any more
]  # fmt: skip
EXPECTED = [
    (1, 11, "analytics", True, 0, 1), (1, 11, "marketing", False, 0, 4), (1, 12, "analytics", False, 0, 3),
    (2, 21, "analytics", False, 0, 0), (2, 22, "analytics", True, 1, 5),
]  # fmt: skip


async def store(connection: db.Connection, entries: list[tuple[int, int, int, int, str]]) -> None:
    for tenant, partition, offset, subject, metadata in entries:
        await connection.execute(
            ENTRY, tenant, partition, offset, subject, "privacy.consent_changed", json.loads(metadata)
        )


@pytest.mark.parametrize("superuser", [True, False])
async def test_the_last_word_of_each_counts_and_later_ones_after_it(fresh_database: str, *, superuser: bool) -> None:
    known = migrate.migrations()
    place = next(n for n, each in enumerate(known) if each.name.endswith(MIGRATION))
    connection = await db.connect(fresh_database)
    transaction = connection.transaction()
    await transaction.start()
    try:
        for each in known[:place]:
            await connection.execute(each.sql)
        for sql in (TENANTS, HEADS, SUBJECTS):
            await connection.execute(sql)
        await connection.execute(ENTRY, 1, 0, 5, 11, "coliseum.vote_cast", {"purpose": "analytics"})
        await store(connection, LOG)
        if not superuser:  # as on a managed server: the forced policies hold for the owner too
            await connection.execute("CREATE ROLE consents_owner NOLOGIN")
            await connection.execute("GRANT CREATE, USAGE ON SCHEMA public TO consents_owner")
            await connection.execute("GRANT EXECUTE ON FUNCTION coliseum_protect(regclass) TO consents_owner")
            for table in OWNED:
                await connection.execute(f"ALTER TABLE {table} OWNER TO consents_owner")
            await connection.execute("SET LOCAL ROLE consents_owner")
            assert await connection.fetchval("SELECT count(*) FROM passport_entries") == 0
        await connection.execute(known[place].sql)
        await connection.execute("RESET ROLE")
        assert [tuple(row.values()) for row in await connection.fetch(STANDING)] == EXPECTED
        await connection.execute("SET LOCAL ROLE coliseum_capture")
        await store(connection, [(1, 0, 6, 12, said(granted=True)), (1, 0, 7, 11, said(granted=False))])
        assert [tuple(row.values())[3:] for row in await connection.fetch(STANDING)][:3] == [
            (False, 0, 7), (False, 0, 4), (True, 0, 6),
        ]  # fmt: skip
    finally:
        await transaction.rollback()
        await connection.close()

"""Somebody is forgotten, and what is left of them is looked for."""

from typing import Any

from support.asgi import Reply
from support.services import Platform, World


async def with_admin_key(world: World, platform: Platform) -> dict[str, str]:
    """The headers of a key that may have people forgotten, as a tenant's own server key may."""
    reply = await world.http.post("/api/keys", {"kind": "server", "name": "", "scopes": ["admin"]}, platform.server)
    assert reply.status == 201, reply
    return {"authorization": f"Bearer {reply.json['secret']}"}


async def forget(world: World, platform: Platform, user_id: str, headers: dict[str, str] | None = None) -> Reply:
    """Have somebody forgotten over the API."""
    return await world.http.post("/api/people/forget", {"userId": user_id}, headers or platform.server)


async def number_of(world: World, platform: Platform, user_id: str) -> int | None:
    """The number under which the log knows somebody."""
    found: int | None = await world.value(
        "SELECT subject_id FROM passport_subjects WHERE tenant_id = $1 AND user_id = $2", platform.tenant_id, user_id
    )
    return found


async def places_of(world: World, text: str) -> dict[str, list[Any]]:
    """Each column of each table of the database that holds a text, with the rows; also inside of bytes."""
    async with world.database.connection("owner") as connection:
        tables = await connection.fetch(
            "SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY 1"
        )
        found: dict[str, list[Any]] = {}
        for table in tables:
            columns = await connection.fetch(
                "SELECT attname AS name, atttypid = 'bytea'::regtype AS raw FROM pg_attribute"
                " WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped", table["name"],
            )  # fmt: skip
            for column in columns:
                held = f'"{column["name"]}"' if column["raw"] else f"convert_to(\"{column['name']}\"::text, 'UTF8')"
                rows = await connection.fetch(
                    f"SELECT t::text AS row FROM {table['name']} t WHERE position($1::bytea IN {held}) > 0",  # noqa: S608
                    text.encode(),
                )
                if rows:
                    found[f"{table['name']}.{column['name']}"] = [row["row"] for row in rows]
    return found


async def keys_with(world: World, text: str) -> list[bytes]:
    """Each key of Valkey that holds a text, in its name or in what it serialises to."""
    found = []
    async for key in world.store.raw.scan_iter(count=1_000):
        kind = await world.store.raw.type(key)
        match kind:
            case b"string":
                held = [await world.store.raw.get(key)]
            case b"hash":
                held = [each for pair in (await world.store.raw.hgetall(key)).items() for each in pair]
            case b"set":
                held = list(await world.store.raw.smembers(key))
            case b"zset":
                held = await world.store.raw.zrange(key, 0, -1)
            case b"list":
                held = await world.store.raw.lrange(key, 0, -1)
            case _:
                held = [repr(await world.store.raw.xrange(key)).encode()]
        if any(text.encode() in each for each in (key, *held) if each is not None):
            found.append(key)
    return found

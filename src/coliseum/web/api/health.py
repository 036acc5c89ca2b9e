"""Whether this process can do its work."""

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from coliseum import db, kv
from coliseum.web.access import for_anybody
from coliseum.web.services import Services


class Health(msgspec.Struct, frozen=True):
    """Each store, and whether it answers. Without PostgreSQL nothing works; without Valkey boards are slower."""

    ok: bool
    postgresql: bool
    valkey: bool


@get("/health", opt=for_anybody(), summary="Whether this process can do its work")
async def get_health(services: NamedDependency[Services]) -> Response[Health]:
    """200 while PostgreSQL answers, 503 otherwise."""
    try:
        async with services.database.connection("app") as connection:
            postgresql = await connection.fetchval("SELECT true")
    except (*db.UNREACHABLE, db.PostgresError):
        postgresql = False
    try:
        valkey = bool(await services.store.raw.ping())
    except kv.FAILED:
        valkey = False
    return Response(Health(postgresql, postgresql, valkey), status_code=200 if postgresql else 503)

"""The real parts on real stores in this process: the ASGI application, the appender, and processors by the round."""

import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from coliseum import db, kv, wiring
from coliseum.accounts.tenants import Tenant, create_tenant
from coliseum.settings import Settings
from coliseum.web.app import build_app
from coliseum.web.services import Services
from support.asgi import Http

SLUGS = itertools.count(1)
SECRET_KEY = "a secret key that only tests have ever used"


@dataclass(frozen=True)
class Platform:
    """A tenant with its keys in clear."""

    tenant: Tenant
    server_key: str
    browser_key: str

    @property
    def tenant_id(self) -> int:
        return self.tenant.tenant_id

    @property
    def server(self) -> dict[str, str]:
        """The headers of its backend."""
        return {"authorization": f"Bearer {self.server_key}"}

    @property
    def browser(self) -> dict[str, str]:
        """The headers of its pages."""
        return {"authorization": f"Bearer {self.browser_key}"}


@dataclass
class World:
    """A migrated database with every kind of pool, Valkey, and the web application; owned by one test module."""

    settings: Settings
    database: db.Database
    store: kv.KeyValue
    services: Services
    http: Http
    platforms: dict[str, Platform] = field(default_factory=dict)

    async def platform(
        self,
        *,
        zone: str = "UTC",
        currency: str = "eur",
        partitions: int = 1,
        slug: str | None = None,
        keep_boards: bool = False,
    ) -> Platform:
        """Make a tenant that nobody else uses."""
        made = await create_tenant(
            self.database,
            slug=slug or f"platform-{next(SLUGS)}",
            time_zone=zone,
            currency=currency,
            partitions=partitions,
        )
        platform = Platform(made.tenant, made.server_key, made.browser_key)
        if not keep_boards:
            await self.forget_boards(platform)  # Valkey is shared: another module's tenant had this number
        return platform

    async def fetch(self, sql: str, *args: object) -> list[Mapping[str, Any]]:
        """Read with the rights of the processor, who sees every tenant."""
        async with self.database.connection("processor") as connection:
            return await connection.fetch(sql, *args)

    async def value(self, sql: str, *args: object) -> Any:
        """Read one value, as ``fetch``."""
        async with self.database.connection("processor") as connection:
            return await connection.fetchval(sql, *args)

    async def count(self, platform: Platform | None = None) -> int:
        """How many entries the log has, of one tenant or of all."""
        tenant_id = None if platform is None else platform.tenant_id
        found = await self.value("SELECT count(*) FROM passport_entries WHERE tenant_id = $1 OR $1 IS NULL", tenant_id)
        return int(found)

    async def entries(self, platform: Platform) -> list[Mapping[str, Any]]:
        """A tenant's log, in the order of its places."""
        return await self.fetch(
            'SELECT * FROM passport_entries WHERE tenant_id = $1 ORDER BY partition, "offset"', platform.tenant_id
        )

    async def execute(self, sql: str, *args: object) -> str:
        """Change something with the rights of the owner, who on a test's server is above every policy."""
        async with self.database.connection("owner") as connection:
            return await connection.execute(sql, *args)

    async def forget_boards(self, platform: Platform) -> None:
        """Take everything of one tenant out of Valkey, as a Valkey that came back empty would."""
        keys = [key async for key in self.store.raw.scan_iter(match=f"{{coliseum:{platform.tenant_id}}}*", count=1000)]
        if keys:
            await self.store.raw.unlink(*keys)


@asynccontextmanager
async def opened_world(database_url: str, valkey_url: str, **changes: Any) -> AsyncIterator[World]:
    """Bring a database without tenants up to this version and open everything on it; ``changes`` are settings."""
    settings = Settings(
        database_url=database_url,
        valkey_url=valkey_url,
        secret_key=SECRET_KEY,
        log_level="error",
        **{"code_grace_s": 30, **changes},  # so that a person of a test has two codes at any moment
    )
    await wiring.migrate_database(settings)
    async with AsyncExitStack() as stack:
        database = await db.Database.open(database_url, owner=2, processor=6, app=4, capture=6, accounts=3)
        stack.push_async_callback(database.close)
        store = kv.KeyValue(valkey_url)
        stack.push_async_callback(store.close)
        services = await stack.enter_async_context(wiring.open_services(settings))
        app = build_app(lambda: wiring.open_services(settings), "test")
        # The lifespan of the application would tie the fixture's task to the tests'; all it does is this.
        app.state.services = services
        yield World(settings, database, store, services, Http(app))

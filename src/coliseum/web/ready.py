"""What a web process does before it takes requests, so that its first ones are not slower than others."""

import asyncio
from datetime import datetime
from typing import Final

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.errors import StoreUnavailable
from coliseum.queries.asked import question_from
from coliseum.queries.leaderboards import stored_page
from coliseum.queries.overview import Asked, overview
from coliseum.telemetry import Log, described
from coliseum.web.services import Services
from coliseum.web.ui.compiled import compile_all
from coliseum.web.ui.formats import Formats
from coliseum.web.ui.render import templates
from coliseum.web.ui.text import DEFAULT_LOCALE, languages, locale_of

CONNECTIONS: Final = 2
"""So many connections have been asked what the first page that a member sees asks."""
NOBODY: Final = Tenant(0, "nobody", "Nobody", "UTC", "eur", 1, "basic")
"""A tenant that there is not: of it nothing is read, and that takes no longer the larger the log is."""


async def make_ready(services: Services) -> None:
    """Compile what is compiled, load what is loaded, and have PostgreSQL prepare what it is asked most.

    A store that is away changes nothing: its first requests will be slower.
    """
    for language in languages():
        compile_all(templates(language))
    _write(Formats(locale_of(DEFAULT_LOCALE.replace("_", "-"))), services.clock())
    try:
        await asyncio.gather(*(_look(services) for _ in range(CONNECTIONS)))
    except (*db.UNREACHABLE, db.PostgresError, StoreUnavailable) as error:
        Log().warning("not_warm", error=described(error))


def _write(formats: Formats, now: datetime) -> None:
    """How numbers and moments are written in a locale is read from a file at the first of them."""
    formats.number(1)
    formats.compact(1)
    formats.percent(0.5, signed=True)
    formats.money(1, NOBODY.currency)
    formats.datetime(now)
    formats.ago(now, now)


async def _look(services: Services) -> None:
    now = services.clock()
    await overview(services.database, NOBODY, Asked("24h"), now)
    for entity in ("artist", "event"):
        asked = {"metric": "votes", "entity": entity, "window": "24h"}
        await stored_page(services.database, question_from(NOBODY, asked, now))

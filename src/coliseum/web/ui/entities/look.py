"""One look at a page of an entity: who looks, at what, when."""

from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import unquote

import msgspec
from litestar import Request
from litestar.datastructures import State
from markupsafe import Markup

from coliseum.accounts.callers import Caller
from coliseum.accounts.tenants import Tenant
from coliseum.charts import Chart
from coliseum.errors import Refusal, RequestRefused
from coliseum.queries.insights.about import About, about
from coliseum.web.access import caller_in
from coliseum.web.services import Services
from coliseum.web.ui.charting import figure_for
from coliseum.web.ui.entities.words import METRICS
from coliseum.web.ui.shell import Shell
from coliseum.web.ui.text import translations

Answer = TypeVar("Answer", bound=msgspec.Struct)
BEFORE_ID = 4
"""Parts of the address before the id: nothing, t, the tenant, the kind."""


class Look:
    """What every page needs at hand; ``say`` translates."""

    def __init__(self, request: Request[Any, Any, State]) -> None:
        self.request = request
        self.services: Services = request.app.state.services
        self.caller: Caller = caller_in(request.scope)
        self.tenant: Tenant = self.caller.tenant
        self.shell = Shell(request)
        self.now: datetime = self.services.clock()
        self.say: Callable[[str], str] = translations(self.shell.language).gettext

    @property
    def id(self) -> str:
        """The id in the address, which may hold anything, slashes included."""
        raw = self.request.scope.get("raw_path") or b""
        parts = raw.decode("latin-1").partition("?")[0].split("/")
        if len(parts) == BEFORE_ID + 1:
            return unquote(parts[BEFORE_ID])
        return str(self.request.path_params["entity_id"]).removeprefix("/")

    def query(self, name: str, among: tuple[str, ...], default: str) -> str:
        """A choice of the address; the default for what is none."""
        given = self.request.query_params.get(name)
        return given if given in among else default

    async def about(self, kind: str) -> About:
        """What is known of the entity of the address.

        Raises:
            RequestRefused: ``not_found``.
        """
        found = await about(self.services.database, self.tenant, kind, self.id)
        if found is None:
            raise RequestRefused(
                Refusal.NOT_FOUND, f"No {kind} of that id is in the catalogue, and nothing was counted."
            )
        return found

    async def figure(self, chart: Chart) -> Markup:
        """A chart for this viewer."""
        return await figure_for(self.request, chart)

    def metric(self, name: str) -> str:
        """What a metric is called."""
        return self.say(METRICS[name])

    async def together(self, question: Hashable, read: Callable[[], Awaitable[Answer]], kind: type[Answer]) -> Answer:
        """What a question about the log is answered, read once for all pages and programs that ask for it now."""

        async def body() -> bytes:
            return msgspec.json.encode(await read())

        return msgspec.json.decode(await self.services.together.body(question, body), type=kind)

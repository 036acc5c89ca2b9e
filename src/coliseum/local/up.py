"""`coliseum up`: the whole of Coliseum on one machine, from one command, until it is told to stop."""

import asyncio
import shlex
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from coliseum.clock import utc_now
from coliseum.demo.world import ARTISTS, stage_of
from coliseum.local import programs
from coliseum.local.child import Child, Program
from coliseum.local.credentials import Credentials, load_credentials
from coliseum.local.database import ready_database
from coliseum.local.demo_owner import owner_link
from coliseum.local.demo_tenant import DemoKeys
from coliseum.local.folder import held_folder
from coliseum.local.health import reachable_host, wait_until_healthy
from coliseum.local.interrupt import Interrupt
from coliseum.local.ledger import Ledger
from coliseum.local.ports import require_free
from coliseum.local.postgres import EmbeddedPostgres
from coliseum.local.supervisor import Service, Supervisor
from coliseum.local.valkey import EmbeddedValkey
from coliseum.settings import Settings
from coliseum.settings.safety import check_mode

EVENT = (
    '{{"type":"coliseum.vote_cast","userId":"me","at":"{at}",'
    '"artistId":"{artist}","eventId":"{event}","weight":1,"channel":"web"}}'
)


def up(settings: Settings, environ: Mapping[str, str], console: Console, *, with_demo: bool) -> None:
    """Start everything, say where it is, keep it running; return when all has been stopped after a signal.

    Raises:
        ColiseumError: something could not be started; what had been started is stopped again.
    """
    with held_folder(settings.data_dir) as folder, Interrupt() as interrupt:
        Run(settings, environ, console, folder, interrupt).play(with_demo=with_demo)


class Run:
    """One run of `coliseum up` in a folder that this process holds."""

    def __init__(
        self,
        settings: Settings,
        environ: Mapping[str, str],
        console: Console,
        folder: Path,
        interrupt: Interrupt,
    ) -> None:
        self._settings = settings
        self._environ = environ
        self._console = console
        self._folder = folder
        self._interrupt = interrupt
        self._ledger = Ledger.open(folder)
        self._supervisor = Supervisor(self._ledger, self._say)

    def play(self, *, with_demo: bool) -> None:
        """Start, supervise, stop."""
        for name in self._ledger.end_leftovers():
            self._say(f"Stopped the {name} that an earlier run had left.")
        require_free(self._settings.host, self._settings.port)
        try:
            self._bring_up(with_demo=with_demo)
            self._supervisor.watch(self._interrupt)
            self._say("Stopping …")
        finally:
            self._supervisor.stop()
        self._say("Stopped; the data is in " + str(self._folder))

    def _bring_up(self, *, with_demo: bool) -> None:
        credentials = load_credentials(self._folder)
        database_url = self._database(credentials)
        valkey_url = self._valkey(credentials)
        applied, keys = asyncio.run(ready_database(database_url, self._folder))
        if applied:
            self._say(f"Brought the database up to date ({len(applied)} migrations).")
        secret_key = self._settings.secret_key or credentials.secret_key
        environ = programs.children_environ(
            self._environ,
            data_dir=self._folder,
            database_url=database_url,
            valkey_url=valkey_url,
            secret_key=secret_key,
        )
        check_mode(Settings.from_env(environ), environ)
        if self._interrupt.is_wanted():
            return
        logs = self._folder / "logs"
        self._keep("processor", programs.processor(environ, logs))
        web = self._keep("web server", programs.web(environ, logs))
        wait_until_healthy(web, self._settings.host, self._settings.port, self._interrupt)
        if self._interrupt.is_wanted():
            return
        welcome = None if self._settings.mode == "production" else asyncio.run(owner_link(database_url, secret_key))
        self._tell(keys, welcome)
        if with_demo:
            demo = programs.demo(environ, logs, self._url, keys.server_key)
            self._keep("festival", demo, ends=True)
            self._say("A simulated festival is playing; its events come in through the API.")
        self._say("Ctrl-C stops everything.")

    def _database(self, credentials: Credentials) -> str:
        if self._settings.database_url is not None:
            return self._settings.database_url
        if not (self._folder / "postgres").is_dir():
            self._say("Making a PostgreSQL in the data folder …")
        server = EmbeddedPostgres(self._folder, credentials.postgres_password)
        self._supervisor.start(Service("PostgreSQL", server.start))
        return server.url

    def _valkey(self, credentials: Credentials) -> str:
        if self._settings.valkey_url is not None:
            asyncio.run(_require_valkey(self._settings.valkey_url))
            return self._settings.valkey_url
        server = EmbeddedValkey(self._folder, credentials.valkey_password)
        self._supervisor.start(Service("Valkey", server.start))
        return server.url

    def _keep(self, name: str, program: Program, *, ends: bool = False) -> Child:
        return self._supervisor.start(Service(name, lambda: Child(program), ends=ends))

    @property
    def _url(self) -> str:
        host = reachable_host(self._settings.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self._settings.port}"

    def _tell(self, keys: DemoKeys, welcome: str | None) -> None:
        now = utc_now()
        event = EVENT.format(at=now.strftime("%Y-%m-%dT%H:%M:%SZ"), artist=ARTISTS[0].id, event=stage_of(now.date()).id)
        curl = shlex.join(
            [
                *("curl", "-sS", f"{self._url}/api/passport/log"),
                *("-H", f"Authorization: Bearer {keys.server_key}"),
                *("-H", "Content-Type: application/json", "-d", event),
            ]
        )
        self._console.rule("Coliseum")
        for name, value in (
            ("Page", self._url),
            ("Log in", self._url + (welcome or "/log-in")),
            ("Server key", keys.server_key),
            ("Browser key", keys.browser_key),
            ("Send an event", curl),
        ):
            self._console.print(f"[bold]{name}[/bold]")
            # No wrapping and no markup: the line must survive being copied.
            self._console.print(f"  {value}", soft_wrap=True, markup=False, highlight=False)
        self._console.rule()

    def _say(self, sentence: str) -> None:
        self._console.print(sentence, soft_wrap=True, markup=False, highlight=False)


async def _require_valkey(url: str) -> None:
    from coliseum.kv import KeyValue  # noqa: PLC0415 - a start with the embedded one does not wait for it

    store = await KeyValue.open(url)
    await store.close()

"""Commands as an operator runs them, in this process."""

import asyncio

from typer.testing import CliRunner

from coliseum.cli import app
from support.services import SECRET_KEY, World


async def command(world: World, *words: str, typed: str = "", **changes: str) -> tuple[int, str]:
    """Run a command as an operator does; its exit code and what it printed."""
    environ = {
        "DATABASE_URL": world.settings.database_url, "VALKEY_URL": world.settings.valkey_url,
        "COLISEUM_SECRET_KEY": SECRET_KEY, "COLISEUM_LOG_LEVEL": "error", "COLUMNS": "300", **changes,
    }  # fmt: skip
    done = await asyncio.to_thread(CliRunner().invoke, app, list(words), env=environ, input=typed)
    return done.exit_code, done.output + str(done.exception or "")

"""The Python programs that `coliseum up` runs as children, and the environment they get."""

import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from coliseum.local.child import Program
from coliseum.local.demo_tenant import SLUG
from coliseum.settings.sources import FILE

WEB_PATIENCE_S = 25.0  # requests under way are answered, accepted events are committed
PROCESSOR_PATIENCE_S = 20.0
DEMO_PATIENCE_S = 5.0


def children_environ(
    environ: Mapping[str, str], *, data_dir: Path, database_url: str, valkey_url: str, secret_key: str
) -> dict[str, str]:
    """Return the environment of every child: the operator's, with what this start has decided."""
    read = {name + FILE for name in ("COLISEUM_SECRET_KEY", "DATABASE_URL", "VALKEY_URL")}
    return {
        "COLISEUM_PUBLIC_TENANT": SLUG,
        **{name: value for name, value in environ.items() if name not in read},
        "COLISEUM_DATA_DIR": str(data_dir),
        "COLISEUM_SECRET_KEY": secret_key,
        "DATABASE_URL": database_url,
        "VALKEY_URL": valkey_url,
        "PYTHONUNBUFFERED": "1",
    }


def web(environ: Mapping[str, str], logs: Path) -> Program:
    """Return the web server as a program: `coliseum web` without the command line, which costs a start 0.4 s."""
    return _python("web", ["coliseum.local.webserver"], environ, logs, WEB_PATIENCE_S)


def processor(environ: Mapping[str, str], logs: Path) -> Program:
    """Return the processor as a program."""
    return _python("processor", ["coliseum.cli", "processor"], environ, logs, PROCESSOR_PATIENCE_S)


def demo(environ: Mapping[str, str], logs: Path, url: str, server_key: str) -> Program:
    """Return the festival as a program that plays into the API at `url`."""
    return _python(
        "demo",
        ["coliseum.demo"],
        {**environ, "COLISEUM_URL": url, "COLISEUM_KEY": server_key},
        logs,
        DEMO_PATIENCE_S,
    )


def _python(name: str, module: list[str], environ: Mapping[str, str], logs: Path, patience_s: float) -> Program:
    return Program(
        name=name,
        command=[sys.executable, "-m", *module],
        environ=environ,
        log=logs / f"{name}.log",
        stop_signals=[(signal.SIGTERM, patience_s)],
    )

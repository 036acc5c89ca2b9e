"""``coliseum audit``: whether the audit trail is what was written."""

import asyncio
import os
from typing import Annotated

import typer

from coliseum.settings import Settings

app = typer.Typer(help="The audit trail: who did what.", no_args_is_help=True)


@app.command("verify")
def audit_verify(
    *, tenant: Annotated[str | None, typer.Option("--tenant", help="Only this tenant; all without it.")] = None
) -> None:
    """Recompute every chain of the trail; exit with 1 and its first bad entry when one is not what was written."""
    from coliseum import operations  # noqa: PLC0415 - a start of the command line does not wait for it
    from coliseum.local.running import connected  # noqa: PLC0415 - as above

    found = asyncio.run(operations.verify_trail(connected(Settings.from_env(os.environ)), tenant))
    for bad in found.bad:
        typer.echo(f"{bad.chain}: entry {bad.number} {bad.what}")
    if found.bad:
        raise typer.Exit(1)
    typer.echo(f"{found.entries} entries, each as it was written.")


@app.command("heads")
def audit_heads() -> None:
    """Write the head of every chain to the file of heads: a trail that is cut off afterwards shows."""
    from coliseum import operations  # noqa: PLC0415 - as above
    from coliseum.local.running import connected  # noqa: PLC0415 - as above

    written, path = asyncio.run(operations.export_heads(connected(Settings.from_env(os.environ))))
    typer.echo(f"{written} heads written to {path}.")

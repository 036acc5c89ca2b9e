"""The command line: each command is thin, and an expected failure is one sentence on standard error.

A command imports what it needs when it runs, so that `--help` and a start do not wait for what they do not
use.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import Annotated

import msgspec
import typer

from coliseum.commands import audit, config, hooks, people, privacy
from coliseum.commands.billing import app as billing
from coliseum.commands.keys import key
from coliseum.commands.plans import tenant_plan
from coliseum.errors import ColiseumError
from coliseum.importer.command import import_command
from coliseum.settings import Settings

app = typer.Typer(
    help="A live platform's events in one provable log, and the numbers that are made of it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
tenant = typer.Typer(help="Make and list tenants.", no_args_is_help=True)
dead_letters = typer.Typer(help="Entries that a projection could not digest.", no_args_is_help=True)
app.add_typer(tenant, name="tenant")
app.add_typer(dead_letters, name="dead-letters")
app.add_typer(key, name="key")
app.add_typer(people.person, name="person")
app.add_typer(people.member, name="member")
tenant.command("settings")(people.settings)
app.add_typer(audit.app, name="audit")
app.add_typer(config.app, name="config")
app.add_typer(hooks.app, name="webhook")
app.add_typer(billing, name="billing")
app.add_typer(privacy.app, name="privacy")
app.command("import")(import_command)
tenant.command("plan")(tenant_plan)

Slug = Annotated[str, typer.Argument(help="The tenant's slug.")]
OneTenant = Annotated[str | None, typer.Option("--tenant", help="Only this tenant; all without it.")]


@app.command()
def up(*, demo: Annotated[bool, typer.Option(help="Play a simulated festival.")] = True) -> None:
    """Run everything on this machine: servers, web, processor, and a festival to watch."""
    from rich.console import Console

    from coliseum.local.up import up as run

    run(Settings.from_env(os.environ), os.environ, Console(), with_demo=demo)


@app.command()
def web() -> None:
    """Run the web server, until a signal stops it; what it has accepted is stored first."""
    from coliseum.local.webserver import serve

    serve(_settings())


@app.command()
def processor() -> None:
    """Run a processor, until a signal stops it; several share the work."""
    from coliseum import wiring

    asyncio.run(wiring.run_processor(_settings()))


@app.command()
def migrate() -> None:
    """Bring the database to this version's schema."""
    from coliseum import wiring

    for name in asyncio.run(wiring.migrate_database(_settings())):
        typer.echo(f"Applied {name}")
    typer.echo("The database is up to date.")


@tenant.command("create")
def tenant_create(
    slug: Annotated[str, typer.Argument(help="Short name: a-z, 0-9 and single inner hyphens.")],
    *,
    name: Annotated[str | None, typer.Option(help="Name for people; the slug without it.")] = None,
    time_zone: Annotated[str, typer.Option(help="IANA zone in which its days begin.")] = "UTC",
    currency: Annotated[str, typer.Option(help="ISO 4217 code, small letters.")] = "eur",
    partitions: Annotated[int, typer.Option(help="Partitions of its log; more for a large tenant.")] = 1,
) -> None:
    """Make a tenant and print its keys; they are stored hashed and cannot be shown again."""
    from coliseum import operations

    settings = _settings()
    new = asyncio.run(
        operations.create_tenant(
            settings,
            slug=slug,
            name=name,
            time_zone=time_zone,
            currency=currency,
            partitions=partitions,
        )
    )
    typer.echo(f"Server key:     {new.server_key}\nBrowser key:    {new.browser_key}")
    secret = operations.webhook_secret(settings, slug)
    if secret is not None:
        typer.echo(f"Webhook secret: {secret}")


@tenant.command("list")
def tenant_list() -> None:
    """List all tenants."""
    from coliseum import operations

    _print_table(asyncio.run(operations.list_tenants(_settings())), "There is no tenant yet.")


@dead_letters.command("list")
def dead_letters_list(*, tenant: OneTenant = None) -> None:
    """List the entries that were set aside."""
    from coliseum import operations

    _print_table(asyncio.run(operations.list_dead_letters(_settings(), tenant)), "There are no dead letters.")


@dead_letters.command("show")
def dead_letters_show(slug: Slug, event_id: Annotated[str, typer.Argument(help="The event's id.")]) -> None:
    """Show one entry that was set aside, with what went wrong."""
    from coliseum import operations

    found = asyncio.run(operations.show_dead_letter(_settings(), slug, event_id))
    typer.echo(msgspec.json.format(msgspec.json.encode(found)))


@dead_letters.command("retry")
def dead_letters_retry(
    slug: Slug, event_id: Annotated[str | None, typer.Argument(help="One event; all without it.")] = None
) -> None:
    """Hand entries that were set aside to their projections again."""
    from coliseum import operations

    tried = asyncio.run(operations.retry_dead_letters(_settings(), slug, event_id))
    for letter, error in tried:
        typer.echo(f"{letter.id} ({letter.consumer}): {error or 'digested'}")
    failed = sum(error is not None for _, error in tried)
    typer.echo(f"{len(tried) - failed} of {len(tried)} digested.")
    if failed:
        raise typer.Exit(1)


@app.command()
def verify(*, tenant: OneTenant = None) -> None:
    """Recompute every stored number from the log another way; exit with 1 when there are differences."""
    from coliseum import operations

    differences = asyncio.run(operations.verify(_settings(), tenant))
    _print_table(differences, "Every stored number is what the log says.")
    if differences:
        raise typer.Exit(1)


@app.command()
def rebuild(*, tenant: OneTenant = None) -> None:
    """Throw the projections away and remake them from the log; reads go on meanwhile."""
    from coliseum import operations

    asyncio.run(operations.rebuild(_settings(), tenant))
    typer.echo("The projections have been remade.")


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(metadata.version("coliseum"))


def main() -> None:
    """Run the command line; a `ColiseumError` becomes one sentence, a hint and exit code 1."""
    try:
        app()
    except ColiseumError as error:
        sys.stderr.write(f"{error}\n")
        if error.hint:
            sys.stderr.write(f"{error.hint}\n")
        raise SystemExit(1) from None


def _settings() -> Settings:
    from coliseum.local.running import connected

    return connected(Settings.from_env(os.environ))


def _print_table(rows: Sequence[msgspec.Struct], when_empty: str) -> None:
    from rich.console import Console
    from rich.table import Table

    if not rows:
        typer.echo(when_empty)
        return
    table = Table(*rows[0].__struct_fields__)
    for row in rows:
        table.add_row(*(str(value) for value in msgspec.structs.astuple(row)))
    Console().print(table)


if __name__ == "__main__":
    main()

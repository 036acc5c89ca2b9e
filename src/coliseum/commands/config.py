"""``coliseum config``: what is set, where it comes from, and whether it is safe."""

import os

import msgspec
import typer

from coliseum.settings import Settings, setting_of
from coliseum.settings.safety import findings
from coliseum.settings.sources import texts

app = typer.Typer(help="What is set, and whether it is safe.", no_args_is_help=True)


@app.command("check")
def config_check() -> None:
    """List what is missing or unsafe for production; exit with 1 when something is unsafe."""
    told = findings(Settings.from_env(os.environ), os.environ)
    for each in told:
        typer.echo(f"{each.weight}: {each.setting}: {each.what}")
    if any(each.weight == "unsafe" for each in told):
        raise typer.Exit(1)
    typer.echo("Nothing is unsafe for production.")


@app.command("show")
def config_show() -> None:
    """Print every setting with where it comes from; secrets are hidden."""
    sources = texts(os.environ, [setting_of(field) for field in msgspec.structs.fields(Settings)])
    for variable, text in Settings.from_env(os.environ).shown().items():
        source = sources[variable].source if variable in sources else "default"
        typer.echo(f"{variable}={text}  ({source})")

"""``coliseum import``: the command, ready to be registered with typer."""

import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from coliseum.importer.display import Display
from coliseum.importer.faults import ImportFailed
from coliseum.importer.mapping import make_mapper
from coliseum.importer.opening import STDIN, Input, open_input
from coliseum.importer.pipeline import FileImport, Job
from coliseum.importer.progress import Progress
from coliseum.importer.sender import Sender, Stopped, Target

EXIT_FAILED = 1
EXIT_REJECTS = 2


@dataclass(frozen=True, slots=True)
class _Options:
    """The options that are about files."""

    mapping: Path | None
    progress: Path | None
    rejects: Path | None
    batch: int
    concurrency: int


def import_command(
    files: Annotated[
        list[str], typer.Argument(help="NDJSON, CSV or Parquet; plain, gzip or zstd; - is standard input.")
    ],
    *,
    mapping: Annotated[Path | None, typer.Option(help="Mapping file (TOML or JSON); CSV needs one.")] = None,
    url: Annotated[str, typer.Option(envvar="COLISEUM_URL", help="The server.")] = "http://127.0.0.1:8000",
    key: Annotated[str, typer.Option(envvar="COLISEUM_KEY", help="The server key.")] = "",
    progress: Annotated[Path | None, typer.Option(help="Progress file; FILE.progress when absent.")] = None,
    rejects: Annotated[Path | None, typer.Option(help="Rejects file; FILE.rejects.ndjson when absent.")] = None,
    batch: Annotated[int, typer.Option(min=1, max=1000, help="Events in a request.")] = 1000,
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Requests at once.")] = 4,
    patience: Annotated[
        int, typer.Option(min=0, help="Give up on a silent server after so many seconds; 0: never.")
    ] = 0,
    historical: Annotated[bool, typer.Option("--historical", help="Accept times back to the year 1900.")] = False,
) -> None:
    """Import files of events. Run it again to go on after an interruption: nothing is lost or doubled.

    Exits with 0 when everything went in, with 2 when something was rejected (and the rest went in), with 1
    when it could not finish.
    """
    if len(files) > 1 and (progress or rejects):
        raise typer.BadParameter("--progress and --rejects are for one file; several have their own each")
    if not key:
        raise typer.BadParameter("a key is needed: --key, or COLISEUM_KEY in the environment")
    display = Display()
    options = _Options(mapping, progress, rejects, batch, concurrency)
    target = Target(url, key, historical, patience_s=float(patience) if patience else None)
    try:
        sender = Sender(target, display.waiting)
        with closing(sender), _stopping(sender), _drawing(display):
            results = [_import_file(name, options, sender, display) for name in files]
    except (ImportFailed, OSError) as error:
        hint = getattr(error, "hint", None)
        display.say(f"could not finish: {error}" + (f" ({hint})" if hint else ""))
        raise typer.Exit(EXIT_FAILED) from error
    except Stopped:
        display.say("interrupted; run the same command again to go on")
        raise typer.Exit(EXIT_FAILED) from None
    if any(result.rejected for result in results):
        raise typer.Exit(EXIT_REJECTS)


def _import_file(name: str, options: _Options, sender: Sender, display: Display) -> Progress:
    source = open_input(name)
    rejects = options.rejects or _beside(source, ".rejects.ndjson") or Path("stdin.rejects.ndjson")
    try:
        mapper = make_mapper(source, options.mapping)
        progress = options.progress or _beside(source, ".progress")
        job = Job(source, mapper, progress, rejects, options.batch, options.concurrency)
        run = FileImport(job, sender, display.update)
        display.begin(source, run.progress)
        try:
            return run.run()
        finally:
            display.update(run.progress)
            display.finish(name, run.progress, str(rejects))
    finally:
        source.close()


def _beside(source: Input, suffix: str) -> Path | None:
    return None if source.name == STDIN else Path(source.name + suffix)


@contextmanager
def _stopping(sender: Sender) -> Iterator[None]:
    """While inside, SIGINT and SIGTERM end the import in order; a second SIGINT ends it at once."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sender.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _drawing(display: Display) -> Iterator[None]:
    display.start()
    try:
        yield
    finally:
        display.stop()

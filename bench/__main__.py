"""Run the claims: ``python -m bench [claim …] [--scale 0.01 | --quick]``; exit code 1 when a floor is missed."""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from bench import machine, results
from bench.claims import CLAIMS
from bench.context import Bench
from bench.generator import ROOT
from bench.measure import BenchFailed
from bench.servers import running
from bench.wire import ConnectionBroken
from coliseum.errors import ColiseumError

RESULTS = ROOT / "bench" / "RESULTS.md"
QUICK = 0.02


def main(arguments: Sequence[str]) -> int:
    """Run what is asked for and print the table; a whole run at full scale is written to bench/RESULTS.md."""
    options = _options(arguments)
    console = Console()
    console.print(f"[bold]bench[/bold] {', '.join(options.claims)} at scale {options.scale:g}, in {options.data}")
    bench = Bench(options.data, lambda sentence: console.print(sentence, highlight=False, markup=False),
                  options.seed, options.scale, options.partitions, options.count)  # fmt: skip
    report = asyncio.run(run(bench, options.claims))
    _print(report, console)
    whole = list(options.claims) == list(CLAIMS) and options.scale >= 1 and options.count
    path = options.out or (RESULTS if whole else None)
    if path is not None:
        path.write_text(results.as_markdown(report), encoding="utf-8")
        console.print(f"Written to {path}.")
    return 0 if report.passed else 1


async def run(bench: Bench, claims: Sequence[str]) -> results.Report:
    """Measure claims one after the other; one that fails does not keep the others from being measured."""
    async with running(bench.data / "shared", with_noop=True) as stand:
        settings = await stand.settings()
        report = results.Report([], {}, {}, machine.commit(), machine.described(bench.data), settings)
        if bench.scale < 1:
            await _measure(msgspec.structs.replace(bench, shared=stand), claims, report)
    if bench.scale >= 1:
        await _measure(bench, claims, report)
    return report


async def _measure(bench: Bench, claims: Sequence[str], report: results.Report) -> None:
    for claim in claims:
        bench.say(f"{claim}:")
        began = time.monotonic()
        try:
            report.lines += await CLAIMS[claim](bench)
        except (BenchFailed, ConnectionBroken, ColiseumError) as error:
            report.failed[claim] = str(error)
            bench.say(f"failed: {error}")
        report.took_s[claim] = time.monotonic() - began


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("claims", nargs="*", metavar="claim", help=f"all without it: {', '.join(CLAIMS)}")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full sizes and times")
    parser.add_argument("--quick", action="store_true", help=f"the same as --scale {QUICK}: to see that it runs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--partitions", type=int, default=1, help="of the tenant's log")
    parser.add_argument(
        "--no-count", dest="count", action="store_false", help="do not wait until all is counted: for tuning"
    )
    parser.add_argument(
        "--data", type=Path, default=ROOT / "data" / "bench", help="folder to work in; each claim removes what it made"
    )
    parser.add_argument("--out", type=Path, help="write the page of results here")
    options = parser.parse_args(arguments)
    options.claims = options.claims or list(CLAIMS)
    unknown = set(options.claims) - set(CLAIMS)
    if unknown:
        parser.error(f"there is no claim {', '.join(sorted(unknown))}; there are {', '.join(CLAIMS)}")
    if options.quick:
        options.scale = QUICK
    options.data = options.data.absolute()
    return options


def _print(report: results.Report, console: Console) -> None:
    shown = Table("claim", "figure", "floor", "goal", "met", "absolute figures")
    for row in results.table(report):
        shown.add_row(*row)
    console.print(shown, highlight=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

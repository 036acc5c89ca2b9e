"""``python -m torture``: one seed after the other until the time is over; see docs/runbooks/torture-fails.md."""

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from torture.run import Report, run_seed


def say(text: str) -> None:
    """Print at once: a run takes minutes."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Torture; the exit code is 1 when anything was lost, double or different."""
    parser = argparse.ArgumentParser(prog="make torture")
    parser.add_argument("--seeds", default="1 2 3", help="the seeds, with spaces between them")
    parser.add_argument("--minutes", type=float, default=3.0, help="for all seeds together")
    parser.add_argument("--faults", type=int, default=10_000, help="end a seed after so many faults")
    parser.add_argument("--keep", type=Path, help="an empty folder for logs and ledgers, to look at afterwards")
    asked = parser.parse_args()
    seeds = [int(seed) for seed in asked.seeds.replace(",", " ").split()]
    reports: list[Report] = []
    failed = False
    for seed in seeds:
        seconds = asked.minutes * 60 / len(seeds)
        say(f"seed {seed}: {seconds:.0f} s")
        report = _one(seed, seconds, asked.faults, asked.keep)
        if report is not None:
            reports.append(report)
            say(summary(report))
        if report is None or not report.verdict.clean:
            failed = True
            say(f'replay with: make torture SEEDS="{seed}" MINUTES={seconds / 60:.2f}')
            break
    say(total(reports))
    return 1 if failed else 0


def _one(seed: int, seconds: float, faults_max: int, keep: Path | None) -> Report | None:
    def run(folder: Path) -> Report | None:
        try:
            return run_seed(seed, folder, seconds, say, faults_max)
        except Exception:  # noqa: BLE001 - whatever it was, the seed that showed it has to be named
            say(f"seed {seed} failed:\n{traceback.format_exc()}")
            return None

    return _in_folder(seed, keep, run)


def _in_folder(seed: int, keep: Path | None, run: Callable[[Path], Report | None]) -> Report | None:
    if keep is not None:
        folder = keep.resolve() / f"seed-{seed}"
        folder.mkdir(parents=True)
        return run(folder)
    with tempfile.TemporaryDirectory(prefix="coliseum-torture-") as made:
        return run(Path(made))


def summary(report: Report) -> str:
    """One seed in a few lines."""
    counts = ", ".join(f"{number} {status}" for status, number in report.counts.items())
    return (
        f"seed {report.seed}: {len(report.faults)} faults; events: {counts}; {report.entries} entries in the log, "
        f"{report.seen} answers checked; slowest recovery {report.slowest_recovery_s:.1f} s\n{report.verdict}"
    )


def total(reports: list[Report]) -> str:
    """The last line."""
    faults = sum(len(report.faults) for report in reports)
    lost, double, different = (
        sum(len(getattr(report.verdict, name)) for report in reports) for name in ("lost", "double", "differences")
    )
    return f"{faults} faults, {len(reports)} seeds: {lost} lost, {double} double, {different} differences"


if __name__ == "__main__":
    begun_s = time.monotonic()
    code = main()
    say(f"{time.monotonic() - begun_s:.0f} s")
    sys.exit(code)

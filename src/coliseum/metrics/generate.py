"""Write docs/METRICS.md from the registry: ``python -m coliseum.metrics.generate [--check]``.

Paths are relative to the project's root, where it is run.
"""

import sys
from pathlib import Path
from typing import Final

from coliseum.generated import write_or_check
from coliseum.metrics.registry import METRICS, UNIQUES, Metric

PAGE: Final = Path("docs/METRICS.md")
HEAD: Final = """# Metrics

This page is generated from `src/coliseum/metrics/registry.py` by `make generate`; edit it there.

A metric is asked for by its name: `metric=votes`. Every metric is also kept for the tenant as a whole; leave `entity`
out to ask for that. Each is kept by hour, day, week (ISO, from Monday) and month of the tenant's time zone, and has
boards for the hour, the day, the week, the month and all time.

"""
SUMS_HEAD: Final = """## Sums

| Metric | Unit | Counts | Boards of |
| --- | --- | --- | --- |
"""
SUMS_FOOT: Final = """
*Bill*: what counts for an event counts for the artists on its bill, as the catalogue has it when it is read.
*Money*: one total for each currency; ask with `currency=eur`, the tenant's own currency when left out.
"""
UNIQUES_HEAD: Final = """
## Unique fans

Different fans whose sum of another metric is above zero; somebody who takes the vote back counts no longer. They are
counted exactly.

| Metric | Unit | Fans behind | Boards of | A point of a series covers |
| --- | --- | --- | --- | --- |
"""


def render() -> str:
    """Return the text of docs/METRICS.md."""
    sums = "".join(map(_sum_row, METRICS))
    uniques = "".join(
        f"| `{unique.name}` | {unique.unit} | `{unique.of}` | {', '.join(unique.boards)} "
        f"| {_covers(unique.rolling_days)} |\n"
        for unique in UNIQUES
    )
    return HEAD + SUMS_HEAD + sums + SUMS_FOOT + UNIQUES_HEAD + uniques


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` return 1 when it is stale."""
    return write_or_check({PAGE: render()}, arguments)


def _sum_row(metric: Metric) -> str:
    counts = ", ".join(f"`{event_type}`" for event_type in metric.types)
    notes = [note for note, holds in (("bill", metric.bill), ("money", metric.money)) if holds]
    if metric.measure == "seconds":
        notes.append("seconds played")
    remark = f" ({', '.join(notes)})" if notes else ""
    return f"| `{metric.name}` | {metric.unit} | {counts}{remark} | {', '.join(metric.boards)} |\n"


def _covers(rolling_days: int | None) -> str:
    return "its own bucket" if rolling_days is None else f"the {rolling_days} days up to the end of its bucket"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

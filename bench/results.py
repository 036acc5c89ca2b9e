"""The table of a run: for the terminal, and as bench/RESULTS.md."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from bench.measure import Line

DIGITS = {"x": 2, "times": 2, "ms": 1, "MB": 0}
HEAD = """# Results

Written by `make bench`; do not edit. How each figure is measured stands at the top of its file in `bench/claims/`.
Figures with x are ratios of medians of what was measured in turns in this run. Those with "times" are, too, but of
these less is better, as of ms and MB, which are absolute.
"""


class Report(msgspec.Struct):
    """What one run found. ``failed``: claims that could not be measured, and why. ``took_s``: by claim."""

    lines: list[Line]
    failed: dict[str, str]
    took_s: dict[str, float]
    commit: str
    machine: Sequence[tuple[str, str]]
    settings: Mapping[str, str]

    @property
    def passed(self) -> bool:
        """Whether every floor is met and nothing has failed."""
        return not self.failed and all(line.met is not False for line in self.lines)


def table(report: Report) -> list[tuple[str, ...]]:
    """The rows: claim, figure, floor, goal, met, beside."""
    rows: list[tuple[str, ...]] = [
        (f"{line.claim}: {line.what}", _shown(line, line.figure), _shown(line, line.floor), _shown(line, line.goal),
         _verdict(line), _beside(line))
        for line in report.lines
    ]  # fmt: skip
    return rows + [(claim, "-", "-", "-", "FAILED", why) for claim, why in report.failed.items()]


def as_markdown(report: Report) -> str:
    """The page."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    facts = [("date", now), ("commit", report.commit), *report.machine]
    facts.append(("settings", ", ".join(f"{name} = {value}" for name, value in report.settings.items())))
    facts.append(("time taken", ", ".join(f"{claim} {took:.0f} s" for claim, took in report.took_s.items())))
    parts = [
        HEAD,
        "| claim | figure | floor | goal | met | absolute figures |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    parts += [f"| {' | '.join(_one_line(cell) for cell in row)} |" for row in table(report)]
    parts += ["", "| of the run | |", "| --- | --- |", *(f"| {name} | {_one_line(value)} |" for name, value in facts)]
    return "\n".join(parts) + "\n"


def _beside(line: Line) -> str:
    return f"{line.beside}; SHORT OF {line.short_of}" if line.short_of else line.beside


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _shown(line: Line, value: float | None) -> str:
    if value is None:
        return "-"
    space = "" if line.unit == "x" else " "
    return f"{value:.{DIGITS[line.unit]}f}{space}{line.unit}"


def _verdict(line: Line) -> str:
    if line.met is None:
        return "-"
    if not line.met:
        return "NO"
    return "yes, and the goal" if line.goal_met else "yes"

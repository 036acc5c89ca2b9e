"""The table of OWASP ASVS: a row for each requirement, evidence in each row, and tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security/asvs.md").read_text(encoding="utf-8")
LAST = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip
"""The last requirement of levels 1 and 2 of each section; those of level 3 come behind them in the standard."""
NUMBERS = [f"{section}.{number}" for section, last in LAST.items() for number in range(1, last + 1)]
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]*) \|$", re.MULTILINE)
ROWS = {found[0]: tuple(found[1:]) for found in ROW.findall(PAGE)}
TEST = re.compile(r"`(?P<path>tests/[\w/]+\.py)(::(?P<name>test_\w+))?`")


@cache
def names_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )  # fmt: skip


def faults(evidence: str) -> list[str]:
    """What is wrong with the evidence of a row."""
    if evidence.startswith(("n/a: ", "open: ")):
        return [] if len(evidence.partition(": ")[2]) >= 5 else ["no reason is given"]
    wrong = []
    for part in evidence.split(", "):
        if (page := re.fullmatch(r"doc: `([^`]+)`", part)) is not None:
            wrong += [] if (ROOT / page[1]).is_file() else [f"{page[1]} is not there"]
        elif (test := TEST.fullmatch(part)) is not None:
            path = ROOT / test["path"]
            if not path.is_file():
                wrong += [f"{test['path']} is not there"]
            elif test["name"] is None:
                wrong += ["say which test of it"]
            elif test["name"] not in names_in(path):
                wrong += [f"{part} is not there"]
        else:
            wrong.append(f"{part!r} is neither a test, nor a page, nor a reason")
    return wrong


def test_there_is_a_row_for_each_requirement_and_none_twice() -> None:
    assert sorted(found[0] for found in ROW.findall(PAGE)) == sorted(NUMBERS)
    assert len(NUMBERS) == 253


@pytest.mark.parametrize("number", NUMBERS)
def test_a_row_has_evidence_that_exists(number: str) -> None:
    what, _, evidence = ROWS[number]
    assert what.strip()
    assert faults(evidence) == []


def test_what_is_not_met_is_counted_and_listed_at_the_top() -> None:
    unmet = [number for number in NUMBERS if ROWS[number][2].startswith("open: ")]
    left_out = [number for number in NUMBERS if ROWS[number][2].startswith("n/a: ")]
    assert f"Not met: {len(unmet)}. Not applicable: {len(left_out)}." in PAGE
    listed = PAGE.partition("## What is not met")[2].partition("## V1")[0]
    assert re.findall(r"^- (\d+\.\d+\.\d+) ", listed, re.MULTILINE) == unmet


@pytest.mark.parametrize(
    "evidence",
    ["", "yes", "n/a: ", "open: x", "doc: `docs/NOWHERE.md`", "`tests/docs/test_asvs.py::test_that_is_not_there`",
     "`tests/docs/test_nowhere.py::test_x`", "`tests/docs/test_asvs.py`", "planned: `tests/docs/test_asvs.py::test_a_row_without_evidence_is_seen`"],
)  # fmt: skip
def test_a_row_without_evidence_is_seen(evidence: str) -> None:
    assert faults(evidence)

"""The claims, in the order in which they are measured. Each module has ``measure(bench)``."""

from collections.abc import Awaitable, Callable

from bench.claims import append, boards, catch_up, freshness, growth, leaderboards, live, memory, single, whole_path
from bench.context import Bench
from bench.measure import Line

CLAIMS: dict[str, Callable[[Bench], Awaitable[list[Line]]]] = {
    "append": append.measure,
    "single": single.measure,
    "whole_path": whole_path.measure,
    "freshness": freshness.measure,
    "live": live.measure,
    "catch_up": catch_up.measure,
    "leaderboards": leaderboards.measure,
    "boards": boards.measure,
    "growth": growth.measure,
    "memory": memory.measure,
}

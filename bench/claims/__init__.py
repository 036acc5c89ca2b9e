"""The claims, in the order in which they are measured. Each module has ``measure(bench)``."""

from collections.abc import Awaitable, Callable

from bench.claims import append, single
from bench.context import Bench
from bench.measure import Line

CLAIMS: dict[str, Callable[[Bench], Awaitable[list[Line]]]] = {
    "append": append.measure,
    "single": single.measure,
}

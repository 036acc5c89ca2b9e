"""A sparkline: the shape of a series without axes, beside a number that says the rest."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from coliseum.charts.scales import Scale
from coliseum.charts.thin import largest_triangles

WIDTH: Final = 120
HEIGHT: Final = 32
POINTS_MAX: Final = 60


def spark(values: Sequence[int]) -> Markup:
    """A line with the area below it; a flat one when nothing has changed. Screen readers are told nothing by it."""
    kept = largest_triangles(values, POINTS_MAX)
    x = Scale(0, max(len(values) - 1, 1), 2, WIDTH - 2)
    low, high = min([0, *values]), max([1, *values])
    y = Scale(low, high, HEIGHT - 2, 3)
    at = [(x.at(place), y.at(values[place])) for place in kept]
    if len(at) == 1:
        at = [(2.0, at[0][1]), (WIDTH - 2.0, at[0][1])]
    line = "".join(f"{'L' if number else 'M'}{left:g} {top:g}" for number, (left, top) in enumerate(at))
    zero = y.at(0)
    area = f"{line}L{at[-1][0]:g} {zero:g}L{at[0][0]:g} {zero:g}Z" if at else ""
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<path class="ch-area s1" d="{}"/><path class="ch-line s1" d="{}" vector-effect="non-scaling-stroke"/></svg>'
    ).format(WIDTH, HEIGHT, area, line)

"""An SVG drawing as a tree: a real XML library writes it, so that no name can become an element.

Elements carry classes and geometry, and no style: a page colours them by its style sheet, whatever its theme; a file
is painted with the colours of one (``painted``).
"""

import xml.etree.ElementTree as ET  # nosec B405 - it writes, and parses nothing
from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from coliseum.charts.words import cleaned

ELEMENTS: Final = frozenset({"svg", "g", "path", "rect", "line", "circle", "text", "title"})
"""All that a drawing consists of."""
COLOURS: Final = 6
FONT: Final = 12


class Layout(msgspec.Struct, frozen=True):
    """The size of a drawing in pixels at which its text has its natural size."""

    name: str
    width: int
    height: int
    legend: bool = False


LAYOUTS: Final = (Layout("narrow", 340, 220), Layout("middle", 640, 260), Layout("wide", 1080, 320))
"""Of a page: which one is shown depends on how much room there is."""
FILE: Final = Layout("file", 800, 400, legend=True)


class Canvas:
    """A drawing in the making."""

    def __init__(self, layout: Layout, height: float, label: str) -> None:
        self.layout = layout
        self.root = ET.Element("svg", {
            "class": f"chart-{layout.name}", "viewBox": f"0 0 {layout.width} {height:g}", "role": "img",
            "direction": "ltr", "aria-label": label,
        })  # fmt: skip

    def add(self, tag: str, classes: str, parent: ET.Element | None = None, **geometry: float | str) -> ET.Element:
        """Another element; ``text_anchor`` stands for ``text-anchor``."""
        assert tag in ELEMENTS  # noqa: S101 - a drawing consists of nothing else
        attributes = {
            name.replace("_", "-"): value if isinstance(value, str) else f"{round(value, 1):g}"
            for name, value in geometry.items()
        }
        return ET.SubElement(self.root if parent is None else parent, tag, {"class": classes, **attributes})

    def text(
        self, classes: str, x: float, y: float, words: str, anchor: Literal["start", "middle", "end"] = "start"
    ) -> None:
        """A line of text."""
        self.add("text", classes, x=x, y=y, text_anchor=anchor).text = cleaned(words)

    def hit(self, x: float, y: float, width: float, height: float, lines: Sequence[str]) -> None:
        """A place that says something when it is pointed at."""
        place = self.add("rect", "ch-hit", x=x, y=y, width=max(width, 0.1), height=max(height, 0.1))
        ET.SubElement(place, "title").text = "\n".join(map(cleaned, lines))


def colour_of(place: int) -> str:
    """The class of the series at this place."""
    return f"s{place % COLOURS + 1}"


def written(root: ET.Element) -> str:
    """The drawing as a part of a page."""
    return ET.tostring(root, encoding="unicode")

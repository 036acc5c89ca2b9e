"""An SVG drawing as a tree: a real XML library writes it, so that no name can become an element.

Elements carry classes and geometry, and no style: a page colours them by its style sheet, whatever its theme; a file
is painted with the colours of one (``painted``).
"""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from coliseum.charts.words import cleaned

ELEMENTS: Final = frozenset({"svg", "g", "path", "rect", "line", "circle", "text", "title"})
"""All that a drawing consists of."""
COLOURS: Final = 8
FONT: Final = 12
SVG: Final = "http://www.w3.org/2000/svg"


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


class Theme(msgspec.Struct, frozen=True):
    """The colours of a file, which has no style sheet."""

    paper: str
    ink: str
    quiet: str
    grid: str
    series: tuple[str, str, str, str, str, str, str, str]


LIGHT: Final = Theme(
    "#ffffff", "#16181d", "#5b6270", "#dfe2e8",
    ("#2f5fe0", "#c2410c", "#0f766e", "#9333ea", "#b45309", "#be185d", "#3f6212", "#475569"),
)  # fmt: skip
DARK: Final = Theme(
    "#101218", "#f1f3f7", "#a3abbb", "#2b303b",
    ("#7aa2ff", "#ff9a5c", "#4fd1c0", "#cf9bff", "#f2c14e", "#ff8ab8", "#a8d36a", "#a9b4c6"),
)  # fmt: skip
DASHES: Final = ("", "7 3", "2 3", "9 3 2 3", "", "7 3", "2 3", "9 3 2 3")
"""How lines are told apart without colours."""


def painted(root: ET.Element, theme: Theme) -> bytes:
    """The drawing as a file of its own."""
    root.set("xmlns", SVG)
    _, _, width, height = root.attrib["viewBox"].split()
    root.attrib.update({"width": width, "height": height, "font-family": "sans-serif", "font-size": str(FONT)})
    for element in root.iter():
        classes = element.attrib.get("class", "").split()
        colour = next((theme.series[int(each[1:]) - 1] for each in classes if each[0] == "s" and each[1:].isdigit()),
                      theme.quiet)  # fmt: skip
        for each in classes:
            element.attrib.update(_paint(each, colour, theme))
        if "ch-line" in classes and "faint" not in classes:
            place = next((int(each[1:]) - 1 for each in classes if each[0] == "s" and each[1:].isdigit()), 0)
            if DASHES[place]:
                element.set("stroke-dasharray", DASHES[place])
    root.insert(0, ET.Element("rect", {"width": width, "height": height, "fill": theme.paper}))
    return ET.tostring(root, encoding="unicode").encode()


def _paint(name: str, colour: str, theme: Theme) -> dict[str, str]:
    return {
        "ch-grid": {"stroke": theme.grid},
        "ch-zero": {"stroke": theme.quiet},
        "ch-hit": {"fill": "none"},
        "ch-tick": {"fill": theme.quiet},
        "ch-name": {"fill": theme.ink},
        "ch-value": {"fill": theme.ink},
        "ch-heading": {"fill": theme.ink, "font-size": "16", "font-weight": "bold"},
        "ch-track": {"fill": theme.grid},
        "ch-line": {"stroke": colour, "fill": "none", "stroke-width": "2", "stroke-linejoin": "round"},
        "ch-area": {"fill": colour, "fill-opacity": "0.18"},
        "ch-bar": {"fill": colour},
        "ch-dot": {"fill": colour},
        "ch-swatch": {"fill": colour},
        "faint": {"opacity": "0.6", "stroke-dasharray": "4 3"},
    }.get(name, {})

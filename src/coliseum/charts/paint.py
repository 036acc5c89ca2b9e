"""A drawing with the colours of a theme written into it: for files, which have no style sheet."""

import xml.etree.ElementTree as ET  # nosec B405 - it writes, and parses nothing
from typing import Final

import msgspec

from coliseum.charts.canvas import FONT

SVG: Final = "http://www.w3.org/2000/svg"


class Theme(msgspec.Struct, frozen=True):
    """The colours of a file; those of the pages' tokens."""

    paper: str
    ink: str
    soft: str
    grid: str
    series: tuple[str, str, str, str, str, str]


LIGHT: Final = Theme(
    "#ffffff", "#1d1712", "#6a5d4e", "#e8dfd0",
    ("#c9500f", "#1f6f78", "#7a4b94", "#997a00", "#2d5fa8", "#8c2f46"),
)  # fmt: skip
DARK: Final = Theme(
    "#1e1914", "#f6eee2", "#b5a793", "#2f2820",
    ("#ff8a3d", "#54bcc6", "#bf90dc", "#e0c04c", "#7eabf0", "#ec8098"),
)  # fmt: skip
DASHES: Final = ("", "7 3", "2 4", "9 3 2 3", "12 3", "4 2 1 2")
"""How lines are told apart without colours; ``chart.css`` has the same."""

OPEN: Final = "1 4"
"""What is not over yet."""


def painted(root: ET.Element, theme: Theme) -> bytes:
    """The drawing as a file of its own."""
    root.set("xmlns", SVG)
    _, _, width, height = root.attrib["viewBox"].split()
    root.attrib.update({"width": width, "height": height, "font-family": "sans-serif", "font-size": str(FONT)})
    for element in root.iter():
        classes = element.attrib.get("class", "").split()
        place = next((int(each[1:]) - 1 for each in classes if each[0] == "s" and each[1:].isdigit()), 0)
        colour = theme.soft if "faint" in classes else theme.series[place]
        for each in classes:
            element.attrib.update(_paint(each, colour, theme))
        dashes = "4 4" if "faint" in classes else OPEN if "open" in classes else DASHES[place]
        if "ch-line" in classes and dashes:
            element.set("stroke-dasharray", dashes)
    root.insert(0, ET.Element("rect", {"width": width, "height": height, "fill": theme.paper}))
    return ET.tostring(root, encoding="unicode").encode()


def _paint(name: str, colour: str, theme: Theme) -> dict[str, str]:
    return {
        "ch-grid": {"stroke": theme.grid},
        "ch-zero": {"stroke": theme.soft},
        "ch-hit": {"fill": "none"},
        "ch-tick": {"fill": theme.soft},
        "ch-name": {"fill": theme.ink},
        "ch-value": {"fill": theme.ink},
        "ch-heading": {"fill": theme.ink, "font-size": "16", "font-weight": "bold"},
        "ch-track": {"fill": theme.grid},
        "ch-line": {"stroke": colour, "fill": "none", "stroke-width": "2", "stroke-linejoin": "round"},
        "ch-area": {"fill": colour, "fill-opacity": "0.16"},
        "ch-bar": {"fill": colour},
        "ch-dot": {"fill": colour},
        "ch-swatch": {"fill": colour},
        "faint": {"opacity": "0.75"},
    }.get(name, {})

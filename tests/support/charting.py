"""Charts to draw, hostile ones among them, and what a drawing consists of."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from coliseum.charts import Axis, Chart, Series, Speech
from coliseum.charts.chart import Kind

KINDS = get_args(Kind)
BERLIN = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 3, 28, 23, tzinfo=UTC)
HOSTILE = (
    '<img src=x onerror="alert(1)">', "</svg><script>alert(1)</script>", "\u202egnp.exe", "مرحبا بالعالم", "a\x00b\x08c\ud800d",
    "]]>&amp;<!--", "x" * 256, "日本語" * 80, "{0} {name} %s", "=1+1", "' style='color:red",
)  # fmt: skip


def hours(count: int, step_h: int = 1) -> tuple[datetime, ...]:
    return tuple(BEGIN + timedelta(hours=step_h * each) for each in range(count))


def line(values: tuple[int | None, ...], kind: Kind = "line", decimals: int = 0, *, title: str = "Votes") -> Chart:
    return Chart(kind, title, Axis("Hour", "time"), Axis("Votes", "number", decimals), hours(len(values)),
                 (Series("Votes", values),))  # fmt: skip


def hostile(kind: Kind) -> Chart:
    """Texts of others wherever a text can stand."""
    values = tuple(range(len(HOSTILE)))
    return Chart(kind, HOSTILE[0], Axis(HOSTILE[1], "text"), Axis(HOSTILE[9], "number", 0, HOSTILE[10]), HOSTILE,
                 tuple(Series(name, values) for name in HOSTILE))  # fmt: skip


def speech(locale: str = "en") -> Speech:
    return Speech(BERLIN, locale)


def drawings(figure: str) -> list[ET.Element]:
    pattern = r'<svg class="chart-(?:narrow|middle|wide)".*?</svg>'
    return [parsed(found) for found in re.findall(pattern, figure, re.DOTALL)]


def parsed(drawing: str | bytes) -> ET.Element:
    return ET.fromstring(drawing)  # noqa: S314 - our own drawing, and a strict parser


def drawn(root: ET.Element, name: str) -> list[ET.Element]:
    return [each for each in root.iter() if name in each.attrib.get("class", "").split()]

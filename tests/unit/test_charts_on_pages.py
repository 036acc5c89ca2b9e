"""Charts on pages: every word is in the catalogue, and a file has the colours of the pages."""

import re
from pathlib import Path

import msgspec

from coliseum.charts import Words
from coliseum.charts.paint import DARK, DASHES, LIGHT, Theme
from coliseum.web.ui.charting import SENTENCES, words_in

STATIC = Path(__file__).parents[2] / "src" / "coliseum" / "web" / "ui" / "static"


def test_pages_say_what_charts_say() -> None:
    assert words_in("en") == Words()
    assert set(SENTENCES) == {field.name for field in msgspec.structs.fields(Words)}


def tokens(text: str, place: int) -> Theme:
    def token(name: str) -> str:
        found = re.search(rf"--{name}: light-dark\((#\w+), (#\w+)\);", text)
        assert found is not None
        return found[place]

    one, two, three, four, five, six = (token(f"chart-{each}") for each in range(1, 7))
    return Theme(token("stone-0"), token("ink"), token("soft"), token("chart-grid"), (one, two, three, four, five, six))


def test_a_file_has_the_colours_of_the_pages() -> None:
    text = (STATIC / "tokens.css").read_text()
    assert tokens(text, 1) == LIGHT
    assert tokens(text, 2) == DARK


def test_each_colour_is_decided_in_one_place() -> None:
    names = re.findall(
        r"^ *(--[\w-]+):", (STATIC / "tokens.css").read_text().split("prefers-reduced-motion")[0], re.MULTILINE
    )
    assert len(names) == len(set(names))


def test_lines_have_the_same_dashes_on_pages_and_in_files() -> None:
    text = (STATIC / "charts" / "chart.css").read_text()
    found = dict(re.findall(r"\.ch-line\.s(\d) \{ stroke-dasharray: ([\d ]+); \}", text))
    assert {str(place + 1): dashes for place, dashes in enumerate(DASHES) if dashes} == found

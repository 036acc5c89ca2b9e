"""A figure of a page: safe whatever the names, whole however many points, with the very numbers behind it."""

import csv
import io
import re
from html.parser import HTMLParser
from urllib.parse import unquote

import msgspec
import pytest

from coliseum.charts import Axis, Chart, ChartInvalid, Figures, Series, Words, figure_of, spark
from coliseum.charts.canvas import ELEMENTS
from coliseum.charts.table import csv_of, table
from support.charting import BERLIN, HOSTILE, KINDS, drawings, drawn, hostile, hours, line, speech

ATTRIBUTES = {
    "class", "viewBox", "role", "direction", "aria-label", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "d", "cx", "cy",
    "r", "rx", "text-anchor",
}  # fmt: skip


class Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.hrefs: list[str] = []
        self.cells: list[str] = []
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names.update(name for name, _ in attrs)
        self.hrefs.extend(value or "" for name, value in attrs if name == "href")
        self._open = tag

    def handle_data(self, data: str) -> None:
        if self._open == "td":
            self.cells.append(data)
        self._open = ""


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawing_has_known_elements_without_any_style(kind: str) -> None:
    for chart in (hostile(kind), line((1, None, 3), kind)):  # type: ignore[arg-type]
        found = drawings(figure_of(chart, speech()))
        assert len(found) == 3
        for root in found:
            assert {each.tag for each in root.iter()} <= ELEMENTS
            assert {name for each in root.iter() for name in each.attrib} <= ATTRIBUTES


@pytest.mark.parametrize("kind", KINDS)
def test_names_of_others_are_text_and_nothing_else(kind: str) -> None:
    elements = Elements(figure_of(hostile(kind), speech()))  # type: ignore[arg-type]
    assert elements.tags.isdisjoint({"img", "script", "style", "iframe"})
    assert "style" not in elements.names
    assert not any(name.startswith("on") for name in elements.names)
    assert all(href.startswith("data:text/csv;charset=utf-8,") for href in elements.hrefs)


def test_names_do_not_turn_their_neighbours_around() -> None:
    figure = figure_of(hostile("bar"), speech())
    assert not set(figure) & set("\u202e\u2066\x00\x08\ud800")
    assert "مرحبا بالعالم" in figure
    figure.encode()


def test_the_table_has_the_very_numbers_in_the_viewers_locale() -> None:
    figure = figure_of(line((123456, None, -5), decimals=2), speech("de"))
    assert Elements(figure).cells == ["1.234,56", "\u2013", "-0,05"]
    assert "29. März 2026" in figure


def test_numbers_of_the_table_lead_where_their_series_says() -> None:
    chart = line((3, None, 5))
    leads = ("/a?b=1&c=2", "/nowhere", '/"><script>')
    led = msgspec.structs.replace(chart, series=(msgspec.structs.replace(chart.series[0], leads=leads),))
    cells = re.findall(r"<td>(.*?)</td>", str(table(led, speech())))
    assert cells == [
        '<a href="/a?b=1&amp;c=2" data-told="3">3</a>', "\u2013",
        '<a href="/&#34;&gt;&lt;script&gt;" data-told="5">5</a>',
    ]  # fmt: skip
    assert "<a" not in str(table(chart, speech()))
    with pytest.raises(ChartInvalid):
        msgspec.structs.replace(led, series=(msgspec.structs.replace(led.series[0], leads=("/a",)),))


def test_the_hour_that_clocks_skip_is_not_there_and_the_file_says_the_offset() -> None:
    rows = list(csv.reader(io.StringIO(csv_of(line((1, 2, 3, 4)), speech()))))
    assert rows[0] == ["Hour", "Votes"]
    assert [row[0] for row in rows[1:]] == [
        "2026-03-29T00:00:00+01:00", "2026-03-29T01:00:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-29T04:00:00+02:00",
    ]  # fmt: skip


def test_the_file_has_every_row_as_plain_numbers() -> None:
    chart = line(tuple(range(-5, 5_000)), decimals=2)
    rows = list(csv.reader(io.StringIO(csv_of(chart, speech("de")))))[1:]
    assert len(rows) == 5_005
    assert [row[1] for row in rows[:6]] == ["-0.05", "-0.04", "-0.03", "-0.02", "-0.01", "0.00"]


def test_no_text_of_the_file_is_a_formula() -> None:
    names = ("=1+1", "+1", "-1", "@a", "\t=1", "\uff1d1", "plain")
    chart = Chart("bar", "Artists", Axis("=x", "text"), Axis("Votes"), names, (Series("=y", (1,) * 7),))
    rows = list(csv.reader(io.StringIO(csv_of(chart, speech()))))
    texts = [*rows[0], *[row[0] for row in rows[1:]]]
    assert texts == ["'=x", "'=y", "'=1+1", "'+1", "'-1", "'@a", "'=1", "'\uff1d1", "plain"]


def test_the_link_is_the_file_itself() -> None:
    chart = line((1, 2, 3), title='Votes <"&')
    figure = figure_of(chart, speech())
    href = Elements(figure).hrefs[0]
    assert unquote(href.partition(",")[2]).removeprefix("\ufeff") == csv_of(chart, speech())
    assert 'download="votes.csv"' in figure


def test_who_does_not_see_is_told_the_lowest_and_the_highest() -> None:
    label = drawings(figure_of(line((5, 1, 9)), speech("en-GB")))[0].attrib["aria-label"]
    assert label == (
        "Line chart: Votes. Votes: lowest 1 (29 Mar 2026, 01:00), highest 9 (29 Mar 2026, 03:00)."
    )  # fmt: skip


def test_without_points_the_figure_says_so() -> None:
    figure = figure_of(line(()), speech())
    assert "There is nothing in this period yet." in figure
    assert "<svg" not in figure


def test_one_point_is_a_dot() -> None:
    for root in drawings(figure_of(line((7,)), speech())):
        assert len(drawn(root, "ch-dot")) == 1


def test_where_there_is_no_value_the_line_breaks_off() -> None:
    root = drawings(figure_of(line((1, 2, None, 4, 5)), speech()))[0]
    assert len(drawn(root, "ch-line")) == 2


@pytest.mark.parametrize("kind", ["line", "area", "bar", "stacked"])
def test_ten_thousand_points_are_a_small_drawing_that_says_so(kind: str) -> None:
    chart = line(tuple(each % 977 for each in range(10_000)), kind)  # type: ignore[arg-type]
    figure = figure_of(chart, speech())
    for root in drawings(figure):
        assert sum(1 for _ in root.iter()) < 700
        assert sum(each.attrib["d"].count("L") for each in drawn(root, "ch-line")) <= 400
    assert ("Drawn from 10,000 points" if kind in ("line", "area") else "the sum of 84 points") in figure
    assert "The first 500 of 10,000 rows" in figure


def test_ten_thousand_names_are_fifty_rows() -> None:
    names = tuple(f"artist {each}" for each in range(10_000))
    chart = Chart(
        "bar", "Artists", Axis("Artist", "text"), Axis("Votes"), names, (Series("Votes", tuple(range(10_000))),)
    )
    figure = figure_of(chart, speech())
    assert all(len(drawn(root, "ch-name")) == 50 for root in drawings(figure))
    assert "The first 50 of 10,000 are drawn." in figure


def test_what_is_wrong_with_a_spec_is_said() -> None:
    with pytest.raises(ChartInvalid, match="every point"):
        Chart("line", "", Axis("x", "time"), Axis("y"), hours(2), (Series("s", (1,)),))
    with pytest.raises(ChartInvalid, match="in order"):
        Chart("line", "", Axis("x", "time"), Axis("y"), hours(2)[::-1], ())
    with pytest.raises(ChartInvalid, match="is a datetime"):
        Chart("line", "", Axis("x", "time"), Axis("y"), (1,), ())


def test_texts_are_in_the_words_of_the_page() -> None:
    figure = figure_of(line((1, 2)), type(speech())(BERLIN, "de", Words(table="Zahlen zeigen", line="Linien")))
    assert "Zahlen zeigen" in figure
    assert 'aria-label="Linien: Votes' in figure


def test_an_unknown_locale_is_english() -> None:
    assert "1,000" in figure_of(line((1_000, 2)), speech("xx-nope"))


async def test_equal_figures_are_made_once_and_other_ones_anew() -> None:
    figures = Figures()
    first = await figures.figure(line((1, 2)), BERLIN)
    assert await figures.figure(line((1, 2)), BERLIN) is first
    assert await figures.figure(line((1, 3)), BERLIN) != first
    assert await figures.figure(line((1_000, 2)), BERLIN, "de") != await figures.figure(line((1_000, 2)), BERLIN)


async def test_no_more_figures_are_kept_than_there_is_room_for() -> None:
    figures = Figures(kept_bytes_max=20_000)
    first = await figures.figure(line((1, 2)), BERLIN)
    for value in range(10):
        await figures.figure(line((value, 7)), BERLIN)
    assert await figures.figure(line((1, 2)), BERLIN) is not first


def test_a_sparkline_stays_in_its_box_and_is_silent() -> None:
    for values in ((), (0,), (5,), (0, 0), (-3, 9), tuple(range(5_000))):
        drawing = spark(values)
        numbers = [float(each) for each in re.findall(r"[ML](?:[\d.]+) ([\d.-]+)", drawing)]
        assert all(0 <= each <= 32 for each in numbers)
        assert 'aria-hidden="true"' in drawing


def test_the_samples_are_hostile() -> None:
    assert any("<" in name for name in HOSTILE)


def test_what_is_not_over_yet_is_drawn_apart_and_said() -> None:
    chart = msgspec.structs.replace(line((3, 1, 4), "area"), unfinished=True)
    figure = figure_of(chart, speech())
    for root in drawings(figure):
        assert [each.attrib["class"] for each in drawn(root, "ch-line")] == ["ch-line s1 open", "ch-line s1"]
    assert "The last point is not over yet." in figure
    assert "not over yet" not in figure_of(line((3, 1, 4)), speech())

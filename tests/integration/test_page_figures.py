"""How the page writes numbers: exact, with as many decimals as the currency has."""

from datetime import UTC, datetime, timedelta

import pytest
from babel import Locale

from coliseum.metrics.registry import metric_named
from coliseum.web.ui.formats import Formats
from coliseum.web.ui.numbers import bars, decimals_of, pace
from coliseum.web.ui.snapshot import Counter, Snapshot, safe_picture
from coliseum.web.ui.telling import Teller

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(0, 0, "0"), (1_234_567, 0, "1,234,567"), (-1_234, 0, "-1,234"), (1_234_567, 2, "12,345.67"), (5, 2, "0.05"),
     (-5, 2, "-0.05"), (1_234, 3, "1.234"), (2**53, 2, "90,071,992,547,409.92")],
)  # fmt: skip
def test_figures_are_exact(value: int, decimals: int, text: str) -> None:
    assert Formats(Locale.parse("en_US")).figures(value, decimals) == text


@pytest.mark.parametrize(("currency", "decimals"), [("eur", 2), ("jpy", 0), ("kwd", 3)])
def test_money_has_the_decimals_of_its_currency(currency: str, decimals: int) -> None:
    assert decimals_of(metric_named("money_spent"), currency) == decimals
    assert decimals_of(metric_named("votes"), "") == 0


@pytest.mark.parametrize(
    ("seconds_ago", "text"),
    [([], "nothing yet"), ([0, 0, 1], "3 a second"), ([0, 30, 60], "3 a minute"), ([7_200, 10, 5], "2 an hour"),
     ([90_000], "less than one an hour")],
)  # fmt: skip
def test_the_pace_is_told_in_a_fitting_unit(seconds_ago: list[int], text: str) -> None:
    found = pace([NOW - timedelta(seconds=each) for each in seconds_ago], NOW)
    events = Counter("events", "Events logged", "", 7, 0, "", found)
    told = Teller(Formats(Locale.parse("en_US")), "en").page(Snapshot("all", [7], True, NOW, [events], [], []), [])
    assert told.counters[0].note == text


def test_bars_are_as_high_as_their_share_of_the_highest() -> None:
    assert bars([0, 5, 10]) == "M0.5 24V23.5M1.5 24V12.0M2.5 24V0.5"
    assert bars([0, -3]) == "M0.5 24V23.5M1.5 24V23.5"


@pytest.mark.parametrize(
    ("address", "shown"),
    [("https://a.example/b.png", True), ("data:image/svg+xml,%3Csvg/%3E", True), ("http://a.example/b.png", False),
     ("javascript:alert(1)", False), ("data:text/html,x", False), (" https://a.example", False), (None, False)],
)  # fmt: skip
def test_only_harmless_pictures_are_shown(address: str | None, shown: bool) -> None:
    assert safe_picture(address) == (address if shown else None)

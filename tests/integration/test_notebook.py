"""Numbers in a notebook: rows from a real server, frames of real pandas and polars, and refusals by name."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pytest

from coliseum.client import BoardRow, Client, LibraryMissing, Point, ReadRefused, ServerAway
from coliseum.client.board import PAGE_ROWS_MAX, Leaderboard
from support.system import Tenant, free_port, running_system

pytestmark = [pytest.mark.long, pytest.mark.timeout(200)]
ARTISTS = 1_250
WEIGHT_MAX = 1_000
ENTRIES = ARTISTS + ARTISTS - WEIGHT_MAX + 2
HOSTILE = "<img src=x onerror=alert(1)>"
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def tenant(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenant]:
    """A tenant with more artists than a page has rows."""
    with running_system(fresh_database, tmp_path_factory.mktemp("notebook")) as system:
        made = system.create_tenant("notebook")
        with_events(made)
        yield made


def with_events(tenant: Tenant) -> None:
    client = Client(tenant.system.url, tenant.key)
    for score in range(1, ARTISTS + 1):
        for weight in (min(score, WEIGHT_MAX), score - WEIGHT_MAX):
            if weight > 0:
                client.track("coliseum.vote_cast", user_id="u", artist_id=f"artist-{score - 1}", event_id="final",
                             weight=weight, channel="web", at=NOW - timedelta(hours=score % 3))  # fmt: skip
    client.track("catalog.artist", artist_id=f"artist-{ARTISTS - 1}", name=HOSTILE)
    client.track_treasury("spent", user_id="u", amount_cents=1_999, currency="eur", reason="ticket", event_id="final")
    assert client.flush(60)
    client.close()
    tenant.wait_until_caught_up()


@pytest.fixture
def client(tenant: Tenant) -> Iterator[Client]:
    made = Client(tenant.system.url, tenant.key)
    yield made
    made.close()


def test_a_board_is_a_sequence_of_typed_rows(client: Client) -> None:
    board = client.leaderboard("votes", limit=3)
    assert len(board) == 3
    first = board[0]
    assert isinstance(first, BoardRow)
    assert (first.rank, first.id, first.name, first.score, first.to_next) == (1, "artist-1249", HOSTILE, 1_250, None)
    assert [row.score for row in board] == [1_250, 1_249, 1_248] == [row.score for row in board[:3]]
    assert board[-1].id == "artist-1247"
    assert (board.members, board.unit, board.currency, board.window) == (ARTISTS, "points", None, "all")
    assert board.position == (ENTRIES,)
    with pytest.raises(IndexError):
        board[3]


def test_pages_are_read_when_their_rows_are_needed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []
    read = Leaderboard._more

    def counted(self: Leaderboard) -> object:
        asked.append(self._cursor if hasattr(self, "_cursor") else None)
        return read(self)

    monkeypatch.setattr(Leaderboard, "_more", counted)
    board = client.leaderboard("votes", limit=None)
    assert len(asked) == 1
    assert board[PAGE_ROWS_MAX - 1].score == ARTISTS - PAGE_ROWS_MAX + 1
    assert len(asked) == 1
    assert [row.rank for row in board] == list(range(1, ARTISTS + 1))
    assert (len(board), len(asked), board.moved_on) == (ARTISTS, 2, False)


def test_a_board_becomes_a_frame_of_pandas_in_one_call(client: Client) -> None:
    frame = client.leaderboard("votes", limit=None).to_pandas()
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == ["rank", "id", "name", "score", "unit", "currency", "percentile", "to_next"]
    assert frame["score"].sum() == ARTISTS * (ARTISTS + 1) // 2
    assert frame.dtypes.astype(str).to_dict()["score"] == "Int64"
    assert pd.isna(frame["to_next"][0])
    assert frame["to_next"][1] == 1
    assert frame.attrs["position"] == (ENTRIES,)


def test_a_board_becomes_a_frame_of_polars_in_one_call(client: Client) -> None:
    frame = client.leaderboard("votes", limit=10, window="day", movement=True).to_polars()
    assert isinstance(frame, pl.DataFrame)
    assert frame["score"].dtype == pl.Int64
    assert frame["status"].to_list() == ["NEW"] * 10
    assert frame["previous_rank"].null_count() == 10


def test_money_is_in_minor_units_with_its_currency_beside_it(client: Client) -> None:
    board = client.leaderboard("money_spent", entity="event")
    assert [(row.id, row.score) for row in board] == [("final", 1_999)]
    assert board.to_pandas()[["score", "currency"]].to_numpy().tolist() == [[1_999, "eur"]]
    series = client.metrics("money_spent", grain="hour")
    assert (series.total, series.currency, type(series[-1].value)) == (1_999, "eur", int)
    assert set(series.to_polars()["currency"]) == {"eur"}


def test_a_metric_is_a_sequence_of_points_and_becomes_frames(client: Client) -> None:
    series = client.metrics("votes", grain="hour", since=NOW - timedelta(hours=5))
    assert isinstance(series[0], Point)
    assert series[0].start.tzinfo is UTC
    assert sum(point.value for point in series) == series.total == ARTISTS * (ARTISTS + 1) // 2
    frame, other = series.to_pandas(), series.to_polars()
    assert str(frame["start"].dtype) == "datetime64[ns, UTC]"
    assert other["start"].dtype == pl.Datetime("us", "UTC")
    assert frame["value"].sum() == other["value"].sum() == series.total
    assert frame.set_index("start").loc[series[-1].start, "value"] == series[-1].value
    one = client.metrics("votes", entity="artist", id="artist-0", grain="hour")
    assert (one.total, one.id, one.grain) == (1, "artist-0", "hour")


def test_nothing_becomes_an_empty_frame_with_the_same_types(client: Client) -> None:
    nothing, something = client.leaderboard("plays"), client.leaderboard("votes", limit=1)
    assert (len(nothing), nothing.members) == (0, 0)
    assert list(nothing.to_pandas().dtypes) == list(something.to_pandas().dtypes)
    assert nothing.to_polars().schema == something.to_polars().schema


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the base class's signature
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_jupyter_shows_a_table_with_title_window_and_position_in_which_names_are_text(client: Client) -> None:
    seen = _Seen()
    seen.feed(client.leaderboard("votes", limit=50, city=None)._repr_html_())
    assert "img" not in seen.tags
    assert seen.tags.count("tr") == 21
    for text in (HOSTILE, "votes by artist", "all, in points, 1,250 members", str(ENTRIES), "and 30 more", "1,250"):
        assert text in seen.text
    points = _Seen()
    points.feed(client.metrics("votes")._repr_html_())
    assert "by day in UTC" in points.text
    assert points.tags.count("tr") == 21
    assert repr(client.leaderboard("votes")).startswith("<Leaderboard votes by artist, all, 1250 members")
    assert repr(client.metrics("votes")).startswith("<Metrics votes of tenant by day, total 781875")


def test_a_refusal_has_its_name_and_says_which_parameter_was_wrong(tenant: Tenant, client: Client) -> None:
    with pytest.raises(ReadRefused, match="metric") as wrong:
        client.leaderboard("wishes")
    assert (wrong.value.status, wrong.value.code, wrong.value.field) == (400, "invalid_query", "metric")
    assert wrong.value.title
    with closing(Client(tenant.system.url, "cs_server_notebook_wrong")) as other, pytest.raises(ReadRefused) as unknown:
        other.metrics("votes")
    assert (unknown.value.status, unknown.value.code) == (401, "unknown_key")
    with pytest.raises(ReadRefused) as none:
        client.leaderboard(board="no-such-board")
    assert (none.value.code, none.value.field) == ("invalid_query", "board")
    nobody = f"http://127.0.0.1:{free_port()}"
    with closing(Client(nobody, "key", timeout_s=1)) as other, pytest.raises(ServerAway, match="no answer"):
        other.metrics("votes")
    with pytest.raises(ValueError, match="time zone"):
        client.metrics("votes", since=datetime(2026, 1, 1))  # noqa: DTZ001 - that is what is wrong with it
    with pytest.raises(ValueError, match="at least 1"):
        client.leaderboard("votes", limit=0)


def test_a_board_can_be_asked_for_as_it_stood_and_about_some_alone(client: Client) -> None:
    then = client.leaderboard("votes", as_of=(1,), limit=5)
    assert [row.id for row in then] == ["artist-0"]
    some = client.leaderboard("votes", ids=["artist-7", "artist-8"])
    assert [row.score for row in some] == [9, 8]
    around = client.leaderboard("votes", around="artist-5", limit=3)
    assert [row.id for row in around] == ["artist-6", "artist-5", "artist-4"]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_without_the_library_it_is_named(client: Client, monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    board = client.leaderboard("votes", limit=1)
    with pytest.raises(LibraryMissing, match=f"pip install {library}") as missing:
        board.to_pandas() if library == "pandas" else board.to_polars()
    assert missing.value.name == library
    assert isinstance(missing.value, ImportError)


def test_reading_needs_the_standard_library_only() -> None:
    code = (
        "import sys; from coliseum import Client; Client('http://127.0.0.1:1', 'k'); "
        "print(sorted({'pandas', 'polars', 'msgspec', 'asyncpg', 'litestar', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_a_person_is_forgotten_and_the_certificate_is_at_hand(tenant: Tenant) -> None:
    with closing(Client(tenant.system.url, tenant.key)) as client:
        certificate = client.forget("somebody who was never here")
        assert len(certificate) == 36
        with pytest.raises(ReadRefused, match="userId"):
            client.forget("x" * 129)

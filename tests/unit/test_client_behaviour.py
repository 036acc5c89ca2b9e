"""What the client promises to the code that calls it: it never raises, never waits, and keeps count."""

import logging
import multiprocessing
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

import coliseum
from coliseum.client import Client, Stats, default
from coliseum.client.backoff import Backoff
from support.fake_server import KEY, FakeServer, Fault, running

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with running() as fake:
        yield fake


class Unruly:
    """Has no JSON form, and cannot even be printed."""

    def __repr__(self) -> str:
        """Fails."""
        raise RuntimeError("unprintable")


def deep(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


def cycle() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    "fields",
    [
        {"weight": float("nan")},
        {"weight": float("inf")},
        {"note": "\ud800"},
        {"note": object()},
        {"note": Unruly()},
        {"note": "x" * 40_000},
        {"note": deep(100_000)},
        {"note": cycle()},
        {"at": datetime(2026, 1, 1)},  # noqa: DTZ001 - naive on purpose
        {"note": {1, "a"}},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_bad_arguments_are_dropped_and_counted(fields: dict[str, Any]) -> None:
    client = Client(NOWHERE, KEY)
    assert client.track("social.share", **fields) is None
    assert client.stats == Stats(dropped=1)
    client.close()


@pytest.mark.parametrize("amount", [12.5, True, "12", None])
def test_money_that_is_not_a_whole_number_is_dropped_not_rounded(amount: Any) -> None:
    client = Client(NOWHERE, KEY)
    assert client.track_treasury("spent", user_id="u", amount_cents=amount, currency="eur") is None
    assert client.track_treasury("lost", user_id="u", amount_cents=1, currency="eur") is None  # type: ignore[arg-type]
    assert client.track(b"bytes") is None  # type: ignore[arg-type]
    assert client.stats == Stats(dropped=3)
    client.close()


def test_treasury_calls_carry_the_contract_s_names(server: FakeServer) -> None:
    client = Client(server.url, KEY)
    client.track_treasury("spent", user_id="u", amount_cents=990, currency="EUR", reason="merch", artist_id="a", id="1")
    client.track_treasury("earned", user_id="u", amount_cents=1, currency="eur", reason="ticket", role="venue", id="2")
    client.track_treasury(
        "refunded", user_id="u", amount_cents=2, currency="eur", reason="merch", refund_of="1", id="3"
    )
    assert client.flush(5)
    client.close()
    names = [{name for name in server.events[key] if name not in {"id", "at"}} for key in "123"]
    common = {"type", "userId", "amountCents", "currency"}
    assert names == [
        common | {"reason", "artistId"},
        common | {"source", "role"},
        common | {"reason", "refundOf"},
    ]
    assert server.events["1"]["currency"] == "eur"


def test_a_full_queue_drops_the_newest_says_so_once_and_keeps_the_oldest(
    server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    release = threading.Event()
    server.faults.append(Fault(status=503, wait=release))
    client = Client(server.url, KEY, queue_events_max=10, flush_interval_s=0, backoff=Backoff(base_s=0.001))
    ids = [client.track("social.share", user_id=str(number)) for number in range(25)]
    assert [event_id is None for event_id in ids] == [False] * 10 + [True] * 15
    assert (client.stats.dropped, client.stats.queued) == (15, 10)
    assert len([record for record in caplog.records if "queue full" in record.message]) == 1
    release.set()
    assert client.flush(5)
    assert list(server.events) == ids[:10]
    client.close()
    assert "queue full or closed: 14 events" in caplog.text


def test_tracking_does_not_wait_for_a_server_that_is_away() -> None:
    client = Client(NOWHERE, KEY, backoff=Backoff(base_s=60, share=lambda: 1.0))
    started_s = time.perf_counter()
    for number in range(5000):
        client.track("social.share", user_id=str(number))
    assert time.perf_counter() - started_s < 3
    assert client.stats.queued == 5000
    started_s = time.perf_counter()
    assert not client.flush(0.05)
    client.close(0.05)
    assert time.perf_counter() - started_s < 3
    assert client.stats == Stats(dropped=5000, retried=client.stats.retried)


def test_a_closed_client_drops() -> None:
    client = Client(NOWHERE, KEY)
    client.close()
    client.close()
    assert client.track("social.share") is None
    assert client.stats == Stats(dropped=1)


def test_many_threads_lose_nothing(server: FakeServer) -> None:
    client = Client(server.url, KEY, flush_interval_s=0.01)
    threads = [
        threading.Thread(target=lambda: [client.track("social.share", user_id="u") for _ in range(500)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.flush(10)
    assert client.stats == Stats(accepted=4000)
    assert len(server.events) == 4000
    client.close()


def test_an_exit_flushes(server: FakeServer) -> None:
    script = "import coliseum; [coliseum.track('social.share', user_id=str(n)) for n in range(700)]"
    environment = {**os.environ, "COLISEUM_URL": server.url, "COLISEUM_KEY": KEY}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True, timeout=30)
    assert len(server.events) == 700


def test_an_exit_does_not_hang_on_a_silent_server_and_reports_the_loss(server: FakeServer) -> None:
    release = threading.Event()
    server.faults.append(Fault(wait=release, lost=True))
    script = """
        import coliseum.client.client as module
        module.EXIT_TIMEOUT_S = 0.3
        import coliseum
        coliseum.track('social.share')
    """
    environment = {**os.environ, "COLISEUM_URL": server.url, "COLISEUM_KEY": KEY}
    started_s = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        env=environment,
        check=True,
        timeout=30,
        capture_output=True,
    )
    assert time.perf_counter() - started_s < 5
    release.set()
    assert b"given up: 1 events" in done.stderr


def child(client: Client) -> None:
    """Runs in a forked process whose parent holds undelivered events."""
    assert client.stats == Stats()
    client.track("social.share", user_id="child", id="from-child")
    assert client.flush(10)
    assert client.stats == Stats(accepted=1)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_delivers_its_own_and_not_its_parent_s(server: FakeServer) -> None:
    client = Client(server.url, KEY, flush_interval_s=30)
    client.track("social.share", user_id="parent", id="from-parent")
    process = multiprocessing.get_context("fork").Process(target=child, args=(client,))
    process.start()
    process.join(20)
    assert process.exitcode == 0
    assert list(server.events) == ["from-child"]
    assert client.flush(5)
    assert list(server.events) == ["from-child", "from-parent"]
    assert client.stats == Stats(accepted=1)
    client.close()


def test_the_module_s_own_client_is_configured_by_call(server: FakeServer) -> None:
    client = coliseum.configure(url=server.url, key=KEY)
    event_id = coliseum.track("social.share", user_id="u", target_id="a", target_type="artist")
    assert coliseum.flush(5)
    assert list(server.events) == [event_id]
    client.close()


def test_without_configuration_events_are_dropped_with_one_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(default, "_process", default._Process())
    monkeypatch.delenv("COLISEUM_URL", raising=False)
    assert coliseum.track("social.share") is None
    assert coliseum.track("social.share") is None
    assert coliseum.flush(0)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


@pytest.mark.parametrize("url", ["", "ftp://host", "coliseum.example", "http://", "http://host:port"])
def test_an_address_that_cannot_work_is_said_at_once(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the standard library words one of them
        Client(url, KEY)


def test_importing_the_package_loads_no_client_and_the_client_loads_no_other_package() -> None:
    script = """
        import sys, coliseum
        assert not [name for name in sys.modules if name.startswith('coliseum.')]
        before = set(sys.modules)
        coliseum.track
        new = {name.partition('.')[0] for name in set(sys.modules) - before}
        assert new <= set(sys.stdlib_module_names) | {'coliseum'}, new
        assert {name for name in sys.modules if name.startswith('coliseum.')} == {
            name for name in sys.modules if name.startswith('coliseum.client')}
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True, timeout=30)

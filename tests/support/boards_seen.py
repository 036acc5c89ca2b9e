"""What tests of boards' pages do: send events to a tenant, and read what a page shows."""

import itertools
import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Error, Page

from support.system import Tenant

SETTLED_S = 15.0
POLL_MS = 15
NUMBERS = itertools.count(1)
LIVE = "document.getElementById('time').dataset.state === 'live'"
"""That a page is kept at the present."""


def vote(artist: str, weight: int = 1, **more: object) -> dict[str, object]:
    """A vote that is cast now."""
    return {"id": f"boards-{next(NUMBERS)}-{time.time_ns()}", "type": "coliseum.vote_cast", "userId": "fan-1",
            "artistId": artist, "eventId": "odd-night", "weight": weight, "channel": "web",
            "at": datetime.now(UTC).isoformat(), **more}  # fmt: skip


def query_of(page: Page) -> dict[str, str]:
    """What a page's address says."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def send(tenant: Tenant, events: list[dict[str, Any]]) -> None:
    """Store events, a thousand a request."""
    for start in range(0, len(events), 1_000):
        request = urllib.request.Request(  # noqa: S310 - the test's own server
            f"{tenant.system.url}/api/passport/batch",
            json.dumps(events[start : start + 1_000]).encode(),
            {"authorization": f"Bearer {tenant.key}", "content-type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
            assert answer.status == 201


def rows(page: Page) -> list[tuple[str, str]]:
    """The rows of a page's board: whose each is, and its score in figures."""
    found: list[list[str]] = page.evaluate(
        "[...document.querySelectorAll('#rows tr')].map((row) => [row.dataset.id, row.querySelector('.figures').textContent])"
    )
    return [(entity, score) for entity, score in found]


def scores(page: Page) -> list[tuple[str, int]]:
    """The rows of a page's board: whose each is, and its score as a whole number."""
    found: list[list[Any]] = page.evaluate(
        "[...document.querySelectorAll('#rows tr')].map((row) => [row.dataset.id, Number(row.querySelector('.figures').dataset.value)])"
    )
    return [(entity, score) for entity, score in found]


def answered(tenant: Tenant, **query: object) -> list[tuple[str, int]]:
    """The rows that the API answers to the same question."""
    page = tenant.get("/api/leaderboards", **query)
    return [(row["id"], row["score"]) for row in page["rows"]]


@contextmanager
def swapped(page: Page) -> Iterator[None]:
    """Within it something is chosen that puts another board in the place of this one; afterwards it is there."""
    page.evaluate("document.getElementById('boards').dataset.old = 'yes'")
    yield
    until(page, "document.getElementById('boards')?.dataset.old === undefined")


def until(page: Page, condition: str, argument: Any = None) -> None:
    """Wait until an expression, or a function of the argument, holds on a page.

    (Playwright's own waiting evaluates texts in the page, which its policy forbids.)
    """
    deadline_s = time.monotonic() + SETTLED_S
    while True:
        with suppress(Error):  # the page is just being left
            if page.evaluate(condition, argument):
                return
        assert time.monotonic() < deadline_s, (condition, argument, page.url)
        page.wait_for_timeout(POLL_MS)

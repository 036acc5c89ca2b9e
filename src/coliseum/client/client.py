"""The client as business code sees it."""

import atexit
import os
import time
import weakref
from datetime import datetime
from typing import Any, Literal

from coliseum.client.backoff import Backoff
from coliseum.client.board import Leaderboard
from coliseum.client.buffer import Buffer
from coliseum.client.delivery import BATCH_BYTES_MAX, BATCH_EVENTS_MAX
from coliseum.client.event import encode_event
from coliseum.client.notices import Notices
from coliseum.client.reading import Reader
from coliseum.client.series import Metrics
from coliseum.client.stats import Stats
from coliseum.client.transport import Transport
from coliseum.client.worker import ErrorHandler, Worker

QUEUE_BYTES_MAX = 64 * 1024 * 1024
EXIT_TIMEOUT_S = 5.0
HALT_TIMEOUT_S = 1.0
"""How long a batch on the way may take to notice that it was given up."""
_clients: "weakref.WeakSet[Client]" = weakref.WeakSet()


class Client:
    """Sends events to one Coliseum server with one key, and reads numbers back. Safe for concurrent use.

    Args:
        url: where the server is, for example ``https://coliseum.example``.
        key: the write key; to read, a server key that may, or an access token.
        tenant: for which tenant to read, of a member of several.
        queue_events_max: how many events may be unsettled; a newer one is dropped and counted.
        batch_events_max: the most that one request carries (the server's limit is 1,000).
        flush_interval_s: how long an event may wait for company.
        timeout_s: for connecting, and for each wait for the server's bytes.
        retries_max: how often a batch is sent again before it is dropped.
        on_error: called in the delivering thread with the refused events of a batch.

    Raises:
        ValueError: the address is not an http or https URL, or a limit is below 1.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        tenant: str | None = None,
        queue_events_max: int = 10_000,
        batch_events_max: int = 500,
        flush_interval_s: float = 0.5,
        timeout_s: float = 10,
        retries_max: int = 10,
        on_error: ErrorHandler | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        if min(queue_events_max, batch_events_max) < 1:
            raise ValueError("queue_events_max and batch_events_max are at least 1")
        self._url = url
        self._headers = {"Authorization": f"Bearer {key}", "User-Agent": "coliseum-python"}
        self._timeout_s = timeout_s
        self._tenant = {} if tenant is None else {"Coliseum-Tenant": tenant}
        self._queue_events_max = queue_events_max
        self._batch_events_max = min(batch_events_max, BATCH_EVENTS_MAX)
        self._flush_interval_s = flush_interval_s
        self._retries_max = retries_max
        self._on_error = on_error
        self._backoff = backoff or Backoff()
        self._open()
        _clients.add(self)

    def track(
        self,
        type: str,  # noqa: A002 - the name that the event's field has
        *,
        user_id: str | None = None,
        at: datetime | str | None = None,
        id: str | None = None,  # noqa: A002 - the name that the event's field has
        session_id: str | None = None,
        device_id: str | None = None,
        **fields: object,
    ) -> str | None:
        """Queue one event and return its id, or None when it was dropped. Never raises, never waits.

        Args:
            type: the event's type, for example ``coliseum.vote_cast``.
            user_id: whose event it is.
            at: when it happened (an aware datetime or RFC 3339 text); now when absent.
            id: the event's id; a UUIDv7 is made when absent. The same id with the same content counts once.
            session_id: the visit that it belongs to.
            device_id: the device that it came from.
            **fields: the type's own fields; ``artist_id`` is sent as ``artistId``. None is left out.
        """
        try:
            event_id, body = encode_event(
                type,
                fields=fields,
                user_id=user_id,
                at=at,
                event_id=id,
                session_id=session_id,
                device_id=device_id,
            )
            self._worker.start()
            if self._buffer.put(event_id, body):
                return event_id
        except Exception as error:  # noqa: BLE001 - business code goes on whatever it handed us; the loss is counted
            self._worker.drop("bad arguments", f"{error.__class__.__name__}: {error}")
            return None
        self._worker.drop("queue full or closed", f"{self._queue_events_max} events may be unsettled")
        return None

    def track_treasury(
        self,
        kind: Literal["spent", "earned", "refunded"],
        *,
        user_id: str,
        amount_cents: int,
        currency: str,
        reason: str | None = None,
        id: str | None = None,  # noqa: A002 - the name that the event's field has
        at: datetime | str | None = None,
        **fields: Any,
    ) -> str | None:
        """Queue a movement of money: ``treasury.money_spent``, ``money_earned`` or ``money_refunded``.

        Args:
            kind: which of the three.
            user_id: whose money.
            amount_cents: a positive number of minor units of the currency; a float is dropped, never rounded.
            currency: ISO 4217, in any case.
            reason: what for (``ticket``, ``merch``, ...); for money earned it is sent as ``source``.
            id: as for ``track``.
            at: as for ``track``.
            **fields: ``event_id``, ``artist_id``, ``refund_of``, ``role``, ``stripe_payment_intent_id`` and
                so on.
        """
        if (
            type(amount_cents) is not int
            or not isinstance(currency, str)
            or kind not in {"spent", "earned", "refunded"}
        ):
            self._worker.drop("bad arguments", f"money_{kind}: {amount_cents!r} {currency!r}")
            return None
        fields["source" if kind == "earned" else "reason"] = reason
        fields |= {"amount_cents": amount_cents, "currency": currency.lower()}
        return self.track(f"treasury.money_{kind}", user_id=user_id, at=at, id=id, **fields)

    def leaderboard(
        self,
        metric: str | None = None,
        *,
        board: str | None = None,
        entity: str | None = None,
        window: str | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        limit: int | None = 100,
        movement: bool = False,
        **more: object,
    ) -> Leaderboard:
        """A board: by what it counts, or a declared one by its name. For notebooks: it waits, and raises.

        Args:
            metric: a metric of docs/METRICS.md, such as ``votes``.
            board: instead, a declared board.
            entity: artist (when absent), event, fan, track, city or venue.
            window: ``day``, ``week``, ``all``, ``7d`` and so on.
            since: with ``until``, instead of a window: an aware datetime or RFC 3339 text.
            until: see ``since``.
            limit: the most rows, read page by page when they are needed; None for all.
            movement: how each row has moved since the window before.
            **more: further parameters of ``GET /api/leaderboards``: ``city``, ``genre``, ``event``, ``currency``,
                ``at``, ``as_of``, ``around``, ``members``, ``ids``, ``ranking``.

        Raises:
            ReadRefused: the server says no, and why.
            ServerAway: it says nothing.
        """
        if limit is not None and limit < 1:
            raise ValueError("limit is at least 1")
        asked = {"metric": metric, "board": board, "entity": entity, "window": window, "from": since, "to": until,
                 "movement": movement or None, **more}  # fmt: skip

        def fetch(rows: int, cursor: str | None) -> dict[str, Any]:
            return self._reader.get("/api/leaderboards", {**asked, "limit": rows, "cursor": cursor})

        return Leaderboard(fetch, limit, movement=movement)

    def metrics(
        self,
        metric: str,
        *,
        entity: str | None = None,
        id: str | None = None,  # noqa: A002 - the name that the parameter has
        grain: str | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        currency: str | None = None,
    ) -> Metrics:
        """A metric over time, of the tenant as a whole or of one entity. For notebooks: it waits, and raises.

        Args:
            metric: a metric of docs/METRICS.md, such as ``plays``.
            entity: artist, event, fan, track, city or venue, with ``id``.
            id: which entity.
            grain: ``hour``, ``day`` (when absent), ``week`` or ``month``.
            since: where it begins: an aware datetime or RFC 3339 text.
            until: where it ends.
            currency: of money; the tenant's when absent.

        Raises:
            ReadRefused: the server says no, and why.
            ServerAway: it says nothing.
        """
        asked = {"metric": metric, "entity": entity, "id": id, "grain": grain, "from": since, "to": until,
                 "currency": currency}  # fmt: skip
        return Metrics(self._reader.get("/api/metrics", asked))

    def forget(self, user_id: str) -> str:
        """Have a person forgotten, which nothing can undo; returns the certificate. It waits, and raises.

        Raises:
            ReadRefused: the server says no, and why: the key needs the scope ``admin``.
            ServerAway: it says nothing; asking again is safe.
        """
        return str(self._reader.post("/api/people/forget", {"userId": user_id})["certificate"])

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Send what is queued now and wait until each event has its answer; False when time ran out."""
        return self._buffer.join(timeout_s)

    def close(self, timeout_s: float = EXIT_TIMEOUT_S) -> None:
        """Flush for a bounded time and stop; later events are dropped. A second call does nothing."""
        self._buffer.close()
        if not self._buffer.join(timeout_s):
            self._worker.halt()
            self._buffer.join(HALT_TIMEOUT_S)
        self._notices.say_rest()
        self._reader.close()
        _clients.discard(self)

    @property
    def stats(self) -> Stats:
        """What became of the events so far."""
        return self._worker.stats

    def _open(self) -> None:
        """Begin with an empty queue and no thread; also what a forked child does."""
        self._notices = Notices()
        self._reader = Reader(self._url, {**self._headers, **self._tenant}, self._timeout_s)
        self._buffer = Buffer(
            events_max=self._queue_events_max,
            bytes_max=QUEUE_BYTES_MAX,
            batch_events_max=self._batch_events_max,
            batch_bytes_max=BATCH_BYTES_MAX,
            linger_s=self._flush_interval_s,
        )
        self._worker = Worker(
            self._buffer,
            Transport(self._url, self._headers, self._timeout_s),
            self._notices,
            backoff=self._backoff,
            retries_max=self._retries_max,
            on_error=self._on_error,
        )


def _close_all() -> None:
    """Flush every open client, all within one bounded time: an exit must not hang on a silent server."""
    deadline_s = time.monotonic() + EXIT_TIMEOUT_S
    for client in list(_clients):
        client.close(max(0.0, deadline_s - time.monotonic()))


def _reopen_all() -> None:
    """In a forked child the thread is gone and a lock may be held by nobody: start afresh."""
    for client in list(_clients):
        client._open()  # noqa: SLF001 - the same module


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_reopen_all)

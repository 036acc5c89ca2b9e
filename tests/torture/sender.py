"""Senders: threads that send orders over real sockets, write down what happened, and send again what is unknown."""

import base64
import hashlib
import hmac
import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from coliseum.web.auth import webhook_secret
from torture.ledger import Attempt, Ledger, raw_of
from torture.traffic import Order, Traffic

TIMEOUT_S = 6.0
PATHS = {"log": "/api/passport/log", "batch": "/api/passport/batch", "webhook": "/api/webhooks/passport?tenant="}
BROKEN = (OSError, http.client.HTTPException, ValueError)
PASSING = frozenset({408, 429, 500, 502, 503, 504})
"""Answers after which nobody knows, or which a later attempt may not get."""


@dataclass(frozen=True)
class Account:
    """A tenant as its senders know it."""

    slug: str
    key: str
    time_zone: str
    partitions: int
    secret_key: str

    def headers(self, route: str, body: bytes) -> dict[str, str]:
        """What a request carries: the key, or a webhook's signature."""
        if route != "webhook":
            return {"Authorization": f"Bearer {self.key}"}
        stamp = str(int(time.time()))
        name = hashlib.sha256(body).hexdigest()
        key = base64.b64decode(webhook_secret(self.secret_key, self.slug).removeprefix("whsec_"))
        made = hmac.digest(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256)
        signature = "v1," + base64.b64encode(made).decode()
        return {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": signature}


class Line:
    """A kept-alive connection to each web server; owned by one thread."""

    def __init__(self, ports: Sequence[int], rng: random.Random) -> None:
        self._ports = ports
        self._rng = rng
        self._open: dict[int, http.client.HTTPConnection] = {}

    def request(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, Any]:
        """Ask one of the servers; the status and the JSON.

        Raises:
            BROKEN: there was no whole answer.
        """
        port = self._rng.choice(self._ports)
        connection = self._open.pop(port, None) or http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = json.loads(response.read() or b"null")
        except BaseException:
            connection.close()
            raise
        self._open[port] = connection
        return response.status, content

    def close(self) -> None:
        for connection in self._open.values():
            connection.close()


class Sender(threading.Thread):
    """Sends until told to stop; then sends again what is unknown until all of that is answered."""

    def __init__(
        self,
        traffic: Traffic,
        ledger: Ledger,
        accounts: dict[str, Account],
        ports: Sequence[int],
        pause_s: float,
    ) -> None:
        super().__init__(name=traffic.name, daemon=True)
        self.traffic = traffic
        self.statuses: Counter[int] = Counter()
        self.failure: BaseException | None = None
        self._ledger = ledger
        self._accounts = accounts
        self._ports = ports
        self._pause_s = pause_s
        self._line = Line(ports, traffic.rng)
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        try:
            while not self._stopping.wait(self._pause_s * self.traffic.rng.random() * 2):
                self.carry_out(self.traffic.next())
            while self.traffic.again:
                self.carry_out(self.traffic.next_retry())
        except BaseException as error:  # noqa: BLE001 - said by the run, in whose thread a test can fail
            self.failure = error
        finally:
            self._line.close()

    def carry_out(self, order: Order) -> None:
        """Send an order, so many times at once as it says."""
        if order.at_once == 1:
            attempts = self._send(order, self._line)
        else:
            with ThreadPoolExecutor(order.at_once) as pool:
                several = list(pool.map(self._send_alone, [order] * order.at_once))
            attempts = next((each for each in several if each[0].place is not None), several[0])
        for payload, attempt in zip(order.payloads, attempts, strict=True):
            if attempt.status != "refused":
                self.traffic.heard(order.tenant, payload, stored=attempt.place is not None)
        if any(attempt.status == "unknown" for attempt in attempts):
            self._stopping.wait(0.1)

    def _send_alone(self, order: Order) -> list[Attempt]:
        line = Line(self._ports, random.Random())
        try:
            return self._send(order, line)
        finally:
            line.close()

    def _send(self, order: Order, line: Line) -> list[Attempt]:
        raws = [raw_of(payload) for payload in order.payloads]
        body = raws[0] if order.route == "log" else b'{"events":[' + b",".join(raws) + b"]}"
        path = PATHS[order.route] + (order.tenant if order.route == "webhook" else "")
        headers = self._accounts[order.tenant].headers(order.route, body)
        keys = self._ledger.send(order.tenant, order.payloads)
        try:
            status, content = line.request("POST", path, body, headers)
        except BROKEN as error:
            attempts = [Attempt("unknown", code=type(error).__name__)] * len(keys)
        else:
            self.statuses[status] += 1
            attempts = attempts_of(status, content, len(keys))
        self._ledger.answered(keys, attempts)
        return attempts


def attempts_of(status: int, content: Any, count: int) -> list[Attempt]:
    """What an answer says of each of the events that were sent."""
    if status in PASSING or not isinstance(content, dict):
        return [Attempt("unknown", code=str(status))] * count
    results = content.get("results", [content] * count)
    assert len(results) == count, content
    return [_attempt(result) for result in results]


def _attempt(result: dict[str, Any]) -> Attempt:
    if result.get("status") in ("accepted", "duplicate"):
        return Attempt(result["status"], (result["partition"], result["offset"]))
    return Attempt("refused", code=result["code"])


def stopped(threads: Sequence[Any], wait_s: float, describe: Callable[[], str]) -> None:
    """Stop threads and wait until they have ended; what went wrong in one is raised here."""
    for thread in threads:
        thread.stop()
    for thread in threads:
        thread.join(wait_s)
        assert not thread.is_alive(), f"{thread.name} does not end: {describe()}"
        if thread.failure is not None:
            raise thread.failure

"""What an answer of the server means for each event of a batch."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from coliseum.client.transport import Answer

BATCH_PATH = "/api/passport/batch"
BATCH_EVENTS_MAX = 1000
"""The server's own limit of a batch."""
BATCH_BYTES_MAX = 3 * 1024 * 1024
"""Kept below the server's 4 MiB, so that the frame around the events never decides."""

LATE_REFERENCE = "unknown_reference"
"""What an event is refused with when the one that it refers to is not in the log yet."""

_RETRIED_STATUSES = frozenset({408, 425, 429})
_DIVISIBLE_STATUSES = frozenset({400, 413, 422})
"""Answers that one bad event can bring upon a whole batch; halves find it."""


class TryAgain(Exception):
    """The batch's fate is unknown, or the server asked for patience: send the same bytes again later."""

    def __init__(self, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class Problem(Exception):
    """The server refuses the request as a whole, for good."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the server decided about one event; ``code`` and what follows are set when it is refused."""

    status: Literal["accepted", "duplicate", "refused"]
    code: str = ""
    message: str = ""
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """One refused event, as it is handed to ``on_error``."""

    id: str
    code: str
    message: str
    field: str | None
    event: bytes


def frame(events: Sequence[bytes], sent_at: str | None = None) -> bytes:
    """The JSON body of a batch; with ``sentAt`` the server corrects a wrong clock of this machine."""
    tail = b"]}" if sent_at is None else b'],"sentAt":"' + sent_at.encode() + b'"}'
    return b'{"events":[' + b",".join(events) + tail


def settle(post: Callable[[Sequence[bytes]], Answer], events: Sequence[bytes]) -> list[Verdict]:
    """Send a batch and return one verdict for each event, in order.

    An event that refers to another of its own batch (a vote voided at once) is refused when both arrive
    together, and is sent a second time now that the other is in the log.

    When the server refuses the batch as a whole because of what is in it, halves of it are sent, down to the
    one event that is the reason.

    Raises:
        TryAgain: the answer leaves it open; events that did arrive will come back as duplicates.
        Problem: the request is refused whatever is in it (wrong key, wrong address).
    """
    verdicts = _settle_once(post, events)
    late = [place for place, verdict in enumerate(verdicts) if verdict.code == LATE_REFERENCE]
    if 0 < len(late) < len(events):
        for place, verdict in zip(late, _settle_once(post, [events[place] for place in late]), strict=True):
            verdicts[place] = verdict
    return verdicts


def _settle_once(post: Callable[[Sequence[bytes]], Answer], events: Sequence[bytes]) -> list[Verdict]:
    try:
        return _verdicts(post(events), len(events))
    except Problem as problem:
        if problem.status not in _DIVISIBLE_STATUSES:
            raise
        if len(events) == 1:
            return [Verdict("refused", problem.code, problem.message)]
    half = len(events) // 2
    return _settle_once(post, events[:half]) + _settle_once(post, events[half:])


def _verdicts(answer: Answer, count: int) -> list[Verdict]:
    if answer.status in _RETRIED_STATUSES or answer.status >= 500:
        raise TryAgain(f"the server answered {answer.status}", answer.retry_after_s)
    page = _page(answer.body)
    results = page.get("results")
    if answer.status < 300 or answer.status == 400:
        if isinstance(results, list) and len(results) == count:
            return [_verdict(result) for result in results]
        if answer.status < 300:
            raise TryAgain("the answer is not one of Coliseum's")
    code, detail = str(page.get("code") or answer.status), str(page.get("detail") or page.get("title") or "")
    raise Problem(answer.status, code, detail or f"the server answered {answer.status}")


def _page(body: bytes) -> dict[str, Any]:
    try:
        page = json.loads(body)
    except ValueError:
        return {}
    return page if isinstance(page, dict) else {}


def _verdict(result: Any) -> Verdict:
    match result:
        case {"status": "accepted"}:
            return Verdict("accepted")
        case {"status": "duplicate"}:
            return Verdict("duplicate")
        case {"status": "refused", "code": str(code)}:
            field = result.get("field")
            return Verdict("refused", code, str(result.get("message", "")), None if field is None else str(field))
    raise TryAgain("the answer holds a result that is not one of Coliseum's")

"""Logs: one JSON object a line on standard error, with names from a closed set."""

import logging
import sys
import traceback
from typing import Final, Literal

import structlog

from coliseum.errors import ColiseumError

OURS: Final = "/coliseum/"

LogEvent = Literal[
    "processor_started",  # a processor is up; `node`
    "processor_stopped",  # it gave its leases back
    "unit_taken",  # it works on a consumer of a tenant from now on
    "unit_lost",  # another processor does
    "step_retried",  # a step failed for a passing reason and is tried again; `error`, `attempt`
    "connections_lost",  # PostgreSQL did nothing for them while somebody waited; what they did is tried again; `count`
    "batch_halved",  # a range failed on its data; a smaller one is tried to find the entry; `error`
    "entry_parked",  # an entry went to the dead letters; `partition`, `offset`, `error`
    "follower_behind",  # the boards could not be brought up to the log; tried again; `error`
    "boards_reset",  # Valkey lost or contradicted its state; all boards are remade; `reason`
    "upkeep_failed",  # partitions or the dedupe window could not be kept up; tried again
    "people_expired",  # of whom nothing was heard for long enough are nobody any more; `tenant`, `people`, `personal`
    "retention_failed",  # people who were not heard of could not be let go; tried again; `tenant`, `error`
    "retention_waits",  # the clocks of processor and database are a day apart: nothing is deleted; `error`
    "retention_off",  # without the root secret nothing can be told to the audit trail, and nobody is let go
    "sweep_failed",  # what was added of people who were forgotten could not be looked for; tried again; `error`
    "heads_not_exported",  # the heads of the audit trail could not be written to their file; tried again; `error`
    "read_refused",  # a reading was refused for lack of permission; `tenant_id`, `actor`, `action`, `code`, `untold`
    "refusal_not_recorded",  # a refusal is missing in the audit trail; `error`, `actor`, `action`
    "tidying_retried",  # hours could not be rolled up: they count as they are, and it is tried again; `error`
    "dead_letters_retried",  # those that were asked for could not be tried yet: they are at a later look; `error`
    "closing_retried",  # windows that have ended could not be closed: nothing is lost, and it is tried again; `error`
    "parking_failed",  # an entry could be neither digested nor put aside: the unit stands still
    "live_failed",  # what is watched could not be read; it is tried again; `error`
    "webhooks_retried",  # what is due could not be claimed or noted; it is tried again; `error`
    "webhook_disabled",  # an endpoint is sent nothing any more; `tenant_id`, `endpoint`, `reason`
    "webhooks_off",  # without COLISEUM_SECRET_KEY no message can be signed, and none is sent
    "telling_retried",  # thresholds and leaders could not be looked at; it is tried again; `error`
    "capture_failed",  # a request failed for a reason of ours; `error`
    "warnings_lost",  # refusal counts could not be written; they are kept and tried again
    "last_used_lost",  # when keys were used last could not be written; it is kept and tried again; `error`
    "key_set_failed",  # an issuer's keys could not be fetched; those that are known are used; `url`, `error`
    "stripe_refused",  # Stripe refuses what it was asked: the settings or the account do not fit; `code`, `request`
    "billing_retried",  # an event of Stripe, or what the clock brings, failed and is tried again; `error`
    "billing_unmatched",  # an event of Stripe says too little to be counted: it waits to be mended; `reason`
    "billing_failed",  # an event of Stripe was tried too often: a person looks, then retries it; `error`
    "usage_unknown",  # nobody knows whether Stripe's meter counted this: compare it there; `month`, `amount`
    "mail_kept",  # no mail server is set: a mail stays in the outbox (`/dev/outbox` in development); `subject`
    "mail_put_off",  # a mail could not be sent now, and is tried again; `mail`, `error`, `attempts`
    "mail_refused",  # the mail server will never take a mail: it was removed; `mail`, `error`
    "mail_dropped",  # mail that could not be sent for a week was removed; `count`
    "mail_stopped",  # the outbox could not be read; it is tried again; `error`
    "errand_failed",  # something that was to be done after an answer was not done; `error`
    "not_warm",  # what pages ask first could not be prepared: the first of them are slower; `error`
    "web_started",  # the web process answers requests
    "web_stopped",  # it has answered its last one
    "web_orphaned",  # a worker's parent has died: it stops, too; `parent`
]


PLAIN_STATES: Final = ("08", "53", "55", "57", "58")
"""Classes of PostgreSQL's errors that are about the server and never about a value."""
PLACES_MAX: Final = 3


def described(error: BaseException) -> str:
    """An error for a log line: its class and where it came from, and no value of whoever's data it failed on.

    A message may quote what it is about, an address or a key; so only those are told that are about a server.
    """
    state = str(getattr(error, "sqlstate", "") or "")
    told = [type(error).__name__]
    if state.startswith(PLAIN_STATES) or isinstance(error, (OSError, ColiseumError)):
        told.append(f": {error}")
    elif state:
        told.append(f" {state}")
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        f"{frame.filename.rpartition('/coliseum/')[2]}:{frame.lineno}" for frame in frames if OURS in frame.filename
    ]
    if ours:
        told.append(f" at {' < '.join(reversed(ours[-PLACES_MAX:]))}")
    return "".join(told)


def configure(level: str = "info") -> None:
    """Set logging up for this process; ``level`` as in the standard library, in lower case."""
    numeric = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


class Log:
    """A logger that accepts only the names above."""

    def __init__(self, **bound: object) -> None:
        self._logger = structlog.get_logger().bind(**bound)

    def info(self, event: LogEvent, **values: object) -> None:
        """Something worth knowing happened."""
        self._logger.info(event, **values)

    def warning(self, event: LogEvent, **values: object) -> None:
        """Something failed and is being dealt with."""
        self._logger.warning(event, **values)

    def error(self, event: LogEvent, **values: object) -> None:
        """Something failed and needs a person."""
        self._logger.error(event, **values)

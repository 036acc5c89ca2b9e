"""Write docs/PLANS.md, what each plan includes: ``python -m coliseum.web.plans_page [--check]``.

Its table is made from the plans themselves, so that it cannot say anything else than what is held to.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from coliseum.accounts.plans import ORDER, PLANS, Plan
from coliseum.capture.quota import BELIEVED_S
from coliseum.generated import write_or_check

OPEN: Final = "no limit"
MEANINGS: Final = {
    "eventsPerMonth": "events that become entries in a UTC month",
    "overage": "events beyond that are taken and billed",
    "requestsPerMinute": "requests of a minute, but those that send events",
    "historyDays": "days back that may be asked for",
    "windows": "windows of boards",
    "filters": "filters of boards, explanations and trends; two at a time where both are included",
    "live": "`/api/live`",
    "exports": "`/api/leaderboards/export`",
    "declaredBoards": "boards that are declared; 200 in any case",
    "webhookEndpoints": "endpoints of outgoing webhooks",
    "seats": "members, and invitations that are open",
    "reportBranding": "public links show the tenant's name alone; without it Coliseum's, and a mark on each panel",
}
PAGE: Final = Path("docs/PLANS.md")
HEAD: Final = """# Plans

This page is generated from `src/coliseum/accounts/plans.py` by `make generate`. `GET /api/plans` answers with the same.
Where no `STRIPE_SECRET_KEY` is set nothing is billed, and every tenant has the largest plan.

"""
TAIL: Final = """
## How a limit is answered

A feature, window, filter, moment or number beyond the plan is refused with 402 `plan_limit`: `limit` is the name in the
table, `plan` the smallest plan that lifts it, and `detail` says both in words. Nothing is deleted when a plan gets
smaller: boards that were declared stay, and are not read as long as the plan lacks what they ask for.

*History* is how far back the begin of a window, `from`, `to`, `at` and `as_of` may lie. The window of all time may be
asked for as it is now. A series that does not say where it begins begins no earlier than the history does, and lists of
seasons end there; the total of the period before a series, and the peak of a run, are of all there is. The page of
`COLISEUM_PUBLIC_TENANT` is the operator's own, and no plan limits it.

A change of the plan holds within two seconds in every process. Connections to `/api/live` end within two seconds when
the plan does not include them any more.

## Events of a month

Every event that becomes an entry of the log counts, in the UTC month in which it was received; duplicates and refused
events do not. What is used is a projection of the log, plus what was appended since it last read: `GET /api/usage`
tells it by day, category and source with every other limit, `GET /api/usage/explain?day=` lists the entries behind a
day, and `coliseum verify` counts them another way.

With *overage*, events beyond the number are taken and billed. Without it they are refused with `quota_exceeded`, event
by event in a batch, and with 402 for the whole request when none of it was taken; `resetAt` is when the next month
begins. What was accepted before is still answered as a duplicate. Nothing is lost: the sender knows of each event that
was refused, and the Python client hands it to `on_error`. What people say of consent is taken also when the month is
used up, and counts as used: a no must always arrive.

A process believes one reading of what is used for {believed:g} s, and adds what it takes itself. Several processes may
therefore pass the number together, by at most what they accept within that time; the next reading sees all of it.

## Requests a minute

Counted are a tenant's requests by callers who may do what a route asks for, whether they succeed or not; requests that
send events are not among them. One request too many is answered with 429 `rate_limited` and `Retry-After`. Windows are
the minutes of the clock, so that up to twice the number may come around the turn of one. Every answer that was counted
says how the limit stands, in the fields of [draft-ietf-httpapi-ratelimit-headers-10][draft]:

```text
RateLimit-Policy: "plan";q=60;w=60
RateLimit: "plan";r=57;t=31
```

`q` is the number of a window of `w` seconds, `r` how many are left, `t` in how many seconds the next one begins. For
clients that read earlier drafts, `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` say the same. While
Valkey is away each process counts by itself, and reading goes on.

An operator can limit requests that send events with one key (`COLISEUM_CAPTURE_REQUESTS_PER_MINUTE`), and webhooks from
one address (`COLISEUM_WEBHOOK_REQUESTS_PER_MINUTE`).

[draft]: https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10
"""


def render() -> str:
    """The text of docs/PLANS.md."""
    return HEAD + "".join(_table()) + TAIL.format(believed=BELIEVED_S)


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` return 1 when it is stale."""
    return write_or_check({PAGE: render()}, arguments)


def _table() -> Iterator[str]:
    plans = [PLANS[name] for name in ORDER]
    yield f"| limit | {' | '.join(plan.title for plan in plans)} | meaning |\n|{' --- |' * (len(plans) + 2)}\n"
    for field in msgspec.structs.fields(Plan):
        if field.name not in ("name", "title"):
            values = " | ".join(_said(getattr(plan, field.name)) for plan in plans)
            yield f"| `{field.encode_name}` | {values} | {MEANINGS[field.encode_name]} |\n"


def _said(value: object) -> str:
    if value is None:
        return OPEN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return ", ".join(sorted(value))
    return f"{value:,}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""The types that event fields are made of, each with its limits.

Lengths count Unicode code points. Numbers are integers and always bounded: an unbounded one would let a
400-digit number through.
"""

from typing import Annotated, Any, Final, Literal

from msgspec import Meta, inspect

SAFE_INTEGER_MAX: Final = 2**53 - 1
"""The largest integer that every consumer (JavaScript, a sorted-set score) holds exactly."""

WEIGHT_MAX: Final = 1_000
QUANTITY_MAX: Final = 1_000_000
DURATION_SECONDS_MAX: Final = 86_400
CAPACITY_MAX: Final = 10_000_000
BILL_MAX: Final = 256
GENRES_MAX: Final = 32

RFC3339_PATTERN: Final = (
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
    r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)
"""The grammar of RFC 3339, section 5.6. Whether the day exists is checked by ``times.parse_rfc3339``."""

Personal: Final = Meta(extra={"personal": True})
"""Marks a field that says who a person is: it is kept beside the log, where it can be forgotten."""

Instant: Final = Meta(extra={"instant": True})
"""Marks a field that ``decode`` must find to be a real instant, beyond what the struct checks."""

Text = Annotated[str, Meta(max_length=256, description="text, at most 256 characters")]
Name = Annotated[str, Meta(min_length=1, max_length=256, description="text, 1 to 256 characters")]
Id = Annotated[
    str, Meta(min_length=1, max_length=128, description="an id of your own, any text of 1 to 128 characters")
]

# Three characters are asked for apart from the pattern: to a Python pattern, "$" also matches before a last
# newline.
Currency = Annotated[
    str,
    Meta(
        min_length=3,
        max_length=3,
        pattern="^[a-z]{3}$",
        description="ISO 4217 code in lower case, such as eur",
    ),
]
Cents = Annotated[
    int,
    Meta(ge=1, le=SAFE_INTEGER_MAX, description="money in minor units of its currency, a positive integer"),
]
Weight = Annotated[int, Meta(ge=1, le=WEIGHT_MAX, description=f"integer from 1 to {WEIGHT_MAX}")]
Quantity = Annotated[int, Meta(ge=1, le=QUANTITY_MAX, description=f"integer from 1 to {QUANTITY_MAX}")]
Capacity = Annotated[int, Meta(ge=0, le=CAPACITY_MAX, description=f"people, integer from 0 to {CAPACITY_MAX}")]
DurationSeconds = Annotated[
    int, Meta(ge=0, le=DURATION_SECONDS_MAX, description=f"seconds, integer from 0 to {DURATION_SECONDS_MAX}")
]
Rfc3339 = Annotated[
    str,
    Meta(
        max_length=64,
        description="RFC 3339 date and time with its offset, such as 2025-06-21T20:15:00+02:00",
        extra_json_schema={"format": "date-time", "pattern": RFC3339_PATTERN},
    ),
    Instant,
]
Genres = Annotated[list[Name], Meta(max_length=GENRES_MAX, description=f"at most {GENRES_MAX} genres")]
Bill = Annotated[list[Id], Meta(max_length=BILL_MAX, description=f"artist ids in billing order, at most {BILL_MAX}")]

Reason = Literal["ticket", "merch", "tip", "subscription", "bar", "digital", "other"]
Role = Literal["artist", "promoter", "venue", "platform", "affiliate"]
Channel = Literal["app", "web", "sms", "jury", "televote", "onsite"]
FollowTarget = Literal["artist", "event", "venue", "user"]
ShareTarget = Literal["artist", "event", "venue", "user", "track", "leaderboard", "report"]
ConsentSource = Literal["banner", "api", "gpc", "tcf"]


def is_marked(annotation: Any, mark: Literal["personal", "instant"]) -> bool:
    """Tell whether a field's type carries ``Personal`` or ``Instant``."""
    return _carries(inspect.type_info(annotation), mark)


def _carries(kind: inspect.Type, mark: str) -> bool:
    if isinstance(kind, inspect.UnionType):
        return any(_carries(part, mark) for part in kind.types)
    return isinstance(kind, inspect.Metadata) and bool((kind.extra or {}).get(mark))

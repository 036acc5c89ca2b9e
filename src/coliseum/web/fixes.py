"""What to do about each reason for which an event is refused or a field of it dropped: one text each.

The reasons that can be kept as ingestion warnings are those that capture meets; a test holds this list to them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from coliseum.errors import Refusal


class Fix(msgspec.Struct, frozen=True, rename="camel"):
    """What a reason means in one sentence, what makes it go away, and where more stands."""

    title: str
    meaning: str
    fix: str
    doc: str


FIXES: Final[Mapping[str, Fix]] = MappingProxyType({
    Refusal.UNKNOWN_TYPE: Fix(
        "Unknown event type",
        "The type is none of the catalogue, so the event was not stored.",
        "Send one of the types of docs/EVENTS.md, spelled exactly so, in lower case with its dot. A Segment call is "
        "named by COLISEUM_SEGMENT_EVENTS.",
        "docs/EVENTS.md",
    ),
    Refusal.INVALID_JSON: Fix(
        "Not JSON",
        "The event could not be read as JSON at all.",
        "Send one JSON object an event, in UTF-8, made by a JSON encoder and not by joining texts. Nothing may follow "
        "the object.",
        "docs/ERRORS.md",
    ),
    Refusal.INVALID_PAYLOAD: Fix(
        "A field has a wrong value",
        "A field that the type needs is missing, or its value is outside of what the contract allows.",
        "The message names the field. Compare it with the type's table: numbers are integers, money is in minor units, "
        "times are RFC 3339 with their offset.",
        "docs/EVENTS.md",
    ),
    Refusal.DUPLICATE_KEY: Fix(
        "A key stands twice",
        "The JSON object names one key more than once, so that it is not certain what was meant.",
        "Build the event as one object and encode it once; do not append fields to a text.",
        "docs/ERRORS.md",
    ),
    Refusal.UNKNOWN_FIELD: Fix(
        "A field that the type does not have",
        "With a browser key the field was dropped and the rest stored; with a server key the event was refused.",
        "Remove the field, or correct its spelling: names are in camelCase, such as artistId. What only you need does "
        "not belong in the event.",
        "docs/EVENTS.md",
    ),
    Refusal.KEY_NOT_ALLOWED: Fix(
        "A browser key may not send this type",
        "A key that anybody can read in a page must not move money, tickets, other people's votes or the catalogue.",
        "Send this type from your backend with a server key.",
        "docs/KEYS.md",
    ),
    Refusal.NOT_YOURSELF: Fix(
        "For another user",
        "A browser may write as the user of its token only, or without one as anon:<deviceId>.",
        "Have your backend make a token (POST /api/passport/tokens) and send it as Coliseum-User; or leave userId out.",
        "docs/IDENTITY.md",
    ),
    Refusal.FUTURE_TIMESTAMP: Fix(
        "It has not happened yet",
        "The event's time is later than our clock, by more than is accepted.",
        "Correct the sender's clock, or send sentAt beside at: then the difference of the clocks is taken out.",
        "docs/EVENTS.md",
    ),
    Refusal.TOO_OLD: Fix(
        "Too long ago",
        "The event's time is before what is accepted of live traffic.",
        "For history, import with ?historical=true and a server key, or with coliseum import. For live traffic, send "
        "sooner or correct the clock.",
        "docs/IMPORT.md",
    ),
    Refusal.ID_REUSED: Fix(
        "The id belongs to another event",
        "An event of this id is stored, with other content; this one was not stored.",
        "Give each event an id of its own (UUIDv7), and send it again unchanged when you retry: at must be the time of "
        "the event, not of the try.",
        "docs/GUARANTEES.md",
    ),
    Refusal.UNKNOWN_REFERENCE: Fix(
        "What it takes back is not there",
        "The vote that is voided is no vote in the log, or is older than the window in which ids are remembered.",
        "Send the vote first, and name it in voteId by the id under which it was accepted.",
        "docs/EVENTS.md",
    ),
    Refusal.ALREADY_VOIDED: Fix(
        "Taken back before",
        "A vote can be voided once; this was a second time, and changed nothing.",
        "Nothing is wrong with the numbers. Make the sender remember what it has voided.",
        "docs/EVENTS.md",
    ),
    Refusal.NO_CONSENT: Fix(
        "Nobody has agreed to it",
        "This tenant stores what people have agreed to. There is no standing consent of this person to analytics, or "
        "their browser sends Global Privacy Control; the event was not stored.",
        "Send privacy.consent_changed (purpose analytics, granted true) when somebody agrees, before what is to be "
        "counted of them. After a no send nothing more of them: it would be refused.",
        "docs/ACCOUNTS.md",
    ),
    Refusal.PERSON_FORGOTTEN: Fix(
        "Somebody who was forgotten",
        "The event names a person who was forgotten; nothing more is stored of them, and nothing of this event.",
        "Stop sending events of this person: remove them from your own systems and queues as well. Whoever comes back "
        "with a consent of their own needs a new user id.",
        "docs/PRIVACY.md",
    ),
    Refusal.EVENT_TOO_LARGE: Fix(
        "The event is too large",
        "An event has at most 32 KiB.",
        "Send ids in place of documents; texts of an event have at most 256 characters.",
        "docs/EVENTS.md",
    ),
    Refusal.QUOTA_EXCEEDED: Fix(
        "The month's events are used up",
        "The plan includes no more events this month; what was over was not stored.",
        "Choose a larger plan under settings, or wait for the first of the month (UTC). What was refused can be sent "
        "again under the same ids.",
        "docs/PLANS.md",
    ),
    Refusal.NOT_COUNTED: Fix(
        "A Segment call that carries no typed event",
        "identify, page, screen, group and alias, and track calls of other names, are answered and stored nowhere.",
        "Nothing is to be done if you need none. To count a track call, map its name: COLISEUM_SEGMENT_EVENTS.",
        "docs/API.md",
    ),
})  # fmt: skip


def fix_for(code: str) -> Fix:
    """The fix of a reason; for one that is not in the list, where all reasons are described."""
    known = FIXES.get(code)
    if known is not None:
        return known
    return Fix(code.replace("_", " ").capitalize(), "See the list of reasons.", "See the list of reasons.",
               "docs/ERRORS.md")  # fmt: skip

"""What every event has in common: the common fields, and how a contract says what the log keeps of it."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from coliseum.events.fields import Id, Rfc3339

EntityType = Literal["artist", "event", "track", "venue", "user", "leaderboard", "report"]
ReferenceKind = Literal["vote", "payment"]


class Contract(
    Struct,
    tag_field="type",
    rename="camel",
    kw_only=True,
    frozen=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    gc=False,
):
    """An event: the fields common to all types, and the defaults of their mapping onto the log.

    An optional field is ``None`` when it is absent; a JSON null means the same, and the canonical form omits
    both.
    """

    ENTITIES: ClassVar[tuple[EntityType, ...]] = ()
    """What the event is mainly about: the first of these whose id (``artist``: ``artist_id``) is present."""

    VALUE_FIELD: ClassVar[str | None] = None
    """The field whose number ``value()`` carries (up to its sign), so that metadata need not repeat it."""

    METADATA_ONLY: ClassVar[frozenset[str]] = frozenset()
    """Fields that go to metadata although a typed column has their name."""

    REFERENCE: ClassVar[tuple[ReferenceKind, str] | None] = None
    """The kind of earlier event that this one takes back, and the field that names it."""

    id: Annotated[Id, Meta(description="the event's id, UUIDv7 recommended; makes sending it again safe")] | None = None
    at: Annotated[Rfc3339, Meta(description="when it happened: RFC 3339 date and time with its offset")]
    session_id: Annotated[Id, Meta(description="the visit it belongs to")] | None = None
    device_id: Annotated[Id, Meta(description="the device it came from")] | None = None
    sent_at: Annotated[Rfc3339, Meta(description="the sender's clock when it sent this; corrects `at`")] | None = None

    def value(self) -> int:
        """Return what the event adds to its main metric; negative when it takes something back."""
        return 0

    def dna_influence(self) -> int:
        """Return the weight of this entry in the person's profile of affinities."""
        return 0


class PersonEvent(Contract, frozen=True, kw_only=True):
    """An event of a person: somebody did it."""

    user_id: Annotated[Id, Meta(description="who did it: your own id of the person")]


class CatalogEvent(Contract, frozen=True, kw_only=True):
    """A change of the catalog: nobody in particular did it."""

    user_id: Annotated[Id, Meta(description="who made the change, if it matters")] | None = None


class TargetEvent(PersonEvent, frozen=True, kw_only=True):
    """An event about what its ``targetType`` names; when that is ``user``, the target is a person."""

    target_id: Annotated[Id, Meta(description="the id of what it is about")]
    target_type: EntityType

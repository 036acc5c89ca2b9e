"""``catalog.*``: what the platform's artists, events, venues and tracks are called and belong to.

Each of them states the whole entity: the latest one replaces what was known before.
"""

from typing import Annotated

from msgspec import Meta

from coliseum.events.contract import CatalogEvent
from coliseum.events.fields import Bill, Capacity, DurationSeconds, Genres, Id, Name, Rfc3339, Text

Picture = Annotated[Text, Meta(description="address of a picture, at most 256 characters")]


class ArtistChanged(CatalogEvent, frozen=True, kw_only=True, tag="catalog.artist"):
    """An artist was added to the catalog or changed."""

    ENTITIES = ("artist",)

    artist_id: Id
    name: Name
    genres: Genres | None = None
    city: Annotated[Name, Meta(description="home city")] | None = None
    country: Name | None = None
    picture: Picture | None = None


class EventChanged(CatalogEvent, frozen=True, kw_only=True, tag="catalog.event"):
    """An event was added to the catalog or changed."""

    ENTITIES = ("event",)

    event_id: Id
    name: Name
    venue_id: Id | None = None
    city: Name | None = None
    starts_at: Rfc3339 | None = None
    capacity: Capacity | None = None
    artist_ids: Bill | None = None
    picture: Picture | None = None


class VenueChanged(CatalogEvent, frozen=True, kw_only=True, tag="catalog.venue"):
    """A venue was added to the catalog or changed."""

    ENTITIES = ("venue",)

    venue_id: Id
    name: Name
    city: Name | None = None
    country: Name | None = None
    capacity: Capacity | None = None
    picture: Picture | None = None


class TrackChanged(CatalogEvent, frozen=True, kw_only=True, tag="catalog.track"):
    """A track was added to the catalog or changed."""

    ENTITIES = ("track",)

    track_id: Id
    name: Name
    artist_id: Id
    duration_seconds: DurationSeconds | None = None
    picture: Picture | None = None

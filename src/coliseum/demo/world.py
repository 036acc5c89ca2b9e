"""Who plays where: invented artists, their tracks, venues and events."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

FESTIVAL = "Lanternfall"
CURRENCY = "eur"
TRACKS_PER_ARTIST = (4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 3)


@dataclass(frozen=True, slots=True)
class Track:
    """A track and its length."""

    id: str
    name: str
    artist_id: str
    duration_s: int


@dataclass(frozen=True, slots=True)
class Artist:
    """An artist; the place in ``ARTISTS`` is the rank in popularity."""

    id: str
    name: str
    genres: tuple[str, ...]
    city: str
    country: str
    colors: tuple[str, str]
    tracks: tuple[Track, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A venue and the event in it; ``bill`` are places in ``ARTISTS``."""

    id: str
    name: str
    city: str
    country: str
    venue: str
    capacity: int
    ticket_cents: int
    bill: tuple[int, ...]


_ARTISTS = (
    ("velda-moor", "Velda Moor", ("pop", "electronic"), "Gothenburg", "Sweden", ("e4572e", "ffe9c7")),
    ("glasswing-parade", "Glasswing Parade", ("indie",), "Porto", "Portugal", ("17bebb", "0b3954")),
    ("tin-cathedral", "Tin Cathedral", ("rock",), "Leipzig", "Germany", ("2e282a", "cd5334")),
    ("okoro-lindqvist", "Okoro Lindqvist", ("soul", "jazz"), "Ghent", "Belgium", ("edb88b", "5b2333")),
    ("nightjar-protocol", "Nightjar Protocol", ("electronic",), "Turin", "Italy", ("3d348b", "f7b801")),
    ("mirabel-osk", "Mirabel Osk", ("folk",), "Bergen", "Norway", ("87a330", "243010")),
    ("seven-kites-east", "Seven Kites East", ("hip-hop",), "Lyon", "France", ("f18701", "261447")),
    ("saltwater-ministry", "Saltwater Ministry", ("rock", "indie"), "Galway", "Ireland", ("006d77", "edf6f9")),
    ("juno-harrowgate", "Juno Harrowgate", ("pop",), "Graz", "Austria", ("ff70a6", "70d6ff")),
    ("the-quiet-foundry", "The Quiet Foundry", ("ambient",), "Tampere", "Finland", ("6c757d", "dee2e6")),
    ("pilar-santacoma", "Pilar Santacoma", ("flamenco", "folk"), "Cadiz", "Spain", ("9e2a2b", "fff3b0")),
    ("brass-and-bramble", "Brass and Bramble", ("jazz",), "Delft", "Netherlands", ("bc6c25", "283618")),
)
_OPENINGS = ("Amber", "Borrowed", "Copper", "Distant", "Electric", "Folded", "Gentle", "Hollow", "Iron", "Late")
_ENDINGS = ("Harbor", "Letters", "Weather", "Signals", "Orchard", "Avenue", "Thunder", "Parade")


def _tracks(place: int, artist_id: str) -> tuple[Track, ...]:
    first = sum(TRACKS_PER_ARTIST[:place])
    return tuple(
        Track(
            id=f"{artist_id}/{number - first + 1}",
            # Ten and eight have no pair in common before forty, so that every title is another.
            name=f"{_OPENINGS[number % 10]} {_ENDINGS[number % 8]}",
            artist_id=artist_id,
            duration_s=150 + number * 37 % 140,
        )
        for number in range(first, first + TRACKS_PER_ARTIST[place])
    )


ARTISTS = tuple(Artist(*row, _tracks(place, row[0])) for place, row in enumerate(_ARTISTS))
TRACKS = tuple(track for artist in ARTISTS for track in artist.tracks)
STAGES = (
    Stage("lanternfall-gothenburg", "Harbor Night", "Gothenburg", "Sweden", "Kajhallen", 9000, 5400, (0, 5, 9, 2)),
    Stage("lanternfall-leipzig", "Foundry Night", "Leipzig", "Germany", "Gleiswerk", 6500, 4800, (2, 9, 1, 8)),
    Stage("lanternfall-porto", "River Night", "Porto", "Portugal", "Cais Dourado", 7200, 4200, (1, 10, 3, 6)),
    Stage("lanternfall-lyon", "Silk Night", "Lyon", "France", "La Grande Bobine", 5200, 4600, (6, 4, 0, 11)),
    Stage("lanternfall-turin", "Arcade Night", "Turin", "Italy", "Officina Portici", 4800, 4400, (4, 0, 7, 3)),
    Stage("lanternfall-ghent", "Canal Night", "Ghent", "Belgium", "Zaal Lantaarn", 3900, 3900, (3, 11, 1, 7)),
)


def picture(artist: Artist) -> str:
    """A small drawing in the artist's colors as a data address (at most 256 characters)."""
    ground, shape = artist.colors
    return (
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E"
        f"%3Cpath fill='%23{ground}' d='M0 0h8v8H0z'/%3E%3Ccircle cx='4' cy='4' r='2.4' fill='%23{shape}'/%3E%3C/svg%3E"
    )


def stage_of(day: date) -> Stage:
    """Where the festival is on a day: it goes from city to city, one a day."""
    return STAGES[day.toordinal() % len(STAGES)]


def next_start(stage: Stage, day: date) -> datetime:
    """When the stage's next night begins, seen from a day: that evening or one of the next five."""
    wait_days = (STAGES.index(stage) - day.toordinal()) % len(STAGES)
    return datetime.combine(day + timedelta(days=wait_days), time(19), UTC)


def catalog(seed: int, day: date) -> Iterator[dict[str, Any]]:
    """The catalog as keywords for ``track``; the same all day long, so that a second start repeats it."""
    at = datetime.combine(day, time(), UTC)

    def common(kind: str, name: str) -> dict[str, Any]:
        return {"type": f"catalog.{kind}", "at": at, "id": f"demo-{seed}-{day}-{kind}-{name}"}

    for artist in ARTISTS:
        yield common("artist", artist.id) | {
            "artist_id": artist.id,
            "name": artist.name,
            "genres": list(artist.genres),
            "city": artist.city,
            "country": artist.country,
            "picture": picture(artist),
        }
        for track in artist.tracks:
            yield common("track", track.id) | {
                "track_id": track.id,
                "name": track.name,
                "artist_id": artist.id,
                "duration_seconds": track.duration_s,
            }
    for stage in STAGES:
        venue_id = f"{stage.id}-venue"
        place = {"name": stage.venue, "city": stage.city, "country": stage.country, "capacity": stage.capacity}
        yield common("venue", venue_id) | {"venue_id": venue_id, **place}
        yield common("event", stage.id) | {
            "event_id": stage.id,
            "name": f"{FESTIVAL} {stage.city}: {stage.name}",
            "venue_id": venue_id,
            "city": stage.city,
            "starts_at": next_start(stage, day),
            "capacity": stage.capacity,
            "artist_ids": [ARTISTS[place].id for place in stage.bill],
        }

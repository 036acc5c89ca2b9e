"""The events that the load is made of: a realistic mix, the same for the same seed.

Artists, their tracks, events and fans are drawn by Zipf's law. Which fan does what is independent of taste, which is
harder than real life: more different pairs of fan and artist, so more rows of rollups.

Bodies are built before the clock starts. What must be of the moment of sending stands in them as two marks of fixed
length, the time in the ids and the time of the events; putting them in is two replacements of a whole body.
"""

import random
import time
from collections.abc import Callable, Iterator
from itertools import accumulate

import msgspec

ARTISTS, TRACKS_EACH, EVENTS, FANS, VENUES = 2_000, 10, 500, 200_000, 50
POPULARITY = 1.0
"""Zipf's exponent for artists, an artist's tracks, and events."""
DILIGENCE = 0.6
"""Zipf's exponent for fans: the busiest of 200,000 does about 0.3 % of everything."""
CITIES = ("lisboa", "porto", "madrid", "paris", "berlin", "wien", "roma", "oslo", "malmö", "kyjiv", "london", "dublin")
GENRES = ("pop", "rock", "techno", "fado", "jazz", "metal", "folk", "house", "soul", "punk")
ID_MARK, AT_MARK = "@@@@@@@@-@@@@", "@@@@-@@-@@T@@:@@:@@"
METRICS = ("votes", "plays", "seconds", "money_spent", "money_earned", "views", "attendance", "tickets",
           "interests", "favorites", "follows", "shares")  # fmt: skip
"""What is summed for the tenant as a whole; the generator keeps the same sums."""

Totals = dict[str, int]


class Body(msgspec.Struct, frozen=True):
    """Events ready to be stamped and sent: the JSON with its marks, how many, and what they add up to."""

    text: bytes
    events: int
    totals: Totals


def stamp(text: bytes, now_ns: int) -> bytes:
    """Put the moment of sending into ids (UUIDv7) and times."""
    millis = f"{now_ns // 1_000_000:012x}"
    # The second before: the rest of the time is a fraction that must not lie ahead of the clock.
    at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now_ns // 1_000_000_000 - 1))
    return text.replace(ID_MARK.encode(), f"{millis[:8]}-{millis[8:]}".encode()).replace(AT_MARK.encode(), at.encode())


def add(totals: Totals, more: Totals) -> None:
    """Add `more` to `totals`."""
    for metric, value in more.items():
        totals[metric] = totals.get(metric, 0) + value


def zipf(count: int, exponent: float) -> list[float]:
    """Cumulative weights of the ranks 1 to `count`."""
    return list(accumulate(rank**-exponent for rank in range(1, count + 1)))


class Mix:
    """An endless seeded stream of events; owned by one generator."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._artists = zipf(ARTISTS, POPULARITY)
        self._tracks = zipf(TRACKS_EACH, POPULARITY)
        self._events = zipf(EVENTS, POPULARITY)
        self._fans = zipf(FANS, DILIGENCE)
        self._kinds = [kind for kind, _ in KINDS]
        self._weights = list(accumulate(weight for _, weight in KINDS))

    def batch(self, size: int) -> Body:
        """A body for `POST /api/passport/batch`."""
        totals: Totals = {}
        return Body(f"[{','.join(self._texts(size, totals))}]".encode(), size, totals)

    def singles(self, count: int) -> Iterator[Body]:
        """Bodies for `POST /api/passport/log`."""
        for _ in range(count):
            totals: Totals = {}
            (text,) = self._texts(1, totals)
            yield Body(text.encode(), 1, totals)

    def _texts(self, count: int, totals: Totals) -> Iterator[str]:
        luck = self._random
        drawn = zip(
            luck.choices(self._kinds, cum_weights=self._weights, k=count),
            luck.choices(range(FANS), cum_weights=self._fans, k=count),
            luck.choices(range(ARTISTS), cum_weights=self._artists, k=count),
            luck.choices(range(TRACKS_EACH), cum_weights=self._tracks, k=count),
            luck.choices(range(EVENTS), cum_weights=self._events, k=count),
            strict=True,
        )
        for kind, fan, artist, track, event in drawn:
            dice = luck.getrandbits(128)
            tail = f"{dice:032x}"
            yield (
                f'{{"id":"{ID_MARK}-7{tail[:3]}-{"89ab"[dice & 3]}{tail[4:7]}-{tail[7:19]}",'
                f'"userId":"fan-{fan:06d}","at":"{AT_MARK}.{dice % 1000:03d}Z",'
                f'"sessionId":"5e550000-0000-4000-{dice & 15:04x}-{fan:012x}",'
                f'"deviceId":"de71ce00-0000-4000-8000-{fan:012x}",'
                f"{kind(artist, track, event, tail, totals)}}}"
            )


def member_bodies(first: int, count: int) -> Body:
    """Votes of `count` fans who have not voted before, one each, from number `first` on: they fill a board of fans."""
    texts = (
        f'{{"type":"coliseum.vote_cast","id":"{ID_MARK}-7000-8000-{fan:012x}","userId":"member-{fan:07d}",'
        f'"at":"{AT_MARK}.000Z","artistId":"artist-0001","eventId":"event-001",'
        f'"weight":{member_weight(fan)},"channel":"televote"}}'
        for fan in range(first, first + count)
    )
    total = sum(member_weight(fan) for fan in range(first, first + count))
    return Body(f"[{','.join(texts)}]".encode(), count, {"votes": total})


def member_weight(fan: int) -> int:
    """The weight of a member's vote, from 1 to 1,000: neighbours differ, and many are equal."""
    return fan * 7_919 % 1_000 + 1


def catalogue(seed: int) -> list[Body]:
    """The catalogue behind the mix, in batches: artists with genres and cities, their tracks, events with bills."""
    luck = random.Random(seed)
    items: list[dict[str, object]] = [
        {"type": "catalog.venue", "venueId": f"venue-{n:02d}", "name": f"Hall {n}", "city": CITIES[n % len(CITIES)]}
        for n in range(VENUES)
    ]
    items += [
        {"type": "catalog.artist", "artistId": f"artist-{n:04d}", "name": f"Artist {n}",
         "genres": luck.sample(GENRES, 2), "city": luck.choice(CITIES)}
        for n in range(ARTISTS)
    ]  # fmt: skip
    items += [
        {"type": "catalog.event", "eventId": f"event-{n:03d}", "name": f"Event {n}",
         "venueId": f"venue-{n % VENUES:02d}",
         "artistIds": [f"artist-{artist:04d}" for artist in luck.sample(range(ARTISTS), 4)]}
        for n in range(EVENTS)
    ]  # fmt: skip
    items += [
        {"type": "catalog.track", "trackId": f"track-{artist:04d}-{n}", "name": f"Track {n} of artist {artist}",
         "artistId": f"artist-{artist:04d}"}
        for artist in range(ARTISTS)
        for n in range(TRACKS_EACH)
    ]  # fmt: skip
    for item in items:
        tail = f"{luck.getrandbits(76):019x}"
        item["id"] = f"{ID_MARK}-7{tail[:3]}-8{tail[3:6]}-{tail[6:18]}"
        item["at"] = f"{AT_MARK}.000Z"
    pages = [items[start : start + 1_000] for start in range(0, len(items), 1_000)]
    return [Body(msgspec.json.encode(page), len(page), {}) for page in pages]


def _count(totals: Totals, metric: str, value: int = 1) -> None:
    totals[metric] = totals.get(metric, 0) + value


def _played(artist: int, track: int, _event: int, tail: str, totals: Totals) -> str:
    seconds = int(tail[:3], 16) % 271 + 15
    if seconds >= 30:  # shorter plays are logged and not counted
        _count(totals, "plays")
        _count(totals, "seconds", seconds)
    return (
        f'"type":"player.track_played","trackId":"track-{artist:04d}-{track}","artistId":"artist-{artist:04d}",'
        f'"durationSeconds":{seconds}'
    )


def _voted(artist: int, _track: int, event: int, tail: str, totals: Totals) -> str:
    weight = int(tail[0], 16) % 12 + 1
    _count(totals, "votes", weight)
    return (
        f'"type":"coliseum.vote_cast","artistId":"artist-{artist:04d}","eventId":"event-{event:03d}",'
        f'"weight":{weight},"channel":"{("app", "web", "sms", "onsite")[int(tail[1], 16) % 4]}"'
    )


def _spent(artist: int, _track: int, event: int, tail: str, totals: Totals) -> str:
    cents = int(tail[:4], 16) % 9_900 + 100
    _count(totals, "money_spent", cents)
    return (
        f'"type":"treasury.money_spent","amountCents":{cents},"currency":"eur","eventId":"event-{event:03d}",'
        f'"artistId":"artist-{artist:04d}","reason":"{("merch", "bar", "tip", "ticket")[int(tail[4], 16) % 4]}"'
    )


def _earned(artist: int, _track: int, event: int, tail: str, totals: Totals) -> str:
    cents = int(tail[:4], 16) % 5_000 + 50
    _count(totals, "money_earned", cents)
    return (
        f'"type":"treasury.money_earned","amountCents":{cents},"currency":"eur","eventId":"event-{event:03d}",'
        f'"artistId":"artist-{artist:04d}","role":"artist","source":"tip"'
    )


def _viewed(_artist: int, _track: int, event: int, _tail: str, totals: Totals) -> str:
    _count(totals, "views")
    return f'"type":"concierto.event_viewed","eventId":"event-{event:03d}"'


def _interested(_artist: int, _track: int, event: int, _tail: str, totals: Totals) -> str:
    _count(totals, "interests")
    return f'"type":"concierto.event_interested","eventId":"event-{event:03d}"'


def _attended(_artist: int, _track: int, event: int, tail: str, totals: Totals) -> str:
    _count(totals, "attendance")
    city = CITIES[int(tail[:2], 16) % len(CITIES)]
    return f'"type":"concierto.event_attended","eventId":"event-{event:03d}","city":"{city}","ticketTier":"floor"'


def _ticket(_artist: int, _track: int, event: int, tail: str, totals: Totals) -> str:
    quantity = int(tail[0], 16) % 4 + 1
    _count(totals, "tickets", quantity)
    return (
        f'"type":"concierto.ticket_purchased","eventId":"event-{event:03d}","quantity":{quantity},'
        f'"amountCents":{quantity * 4_500},"currency":"eur","orderId":"order-{tail[:12]}"'
    )


def _favorited(artist: int, track: int, _event: int, _tail: str, totals: Totals) -> str:
    _count(totals, "favorites")
    return f'"type":"player.track_favorited","trackId":"track-{artist:04d}-{track}","artistId":"artist-{artist:04d}"'


def _followed(artist: int, _track: int, _event: int, _tail: str, totals: Totals) -> str:
    _count(totals, "follows")
    return f'"type":"social.follow","targetId":"artist-{artist:04d}","targetType":"artist"'


def _shared(_artist: int, _track: int, event: int, _tail: str, totals: Totals) -> str:
    _count(totals, "shares")
    return f'"type":"social.share","targetId":"event-{event:03d}","targetType":"event","platform":"messages"'


Kind = Callable[[int, int, int, str, Totals], str]
KINDS: tuple[tuple[Kind, float], ...] = (
    (_played, 45), (_voted, 20), (_spent, 9), (_viewed, 8), (_attended, 5), (_earned, 3), (_favorited, 3),
    (_followed, 3), (_shared, 2), (_ticket, 1), (_interested, 1),
)  # fmt: skip
"""What fans do, and how often of a hundred times."""

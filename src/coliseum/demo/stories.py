"""What fans do: small stories of one to three events, each a function of the seed, the minute and a number."""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from coliseum.demo.world import ARTISTS, CURRENCY, STAGES, Artist, Stage, stage_of

FANS = 4000
RACE_PERIOD_MIN = 23.0
WAVE_PERIOD_MIN = 17.0
STORY_S_MAX = 55.0
"""No story lasts longer: its last event comes this much after its first."""

Event = dict[str, Any]


def _zipf(count: int, exponent: float) -> list[float]:
    """Cumulative weights 1, 1/2^s, 1/3^s ...: a few are everywhere, most are rare."""
    return list(accumulate(1 / rank**exponent for rank in range(1, count + 1)))


_FAN_WEIGHTS = _zipf(FANS, 0.75)
_ARTIST_WEIGHTS = _zipf(len(ARTISTS), 0.9)
_STAGE_WEIGHTS = _zipf(len(STAGES), 0.5)


class Story:
    """One fan at one time. The first event happens at ``at``; ``later`` moves on."""

    def __init__(self, seed: int, minute: int, number: int) -> None:
        self.luck = Random(f"{seed}/{minute}/{number}")
        self.minute = minute
        self.at = datetime.fromtimestamp(minute * 60, UTC) + timedelta(milliseconds=self.luck.randrange(60_000))
        self.fan = f"fan-{self._rank(_FAN_WEIGHTS) + 1:04}"
        self.tonight = stage_of(self.at.date())
        self._name = f"demo-{seed}-{minute}-{number}"
        self._events = 0

    def artist(self) -> Artist:
        """A popular artist, likely."""
        return ARTISTS[self._rank(_ARTIST_WEIGHTS)]

    def stage(self) -> Stage:
        """Tonight's stage in most cases, or one that will come."""
        return self.tonight if self.luck.random() < 0.6 else STAGES[self._rank(_STAGE_WEIGHTS)]

    def wave(self) -> float:
        """0 to 1: how many are at the doors in this minute."""
        return max(0.0, math.sin(2 * math.pi * self.minute / WAVE_PERIOD_MIN))

    def chance(self, share: float) -> bool:
        """True in that share of all cases."""
        return self.luck.random() < share

    def later(self, low_s: float, high_s: float) -> None:
        """Let some time pass."""
        self.at += timedelta(milliseconds=int(1000 * self.luck.uniform(low_s, high_s)))

    def event(self, kind: str, **fields: Any) -> Event:
        """The fan's next event, as keywords for ``track``."""
        self._events += 1
        return {"type": kind, "id": f"{self._name}-{self._events}", "user_id": self.fan, "at": self.at, **fields}

    def money(self, kind: str, cents: int, **fields: Any) -> Event:
        """A movement of money, as keywords for ``track``."""
        return self.event(f"treasury.money_{kind}", amount_cents=cents, currency=CURRENCY, **fields)

    def _rank(self, weights: list[float]) -> int:
        return min(bisect_right(weights, self.luck.random() * weights[-1]), len(weights) - 1)


def _play(story: Story) -> Iterator[Event]:
    artist = story.artist()
    track = story.luck.choice(artist.tracks)
    seconds = story.luck.randrange(5, 30) if story.chance(0.12) else story.luck.randrange(60, track.duration_s + 1)
    yield story.event("player.track_played", track_id=track.id, artist_id=artist.id, duration_seconds=seconds)


def _favorite(story: Story) -> Iterator[Event]:
    artist = story.artist()
    what = {"track_id": story.luck.choice(artist.tracks).id, "artist_id": artist.id}
    yield story.event("player.track_favorited", **what)
    if story.chance(0.08):
        story.later(5, 40)
        yield story.event("player.track_unfavorited", **what)


def _follow(story: Story) -> Iterator[Event]:
    what = {"target_id": story.artist().id, "target_type": "artist"}
    yield story.event("social.follow", **what)
    if story.chance(0.06):
        story.later(5, 40)
        yield story.event("social.unfollow", **what)


def _share(story: Story) -> Iterator[Event]:
    kind, name = ("artist", story.artist().id) if story.chance(0.6) else ("event", story.stage().id)
    platform = story.luck.choice(("instagram", "tiktok", "whatsapp", "mastodon", "link"))
    yield story.event("social.share", target_id=name, target_type=kind, platform=platform)


def _look(story: Story) -> Iterator[Event]:
    stage = story.stage()
    yield story.event("concierto.event_viewed", event_id=stage.id)
    if story.chance(0.25):
        story.later(2, 20)
        yield story.event("concierto.event_interested", event_id=stage.id)


def _vote(story: Story) -> Iterator[Event]:
    """Two favorites lead in turns; the others share what is left."""
    first, second = (ARTISTS[place] for place in story.tonight.bill[:2])
    lead = 0.5 + 0.12 * math.sin(2 * math.pi * story.minute / RACE_PERIOD_MIN)
    artist = (first if story.chance(lead) else second) if story.chance(0.7) else story.artist()
    jury = story.chance(0.04)
    channel = "jury" if jury else story.luck.choice(("app", "app", "app", "web", "onsite", "sms"))
    weight = story.luck.choice((8, 10, 12)) if jury else 1
    vote = story.event(
        "coliseum.vote_cast", artist_id=artist.id, event_id=story.tonight.id, weight=weight, channel=channel
    )
    yield vote
    if story.chance(0.03):
        story.later(3, 30)
        yield story.event("coliseum.vote_voided", vote_id=vote["id"], reason="taken back by the fan")


def _tickets(story: Story) -> Iterator[Event]:
    stage = story.stage()
    tier, factor = story.luck.choice((("standing", 2), ("standing", 2), ("seated", 3), ("balcony", 5)))
    quantity = story.luck.choice((1, 2, 2, 2, 3, 4))
    cents = stage.ticket_cents * factor // 2 * quantity
    order = story.event(
        "concierto.ticket_purchased",
        event_id=stage.id,
        ticket_tier=tier,
        quantity=quantity,
        amount_cents=cents,
        currency=CURRENCY,
    )
    yield order | {"order_id": f"order-{order['id']}"}
    payment = story.money("spent", cents, reason="ticket", event_id=stage.id)
    yield payment
    if story.chance(0.05):
        story.later(15, 45)
        yield story.money("refunded", cents, reason="order cancelled", refund_of=payment["id"], event_id=stage.id)


def _merch(story: Story) -> Iterator[Event]:
    artist = story.artist()
    cents = story.luck.choice((1500, 2500, 2500, 3500, 6000))
    payment = story.money("spent", cents, reason="merch", artist_id=artist.id)
    yield payment
    if story.chance(0.04):
        story.later(15, 45)
        yield story.money("refunded", cents, reason="wrong size", refund_of=payment["id"], artist_id=artist.id)
    else:
        earning = story.money("earned", cents * 7 // 10, role="artist", source="merch", artist_id=artist.id)
        yield earning | {"user_id": f"artist-{artist.id}"}


def _attend(story: Story) -> Iterator[Event]:
    stage = story.tonight
    yield story.event("concierto.event_attended", event_id=stage.id, city=stage.city)
    if story.chance(0.3):
        story.later(10, 50)
        yield story.money("spent", story.luck.randrange(450, 2400, 50), reason="bar", event_id=stage.id)


def _weighted(story: Story) -> list[tuple[float, Callable[[Story], Iterator[Event]]]]:
    return [
        (44.0, _play),
        (18.0, _vote),
        (9.0, _look),
        (6.0, _favorite),
        (5.0, _follow),
        (4.0, _share),
        (4.0, _tickets),
        (3.0, _merch),
        (2.0 + 16.0 * story.wave(), _attend),
    ]


def tell(seed: int, minute: int, number: int) -> list[Event]:
    """The events of one story, in the order in which they happen.

    Args:
        seed: of the whole festival.
        minute: minutes since 1970 in which the story begins.
        number: which of the minute's stories.
    """
    story = Story(seed, minute, number)
    weights, kinds = zip(*_weighted(story), strict=True)
    [kind] = story.luck.choices(kinds, weights)
    return list(kind(story))

"""The tests of consent see what they are for: wrong variants of the gate fail them."""

from collections.abc import Awaitable, Callable, Sequence

import pytest

from coliseum import db
from coliseum.capture import consent
from coliseum.capture.draft import Draft
from coliseum.events.privacy import ConsentChanged
from support.consenting import FANS, careful_platform, fates, say, word
from support.festival import vote
from support.services import Platform, World


async def repeated(world: World, platform: Platform) -> list[str]:
    """A yes that is sent again after a withdrawal, with something new behind it."""
    fan = next(FANS)
    yes = word(fan, granted=True)
    await fates(world, platform, yes)
    await say(world, platform, fan, granted=False)
    return await fates(world, platform, yes, vote(userId=fan))


async def early(world: World, platform: Platform) -> list[str]:
    """Something before the yes of its batch."""
    fan = next(FANS)
    return await fates(world, platform, vote(userId=fan), word(fan, granted=True))


async def late(world: World, platform: Platform) -> list[str]:
    """What was stored while there was a yes, sent again after it was withdrawn."""
    fan = next(FANS)
    cast = vote(userId=fan)
    await say(world, platform, fan, granted=True)
    await fates(world, platform, cast)
    await say(world, platform, fan, granted=False)
    return await fates(world, platform, cast, vote(userId=fan))


async def signalled(world: World, platform: Platform) -> list[str]:
    """A yes of a signal."""
    fan = next(FANS)
    return await fates(world, platform, word(fan, granted=True, source="gpc"), vote(userId=fan))


Story = Callable[[World, Platform], Awaitable[list[str]]]
RIGHT: dict[Story, list[str]] = {
    repeated: ["duplicate", "no_consent"], early: ["no_consent", "accepted"], late: ["duplicate", "no_consent"],
    signalled: ["accepted", "no_consent"],
}  # fmt: skip


async def nothing_is_known(_connection: db.Connection, _tenant_id: int, _drafts: Sequence[Draft]) -> set[str]:
    return set()


def signals_say_yes(draft: Draft) -> bool | None:
    said = draft.decoded.event
    return said.granted if isinstance(said, ConsentChanged) else None


def words_count_for_all_of_a_batch(
    drafts: Sequence[Draft], consenting: set[str], known: set[str], request: object
) -> list[Draft]:
    for draft in drafts:
        if consent._says(draft) and draft.id not in known and draft.record.user_id is not None:
            consenting.add(draft.record.user_id)
    return [each for each in drafts if consent.needs_consent(each.record) and each.record.user_id not in consenting]


MUTANTS: dict[str, tuple[str, object, set[Story]]] = {
    "the log is not asked for what it knows": ("_known", nothing_is_known, {repeated, late}),
    "a signal says yes": ("_says", signals_say_yes, {signalled}),
    "a word counts for its whole batch": ("_without", words_count_for_all_of_a_batch, {early}),
}


@pytest.fixture
async def careful(world: World) -> Platform:
    return await careful_platform(world)


@pytest.mark.parametrize("mutant", [None, *MUTANTS])
async def test_each_wrong_gate_is_seen_by_what_it_gets_wrong_and_by_nothing_else(
    world: World, careful: Platform, monkeypatch: pytest.MonkeyPatch, mutant: str | None
) -> None:
    seen_by: set[Story] = set()
    if mutant is not None:
        name, wrong, seen_by = MUTANTS[mutant]
        monkeypatch.setattr(consent, name, wrong)
    for story, right in RIGHT.items():
        told = await story(world, careful)
        assert (told == right) == (story not in seen_by), (story, told)

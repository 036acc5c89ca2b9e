"""The public page in another language: every word of it is of the catalogue, and any language may be asked for."""

from collections.abc import AsyncIterator

import pytest

from coliseum.web.ui.text import MARKED
from support.marked import unmarked
from support.page import PublicPage, event, processing, public_page, vote
from support.services import World

PATHS = ("/", "/?window=day", "/explain?metric=votes", "/explain?metric=votes&entity=artist&id=plain&event=final",
         "/explain?metric=nonsense")  # fmt: skip
DATA = frozenset({"Plain", "plain", "Pune", "final", "Final", "The", "song", "Asia", "Kolkata", "platform"})


@pytest.fixture(scope="module")
async def page(world: World) -> AsyncIterator[PublicPage]:
    platform = await world.platform(zone="Asia/Kolkata", currency="eur")
    async with processing(world), public_page(world, platform, platform.tenant.slug) as opened:
        await opened.log(
            event("catalog.artist", artistId="plain", name="Plain"),
            event("catalog.event", eventId="final", name="The Final", artistIds=["plain"]),
            vote("plain", 1_000),
            event("concierto.event_attended", eventId="final", city="Pune"),
            event("player.track_played", trackId="song", artistId="plain", durationSeconds=200),
            event("treasury.money_spent", amountCents=123_450, currency="eur", reason="merch", artistId="plain"),
            event("social.follow", targetId="plain", targetType="artist"),
        )
        await opened.settled()
        yield opened


@pytest.mark.parametrize("path", PATHS)
async def test_no_word_of_the_page_is_missing_in_the_catalogue(page: PublicPage, path: str) -> None:
    reply = await page.get(path, **{"accept-language": MARKED})
    assert f'<html lang="{MARKED}">' in reply.body.decode()
    assert unmarked(reply.body.decode(), DATA) == []


async def test_a_tenant_that_is_not_there_is_told_of_in_words_of_the_catalogue(world: World) -> None:
    platform = await world.platform()
    async with public_page(world, platform, "nobody-has-this") as nobody:
        reply = await nobody.get("/", **{"accept-language": MARKED})
    assert reply.status == 404
    assert unmarked(reply.body.decode()) == []


async def test_the_stream_is_told_in_the_language_and_the_figures_of_who_listens(page: PublicPage) -> None:
    async with page.watch(accepted=MARKED) as stream:
        _, state = await stream.message()
    assert all("⟦" in counter["label"] and "⟦" in counter["note"] for counter in state["counters"])
    assert all("⟦" in board["title"] for board in state["boards"])
    assert {line["what"] for line in state["lines"]} >= {"⟦Vote⟧", "⟦Payment⟧"}
    async with page.watch(accepted="de-DE") as stream:
        _, state = await stream.message()
    assert "+1.000" in {line["value"] for line in state["lines"]}
    assert "EUR 1.234,50" in {line["value"] for line in state["lines"]}


@pytest.mark.parametrize(
    "wanted", ["xx-YY", "qq", "de-XX", "en-XA-XA", "x", "-", "zh-Hant-QQ", "a" * 300, "*", "é", "de;q=x"]
)
async def test_whatever_language_is_asked_for_there_is_a_page(page: PublicPage, wanted: str) -> None:
    for path in ("/", "/about", "/log-in"):
        assert (await page.get(path, **{"accept-language": wanted})).status == 200, path

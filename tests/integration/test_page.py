"""The public page without a browser: what it shows, what it keeps to itself, and that nothing in it can run."""

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from typing import Any

import pytest

from support.page import PublicPage, event, processing, public_page, vote
from support.services import World

HOSTILE = "<img src=x onerror=alert(1)>\"'</script>{{7*7}}"
TYPES = ("text/html; charset=utf-8", "text/css; charset=utf-8", "text/javascript; charset=utf-8")


class Tags(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def hrefs(self, css_class: str) -> list[str]:
        return [str(attrs["href"]) for tag, attrs in self.tags if tag == "a" and attrs.get("class") == css_class]


@pytest.fixture(scope="module")
async def page(world: World) -> AsyncIterator[PublicPage]:
    platform = await world.platform(zone="Asia/Kolkata", currency="jpy")
    async with processing(world), public_page(world, platform, platform.tenant.slug) as opened:
        await opened.log(
            event("catalog.artist", artistId="hostile", name=HOSTILE, picture="javascript:alert(1)"),
            event("catalog.artist", artistId="plain", name="Plain", picture="https://pictures.example/plain.png"),
            event("catalog.event", eventId="final", name="The Final", artistIds=["hostile", "plain"]),
            *[vote("plain", weight) for weight in range(1, 61)],
            *[vote("hostile") for _ in range(3)],
            event("concierto.event_attended", eventId="final", city="Pune"),
            event("player.track_played", trackId="song", artistId="plain", durationSeconds=200),
            event("treasury.money_spent", amountCents=12_345, currency="jpy", reason="merch", artistId="plain"),
            event("social.follow", targetId="secret-friend", targetType="user"),
        )
        await opened.settled()
        yield opened


async def test_the_page_shows_the_numbers_and_the_boards(page: PublicPage) -> None:
    reply = await page.get("/")
    assert reply.status == 200
    shown = Tags(reply.body.decode())
    assert "1,833" in shown.text
    assert "12,345" in shown.text
    assert "Spent, JPY" in shown.text
    assert "The Final" in shown.text
    assert "Asia/Kolkata" in shown.text
    assert len(shown.hrefs("score")) == 5 + 1  # five rows, and the row that the script copies


@pytest.mark.parametrize("path", ["/", "/?window=day", "/explain?metric=votes&entity=artist&id=hostile"])
async def test_hostile_names_are_only_text(page: PublicPage, path: str) -> None:
    html = (await page.get(path)).body.decode()
    shown = Tags(html)
    assert HOSTILE in shown.text
    assert "javascript:" not in html
    assert "{{7*7}}" in shown.text
    assert [attrs["src"] for tag, attrs in shown.tags if tag == "img"] in (
        ["https://pictures.example/plain.png"] * 2,
        [],
    )
    for tag, attrs in shown.tags:
        assert not [name for name in attrs if name.startswith("on") or name == "style"], (tag, attrs)
        assert tag != "style"
        if tag == "script":
            assert str(attrs["src"]).startswith("/static/")


@pytest.mark.parametrize(
    "path", ["/", "/?window=nonsense", "/explain?metric=votes", "/explain", "/static/page.css", "/static/live.js"]
)
async def test_every_answer_carries_the_same_strict_headers(page: PublicPage, path: str) -> None:
    headers = (await page.get(path)).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; font-src 'self'; "
        "connect-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-type"] in TYPES


@pytest.mark.parametrize(
    "path",
    ["/", "/?window=day", "/?window=week", "/explain?metric=votes", "/explain?metric=follows"],
)
async def test_no_page_names_a_person_or_an_event_id(page: PublicPage, path: str) -> None:
    reply = await page.get(path)
    assert reply.status == 200
    assert b"secret" not in reply.body


async def test_no_stream_names_a_person_or_an_event_id(page: PublicPage) -> None:
    assert "secret" not in str(await page.settled())


async def test_a_score_leads_to_the_entries_that_it_is_the_sum_of(page: PublicPage) -> None:
    [href] = [link for link in Tags((await page.get("/")).body.decode()).hrefs("score") if "id=plain" in link][:1]
    counts: list[int] = []
    following: str | None = href
    while following:
        html = (await page.get(following)).body.decode()
        assert "1,830" in html
        assert "The sum of 60 log entries" in html
        counts += [int(each) for each in re.findall(r'<td class="number">(\d+)</td>\n<td>Vote', html)]
        found = re.search(r'<a href="([^"]+)" rel="next">', html)
        following = found and found[1].replace("&amp;", "&")
    assert counts == list(range(1, 61))


async def test_every_link_of_the_page_leads_somewhere(page: PublicPage) -> None:
    shown = Tags((await page.get("/?window=week")).body.decode())
    links = [str(attrs["href"]) for tag, attrs in shown.tags if tag in {"a", "link"}]
    for link in {link for link in links if link.startswith("/") and link != "/explain"}:
        assert (await page.get(link)).status == 200, link


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("metric=votes&entity=fan&id=secret-fan", "not public"),
        ("metric=nonsense", "no metric"),
        ("", "no metric"),
        ("metric=votes&entity=artist", "id says"),
        ("metric=votes&entity=artist&id=plain&cursor=x", "cursor"),
        ("metric=votes&window=decade", "no window"),
        ("metric=votes&at=yesterday", "at"),
        ("metric=votes&entity=artist&id=%00", "id has"),
    ],
)
async def test_an_explanation_that_cannot_be_given_says_why(page: PublicPage, query: str, word: str) -> None:
    reply = await page.get(f"/explain?{query}")
    assert reply.status == 400
    assert word in Tags(reply.body.decode()).text


async def test_a_static_file_is_sent_once(page: PublicPage) -> None:
    first = await page.get("/static/live.js")
    again = await page.get("/static/live.js", **{"if-none-match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("name", ["nothing.js", "..%2fpages.py", "__init__.py"])
async def test_only_the_pages_own_files_are_served(page: PublicPage, name: str) -> None:
    assert (await page.get(f"/static/{name}")).status == 404


@pytest.mark.parametrize(
    ("slug", "status", "words"), [(None, 200, "COLISEUM_PUBLIC_TENANT"), ("nobody", 404, "tenant create nobody")]
)
async def test_without_a_public_tenant_the_page_says_how_to_have_one(
    world: World, slug: Any, status: int, words: str
) -> None:
    async with public_page(world, await world.platform(), slug) as bare:
        reply = await bare.get("/")
        assert (reply.status, words in reply.body.decode()) == (status, True)
        assert (await bare.get("/explain?metric=votes")).status == 404
        assert (await bare.get("/live")).code == "not_found"

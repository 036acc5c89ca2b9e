"""The query page, dashboards and public links as pages: what they say without a script, and to whom."""

import re
from typing import Any

import pytest

from support.asgi import Reply
from support.festival import event, vote
from support.live import conducted, send
from support.people import LogIn, new_person
from support.services import Platform, World

pytestmark = pytest.mark.long

HOSTILE = "<img src=x onerror=alert(1)>"
FORMULA = "=1+1"


class Stage:
    """A tenant with a few votes, and its owner and a viewer, logged in."""

    def __init__(self, world: World, platform: Platform, owner: LogIn, viewer: LogIn) -> None:
        self.world, self.platform, self.owner, self.viewer = world, platform, owner, viewer
        self.http = world.http

    async def see(self, path: str = "", *, viewer: bool = False, part: bool = False) -> Reply:
        who = self.viewer if viewer else self.owner
        return await self.http.get(
            f"/t/{self.platform.tenant.slug}/{path}", {**who.headers, **({"hx-request": "true"} if part else {})}
        )

    async def share(self, **what: Any) -> tuple[int, str]:
        made = await self.owner.ask("POST", "/api/shares", what, {"coliseum-tenant": self.platform.tenant.slug})
        assert made.status == 201, made
        return made.json["share"]["id"], made.json["path"]


@pytest.fixture(scope="module")
async def stage(world: World) -> Stage:
    platform = await world.platform(zone="Europe/Vienna")
    events = [event("catalog.artist", artistId="abba", name="ABBA", genres=["pop"]),
              event("catalog.artist", artistId="evil", name=HOSTILE, genres=["noise"])]  # fmt: skip
    events += [
        vote(artistId=artist, weight=7, userId=f"fan-{each}") for artist in ("abba", "evil") for each in range(3)
    ]
    events += [vote(artistId=FORMULA, weight=2)]
    await send(world, platform, events)
    await conducted(world, platform)
    owner = await (await new_person(world, (platform, "owner"))).log_in()
    viewer = await (await new_person(world, (platform, "viewer"))).log_in()
    return Stage(world, platform, owner, viewer)


async def test_a_question_is_answered_without_a_script(stage: Stage) -> None:
    reply = await stage.see(
        "query?metric=votes&split=artist&window=28d&grain=none&compare=none&from=&last=&city=&limit=8"
    )
    assert reply.status == 200, reply
    text = reply.body.decode()
    assert "<svg" in text
    assert "ABBA" in text
    assert HOSTILE not in text
    assert "&lt;img src=x" in text
    assert ">44<" in text  # the total
    hrefs = re.findall(r'href="([^"]+/explain\?[^"]+)"', text)
    assert any("id=abba" in each for each in hrefs)
    assert any("id=" not in each for each in hrefs)


async def test_every_number_that_leads_to_its_explanation_is_explained_so(stage: Stage) -> None:
    text = (await stage.see("query?metric=votes&split=genre&window=28d")).body.decode()
    links = re.findall(r'href="[^"]+/explain\?([^"]+)"[^>]*>([\d,]+)</a>', text)
    assert len(links) >= 3
    for query, told in links:
        path = "/api/explain?" + query.replace("&amp;", "&")
        why = (await stage.world.http.get(path, stage.platform.server)).json
        assert f"{why['value']:,}" == told, (query, why)


@pytest.mark.parametrize(
    "address",
    [
        "query", "query?metric=votes&grain=day", "query?metric=votes&split=artist&grain=hour&window=day",
        "query?metric=voters&split=artist&grain=day&window=7d&compare=previous", "query?metric=votes&window=custom",
        "query?metric=votes&from=2026-01-01&last=2026-02-28&window=custom&compare=year",
        "query?metric=follows&split=city&city=Graz", "query?metric=votes&split=genre&city=a&event=b&genre=c",
        "query?metric=money_spent&split=event&currency=eur&window=all&compare=previous&grain=month",
        "query?metric=votes&chart=figure&compare=previous", "query?metric=votes&chart=bar&grain=day",
        "query?metric=listeners&split=track&grain=week&window=90d", "query?metric=votes&split=fan", "dashboards",
    ],
)  # fmt: skip
async def test_whatever_the_controls_can_say_has_an_answer(stage: Stage, address: str) -> None:
    reply = await stage.see(address)
    assert reply.status == 200, reply.body[-2000:]
    part = await stage.see(address, part=True)
    if address.startswith("query"):
        assert b"<html" not in part.body
        assert b'id="query"' in part.body


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("query?metric=moon", "votes"), ("query?metric=votes&from=2026-05-01&last=2026-04-01", "to is after from"),
        ("query?metric=votes&grain=hour&from=2020-01-01&last=2026-01-01", "coarser"),
        ("query?metric=votes&from=yesterday&last=2026-04-01", "from"),
    ],
)  # fmt: skip
async def test_what_cannot_be_asked_is_said_beside_the_controls(stage: Stage, address: str, says: str) -> None:
    reply = await stage.see(address)
    assert reply.status == 400
    assert says in reply.body.decode()
    assert 'id="ask"' in reply.body.decode()


async def test_a_period_that_is_not_over_tells_no_change(stage: Stage) -> None:
    running = (await stage.see("query?metric=votes&window=year&compare=previous")).body.decode()
    assert "not over yet" in running
    assert "▲" not in running
    over = (await stage.see("query?metric=votes&window=28d&compare=previous")).body.decode()
    assert "not over yet" not in over


async def test_nothing_counted_says_why_and_what_to_do(stage: Stage) -> None:
    text = (await stage.see("query?metric=tickets")).body.decode()
    assert "Nothing was counted here" in text
    assert "Look at all time" in text


async def test_the_file_is_offered_and_marks_formulas(stage: Stage) -> None:
    reply = await stage.see("query/export?metric=votes&split=artist&window=28d")
    assert (reply.status, reply.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert f"'{FORMULA}" in reply.body.decode()
    assert not re.search(r"(^|,)=", reply.body.decode())
    assert (await stage.see("query/export?metric=votes", viewer=True)).status == 403


async def test_a_viewer_sees_no_way_to_change_or_to_single_people(stage: Stage) -> None:
    text = (await stage.see("query?metric=votes", viewer=True)).body.decode()
    assert "Save to a dashboard" not in text
    assert "Public link" not in text
    assert 'value="fan"' not in text
    assert (await stage.see("query?metric=votes&split=fan", viewer=True)).status == 403


async def test_a_dashboard_shows_its_panels_and_one_that_fails_spoils_no_other(stage: Stage) -> None:
    tenant = {"coliseum-tenant": stage.platform.tenant.slug}
    panels = [{"question": {"metric": "votes", "split": "artist"}, "title": HOSTILE},
              {"question": {"metric": "votes", "split": "fan"}, "title": "Fans"}]  # fmt: skip
    made = await stage.owner.ask("POST", "/api/dashboards", {"name": "Tour " * 20, "panels": panels}, tenant)
    number = made.json["id"]
    text = (await stage.see(f"dashboards/{number}")).body.decode()
    assert text.count('<section class="panel') == 2
    assert HOSTILE not in text
    assert "fan-1" in text
    theirs = (await stage.see(f"dashboards/{number}", viewer=True)).body.decode()
    assert "ABBA" in theirs
    assert "fan-1" not in theirs
    assert 'class="warned"' in theirs
    assert (await stage.see("dashboards/999999")).status == 404
    listed = (await stage.see("dashboards")).body.decode()
    assert "2 panels" in listed


async def test_a_public_link_shows_the_numbers_and_nothing_that_leads_inside(stage: Stage) -> None:
    number, path = await stage.share(panel={"question": {"metric": "votes", "split": "artist"}, "title": "Who leads"})
    reply = await stage.http.get(path)
    text = reply.body.decode()
    assert reply.status == 200
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in reply.headers["x-robots-tag"]
    assert "Who leads" in text
    assert "ABBA" in text
    assert HOSTILE not in text
    links = re.findall(r'(?:href|action|src|hx-get)="([^"]*)"', text)
    assert not [each for each in links if not each.startswith(("/static/", "#", "data:text/csv"))], links
    assert path.removeprefix("/s/") not in text
    gone = await stage.owner.ask(
        "DELETE", f"/api/shares/{number}", None, {"coliseum-tenant": stage.platform.tenant.slug}
    )
    assert gone.status == 204
    revoked, never = await stage.http.get(path), await stage.http.get("/s/no.such")
    assert revoked.status == never.status == 404
    # A page may lead back to its own address; all else is alike.
    assert revoked.body.replace(path.encode(), b"") == never.body.replace(b"/s/no.such", b"")
    for name in ("cache-control", "referrer-policy", "content-security-policy"):
        assert revoked.headers[name] == never.headers[name]


async def test_a_public_dashboard_leaves_out_what_came_to_name_people_later(stage: Stage) -> None:
    tenant = {"coliseum-tenant": stage.platform.tenant.slug}
    panel = {"question": {"metric": "votes", "split": "artist"}}
    number = (await stage.owner.ask("POST", "/api/dashboards", {"name": "T", "panels": [panel]}, tenant)).json["id"]
    _, path = await stage.share(dashboardId=number)
    wish = {"name": "T", "panels": [panel, {"question": {"metric": "votes", "split": "fan"}}]}
    assert (await stage.owner.ask("PUT", f"/api/dashboards/{number}", wish, tenant)).status == 200
    text = (await stage.http.get(path)).body.decode()
    assert "ABBA" in text
    assert "fan-1" not in text
    assert "not shown publicly" in text

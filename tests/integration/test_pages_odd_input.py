"""Odd bytes, numbers and ways out in the addresses and forms of pages: refused by name, never a failure."""

import pytest

from support.people import new_person
from support.services import Platform, World

INSIDE = (
    "boards?metric=votes%00", "boards?metric=votes&as_of=9999-12-31T23:59:59Z", "boards/%00", "artists/%00",
    "artists/%ED%A0%80", "explain?metric=votes&id=%00", "query?metric=votes&city=%00",
    "query?metric=votes&limit=99999999999999999999", "cities/%2e%2e%2f", "?from=0001-01-01&to=9999-12-31&period=custom",
    "log?type=%00", "log?cursor=%00", "catalog/artists?search=%00", "catalog/artists/edit?id=%00", "entries?event=%00",
    "live/%00", "jumbotron?event=%00&seconds=-1&theme=%00", "dashboards/99999999999999999999", "events?search=%00",
)  # fmt: skip
OUTSIDE = (
    "/s/%00", "/s/a.%00", "/s/" + "a" * 5_000, "/p/%00/vote/x", "/p/x/jumbotron/%00?seconds=999999999999999999999",
    "/embed/..%2f..%2fapp.py", "/static/v-x/..%2f..%2fapp.py", "/static/%00", "/api/public/%00/votings/x",
    "/api/public/x/boards/%00/total", "/welcome/%00", "/log-in?next=//evil.example", "/cookies?next=%00",
)  # fmt: skip
FORMS = (
    ("/cookies", b"choice=\xff&next=%00"), ("/cookies", b"choice=yes&next=//evil.example"),
    ("/log-in", b"email=%00&password=%00"), ("/log-in", b"stub=%00&code=1"), ("/forgot", b"email=%00"),
    ("/p/x/vote/y", b"choice=%00"),
)  # fmt: skip
FORM = {"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("path", INSIDE)
async def test_a_members_page_takes_no_harm(world: World, platform: Platform, path: str) -> None:
    log_in = await (await new_person(world, (platform, "owner"))).log_in()
    assert (await log_in.ask("GET", f"/t/{platform.tenant.slug}/{path}")).status < 500


@pytest.mark.parametrize("path", OUTSIDE)
async def test_a_page_for_anybody_takes_no_harm(world: World, path: str) -> None:
    got = await world.http.get(path)
    assert got.status < 500
    assert b"evil.example" not in got.body


@pytest.mark.parametrize(("path", "body"), FORMS)
async def test_a_form_takes_no_harm_and_leads_nowhere_else(world: World, path: str, body: bytes) -> None:
    got = await world.http.post(path, body, FORM)
    assert got.status < 500
    assert "evil.example" not in got.headers.get("location", "")

"""Passwords are checked one at a time, so many wait, and whoever comes then is turned away."""

import asyncio
import time

import pytest

from coliseum.accounts.passwords import Passwords
from coliseum.errors import RequestRefused
from support.people import new_person
from support.services import World


async def test_only_so_many_passwords_are_checked_and_wait() -> None:
    passwords = Passwords(waiting_max=3)
    try:
        done = await asyncio.gather(*(passwords.verify(None, "x") for _ in range(20)), return_exceptions=True)
        assert done.count(False) == 4
        assert {each.code for each in done if isinstance(each, RequestRefused)} == {"rate_limited"}
        assert await passwords.verify(None, "x") is False
    finally:
        passwords.close()


async def test_who_comes_while_too_many_wait_is_turned_away_with_a_turn_of_their_own(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    human = await new_person(world)
    places = world.services.logins.passwords.places
    moment = time.monotonic()
    monkeypatch.setattr(places, "_monotonic", lambda: moment)
    taken = 0
    while not places.full:
        places.enter()
        taken += 1
    try:
        replies = [await human.try_to() for _ in range(40)]
    finally:
        for _ in range(taken):
            places.leave()
    assert {(reply.status, reply.code) for reply in replies} == {(429, "rate_limited")}
    assert {reply.headers["content-type"] for reply in replies} == {"application/problem+json"}
    assert {reply.headers["cache-control"] for reply in replies} == {"no-store"}
    assert all("strict-transport-security" in reply.headers for reply in replies)
    waits = [int(reply.headers["retry-after"]) for reply in replies]
    assert waits == sorted(waits)
    assert len(set(waits)) > 1
    assert (await human.try_to()).status == 200


async def test_who_gives_up_waiting_keeps_no_place() -> None:
    passwords = Passwords(waiting_max=1)
    try:
        for _ in range(5):
            giving_up = [asyncio.create_task(passwords.verify(None, "x")) for _ in range(3)]
            await asyncio.sleep(0)
            for task in giving_up:
                task.cancel()
            await asyncio.gather(*giving_up, return_exceptions=True)
            async with asyncio.timeout(10):
                while passwords.places.taken:
                    await asyncio.sleep(0.005)
        assert await passwords.verify(None, "x") is False
    finally:
        passwords.close()

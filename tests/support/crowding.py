"""Capture's latency while many log in: measured from outside on a running system."""

import asyncio
import json
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field

import aiohttp

from support.festival import vote
from support.people import PAGE, PASSWORD
from support.system import System


@dataclass
class Latencies:
    """Of single events, in seconds."""

    taken_s: list[float]

    @property
    def p50(self) -> float:
        return statistics.median(self.taken_s)

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.taken_s, n=100)[98]


async def latencies(client: aiohttp.ClientSession, system: System, key: str, seconds: float, gap_s: float) -> Latencies:
    """Send single events, four at a time with a pause after each, for so long."""
    taken: list[float] = []
    ends_s = time.monotonic() + seconds

    async def send() -> None:
        while time.monotonic() < ends_s:
            began_s = time.perf_counter()
            async with client.post(
                f"{system.url}/api/passport/log",
                data=json.dumps(vote()),
                headers={"authorization": f"Bearer {key}", "content-type": "application/json"},
            ) as reply:
                assert reply.status == 201, await reply.text()
                await reply.read()
            taken.append(time.perf_counter() - began_s)
            await asyncio.sleep(gap_s)

    await asyncio.gather(*(send() for _ in range(4)))
    return Latencies(taken)


@dataclass
class Crowd:
    """What a crowd was answered: how often each status, and the seconds that each who was turned away was to wait."""

    statuses: Counter[int] = field(default_factory=Counter)
    waits_s: list[int] = field(default_factory=list)


async def log_ins(client: aiohttp.ClientSession, system: System, emails: list[str], until_s: float) -> Crowd:
    """All of these log in at once, again and again, and wait for as long as they are told."""
    crowd = Crowd()

    async def log_in(email: str) -> None:
        while time.monotonic() < until_s:
            body = json.dumps({"email": email, "password": PASSWORD, "kind": "token"})
            async with client.post(f"{system.url}/api/auth/login", data=body, headers=PAGE) as reply:
                await reply.read()
                crowd.statuses[reply.status] += 1
                wait_s = int(reply.headers["retry-after"]) if reply.status == 429 else 0
            if wait_s:
                crowd.waits_s.append(wait_s)
                await asyncio.sleep(min(wait_s, max(until_s - time.monotonic(), 0)))

    await asyncio.gather(*(log_in(email) for email in emails))
    return crowd

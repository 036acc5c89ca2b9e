"""Casting a vote from the page behind a QR code: by nobody in particular, once for each device, into the log."""

import ipaddress
from typing import Final

import msgspec

from coliseum.capture.draft import Request
from coliseum.capture.gates import ANONYMOUS
from coliseum.errors import Refusal, RequestRefused
from coliseum.events.votes import VoteCast
from coliseum.votings.store import Ballot, artist_voted_for
from coliseum.web.services import Services

WEIGHT: Final = 1
CHANNEL: Final = "web"
IPV6_NETWORK: Final = 64
"""A home or a phone has a whole network of IPv6 addresses: they are one address here."""


class Counted(msgspec.Struct, frozen=True, rename="camel"):
    """A vote that is in the log. ``status``: ``duplicate`` when this device had cast this very vote before."""

    ok: bool
    status: str
    artist: str
    id: str


async def cast(services: Services, address: str, ballot: Ballot, slip: str, artist: str) -> Counted:
    """Cast a device's vote; a device that casts the same vote again is answered as the first time.

    Raises:
        RequestRefused: ``voting_closed``, ``invalid_token``, ``invalid_payload``, ``already_voted``, ``rate_limited``,
            or as the pipeline says.
    """
    tenant, voting, now = ballot.tenant, ballot.voting, services.clock()
    if voting.state(now) != "open":
        when = "has not opened yet" if voting.state(now) == "soon" else "is over"
        raise RequestRefused(Refusal.VOTING_CLOSED, f"this voting {when}")
    number = services.stadium.devices.number(slip, tenant.slug, voting.name, now)
    if artist not in {option.id for option in ballot.options}:
        raise RequestRefused(Refusal.INVALID_PAYLOAD, "nobody of this name stands on the ballot", "artist")
    who = f"{tenant.tenant_id}/{voting.name}/{network_of(address)}"
    await services.limiter.check("voting", who, voting.votes_per_address)
    vote_id = services.stadium.devices.vote_id(tenant.slug, voting.event, number)
    if (known := await _known(services, ballot, vote_id, artist)) is not None:
        return known
    event = VoteCast(
        id=vote_id, user_id=f"{ANONYMOUS}{number}", device_id=number, at=now.isoformat(), artist_id=artist,
        event_id=voting.event, weight=WEIGHT, channel=CHANNEL,
    )  # fmt: skip
    request = Request(
        tenant, trusted=False, strict=True, source="voting", received_at=now,
        included=services.allowance.included(tenant), asked_for=True,
    )  # fmt: skip
    [result] = await services.pipeline.capture([msgspec.json.encode(event)], request)
    if result.code == Refusal.ID_REUSED and (known := await _known(services, ballot, vote_id, artist)) is not None:
        return known  # the same device's other tap was stored in this very moment
    if result.status == "refused":
        raise RequestRefused(
            Refusal(str(result.code)), str(result.message), limit=result.limit, plan=result.plan,
            reset_at=result.reset_at,
        )  # fmt: skip
    return Counted(ok=True, status=result.status, artist=artist, id=vote_id)


async def _known(services: Services, ballot: Ballot, vote_id: str, artist: str) -> Counted | None:
    """The device's vote when it has cast it.

    Raises:
        RequestRefused: ``already_voted``: it was for somebody else.
    """
    tenant_id = ballot.tenant.tenant_id
    async with services.database.tenant(tenant_id) as connection:
        voted_for = await artist_voted_for(connection, tenant_id, vote_id)
    if voted_for is None:
        return None
    if voted_for != artist:
        name = next((each.name for each in ballot.options if each.id == voted_for), voted_for)
        raise RequestRefused(Refusal.ALREADY_VOTED, f"this device has voted, for {name}", "artist")
    return Counted(ok=True, status="duplicate", artist=artist, id=vote_id)


def network_of(address: str) -> str:
    """What counts as one address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, IPV6_NETWORK), strict=False))
    return str(found)

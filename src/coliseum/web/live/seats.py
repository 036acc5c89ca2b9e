"""How many may watch at one process, and who has which place: strangers, and the viewers of each tenant."""

from collections import Counter
from typing import TypeVar

import msgspec

from coliseum.accounts.callers import Caller
from coliseum.errors import Refusal, RequestRefused
from coliseum.web.live.channel import LINGER_S
from coliseum.web.live.viewer import Viewer

VIEWERS_MAX = 10_000
VIEWERS_OF_TENANT_MAX = 6_000
"""Of one tenant: a crowd that watches one show leaves room for the others' members."""
PUBLIC_MAX = 4_000
"""Viewers of public boards, of whom nobody knows who they are: members find room, whatever is embedded where."""
PUBLIC_OF_ADDRESS_MAX = 200
"""Of those, from one address: a hall behind one address has room, and one machine cannot take all places."""
STRANGERS_MAX = 1_000
"""Connections that have not yet said who they are; others wait no longer than ``AUTH_S_MAX`` for their places."""
CHANNELS_MAX = 2_000
AUTH_S_MAX = 5.0
HEARTBEAT_S = 15.0
SEND_S_MAX = 10.0
"""A viewer that takes no bytes for so long is dropped."""


Key = TypeVar("Key")


class Limits(msgspec.Struct, frozen=True):
    """How much and how long; tests take less."""

    viewers_max: int = VIEWERS_MAX
    viewers_of_tenant_max: int = VIEWERS_OF_TENANT_MAX
    public_max: int = PUBLIC_MAX
    public_of_address_max: int = PUBLIC_OF_ADDRESS_MAX
    strangers_max: int = STRANGERS_MAX
    channels_max: int = CHANNELS_MAX
    auth_s_max: float = AUTH_S_MAX
    heartbeat_s: float = HEARTBEAT_S
    send_s_max: float = SEND_S_MAX
    linger_s: float = LINGER_S


class Seats:
    """The viewers of one process. A viewer takes a place as a stranger, and one of its tenant's when it is known."""

    def __init__(self, limits: Limits) -> None:
        self.viewers: set[Viewer] = set()
        self._limits = limits
        self._strangers: set[Viewer] = set()
        self._tenant_of: dict[Viewer, int] = {}
        self._of_tenant: Counter[int] = Counter()
        self._address_of: dict[Viewer, str] = {}
        self._of_address: Counter[str] = Counter()

    @property
    def free(self) -> bool:
        """Whether one more may come."""
        limits = self._limits
        return len(self.viewers) < limits.viewers_max and len(self._strangers) < limits.strangers_max

    def take(self, viewer: Viewer) -> None:
        """Somebody has come, and has yet to say who it is."""
        self.viewers.add(viewer)
        self._strangers.add(viewer)

    def assign(self, viewer: Viewer, caller: Caller, credential: bytes) -> None:
        """It is known who a viewer is.

        Raises:
            RequestRefused: ``overloaded``: the tenant has all the places that one tenant gets.
        """
        if viewer in self.viewers and viewer not in self._tenant_of:
            self._seat(viewer, caller.tenant.tenant_id)
        viewer.caller, viewer.credential = caller, credential
        self._strangers.discard(viewer)

    def assign_public(self, viewer: Viewer, tenant_id: int, address: str) -> None:
        """A viewer watches a public board of this tenant, and will not say who it is.

        Raises:
            RequestRefused: ``overloaded``: the public, this address or the tenant has all its places.
        """
        limits = self._limits
        crowded = self._of_address[address] >= limits.public_of_address_max
        if crowded or len(self._address_of) >= limits.public_max:
            raise RequestRefused(Refusal.OVERLOADED, "too many watch public boards here; ask now and then instead")
        self._seat(viewer, tenant_id)
        self._address_of[viewer] = address
        self._of_address[address] += 1
        viewer.public_of = tenant_id
        self._strangers.discard(viewer)

    def _seat(self, viewer: Viewer, tenant_id: int) -> None:
        if self._of_tenant[tenant_id] >= self._limits.viewers_of_tenant_max:
            raise RequestRefused(Refusal.OVERLOADED, "too many of this tenant are watching here; come back later")
        self._tenant_of[viewer] = tenant_id
        self._of_tenant[tenant_id] += 1

    def leave(self, viewer: Viewer) -> None:
        """A viewer is gone; saying so twice changes nothing."""
        self.viewers.discard(viewer)
        self._strangers.discard(viewer)
        address = self._address_of.pop(viewer, None)
        if address is not None:
            _less(self._of_address, address)
        tenant_id = self._tenant_of.pop(viewer, None)
        if tenant_id is not None:
            _less(self._of_tenant, tenant_id)


def _less(counted: Counter[Key], key: Key) -> None:
    counted[key] -= 1
    if not counted[key]:
        del counted[key]

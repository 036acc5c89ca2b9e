"""How many may watch at one process, and who has which place: strangers, and the viewers of each tenant."""

from collections import Counter

import msgspec

from coliseum.accounts.callers import Caller
from coliseum.errors import Refusal, RequestRefused
from coliseum.web.live.channel import LINGER_S
from coliseum.web.live.viewer import Viewer

VIEWERS_MAX = 10_000
VIEWERS_OF_TENANT_MAX = 6_000
"""Of one tenant: a crowd that watches one show leaves room for the others' members."""
STRANGERS_MAX = 1_000
"""Connections that have not yet said who they are; others wait no longer than ``AUTH_S_MAX`` for their places."""
CHANNELS_MAX = 2_000
AUTH_S_MAX = 5.0
HEARTBEAT_S = 15.0
SEND_S_MAX = 10.0
"""A viewer that takes no bytes for so long is dropped."""


class Limits(msgspec.Struct, frozen=True):
    """How much and how long; tests take less."""

    viewers_max: int = VIEWERS_MAX
    viewers_of_tenant_max: int = VIEWERS_OF_TENANT_MAX
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
        tenant_id = caller.tenant.tenant_id
        if viewer in self.viewers and viewer not in self._tenant_of:
            if self._of_tenant[tenant_id] >= self._limits.viewers_of_tenant_max:
                raise RequestRefused(Refusal.OVERLOADED, "too many of this tenant are watching here; come back later")
            self._tenant_of[viewer] = tenant_id
            self._of_tenant[tenant_id] += 1
        viewer.caller, viewer.credential = caller, credential
        self._strangers.discard(viewer)

    def leave(self, viewer: Viewer) -> None:
        """A viewer is gone; saying so twice changes nothing."""
        self.viewers.discard(viewer)
        self._strangers.discard(viewer)
        tenant_id = self._tenant_of.pop(viewer, None)
        if tenant_id is not None:
            self._of_tenant[tenant_id] -= 1
            if not self._of_tenant[tenant_id]:
                del self._of_tenant[tenant_id]

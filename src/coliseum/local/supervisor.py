"""Keeps a set of services running, in an order: one that ends is started again, after a growing pause."""

import time
from collections.abc import Callable

from msgspec import Struct

from coliseum.errors import ColiseumError
from coliseum.local.child import Child
from coliseum.local.interrupt import Interrupt
from coliseum.local.ledger import Ledger

LOOK_INTERVAL_S = 0.1
PAUSE_FIRST_S = 0.5
PAUSE_MAX_S = 30.0
STEADY_AFTER_S = 60.0
"""A service that ran this long had a good start: the next pause is the first one again."""


class Service(Struct):
    """Something to keep running. Its state is the supervisor's.

    ``start`` returns when the service is up, or raises a `ColiseumError`. ``ends`` marks work that is done
    when the program exits with 0, and is not begun again then.
    """

    name: str
    start: Callable[[], Child]
    ends: bool = False
    child: Child | None = None
    pause_s: float = PAUSE_FIRST_S
    start_at: float | None = None


class Supervisor:
    """Starts services one after the other and stops them in the opposite order.

    Owned by the holder of the data folder; used from the main thread alone (see `Child`).
    """

    def __init__(self, ledger: Ledger, say: Callable[[str], None]) -> None:
        self._ledger = ledger
        self._say = say
        self._services: list[Service] = []

    def start(self, service: Service) -> Child:
        """Start a service and keep it from now on; an error of the first start is the caller's."""
        child = self._start(service)
        self._services.append(service)
        return child

    def watch(self, interrupt: Interrupt) -> None:
        """Keep everything running until a stop is wanted."""
        while not interrupt.is_wanted():
            for service in self._services:
                self._look_at(service)
            interrupt.pause(LOOK_INTERVAL_S)

    def stop(self) -> None:
        """Stop everything, last started first; nothing is left running when this returns."""
        while self._services:
            service = self._services.pop()
            if service.child is not None:
                service.child.stop()
        self._ledger.clear()

    def _start(self, service: Service) -> Child:
        child = service.start()
        service.child, service.start_at = child, None
        self._ledger.add(child)
        return child

    def _look_at(self, service: Service) -> None:
        now = time.monotonic()
        if service.start_at is not None:
            if now >= service.start_at:
                self._start_again(service)
            return
        if service.child is None:
            return
        code = service.child.exit_code()
        if code is None:
            return
        if now - service.child.started_at > STEADY_AFTER_S:
            service.pause_s = PAUSE_FIRST_S
        if service.ends and code == 0:
            service.child = None
            self._say(f"The {service.name} has ended; everything else goes on.")
            return
        how = f"with code {code}" if code >= 0 else f"by signal {-code}"
        self._plan(service, f"The {service.name} ended {how} (see {service.child.program.log})")

    def _start_again(self, service: Service) -> None:
        try:
            self._start(service)
        except ColiseumError as error:
            self._plan(service, str(error).rstrip("."))

    def _plan(self, service: Service, what: str) -> None:
        self._say(f"{what}; it is started again in {service.pause_s:g} s.")
        service.start_at = time.monotonic() + service.pause_s
        service.pause_s = min(service.pause_s * 2, PAUSE_MAX_S)

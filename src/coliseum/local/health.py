"""Waits until the web server of this machine answers."""

import http.client
import time

from coliseum.local.child import Child, last_line
from coliseum.local.faults import ServerDidNotStart
from coliseum.local.interrupt import Interrupt

PATH = "/health"
START_TIMEOUT_S = 60.0
ANSWER_TIMEOUT_S = 5.0
LOOK_INTERVAL_S = 0.05


def wait_until_healthy(child: Child, host: str, port: int, interrupt: Interrupt) -> None:
    """Return when GET /health answers 200, or when a stop is wanted.

    Raises:
        ServerDidNotStart: the process ended, or was not healthy within a minute.
    """
    give_up = time.monotonic() + START_TIMEOUT_S
    log = child.program.log
    while not interrupt.is_wanted():
        if child.exit_code() is not None:
            raise ServerDidNotStart(f"The web server did not start: {last_line(log)}", hint=f"More stands in {log}.")
        if _healthy(host, port):
            return
        if time.monotonic() > give_up:
            raise ServerDidNotStart(
                f"The web server did not become healthy within {START_TIMEOUT_S:g} s.",
                hint=f"See {log}.",
            )
        interrupt.pause(LOOK_INTERVAL_S)


def reachable_host(host: str) -> str:
    """Return the address under which this machine reaches a server that listens on `host`."""
    any_ipv4 = "0.0.0.0"  # noqa: S104 - compared, not listened on  # nosec B104
    any_ipv6 = "::"
    return {any_ipv4: "127.0.0.1", any_ipv6: "::1"}.get(host, host)


def _healthy(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(reachable_host(host), port, timeout=ANSWER_TIMEOUT_S)
    try:
        connection.request("GET", PATH)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()

"""TCP ports on this machine: a free one, and whether an address can be listened on."""

import errno
import socket

from coliseum.local.faults import AddressUnusable


def free_port() -> int:
    """Return a port of 127.0.0.1 that was free a moment ago; another process may still take it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def require_free(host: str, port: int) -> None:
    """Make sure that the web server will be able to listen.

    Raises:
        AddressUnusable: the port is in use, reserved, or the address is not this machine's.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
    except socket.gaierror:
        raise AddressUnusable(f"The address {host} (COLISEUM_HOST) is not known.") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise AddressUnusable(
                f"Port {port} on {host} is in use by another program.",
                hint=f"Stop that program, or choose another port: COLISEUM_PORT={port + 1}",
            ) from None
        reason = (error.strerror or str(error)).lower()
        raise AddressUnusable(f"The web server cannot listen on {host}:{port}: {reason}.") from None

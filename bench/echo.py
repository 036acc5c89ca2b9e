"""A server that answers every request at once, to find out what the load generator itself can do.

``python -m bench.echo`` prints its port, and ends with its standard input.
"""

import select
import socket
import sys

ANSWER = b"HTTP/1.1 201 Created\r\ncontent-length: 11\r\n\r\n" + b'{"ok":true}'


def main() -> None:
    """Answer whatever comes; on the loopback address a small request comes in one piece."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener, select.epoll() as poll:
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        poll.register(listener.fileno(), select.EPOLLIN)
        poll.register(sys.stdin.fileno(), select.EPOLLIN)
        peers: dict[int, socket.socket] = {}
        while True:
            for fd, _ in poll.poll():
                if fd == sys.stdin.fileno():
                    return
                if fd == listener.fileno():
                    peer, _ = listener.accept()
                    peers[peer.fileno()] = peer
                    poll.register(peer.fileno(), select.EPOLLIN)
                elif peers[fd].recv(65_536):
                    peers[fd].send(ANSWER)
                else:
                    poll.unregister(fd)
                    peers.pop(fd).close()


if __name__ == "__main__":
    main()

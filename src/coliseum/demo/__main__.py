"""``python -m coliseum.demo --url URL --key KEY``: play the festival until SIGTERM or Ctrl-C."""

import argparse
import os
import signal
import sys
import threading
from datetime import UTC, datetime
from types import FrameType

from coliseum.client import Client
from coliseum.demo.player import Player


def main(arguments: list[str] | None = None) -> int:
    """Play; 0 after an orderly end, 1 when nothing at all could be delivered."""
    options = _parser().parse_args(arguments)
    if not options.key:
        sys.stderr.write("a key is needed: --key, or COLISEUM_KEY in the environment\n")
        return 1
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        client = Client(options.url, options.key)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    player = Player(client, seed=options.seed, rate=options.rate, clock=lambda: datetime.now(UTC), wait=stopped.wait)
    player.run(options.minutes)
    client.close()
    stats = client.stats
    sys.stderr.write(
        f"{stats.accepted} events accepted, {stats.duplicates} known before, {stats.refused} refused, "
        f"{stats.dropped} dropped\n"
    )
    return 0 if stats.accepted + stats.duplicates else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m coliseum.demo", description="Play a simulated festival.")
    parser.add_argument("--url", default=os.environ.get("COLISEUM_URL", "http://127.0.0.1:8000"))
    parser.add_argument("--key", default=os.environ.get("COLISEUM_KEY", ""), help="a server key")
    parser.add_argument("--seed", type=int, default=1, help="the same seed is the same festival")
    parser.add_argument("--rate", type=_positive, default=20.0, help="events a second")
    parser.add_argument("--minutes", type=_positive, help="end after so long; without it, play for ever")
    return parser


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError("must be above 0")
    return number


if __name__ == "__main__":
    sys.exit(main())

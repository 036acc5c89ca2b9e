"""Coliseum: a live platform's events in one provable log, turned into numbers that can be explained.

``import coliseum`` alone loads nothing; the names below load the client the first time one of them is used::

    import coliseum

    coliseum.configure(url="https://coliseum.example", key="cs_server_...")
    coliseum.track("player.track_played", user_id="u-7", artist_id="abba", track_id="waterloo")
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coliseum.client import Client, configure, flush, track

__all__ = ["Client", "configure", "flush", "track"]


def __getattr__(name: str) -> Any:
    """Load the client when it is first asked for, so that the server's modules do not pay for it."""
    if name not in __all__:
        raise AttributeError(f"module 'coliseum' has no attribute {name!r}")
    from coliseum import client  # noqa: PLC0415 - loaded when first used, as the docstring says

    return getattr(client, name)

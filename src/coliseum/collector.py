"""The collector of cyclic garbage, for a process that lives long and serves much."""

import gc

YOUNG_OBJECTS = 20_000
"""New containers after which the youngest are looked through. Nearly all of ours are freed by their counts long
before; the standard 700 makes a batch of events cost several looks."""


def settle() -> None:
    """Leave everything that is loaded out of all later collections; call it when a process has started.

    Otherwise a full collection walks through every module, and stops the process for tens of milliseconds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)

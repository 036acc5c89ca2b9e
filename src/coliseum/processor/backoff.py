"""Waiting before another try: exponential, capped, with full jitter."""

import random

FIRST_S = 0.05
LONGEST_S = 5.0


def delay_s(attempt: int, rng: random.Random) -> float:
    """Seconds to wait after the ``attempt``-th failure (from 1): uniform up to a bound that doubles each time.

    Source: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015 ("full jitter").
    """
    return rng.uniform(0, min(LONGEST_S, FIRST_S * 2 ** min(attempt, 20)))

"""How long to wait before a try that follows a failed one."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential backoff with full jitter: a random share of a wait that doubles; clients spread out.

    The algorithm is "Full Jitter" of "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
    """

    base_s: float = 0.2
    cap_s: float = 30.0
    share: Callable[[], float] = field(default=random.SystemRandom().random)

    def wait_s(self, failures: int, retry_after_s: float | None = None) -> float:
        """Seconds to wait after ``failures`` (1, 2 ...) failed tries, at least what the server asked for."""
        ceiling = min(self.cap_s, self.base_s * 2.0 ** min(failures - 1, 32))
        jittered = ceiling * self.share()
        return jittered if retry_after_s is None else retry_after_s + min(jittered, 1.0)

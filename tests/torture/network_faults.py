"""The faults of the network, between each pair of processes."""

import random

from torture.faults import Fault
from torture.proxy import Kind, Toxic
from torture.stage import PROCESSORS, WEBS, Stage

LINKS = {
    "client to web": [f"client-{name}" for name in WEBS],
    "web to PostgreSQL": [f"{name}-postgres" for name in WEBS],
    "web to Valkey": [f"{name}-valkey" for name in WEBS],
    "processor to PostgreSQL": [f"{name}-postgres" for name in PROCESSORS],
    "processor to Valkey": [f"{name}-valkey" for name in PROCESSORS],
}
KINDS: tuple[Kind, ...] = ("latency", "blackhole", "half_open", "reset_after", "answer_lost", "refuse")


class LinkIll(Fault):
    """One link of a pair, or all of them, in one of the ways in which a network fails."""

    touches = frozenset({"network"})

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.pair = rng.choice(list(LINKS))
        self.links = rng.sample(LINKS[self.pair], rng.randint(1, 2))
        kind = rng.choice(KINDS)
        amount = {"latency": rng.uniform(0.05, 0.4), "reset_after": rng.uniform(100, 20_000), "answer_lost": 20}
        self.toxic = Toxic(kind, amount.get(kind, 0))
        self.lasts_s = rng.uniform(2, 10) if kind in ("blackhole", "half_open") else rng.uniform(1, 4)

    @property
    def name(self) -> str:
        return f"{self.pair}: {self.toxic.kind} {self.toxic.amount:.1f} on {len(self.links)} links for {self.lasts_s:.1f} s"

    def inject(self, stage: Stage) -> None:
        for link in self.links:
            stage.proxies[link].set(self.toxic)
            if self.toxic.kind == "refuse":
                stage.proxies[link].reset_all()

    def heal(self, stage: Stage) -> None:
        for link in self.links:
            stage.proxies[link].set(Toxic())

"""What a fault is, and the faults of processes and of clocks."""

import random
import signal
import time
from abc import ABC, abstractmethod
from typing import ClassVar

from torture.programs import signal_all
from torture.stage import PROCESSORS, WEBS, Stage

LEASE_PASSED_S = 4.0
"""Twice the lease that the processors under test have."""
IN_TRANSACTION_PASSED_S = 11.0
"""Longer than PostgreSQL lets one of our sessions be idle in a transaction."""


class Fault(ABC):
    """Something that goes wrong and is put right again. Made anew for each time, from the run's random numbers."""

    touches: ClassVar[frozenset[str]] = frozenset()
    """What it breaks; two faults at one moment touch different things."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.lasts_s = rng.uniform(0.5, 4)

    @property
    def name(self) -> str:
        """What is printed: enough to know what was done."""
        return type(self).__name__

    @abstractmethod
    def inject(self, stage: Stage) -> None:
        """Break it."""

    @abstractmethod
    def heal(self, stage: Stage) -> None:
        """Put it right; what was broken may take its time to come back."""


class Killed(Fault):
    """SIGKILL of some of our own programs, several times if one likes."""

    among: ClassVar[tuple[str, ...]] = ()

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.victims = rng.sample(self.among, rng.randint(1, len(self.among)))

    @property
    def name(self) -> str:
        return f"kill {' '.join(self.victims)}"

    def inject(self, stage: Stage) -> None:
        stage.down.update(self.victims)
        for victim in self.victims:
            stage.services[victim].kill()

    def heal(self, stage: Stage) -> None:
        for victim in self.victims:
            stage.services[victim].start()
        stage.down.difference_update(self.victims)


class WebKilled(Killed):
    touches = frozenset({"web"})
    among = WEBS


class ProcessorKilled(Killed):
    touches = frozenset({"processor"})
    among = PROCESSORS


class Stopped(Killed):
    """SIGSTOP, and SIGCONT when others have taken over."""

    @property
    def name(self) -> str:
        return f"stop {' '.join(self.victims)} for {self.lasts_s:.1f} s"

    def inject(self, stage: Stage) -> None:
        for victim in self.victims:
            stage.services[victim].send(signal.SIGSTOP)

    def heal(self, stage: Stage) -> None:
        for victim in self.victims:
            stage.services[victim].send(signal.SIGCONT)


class WebStopped(Stopped):
    touches = frozenset({"web"})
    among = WEBS

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.lasts_s = rng.choice([rng.uniform(1, 5), IN_TRANSACTION_PASSED_S])


class ProcessorStopped(Stopped):
    touches = frozenset({"processor"})
    among = PROCESSORS

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.lasts_s = rng.choice([LEASE_PASSED_S, LEASE_PASSED_S, IN_TRANSACTION_PASSED_S])


class PostgresKilled(Fault):
    """SIGKILL of the postmaster and of all that it started, once or twice."""

    touches = frozenset({"postgres"})

    def inject(self, stage: Stage) -> None:
        stage.down.add("postgres")
        stage.kill_postgres()
        if self.rng.random() < 0.3:
            stage.postgres.start()
            time.sleep(self.rng.uniform(0, 0.5))
            stage.kill_postgres()

    def heal(self, stage: Stage) -> None:
        stage.postgres.start()
        stage.down.discard("postgres")


class PostgresStopped(Fault):
    """Every process of PostgreSQL stands still: connections are there, and nothing is answered."""

    touches = frozenset({"postgres"})

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.lasts_s = rng.uniform(2, 8)

    def inject(self, stage: Stage) -> None:
        signal_all(stage.postgres_processes(), signal.SIGSTOP)

    def heal(self, stage: Stage) -> None:
        signal_all(stage.postgres_processes(), signal.SIGCONT)


class ClockWrong(Fault):
    """Clocks jump, by minutes or days, to and fro."""

    touches = frozenset({"clock"})
    offsets_s = (-86_400 * 3, -86_400, -400, -30, 30, 400, 86_400, 86_400 * 3)

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        names = rng.sample([*WEBS, *PROCESSORS], rng.randint(1, 4))
        self.offsets = {name: rng.choice(self.offsets_s) for name in names}

    @property
    def name(self) -> str:
        return f"clocks off by {self.offsets}"

    def inject(self, stage: Stage) -> None:
        for name, offset_s in self.offsets.items():
            stage.services[name].set_clock(offset_s)
        time.sleep(self.lasts_s / 2)
        for name, offset_s in self.offsets.items():
            stage.services[name].set_clock(-offset_s / 2)

    def heal(self, stage: Stage) -> None:
        for name in self.offsets:
            stage.services[name].set_clock(0)

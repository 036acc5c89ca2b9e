"""One seed: load, faults chosen by the seed, healing, rest, and the checks of everything."""

import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from torture.answers import Truth, check_at_rest, check_seen, get, truth_of
from torture.bounds import check_footprints, footprint, wait_until_lag_is_gone
from torture.faults import (
    ClockWrong,
    Fault,
    PostgresKilled,
    PostgresStopped,
    ProcessorKilled,
    ProcessorStopped,
    WebKilled,
    WebStopped,
)
from torture.ledger import Ledger
from torture.network_faults import LinkIll
from torture.oracle import LOG, NOTHING, Row, Verdict, check_log
from torture.sender import Line, Sender, stopped
from torture.stage import Stage, staged
from torture.store_faults import (
    ConnectionsExhausted,
    DiskFull,
    EmptiedDuringRebuild,
    MemoryFull,
    PowerCut,
    ValkeyEmptied,
    ValkeyKilled,
)
from torture.traffic import Traffic
from torture.watcher import ASKED, Watcher

SENDERS = 4
PAUSE_S = 0.12
WATCH_PAUSE_S = 0.15
WARM_UP_S = 3.0
DRAIN_S = 120.0
LIVE_S = 60.0
POISONED = "poisoned"
ON_DISK: tuple[type[Fault], ...] = (DiskFull, PowerCut)
FAULTS: tuple[tuple[type[Fault], int], ...] = (
    (LinkIll, 10), (WebKilled, 2), (ProcessorKilled, 2), (PostgresKilled, 2), (PostgresStopped, 1), (ProcessorStopped, 3),
    (WebStopped, 2), (ClockWrong, 2), (DiskFull, 2), (PowerCut, 2), (ConnectionsExhausted, 2), (ValkeyKilled, 3),
    (ValkeyEmptied, 2), (EmptiedDuringRebuild, 1), (MemoryFull, 2),
)  # fmt: skip
"""Each with how often it is chosen."""


UNEXPECTED = re.compile(r'Traceback|"capture_failed"|"parking_failed"')
"""What no fault excuses."""
STARTED_WITHOUT_A_STORE = re.compile(r"\[ERROR\](?:(?!web_started).)*?StoreUnavailable.*?Unexpected exit", re.DOTALL)
"""A web server that is started while PostgreSQL is away ends, says this, and is started again."""


@dataclass
class Report:
    """What one seed did and what came of it."""

    seed: int
    faults: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    entries: int = 0
    seen: int = 0
    slowest_recovery_s: float = 0.0
    verdict: Verdict = NOTHING


@dataclass
class Load:
    """The threads that send and read."""

    stage: Stage
    ledger: Ledger
    senders: list[Sender]
    watcher: Watcher

    @classmethod
    def begin(cls, stage: Stage, seed: int) -> "Load":
        """Start sending and reading; ``ledger`` lies in the stage's folder."""
        ledger = Ledger(stage.folder / "ledger.jsonl")
        accounts = stage.accounts
        senders = [
            Sender(
                Traffic(random.Random(f"{seed}/{n}"), f"s{seed}-{n}", [slug for slug in accounts if slug != POISONED], POISONED),
                ledger, accounts, stage.web_ports, PAUSE_S,
            )
            for n in range(SENDERS)
        ]  # fmt: skip
        watcher = Watcher(random.Random(f"{seed}/w"), list(accounts.values()), stage.web_ports, WATCH_PAUSE_S)
        for thread in (*senders, watcher):
            thread.start()
        return cls(stage, ledger, senders, watcher)

    def end(self) -> None:
        """Stop; what is unknown has been sent again until it was answered, but for what is left unknown on purpose."""
        stopped([*self.senders, self.watcher], DRAIN_S, self.stage.logs)


def chosen(rng: random.Random, *, with_disk: bool) -> Iterator[list[Fault]]:
    """Faults without end: mostly one, now and then two that touch different things."""
    kinds = [(kind, often) for kind, often in FAULTS if with_disk or kind not in ON_DISK]
    classes, weights = zip(*kinds, strict=True)
    while True:
        first: Fault = rng.choices(classes, weights)[0](rng)
        second: Fault = rng.choices(classes, weights)[0](rng)
        together = rng.random() < 0.25 and not first.touches & second.touches
        yield [first, second] if together else [first]


def run_seed(seed: int, folder: Path, seconds: float, say: Callable[[str], None], faults_max: int = 10_000) -> Report:
    """Torture a new system for so long, or with so many faults, and check it."""
    rng = random.Random(seed)
    report = Report(seed)
    with staged(folder) as stage:
        load = Load.begin(stage, seed)
        line = Line(stage.web_ports, random.Random(0))
        time.sleep(WARM_UP_S)
        before = {name: footprint(service) for name, service in stage.services.items()}
        ends_s = time.monotonic() + seconds
        for faults in chosen(rng, with_disk=stage.disk is not None):
            if time.monotonic() > ends_s or len(report.faults) >= faults_max:
                break
            break_and_heal(stage, faults, report, say)
            took_s = wait_until_lag_is_gone(stage, line)
            report.slowest_recovery_s = max(report.slowest_recovery_s, took_s)
            say(f"  lag gone after {took_s:.1f} s")
            time.sleep(rng.uniform(0, 1.5))
        load.end()
        report.verdict = judged(stage, load, line, report) + check_footprints(stage, before)
        line.close()
        load.ledger.close()
    return report


def break_and_heal(stage: Stage, faults: Sequence[Fault], report: Report, say: Callable[[str], None]) -> None:
    """Inject these faults, let them last, and put all right."""
    for fault in faults:
        say(f"  {len(report.faults) + 1}: {fault.name}")
        report.faults.append(fault.name)
        fault.inject(stage)
    ends_s = time.monotonic() + max(fault.lasts_s for fault in faults)
    while time.monotonic() < ends_s:
        stage.look_after()
        time.sleep(0.05)
    for fault in faults:
        fault.heal(stage)


def judged(stage: Stage, load: Load, line: Line, report: Report) -> Verdict:
    """Everything that can be said of a system at rest."""
    wait_until_lag_is_gone(stage, line)
    wait_until_live(stage, line)
    rows = stage.fetch(LOG)
    truths = truths_of(stage, load.ledger, rows)
    report.counts = {str(status): number for status, number in load.ledger.counts.items()}
    report.entries, report.seen = len(rows), len(load.watcher.seen)
    verdict = check_log(load.ledger, rows)
    verdict += check_seen(truths, load.watcher.seen)
    verdict += check_at_rest(truths, stage.accounts.values(), line, live=True)
    verdict += verified(stage)
    return verdict + Verdict([], [], [*internal_errors(stage, load)])


def truths_of(stage: Stage, ledger: Ledger, rows: Sequence[Row]) -> dict[str, Truth]:
    """Each tenant's truth; dead letters of the rollups do not count, and only the poisoned tenant may have any."""
    letters = stage.fetch(
        'SELECT t.slug, d.partition, d."offset", e.event_type FROM processor_dead_letters d '
        'JOIN accounts_tenants t USING (tenant_id) JOIN passport_entries e USING (tenant_id, partition, "offset") '
        "WHERE d.consumer = 'coliseum'"
    )
    odd = [
        letter for letter in letters if (letter["slug"], letter["event_type"]) != (POISONED, "treasury.money_earned")
    ]
    assert not odd, f"these should not be among the dead letters: {odd[:5]}"
    return {
        slug: truth_of(
            account, ledger, rows,
            {(letter["partition"], letter["offset"]) for letter in letters if letter["slug"] == slug},
        )
        for slug, account in stage.accounts.items()
    }  # fmt: skip


def wait_until_live(stage: Stage, line: Line) -> None:
    """Ask for every board until all of them are live."""

    def all_live() -> bool:
        return all(
            get(line, account, "/api/leaderboards", {"metric": metric, "entity": entity, "window": window})["source"]
            == "live"
            for account in stage.accounts.values()
            for metric, entity, window in ASKED
        )

    stage.wait_for(all_live, "all boards to be live", LIVE_S)


def verified(stage: Stage) -> Verdict:
    """What `coliseum verify` says."""
    process = stage.cli("verify")
    output, _ = process.communicate(timeout=300)
    return NOTHING if process.returncode == 0 else Verdict([], [], output.decode().splitlines())


def internal_errors(stage: Stage, load: Load) -> Iterator[str]:
    """A fault is no excuse for a 500, nor for an exception that nobody expected."""
    told = {thread.name: thread.statuses for thread in load.senders} | {"watcher": load.watcher.statuses}
    for thread, statuses in told.items():
        if statuses[500]:
            yield f"{thread} was answered 500 {statuses[500]} times"
    for name, service in stage.services.items():
        text = STARTED_WITHOUT_A_STORE.sub("", service.log.read_text(errors="replace"))
        for found in UNEXPECTED.finditer(text):
            yield f"{name} logged {text[max(0, found.start() - 300) : found.end() + 1_500]}"
            break

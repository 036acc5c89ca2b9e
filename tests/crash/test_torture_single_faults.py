"""One fault after the other on real processes under load, each with what it in particular must show; then everything."""

import itertools
import json
import platform
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from coliseum import db
from support.festival import vote
from torture.bounds import Footprint, check_footprints, footprint, wait_until_lag_is_gone
from torture.disk import why_not
from torture.faults import IN_TRANSACTION_PASSED_S, ClockWrong, Fault
from torture.ledger import Attempt
from torture.network_faults import LINKS
from torture.proxy import Toxic
from torture.run import Load, Report, break_and_heal, chosen, judged
from torture.sender import BROKEN, Line, attempts_of
from torture.stage import PROCESSORS, WEBS, Stage, staged
from torture.store_faults import ConnectionsExhausted, DiskFull, EmptiedDuringRebuild, MemoryFull, ValkeyKilled

pytestmark = pytest.mark.timeout(300)
ROW_LOCKED = """
    SELECT client_port FROM pg_stat_activity
    WHERE application_name = 'coliseum-processor' AND state = 'idle in transaction' AND backend_xid IS NOT NULL
"""
RANDOM_FAULTS = 4
SEED = 1
SQL = db.statements("coliseum.processor")
NO_DISK = why_not()


@dataclass
class Scene:
    """A stage under load."""

    stage: Stage
    load: Load
    line: Line
    before: dict[str, Footprint]

    def suffer(self, fault: Fault) -> None:
        """Break, heal, and see the lag gone within its time while the load goes on."""
        break_and_heal(self.stage, [fault], Report(0), lambda _: None)
        wait_until_lag_is_gone(self.stage, self.line)

    def statuses(self) -> dict[int, int]:
        """How often each status was answered to senders."""
        found: dict[int, int] = {}
        for sender in self.load.senders:
            for status, count in sender.statuses.items():
                found[status] = found.get(status, 0) + count
        return found


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with staged(tmp_path_factory.mktemp("torture")) as stage:
        load = Load.begin(stage, 1)
        line = Line(stage.web_ports, random.Random(0))
        wait_until_lag_is_gone(stage, line)
        yield Scene(stage, load, line, {name: footprint(each) for name, each in stage.services.items()})
        line.close()
        load.ledger.close()


def stopped_in_a_transaction(stage: Stage, name: str) -> None:
    """SIGSTOP a processor at a moment at which one of its transactions has written."""
    rng = random.Random(1)
    for _ in range(300):
        stage.services[name].send(signal.SIGSTOP)
        time.sleep(0.05)  # what PostgreSQL was just doing for it ends
        own = stage.proxies[f"{name}-postgres"].server_side_ports()
        if any(row["client_port"] in own for row in stage.fetch(ROW_LOCKED)):
            return
        stage.services[name].send(signal.SIGCONT)
        time.sleep(rng.uniform(0.01, 0.1))
    raise AssertionError("it was never caught in a transaction")


def test_a_processor_that_stood_still_in_a_transaction_is_fenced_off(scene: Scene) -> None:
    stage, name = scene.stage, PROCESSORS[0]
    stage.wait_for(lambda: bool(held_by(stage, name)), "it to hold a unit", 20)
    stopped_in_a_transaction(stage, name)
    held = held_by(stage, name)
    time.sleep(IN_TRANSACTION_PASSED_S)
    stage.wait_for(lambda: not held_by(stage, name), "others to take its units over", 10)
    log = stage.postgres._log.read_text(errors="replace")
    assert "terminating connection due to idle-in-transaction timeout" in log
    stage.services[name].send(signal.SIGCONT)
    for (tenant_id, consumer), (holder, epoch, generation) in held.items():
        refused = stage.fetch(SQL["lock_cursor"], tenant_id, consumer, generation, holder, epoch, 0)
        assert refused == [], "the old holder may still write"
    wait_until_lag_is_gone(stage, scene.line)
    stage.wait_for(lambda: bool(held_by(stage, name)), "it to take part again", 20)
    assert all(epoch > held[unit][1] for unit, (_, epoch, _) in held_by(stage, name).items() if unit in held)


def held_by(stage: Stage, name: str) -> dict[tuple[int, str], tuple[str, int, int]]:
    """The units that a processor holds: (holder, epoch, generation)."""
    rows = stage.fetch(
        "SELECT * FROM processor_units WHERE holder LIKE $1", f"{platform.node()}-{stage.services[name].pid}-%"
    )
    return {(row["tenant_id"], row["consumer"]): (row["holder"], row["epoch"], row["generation"]) for row in rows}


@pytest.mark.parametrize("link", ["client to web", "web to PostgreSQL"])
def test_who_lost_an_answer_after_the_commit_is_told_the_same_place(scene: Scene, link: str) -> None:
    stage, account = scene.stage, scene.stage.accounts["alpha"]
    seen: list[Attempt] = []
    for n in range(12):
        event = vote(id=f"answer lost {link} {n}")
        keys = scene.load.ledger.send(account.slug, [event])
        for toxic in (Toxic("answer_lost", 1 + n // 2), Toxic()):
            for each in LINKS[link]:
                stage.proxies[each].set(toxic)
            seen += [attempt := send_one(scene, event)]
            scene.load.ledger.answered(keys, [attempt])
        assert seen[-1].place is not None, seen[-1]
    statuses = [attempt.status for attempt in seen]
    assert "unknown" in statuses[::2], "no answer was lost"
    assert "duplicate" in statuses[1::2], "no lost answer was that of a commit"


def send_one(scene: Scene, event: dict[str, object]) -> Attempt:
    line = Line(scene.stage.web_ports, random.Random(1))
    account = scene.stage.accounts["alpha"]
    body = json.dumps(event).encode()
    try:
        status, content = line.request("POST", "/api/passport/log", body, account.headers("log", body))
    except BROKEN:
        return Attempt("unknown")
    finally:
        line.close()
    return attempts_of(status, content, 1)[0]


def test_valkey_emptied_while_the_projections_are_remade(scene: Scene) -> None:
    fault = EmptiedDuringRebuild(random.Random(1))
    fault.killed_after_s = None
    scene.suffer(fault)


def test_valkey_comes_back_with_an_older_file(scene: Scene) -> None:
    fault = ValkeyKilled(random.Random(1))
    fault.comes_back, fault.older_by_s, fault.lasts_s = "older", 1.5, 0.5
    scene.suffer(fault)


@pytest.mark.parametrize("policy", ["noeviction", "allkeys-lru"])
def test_valkey_has_reached_its_memory(scene: Scene, policy: str) -> None:
    fault = MemoryFull(random.Random(1))
    fault.policy, fault.lasts_s = policy, 2
    scene.suffer(fault)


@pytest.mark.skipif(NO_DISK is not None, reason=f"no disk of its own for PostgreSQL: {NO_DISK}")
def test_a_full_disk_is_answered_503_and_loses_nothing(scene: Scene) -> None:
    before = scene.statuses()
    fault = DiskFull(random.Random(1))
    fault.inject(scene.stage)
    try:  # there is room in PostgreSQL's files for a while
        answered = "somebody to be answered 503"
        scene.stage.wait_for(lambda: scene.statuses().get(503, 0) > before.get(503, 0), answered, 60)
    finally:
        fault.heal(scene.stage)
    wait_until_lag_is_gone(scene.stage, scene.line)
    assert scene.statuses().get(500, 0) == before.get(500, 0)


def test_when_all_connections_are_taken_the_answer_is_503_and_fast(scene: Scene) -> None:
    fault = ConnectionsExhausted(random.Random(1))
    fault.inject(scene.stage)
    line = Line(scene.stage.web_ports, random.Random(1))
    account = scene.stage.accounts["alpha"]
    refused = 0
    for _ in range(20):
        begun_s = time.monotonic()
        status, _ = line.request("GET", "/api/status", None, {"Authorization": f"Bearer {account.key}"})
        assert status in {200, 503}, status
        assert time.monotonic() - begun_s < 2
        refused += status == 503
    assert refused > 0
    fault.heal(scene.stage)
    line.close()
    wait_until_lag_is_gone(scene.stage, scene.line)
    assert scene.statuses().get(500, 0) == 0


@pytest.mark.parametrize("pair", ["processor to PostgreSQL", "web to PostgreSQL"])
def test_connections_that_nobody_hears_are_given_up(scene: Scene, pair: str) -> None:
    for link in LINKS[pair]:
        scene.stage.proxies[link].set(Toxic("half_open"))
    time.sleep(0.5)
    for link in LINKS[pair]:
        scene.stage.proxies[link].set(Toxic())
    wait_until_lag_is_gone(scene.stage, scene.line, 30)


def test_clocks_are_wrong_by_days(scene: Scene) -> None:
    fault = ClockWrong(random.Random(1))
    fault.offsets = {PROCESSORS[0]: 86_400 * 3, WEBS[0]: -86_400, WEBS[1]: 400}
    scene.suffer(fault)


def test_a_few_faults_that_a_seed_chooses(scene: Scene) -> None:
    rng = random.Random(SEED)
    faults = itertools.islice(chosen(rng, with_disk=NO_DISK is None), RANDOM_FAULTS)
    for fault in itertools.chain.from_iterable(faults):
        scene.suffer(fault)


def test_after_all_that_every_number_is_what_was_sent(scene: Scene) -> None:
    scene.load.end()
    report = Report(0)
    verdict = judged(scene.stage, scene.load, scene.line, report) + check_footprints(scene.stage, scene.before)
    assert report.entries > 500
    assert report.seen > 20
    assert verdict.clean, str(verdict)

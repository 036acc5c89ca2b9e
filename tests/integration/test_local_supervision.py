"""Children and their supervisor: restarts, the order of stopping, and what a killed supervisor leaves."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest

from coliseum.local.child import Child, Program
from coliseum.local.faults import ServerDidNotStart
from coliseum.local.interrupt import Interrupt
from coliseum.local.ledger import Ledger
from coliseum.local.supervisor import Service, Supervisor

WAITS = """
import signal, time
signal.signal(signal.SIGTERM, lambda *_: exit(0))
print("up", flush=True)
time.sleep(60)
"""
STUBBORN = WAITS.replace("lambda *_: exit(0)", "signal.SIG_IGN")
TELLS = WAITS.replace("exit(0)", "(open({order!r}, 'a').write({name!r}), exit(0))")
PARENT = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
time.sleep(60)
"""


class Until(Interrupt):
    """An interrupt that comes when a condition holds."""

    def __init__(self, condition: Callable[[], bool]) -> None:
        super().__init__()
        self._condition = condition
        self._give_up = time.monotonic() + 20

    def is_wanted(self) -> bool:
        assert time.monotonic() < self._give_up
        return self._condition()


def program(folder: Path, name: str, code: str, patience_s: float = 10.0) -> Program:
    return Program(
        name=name,
        command=[sys.executable, "-c", code],
        log=folder / f"{name}.log",
        stop_signals=[(signal.SIGTERM, patience_s)],
    )


def wait_for(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def is_up(started: Program) -> bool:
    return b"up" in started.log.read_bytes()


def is_running(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_a_child_is_in_a_session_of_its_own_and_stops_when_asked(tmp_path: Path) -> None:
    child = Child(program(tmp_path, "waits", WAITS))
    wait_for(partial(is_up, child.program))
    assert os.getsid(child.pid) == child.pid
    child.stop()
    assert child.exit_code() == 0


def test_a_child_that_will_not_stop_is_ended(tmp_path: Path) -> None:
    child = Child(program(tmp_path, "stubborn", STUBBORN, patience_s=0.2))
    wait_for(partial(is_up, child.program))
    child.stop()
    assert child.exit_code() == -signal.SIGKILL


def test_what_a_killed_child_had_started_ends_with_it(tmp_path: Path) -> None:
    child = Child(program(tmp_path, "parent", PARENT))
    wait_for(lambda: bool(psutil.Process(child.pid).children()))
    grandchild = psutil.Process(child.pid).children()[0]
    os.kill(child.pid, signal.SIGKILL)
    wait_for(lambda: child.exit_code() is not None)
    wait_for(lambda: not is_running(grandchild.pid))


def test_a_service_that_dies_is_started_again_and_said_so(tmp_path: Path) -> None:
    said: list[str] = []
    started: list[Child] = []
    supervisor = Supervisor(Ledger.open(tmp_path), said.append)

    def start() -> Child:
        started.append(Child(program(tmp_path, "waits", WAITS)))
        return started[-1]

    try:
        os.kill(supervisor.start(Service("web server", start)).pid, signal.SIGKILL)
        supervisor.watch(Until(lambda: len(started) == 2))
    finally:
        supervisor.stop()
    log = tmp_path / "waits.log"
    assert said == [f"The web server ended by signal 9 (see {log}); it is started again in 0.5 s."]


def test_a_restart_that_fails_is_tried_again_after_a_longer_pause(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(Ledger.open(tmp_path), said.append)
    outcomes: list[Child | ServerDidNotStart] = [
        Child(program(tmp_path, "waits", WAITS)),
        ServerDidNotStart("It did not start."),
    ]

    def start() -> Child:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    try:
        os.kill(supervisor.start(Service("web server", start)).pid, signal.SIGKILL)
        supervisor.watch(Until(lambda: len(said) == 2))
    finally:
        supervisor.stop()
    assert said[1] == "It did not start; it is started again in 1 s."


def test_work_that_is_done_is_not_begun_again(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(Ledger.open(tmp_path), said.append)
    try:
        supervisor.start(Service("festival", lambda: Child(program(tmp_path, "done", "pass")), ends=True))
        supervisor.watch(Until(lambda: bool(said)))
    finally:
        supervisor.stop()
    assert said == ["The festival has ended; everything else goes on."]


def test_services_stop_in_the_opposite_order(tmp_path: Path) -> None:
    order = tmp_path / "order"
    supervisor = Supervisor(Ledger.open(tmp_path), print)
    for name in "abc":
        tells = program(tmp_path, name, TELLS.format(order=str(order), name=name))
        supervisor.start(Service(name, partial(Child, tells)))
        wait_for(partial(is_up, tells))
    supervisor.stop()
    assert order.read_text() == "cba"


def test_the_next_holder_ends_what_a_killed_supervisor_left(tmp_path: Path) -> None:
    child = Child(program(tmp_path, "waits", WAITS))
    wait_for(partial(is_up, child.program))
    Ledger.open(tmp_path).add(child)
    assert Ledger.open(tmp_path).end_leftovers() == ["waits"]
    assert child.exit_code() == 0
    assert Ledger.open(tmp_path).end_leftovers() == []


def test_a_number_that_belongs_to_a_stranger_by_now_is_left_alone(tmp_path: Path) -> None:
    child = Child(program(tmp_path, "waits", WAITS))
    try:
        wait_for(partial(is_up, child.program))
        ledger = Ledger.open(tmp_path)
        ledger.add(child)
        record = tmp_path / "processes.json"
        record.write_text(record.read_text().replace("time.sleep(60)", "time.sleep(61)"))
        assert Ledger.open(tmp_path).end_leftovers() == []
        assert child.exit_code() is None
    finally:
        child.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tell a process that its parent has died")
def test_a_child_ends_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; sys.path.insert(0, sys.argv[2])\n"
        "from integration.test_local_supervision import WAITS, program\n"
        "from coliseum.local.child import Child\n"
        "print(Child(program(Path(sys.argv[1]), 'waits', WAITS)).pid, flush=True); time.sleep(60)"
    )
    tests = str(Path(__file__).parents[1])
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path), tests], stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout is not None
        pid = int(supervisor.stdout.readline())
        wait_for(lambda: b"up" in (tmp_path / "waits.log").read_bytes())
        supervisor.kill()
    wait_for(lambda: not is_running(pid))

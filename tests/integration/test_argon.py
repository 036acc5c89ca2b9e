"""The process that hashes passwords: it comes back when it dies, ends with its parent, and knows nothing."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from coliseum.accounts.argon import HASHER, Child, Question
from coliseum.accounts.passwords import Passwords
from coliseum.errors import StoreUnavailable

PARENT = """
import os, sys
from coliseum.accounts.argon import Child, Question
child = Child()
child.ask(Question(b"x"))
print(child._process.pid, flush=True)
sys.stdin.read()
"""


def process_of(child: Child) -> psutil.Process:
    assert child._process is not None
    return psutil.Process(child._process.pid)


def test_a_password_fits_its_own_hash_only() -> None:
    child = Child()
    try:
        stored = child.ask(Question(b"\x00 any bytes \xff"))
        assert HASHER.verify(stored, b"\x00 any bytes \xff")
        assert child.ask(Question(b"\x00 any bytes \xff", stored)) is True
        assert child.ask(Question(b"other", stored)) is False
        assert child.ask(Question(b"other", "no hash at all")) is False
    finally:
        child.end()


def test_it_gives_way_and_inherits_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLISEUM_SECRET_KEY", "a secret of the parent")
    child = Child()
    try:
        child.ask(Question(b"x"))
        process = process_of(child)
        assert process.nice() >= 10
        assert not [name for name in process.environ() if "COLISEUM" in name or "URL" in name]
    finally:
        child.end()
    assert not process.is_running()


def test_one_that_was_killed_is_started_again() -> None:
    child = Child()
    try:
        child.ask(Question(b"x"))
        first = process_of(child)
        first.kill()
        first.wait(10)
        assert isinstance(child.ask(Question(b"x")), str)
        assert process_of(child).pid != first.pid
    finally:
        child.end()


def test_it_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        hashing = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        parent.wait()
        gone, _ = psutil.wait_procs([hashing], timeout=20)
        assert gone


async def test_when_it_cannot_be_started_that_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    passwords = Passwords()
    try:
        with pytest.raises(StoreUnavailable):
            await passwords.hash("a password")
    finally:
        passwords.close()


async def test_the_loop_goes_on_while_it_hashes() -> None:
    passwords = Passwords()
    try:
        await passwords.hash("warm")
        longest, hashing = 0.0, [asyncio.create_task(passwords.hash("x")) for _ in range(5)]
        while not all(task.done() for task in hashing):
            began = time.perf_counter()
            await asyncio.sleep(0)
            longest = max(longest, time.perf_counter() - began)
        assert longest < 0.5
    finally:
        passwords.close()

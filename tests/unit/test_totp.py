"""The codes are those of RFC 6238, and a code is of one step."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coliseum.accounts import totp
from coliseum.settings import Settings

MOMENTS = (59, 1_111_111_109, 1_111_111_111, 1_234_567_890, 2_000_000_000, 20_000_000_000)
SHA1 = ("94287082", "07081804", "14050471", "89005924", "69279037", "65353130")
SHA256 = ("46119246", "68084774", "67062674", "91819424", "90698825", "77737706")
SHA512 = ("90693936", "25091201", "99943326", "93441116", "38618901", "47863826")
DIGITS = "1234567890"
VECTORS: list[tuple[Callable[..., Any], int, tuple[str, ...]]] = [
    (hashlib.sha1, 20, SHA1), (hashlib.sha256, 32, SHA256), (hashlib.sha512, 64, SHA512),
]  # fmt: skip
NOW = datetime(2026, 3, 1, 12, 0, 10, tzinfo=UTC)
SEED = b"0123456789abcdefghij"


@pytest.mark.parametrize(("digest", "seed_bytes", "codes"), VECTORS, ids=["SHA-1", "SHA-256", "SHA-512"])
def test_the_codes_are_those_of_the_standards_appendix(
    digest: Callable[..., Any], seed_bytes: int, codes: tuple[str, ...]
) -> None:
    seed = (DIGITS * 7)[:seed_bytes].encode()
    for moment, code in zip(MOMENTS, codes, strict=True):
        assert totp.code_at(seed, moment // totp.STEP_S, 8, digest) == code


def taken(counter: int, second: float, **grace: int) -> bool:
    """Whether the code of a step is taken so many seconds after the step began."""
    now = datetime.fromtimestamp(counter * totp.STEP_S + second, UTC)
    found = totp.counter_of(SEED, totp.code_at(SEED, counter), now, **grace)
    assert found in (None, counter)
    return found == counter


def test_a_code_counts_in_its_own_half_minute_and_not_a_moment_longer() -> None:
    assert Settings().code_grace_s == 0
    counter = totp.counter_at(NOW)
    moments = (-0.001, 0, 15, 29.999, 30, 30.001, 59)
    assert [taken(counter, each) for each in moments] == [False, True, True, True, False, False, False]


@pytest.mark.parametrize("grace_s", [1, 10, 30])
def test_some_seconds_of_grace_are_counted_from_the_end_of_its_half_minute(grace_s: int) -> None:
    counter = totp.counter_at(NOW)
    ends = 30 + grace_s
    moments = (-0.001, 0, 29.999, 30, ends - 0.001, ends, ends + 30)
    assert [taken(counter, each, grace_s=grace_s) for each in moments] == [False, *[True] * 4, False, False]


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "12345a", "\uff11\uff12\uff13\uff14\uff15\uff16", " 12345", "-12345"]
)
def test_what_is_no_code_is_none(code: str) -> None:
    assert totp.counter_of(SEED, code, NOW) is None


def test_a_code_of_another_seed_does_not_count() -> None:
    assert totp.counter_of(SEED, totp.code_at(b"another seed........", totp.counter_at(NOW)), NOW) is None


def test_seeds_are_160_random_bits_in_base_32() -> None:
    seeds = {totp.new_seed() for _ in range(100)}
    assert len(seeds) == 100
    assert {len(seed) for seed in seeds} == {20}
    assert {len(totp.shown_seed(seed)) for seed in seeds} == {32}
    assert totp.uri(SEED, "ada@example.org").startswith("otpauth://totp/Coliseum:ada%40example.org?secret=")


def test_recovery_codes_are_ten_and_are_known_however_they_are_typed() -> None:
    codes = totp.new_recovery_codes()
    assert len(set(codes)) == totp.RECOVERY_CODES
    for number, code in enumerate(codes, 1):
        assert totp.recovery_code_in(f" {code.lower()} ") == (number, code)
    for text in ("123456", "11-AAAAAA-AAAAAA", "1-AAAAAA", "0-AAAAAA-AAAAAA", "1-AAAAAA-AAAAAI", ""):
        assert totp.recovery_code_in(text) is None


def test_a_step_has_passed_after_half_a_minute() -> None:
    assert totp.counter_at(NOW + timedelta(seconds=30)) == totp.counter_at(NOW) + 1

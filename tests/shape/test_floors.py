"""No dependency is locked at a version that is known to have a hole which could matter to a server."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("server.lock", "dev.lock")
FLOORS = {
    "aiohttp": ("3.13.3", "CVE-2025-69223: packed bodies unpack without end; CVE-2025-53643: request smuggling"),
    "asyncpg": ("0.21.0", "CVE-2020-17446: a server's answer makes it use memory that is not its own"),
    "certifi": ("2024.7.4", "CVE-2024-39689: a root that is not trusted any more"),
    "cryptography": ("46.0.6", "CVE-2026-34073: name constraints; CVE-2026-26007: subgroups of binary curves"),
    "h11": ("0.16.0", "CVE-2025-43859: request smuggling by chunks"),
    "idna": ("3.7", "CVE-2024-3651: a name that takes quadratic time"),
    "jinja2": ("3.1.6", "CVE-2025-27516: out of the sandbox by |attr"),
    "joserfc": ("1.6.8", "CVE-2026-49852: tokens under an empty key; CVE-2026-48990 and CVE-2026-27932"),
    "litestar": ("2.20.0", "CVE-2026-25478, CVE-2026-25479: lists of hosts and origins as patterns; CVE-2025-59152"),
    "pyarrow": ("14.0.1", "CVE-2023-47248: code in a Parquet file is run"),
    "pydantic": ("2.4.0", "CVE-2024-3772: an address that takes quadratic time"),
    "pyyaml": ("5.4", "CVE-2020-14343: code in a YAML file is run"),
    "requests": ("2.32.4", "CVE-2024-47081: passwords to other hosts; CVE-2024-35195: unchecked certificates"),
    "setuptools": ("78.1.1", "CVE-2025-47273: a file written anywhere"),
    "urllib3": ("2.6.3", "CVE-2026-21441, CVE-2025-66418, CVE-2025-66471: packed bodies unpack without end"),
    # None is known; the floor is the version whose behaviour the tests stand for.
    "argon2-cffi": ("25.1.0", "none known"),
    "granian": ("2.8.0", "none known"),
    "hvac": ("2.3.0", "none known"),
    "limits": ("5.8.0", "none known"),
    "msgspec": ("0.22.0", "none known"),
    "pyotp": ("2.9.0", "none known"),
    "standardwebhooks": ("1.1.0", "none known"),
    "stripe": ("13.0.0", "none known"),
    "valkey": ("6.1.0", "none known; CVE-2023-28858 (answers of others after a cancellation) was before it was named so"),
}  # fmt: skip
NEVER = {
    "python-jose": "CVE-2024-33663: algorithm confusion",
    "pycrypto": "unmaintained",
    "pyjwt": "one library for JOSE",
}


def locked(name: str) -> dict[str, list[str]]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for package, version in re.findall(r"^([a-z0-9.-]+)==([^ ;\\]+)", text, re.MULTILINE):
        found.setdefault(package, []).append(version)
    return found


def parts(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in re.findall(r"\d+", version.partition(".post")[0]))


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("package", FLOORS)
def test_a_dependency_is_above_its_known_holes(lock: str, package: str) -> None:
    floor, why = FLOORS[package]
    versions = locked(lock).get(package)
    assert versions, f"{package} is not in {lock} any more"
    for version in versions:
        assert parts(version) >= parts(floor), f"{package} {version} is below {floor}: {why}"


@pytest.mark.parametrize("lock", LOCKS)
def test_what_is_not_to_be_used_is_not_there(lock: str) -> None:
    unwanted = NEVER if lock == "server.lock" else {name: why for name, why in NEVER.items() if name != "pyjwt"}
    assert not unwanted.keys() & locked(lock).keys()


@pytest.mark.parametrize(("low", "high"), [("2.9", "2.10"), ("46.0.5", "46.0.6"), ("3.1", "3.1.1"), ("9.0", "10")])
def test_versions_are_compared_by_their_numbers(low: str, high: str) -> None:
    assert parts(low) < parts(high)

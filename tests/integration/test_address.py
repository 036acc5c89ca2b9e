"""From where a request comes: what is believed of what proxies say, and nothing of what clients say."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coliseum.accounts.bounds import address_allowed, networks_of, within
from coliseum.settings import SettingInvalid, Settings
from coliseum.web.address import HOPS_MAX, Addresses, trusted_proxies
from support.services import World, opened_world

PROXIES = "10.0.0.0/8,2001:db8:f::/48,192.0.2.1"


def found(addresses: Addresses, peer: str | None, *said: str) -> str:
    headers = [(b"host", b"x"), *((b"x-forwarded-for", each.encode("latin-1")) for each in said)]
    return addresses.of({"client": None if peer is None else (peer, 4711), "headers": headers})


@pytest.mark.parametrize(
    ("peer", "said", "client"),
    [
        ("203.0.113.9", (), "203.0.113.9"),
        ("203.0.113.9", ("198.51.100.1",), "203.0.113.9"),  # no proxy of ours: it may say what it likes
        ("10.0.0.1", ("198.51.100.1",), "198.51.100.1"),
        ("10.0.0.1", (), "10.0.0.1"),
        ("10.0.0.1", ("",), "10.0.0.1"),
        ("10.0.0.1", ("1.1.1.1, 198.51.100.1",), "198.51.100.1"),  # what the client wrote stands to the left
        ("10.0.0.1", ("10.9.9.9, 198.51.100.1",), "198.51.100.1"),
        ("10.0.0.1", ("1.1.1.1, 198.51.100.1, 10.0.0.2, 192.0.2.1",), "198.51.100.1"),
        ("10.0.0.1", ("1.1.1.1", "198.51.100.1", "10.0.0.2"), "198.51.100.1"),  # two headers are one list
        ("10.0.0.1", ("10.0.0.3, 10.0.0.2",), "10.0.0.3"),  # all are ours: the first of them
        ("10.0.0.1", ("198.51.100.1, unknown",), "10.0.0.1"),
        ("10.0.0.1", ("198.51.100.1, _hidden, 10.0.0.2",), "10.0.0.2"),
        ("10.0.0.1", ("198.51.100.1:4711",), "198.51.100.1"),
        ("10.0.0.1", ("[2001:db8::7]:4711",), "2001:db8::7"),
        ("10.0.0.1", ("2001:DB8:0::7",), "2001:db8::7"),
        ("2001:db8:f::1", ("2001:db8::7",), "2001:db8::7"),
        ("::ffff:10.0.0.1", ("198.51.100.1",), "198.51.100.1"),
        ("10.0.0.1", ("::ffff:198.51.100.1",), "198.51.100.1"),
        ("10.0.0.1", ("fe80::1%eth0",), "10.0.0.1"),
        ("10.0.0.1", ("198.51.100.1\xff",), "10.0.0.1"),
        ("10.0.0.1", ("010.1.1.1",), "10.0.0.1"),
        ("unix:", ("198.51.100.1",), "unix:"),
        (None, ("198.51.100.1",), "unknown"),
    ],
)  # fmt: skip
def test_the_client_is_the_first_from_the_right_that_is_no_proxy_of_ours(
    peer: str | None, said: Sequence[str], client: str
) -> None:
    assert found(trusted_proxies(PROXIES), peer, *said) == client


def test_without_trusted_proxies_nothing_that_is_said_is_believed() -> None:
    assert found(trusted_proxies(""), "10.0.0.1", "198.51.100.1") == "10.0.0.1"


def test_a_row_of_proxies_is_looked_at_only_so_far() -> None:
    row = ",".join(["198.51.100.1", *["10.0.0.2"] * 100_000])
    assert found(trusted_proxies(PROXIES), "10.0.0.1", row) == "10.0.0.2"
    row = ",".join(["198.51.100.1", *["10.0.0.2"] * (HOPS_MAX - 1)])
    assert found(trusted_proxies(PROXIES), "10.0.0.1", row) == "198.51.100.1"


@given(st.lists(st.text(st.characters(max_codepoint=255)), max_size=4), st.ip_addresses().map(str))
def test_whatever_is_said_the_answer_is_an_address_and_a_client_cannot_choose_it(said: list[str], client: str) -> None:
    addresses = trusted_proxies("10.0.0.0/8")
    answer = found(addresses, "10.0.0.1", *said, client)
    if not answer.startswith("10."):
        mapped = client.removeprefix("::ffff:")
        assert answer in (client, mapped) or answer == found(addresses, "10.0.0.1", client)


@pytest.mark.parametrize("setting", ["10.0.0.1/8", "10.0.0.0/33", "10.0.0", "2001:db8::1/32", "1:2"])
def test_what_is_no_network_does_not_start(setting: str) -> None:
    settings = Settings.from_env({"COLISEUM_TRUSTED_PROXIES": setting})
    with pytest.raises(SettingInvalid, match="COLISEUM_TRUSTED_PROXIES"):
        trusted_proxies(settings.trusted_proxies)
    with pytest.raises(SettingInvalid):
        Settings.from_env({"COLISEUM_TRUSTED_PROXIES": "proxy.example"})


@pytest.mark.parametrize(
    ("networks", "address", "allowed"),
    [
        (("203.0.113.0/24",), "203.0.113.255", True), (("203.0.113.0/24",), "203.0.114.0", False),
        (("203.0.113.0/24",), "::ffff:203.0.113.7", True), (("2001:db8::/32",), "2001:db8:1::1", True),
        (("2001:db8::/32", "203.0.113.9"), "203.0.113.9", True), (("0.0.0.0/0",), "2001:db8::1", False),
        (("::/0",), "203.0.113.9", False), (("0.0.0.0/0",), "unknown", False), (("0.0.0.0/0",), "", False),
    ],
)  # fmt: skip
def test_an_address_is_in_a_network_or_not(networks: tuple[str, ...], address: str, allowed: bool) -> None:
    assert address_allowed(tuple(networks_of(networks)), address) is allowed


def test_networks_are_within_others_or_not() -> None:
    assert within(["10.1.0.0/16", "2001:db8:1::/48"], ["10.0.0.0/8", "2001:db8::/32"])
    assert within([], [])
    assert within(["10.0.0.0/8"], [])
    assert not within([], ["0.0.0.0/0"])
    assert not within(["10.0.0.0/8"], ["10.0.0.0/16"])
    assert not within(["::/0"], ["0.0.0.0/0"])


async def test_webhooks_are_limited_by_the_clients_address_also_behind_a_proxy(
    world: World, valkey_url: str, database_url: str
) -> None:
    assert database_url
    url = world.settings.database_url
    assert url is not None
    async with opened_world(
        url, valkey_url, trusted_proxies="192.0.2.0/28", webhook_requests_per_minute=5
    ) as behind:  # fmt: skip

        async def call(client: str) -> int:
            headers = {"x-forwarded-for": f"1.2.3.4, {client}"}
            return (await behind.http.post("/api/webhooks/passport?tenant=x", {}, headers, address="192.0.2.3")).status

        first = await asyncio.gather(*(call("198.51.100.77") for _ in range(9)))
        assert sorted(first) == [401] * 5 + [429] * 4
        assert await call("198.51.100.78") == 401

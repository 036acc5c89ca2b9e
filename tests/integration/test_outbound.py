"""What tenants name is called only where the public internet is; nothing on this machine is ever connected to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from coliseum.errors import OutboundFailed, TargetNotAllowed
from coliseum.outbound import Outbound, Reply
from support.listening import Listener, certificate, listening, saying

UNROUTED = "2e00::1"
"""In the part of IPv6 that is for the public, and given to nobody yet."""


class Names:
    """A DNS of the test's own: each look-up of a name takes its next answer, and the last one stays."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = {name.replace("_", "."): [*each] for name, each in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, _: int) -> list[str]:
        self.asked.append(host)
        answers = self.answers.get(host, [[]])
        return answers.pop(0) if len(answers) > 1 else answers[0]


@asynccontextmanager
async def outbound(names: Names | None = None, **options: Any) -> AsyncIterator[Outbound]:
    opened = Outbound(names or Names(), **options)
    try:
        yield opened
    finally:
        await opened.close()


async def call(it: Outbound, url: str, **changes: Any) -> Reply:
    options: dict[str, Any] = {"timeout_s": 5.0, "bytes_max": 1_000, **changes}
    return await it.send("POST", url, {"content-type": "application/json"}, b"{}", **options)


ODD = [
    "http://example.org/",
    "ftp://example.org/",
    "example.org",
    "//example.org/",
    "https://",
    "https:///path",
    "https://example.org:80/",
    "https://example.org:22/",
    "https://example.org:65536/",
    "https://example.org:x/",
    "https://user@example.org/",
    "https://user:password@example.org/",
    "https://@example.org/",
    "https://example.org\r\nHost: inside/",
    "https://example.org/\r\nX-Injected: 1",
    "https://example.org/\tx",
    "https://example.org/ x",
    "https://example.org\\@127.0.0.1/",
    "https://example.org/ä",
    "https://localhost./",
    "https://example..org/",
    "https://-example.org/",
    f"https://example.org/{'x' * 2100}",
    # forms of 127.0.0.1 that a resolver may take for it
    "https://127.0.0.1/",
    "https://127.0.0.1:8443/",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.0.0.01/",
    "https://127.0.0.1./",
    "https://0/",
    "https://0.0.0.0/",
    "https://127。0。0。1/",
    "https://\uff11\uff12\uff17.0.0.1/",
    "https://①②⑦.0.0.1/",
    "https://[::]/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1%25lo]/",
    "https://[fe80::1%lo]/",
    "https://[127.0.0.1]/",
    "https://[::1/",
    # the inside of networks and clouds
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.0.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[fd00:ec2::254]/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
]


@pytest.mark.parametrize("url", ODD)
async def test_an_address_that_is_not_plainly_public_is_refused_as_it_stands(url: str) -> None:
    names = Names()
    async with outbound(names) as it:
        with pytest.raises(TargetNotAllowed):
            await call(it, url)
        assert not names.asked


PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.127.255.255", "169.254.169.254"),
    *("0.0.0.0", "255.255.255.255", "224.0.0.1", "239.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1"),
    *("192.0.0.1", "192.88.99.1", "::", "::1", "::ffff:1.1.1.1", "::1.1.1.1", "64:ff9b::101:101", "64:ff9b:1::1"),
    *("2002:101:101::", "2001::1", "2001:db8::1", "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1"),
    *("ff02::1", "100::1", "5f00::1", "4000::1"),
]


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_name_with_one_address_that_is_not_public_is_not_connected_to(address: str) -> None:
    names = Names(mixed_example=[["1.1.1.1", address]])
    async with outbound(names) as it:
        with pytest.raises(TargetNotAllowed):
            await call(it, "https://mixed.example/")
        with pytest.raises(TargetNotAllowed):
            await it.check("https://mixed.example/")


async def test_a_name_that_turns_private_after_it_was_checked_is_not_connected_to() -> None:
    async with listening() as canary:
        names = Names(flip_example=[["1.1.1.1"], ["127.0.0.1"]])
        async with outbound(names, ports=frozenset({canary.port})) as it:
            url = f"https://flip.example:{canary.port}/"
            await it.check(url)
            with pytest.raises(TargetNotAllowed):
                await call(it, url)
        assert canary.connections == 0


async def test_a_connection_goes_to_what_was_checked_without_a_second_look_up() -> None:
    async with listening() as canary:
        names = Names(flip_example=[[UNROUTED], ["127.0.0.1"]])
        async with outbound(names, ports=frozenset({canary.port})) as it:
            with pytest.raises(OutboundFailed) as failed:
                await call(it, f"https://flip.example:{canary.port}/", timeout_s=2.0)
        assert failed.value.reason in ("connect", "timeout")
        assert names.asked == ["flip.example"]
        assert canary.connections == 0


async def test_every_call_looks_the_name_up_again() -> None:
    async with listening() as server:
        names = Names(hook_example=[["127.0.0.1"]])
        async with outbound(names, allow_private=True) as it:
            for _ in range(3):
                await call(it, f"http://hook.example:{server.port}/")
        assert (names.asked, server.connections) == (["hook.example"] * 3, 3)


async def test_no_way_of_writing_this_machine_reaches_it() -> None:
    async with listening() as canary, outbound(ports=frozenset({canary.port})) as it:
        for host in ("127.0.0.1", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]", "0"):
            with pytest.raises(TargetNotAllowed):
                await call(it, f"https://{host}:{canary.port}/")
        assert canary.connections == 0


async def test_the_systems_own_names_of_this_machine_do_not_reach_it() -> None:
    async with listening() as canary:
        it = Outbound(ports=frozenset({canary.port}))
        with pytest.raises(TargetNotAllowed):
            await call(it, f"https://localhost:{canary.port}/")
        await it.close()
        assert canary.connections == 0


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    async with listening() as canary:
        to = f"HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:{canary.port}/\r\ncontent-length: 0\r\n\r\n".encode()
        async with listening(saying(to)) as server, outbound(allow_private=True) as it:
            reply = await call(it, f"http://127.0.0.1:{server.port}/")
            assert (reply.status, reply.headers["location"]) == (307, f"http://127.0.0.1:{canary.port}/")
        assert canary.connections == 0


async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening() as canary, listening() as server, outbound(allow_private=True) as it:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
        await call(it, f"http://127.0.0.1:{server.port}/")
        assert (canary.connections, server.connections) == (0, 1)


async def trickle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"x-slow: 1\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("answer", [trickle, drip])
async def test_a_slow_answer_ends_with_the_time_for_everything(answer: Any) -> None:
    async with listening(answer) as server, outbound(allow_private=True) as it:
        begin = asyncio.get_running_loop().time()
        with pytest.raises(OutboundFailed):
            await call(it, f"http://127.0.0.1:{server.port}/", timeout_s=0.5)
        assert asyncio.get_running_loop().time() - begin < 5


async def test_an_endless_answer_is_read_only_as_far_as_wanted() -> None:
    async with listening(flood) as server, outbound(allow_private=True) as it:
        reply = await call(it, f"http://127.0.0.1:{server.port}/", bytes_max=100_000)
        assert (reply.status, len(reply.body), reply.whole) == (200, 100_000, False)


async def test_a_packed_answer_is_not_unpacked() -> None:
    packed = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nnope"
    async with listening(saying(packed)) as server, outbound(allow_private=True) as it:
        assert (await call(it, f"http://127.0.0.1:{server.port}/")).body == b"nope"


@pytest.mark.parametrize("raw", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx"])
async def test_what_is_no_whole_answer_is_a_failure(raw: bytes) -> None:
    async with listening(saying(raw)) as server, outbound(allow_private=True) as it:
        with pytest.raises(OutboundFailed) as failed:
            await call(it, f"http://127.0.0.1:{server.port}/")
        assert failed.value.reason == "protocol"


async def test_a_name_without_an_address_is_a_failure() -> None:
    async with outbound(Names()) as it:
        for doing in (call(it, "https://nowhere.example/"), it.check("https://nowhere.example/")):
            with pytest.raises(OutboundFailed) as failed:
                await doing
            assert failed.value.reason == "dns"


async def tls_call(listener: Listener, names: Names, tls: Any, name: str) -> Reply:
    async with outbound(names, allow_private=True, tls=tls) as it:
        return await call(it, f"https://{name}:{listener.port}/hook")


async def test_over_tls_the_server_is_asked_for_by_name_and_must_prove_it(tmp_path: Path) -> None:
    server, client = certificate(tmp_path, "hook.example")
    names = Names(hook_example=[["127.0.0.1"]], other_example=[["127.0.0.1"]])
    async with listening(tls=server) as listener:
        assert (await tls_call(listener, names, client, "hook.example")).status == 204
        assert listener.names == ["hook.example"]
        assert f"Host: hook.example:{listener.port}\r\n" in listener.heads[0]
        for tls, name in ((client, "other.example"), (None, "hook.example")):
            with pytest.raises(OutboundFailed) as failed:
                await tls_call(listener, names, tls, name)
            assert failed.value.reason == "tls"
        assert len(listener.heads) == 1

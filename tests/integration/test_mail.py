"""Mail: it commits with its deed, is sent once by one process, waits for servers that are away, and is one mail."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from coliseum.mail import Mailer
from coliseum.mail.outbox import MailInvalid
from coliseum.mail.server import MailServer
from coliseum.mail.server import mail_server as server_of
from coliseum.mail.worker import MailWorker
from coliseum.settings import SettingInvalid, Settings
from coliseum.web.ui.outbox import is_development
from support.asgi import Http
from support.people import new_person
from support.post import secret_for, send
from support.services import SECRET_KEY, World
from support.smtp import SENDER, Inbox, certificate, check, free_port, mail_server


class Time:
    """The present of a test."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def time(world: World) -> AsyncIterator[Time]:
    await world.execute("DELETE FROM accounts_outbox")
    yield Time()
    await world.execute("DELETE FROM accounts_outbox")


@asynccontextmanager
async def working(world: World, server: MailServer | None, time: Time) -> AsyncIterator[MailWorker]:
    """A worker whose moments are the test's: what it does by itself is stopped."""
    worker = MailWorker(world.database, Mailer(SECRET_KEY, time), server, time)
    await worker.close()
    yield worker


async def put(
    world: World, time: Time, recipient: str = "ada@example.org", body: str = "Grüße\n\nhttps://x/reset/s"
) -> None:
    async with world.database.transaction("accounts") as connection:
        await Mailer(SECRET_KEY, time).put(connection, recipient, "An Übung", body)


async def waiting(world: World) -> int:
    async with world.database.connection("owner") as connection:
        return int(await connection.fetchval("SELECT count(*) FROM accounts_outbox"))


async def test_a_mail_arrives_as_it_was_written_and_leaves_the_outbox(world: World, time: Time) -> None:
    inbox = Inbox()
    await put(world, time)
    with mail_server(inbox) as server:
        async with working(world, server, time) as worker:
            assert await worker.send_due() == 1
            assert await worker.send_due() == 0
    assert await waiting(world) == 0
    (mail,) = inbox.mails
    assert inbox.recipients == [["ada@example.org"]]
    assert (mail["To"], mail["Subject"], mail["Auto-Submitted"]) == ("ada@example.org", "An Übung", "auto-generated")
    assert SENDER in mail["From"]
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().split() == ["Grüße", "https://x/reset/s"]  # type: ignore[attr-defined]


async def test_a_mail_whose_deed_is_rolled_back_was_never_there(world: World, time: Time) -> None:
    async def fail() -> None:
        async with world.database.transaction("accounts") as connection:
            await Mailer(SECRET_KEY, time).put(connection, "ada@example.org", "x", "y")
            raise RuntimeError("no deed")

    with pytest.raises(RuntimeError, match="no deed"):
        await fail()
    assert await waiting(world) == 0


async def test_of_many_workers_each_mail_is_sent_by_one(world: World, time: Time) -> None:
    inbox = Inbox()
    for number in range(20):
        await put(world, time, f"many-{number}@example.org")
    with mail_server(inbox) as server:
        async with (
            working(world, server, time) as one,
            working(world, server, time) as two,
            working(world, server, time) as three,
        ):
            sent = await asyncio.gather(*(each.send_due() for each in (one, two, three)))
    assert sum(sent) == 20
    assert sorted(inbox.recipients) == sorted([f"many-{number}@example.org"] for number in range(20))


@pytest.mark.parametrize(
    "answers", [{"to_recipient": ["450 4.7.1 greylisted", "250 OK"]}, {"to_data": ["451 later", "250 OK"]}]
)
async def test_a_mail_that_is_put_off_is_sent_later(world: World, time: Time, answers: dict[str, list[str]]) -> None:
    inbox = Inbox(**answers)
    await put(world, time)
    with mail_server(inbox) as server:
        async with working(world, server, time) as worker:
            assert await worker.send_due() == 0
            assert await worker.send_due() == 0
            assert inbox.mails == []
            time.now += timedelta(seconds=31)
            assert await worker.send_due() == 1
    assert len(inbox.mails) == 1


async def test_waits_grow_and_a_mail_that_waited_a_week_is_removed(world: World, time: Time) -> None:
    nobody = MailServer(host="127.0.0.1", port=free_port(), tls=False, user=None, password=None, sender=SENDER)
    await put(world, time)
    waits = []
    async with working(world, nobody, time) as worker:
        for _ in range(9):
            assert await worker.send_due() == 0
            async with world.database.connection("owner") as connection:
                until = await connection.fetchval("SELECT next_attempt_at FROM accounts_outbox")
            waits.append(int((until - time.now).total_seconds()))
            time.now = until
        assert waits == [30, 60, 120, 300, 600, 1800, 3600, 3600, 3600]
        time.now += timedelta(days=7)
        await worker._tidy()
    assert await waiting(world) == 0


@pytest.mark.parametrize("answers", [{"to_recipient": ["550 no such user"]}, {"to_data": ["554 no"]}])
async def test_a_mail_that_is_refused_for_good_is_not_tried_again(
    world: World, time: Time, answers: dict[str, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    await put(world, time)
    await put(world, time, "second@example.org")
    with mail_server(Inbox(**answers)) as server:
        async with working(world, server, time) as worker:
            assert await worker.send_due() == 2
    assert await waiting(world) == 0
    said = "".join(capsys.readouterr())
    assert "mail_refused" in said
    assert "/reset/s" not in said
    assert "example.org" not in said


async def test_what_was_sealed_under_another_key_is_not_sent_empty(world: World, time: Time) -> None:
    inbox = Inbox()
    async with world.database.transaction("accounts") as connection:
        await Mailer("another secret key, of another system", time).put(connection, "ada@example.org", "x", "y")
    await put(world, time, "bob@example.org")
    with mail_server(inbox) as server:
        async with working(world, server, time) as worker:
            assert await worker.send_due() == 2
    assert inbox.recipients == [["bob@example.org"]]
    assert await waiting(world) == 0


async def test_what_a_worker_that_died_had_taken_is_anothers_later(world: World, time: Time) -> None:
    inbox = Inbox()
    await put(world, time)
    async with world.database.transaction("accounts") as connection:
        assert await Mailer(SECRET_KEY, time).take(connection, timedelta(seconds=120)) is not None
    with mail_server(inbox) as server:
        async with working(world, server, time) as worker:
            assert await worker.send_due() == 0
            time.now += timedelta(seconds=121)
            assert await worker.send_due() == 1


async def test_starttls_is_used_where_the_server_has_it_and_certificates_are_checked(
    world: World, time: Time, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, authority = certificate(tmp_path)
    inbox = Inbox()
    await put(world, time)
    with mail_server(inbox, tls_context=context) as server:
        async with working(world, server, time) as worker:
            assert await worker.send_due() == 0  # nobody vouches for this certificate
            monkeypatch.setenv("SSL_CERT_FILE", str(authority))
            time.now += timedelta(seconds=31)
            assert await worker.send_due() == 1
    assert inbox.encrypted == [True]


async def test_smtps_and_a_password(world: World, time: Time, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, authority = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    inbox = Inbox()
    await put(world, time)
    with mail_server(inbox, implicit=context, authenticator=check, auth_require_tls=False) as server:
        async with working(world, replace(server, user="user", password="wrong"), time) as worker:
            assert await worker.send_due() == 0
        time.now += timedelta(seconds=31)
        async with working(world, replace(server, user="user", password="p@ss"), time) as worker:
            assert await worker.send_due() == 1
    assert inbox.known == [True]


async def test_a_server_elsewhere_without_tls_gets_no_mail(
    world: World, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Inbox()
    await put(world, time)
    with mail_server(inbox) as server:
        monkeypatch.setattr(MailServer, "local", property(lambda _: False))
        async with working(world, server, time) as worker:
            assert await worker.send_due() == 0
    assert inbox.mails == []
    assert await waiting(world) == 1


@pytest.mark.parametrize(
    ("recipient", "subject"),
    [("a@b.org\r\nBcc: c@d.org", "x"), ("a@b.org\n", "x"), ("a@b.org, c@d.org", "x"), ("a@b.org", "x\r\nBcc: c@d.org"),
     ("a@b.org", "x\n"), ("a@b.org", "x\x00"), ("a@b.org", "x\u2028y"), ("a@b.org", ""), ("", "x"), ("a@b.org", "x" * 201),
     ("ä@b.org", "x")],
)  # fmt: skip
async def test_a_mail_with_more_than_one_line_in_a_header_is_none(
    world: World, time: Time, recipient: str, subject: str
) -> None:
    async with world.database.transaction("accounts") as connection:
        with pytest.raises(MailInvalid):
            await Mailer(SECRET_KEY, time).put(connection, recipient, subject, "y")
    assert await waiting(world) == 0


def test_a_mail_server_is_set_by_its_url() -> None:
    found = server_of("smtps://user:p%40ss@mail.example.org", SENDER)
    assert found == MailServer(host="mail.example.org", port=465, tls=True, user="user", password="p@ss", sender=SENDER)
    assert server_of("smtp://mail.example.org:2525", SENDER) == replace(
        found, port=2525, tls=False, user=None, password=None
    )
    assert server_of(None, "") is None
    for url, sender in (
        ("smtp://", SENDER),
        ("smtp://mail.example.org", ""),
        ("smtp://mail.example.org:99999", SENDER),
        ("smtp://mail.example.org", "a@b@c"),
        ("smtp://mail.example.org", "a,b@c.org"),
        ("smtp://mail.example.org", "<a@c.org>"),
    ):
        with pytest.raises(SettingInvalid):
            server_of(url, sender)


HERE = {"host": "localhost:8000"}


async def get_outbox(world: World, headers: dict[str, str], address: str = "127.0.0.1") -> int:
    return (await world.http.send("GET", "/dev/outbox", b"", headers, address=address)).status


async def test_the_outbox_is_shown_on_this_machine_only(world: World) -> None:
    async with world.database.transaction("accounts") as connection:
        await world.services.post.mailer.put(connection, "dev@example.org", "Look", "https://x/reset/<b>secret</b>")
    page = await world.http.send("GET", "/dev/outbox", b"", HERE, address="127.0.0.1")
    assert page.status == 200
    assert b"dev@example.org" in page.body
    assert b"<b>secret" not in page.body
    assert await get_outbox(world, {"host": "[::1]:8000"}, "::1") == 200
    assert await get_outbox(world, HERE, "203.0.113.9") == 404
    assert await get_outbox(world, {"host": "coliseum.example.org"}) == 404
    assert await get_outbox(world, {}) == 404
    for name in ("x-forwarded-for", "forwarded", "via", "x-real-ip"):
        assert await get_outbox(world, {**HERE, name: "127.0.0.1"}) == 404


async def test_there_is_no_outbox_where_mail_is_sent_or_strangers_come(world: World) -> None:
    scope = {"client": ("127.0.0.1", 1), "headers": [(b"host", b"localhost")]}
    assert is_development(Settings(), scope)
    assert is_development(Settings(public_url="http://127.0.0.1:8000"), scope)
    assert not is_development(Settings(public_url="https://coliseum.example.org"), scope)
    assert not is_development(Settings(), {**scope, "client": None})
    world.services.post.sending = True
    try:
        assert await get_outbox(world, HERE) == 404
    finally:
        world.services.post.sending = False


async def test_no_line_of_the_log_has_a_link(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    human = await new_person(world)
    await send(world, "/api/auth/reset", {"email": human.email})
    secret = await secret_for(world, human.email, "reset")
    http: Http = world.http
    await http.get(f"/reset/{secret}")
    await http.send("POST", f"/reset/{secret}", b"password=x", {"content-type": "text/plain"})
    said = "".join(capsys.readouterr())
    assert "mail_kept" in said
    assert secret not in said
    assert human.email not in said

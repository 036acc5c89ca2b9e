"""What is missing or unsafe in settings for a system that strangers can reach."""

import ipaddress
import stat
from collections.abc import Iterator, Mapping
from typing import Final, Literal
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec
from msgspec import Struct

from coliseum.errors import ColiseumError
from coliseum.settings.kinds import setting_of
from coliseum.settings.settings import Settings
from coliseum.settings.sources import CONFIG, FILE, nearest, texts

GUESSABLE: Final = ("change", "example", "password", "secret", "test")
CHARACTERS_MIN: Final = 10
"""A random key of 32 characters, even in hexadecimal digits, has more different ones than this."""
DEFAULT_PASSWORDS: Final = frozenset({"", "postgres", "password", "admin", "root", "coliseum", "secret", "changeme"})
ENCRYPTED: Final = frozenset({"require", "verify-ca", "verify-full"})
OF_CLIENTS: Final = frozenset({CONFIG, "COLISEUM_URL", "COLISEUM_KEY"})
"""Variables with our prefix that are no settings."""


class Finding(Struct, frozen=True):
    """One thing that should be otherwise; with ``unsafe`` ones nothing starts in production."""

    weight: Literal["unsafe", "advice"]
    setting: str
    what: str


class UnsafeSettings(ColiseumError):
    """These settings are not safe in production."""

    hint = "`coliseum config check` lists them all; COLISEUM_MODE=development starts with them."


def check_mode(settings: Settings, environ: Mapping[str, str]) -> None:
    """Whether a server may start.

    Raises:
        UnsafeSettings: the mode is production, and something is unsafe; every such thing is named.
    """
    if settings.mode == "production":
        unsafe = [f"{each.setting}: {each.what}" for each in findings(settings, environ) if each.weight == "unsafe"]
        if unsafe:
            raise UnsafeSettings("\n".join(["Nothing starts in production with these settings:", *unsafe]))


def findings(settings: Settings, environ: Mapping[str, str]) -> list[Finding]:
    """Everything that should be otherwise, what is unsafe first."""
    all_ = [
        *_secret(settings), *_web(settings), *_database(settings.database_url), *_valkey(settings.valkey_url),
        *_files(environ), *_vault(environ), *_unknown(environ),
    ]  # fmt: skip
    return sorted(all_, key=lambda each: each.weight != "unsafe")


def _secret(settings: Settings) -> Iterator[Finding]:
    name, key = "COLISEUM_SECRET_KEY", settings.secret_key
    if key is None:
        yield Finding("unsafe", name, "is not set")
    elif len(set(key)) < CHARACTERS_MIN or any(word in key.lower() for word in GUESSABLE):
        yield Finding("unsafe", name, "can be guessed; use 32 random bytes, such as of `openssl rand -base64 32`")


def _web(settings: Settings) -> Iterator[Finding]:
    url = urlsplit(settings.public_url)
    if not settings.public_url:
        yield Finding("unsafe", "COLISEUM_PUBLIC_URL", "is not set")
    elif url.scheme != "https":
        yield Finding("unsafe", "COLISEUM_PUBLIC_URL", "is without TLS; put a proxy that speaks it in front")
    if settings.outbound_private:
        yield Finding("unsafe", "COLISEUM_OUTBOUND_PRIVATE", "lets tenants have private addresses called")
    if settings.log_level == "debug":
        yield Finding("unsafe", "COLISEUM_LOG_LEVEL", "is debug")
    if not _local(settings.host) and not getattr(settings, "trusted_proxies", ""):
        yield Finding(
            "advice", "COLISEUM_HOST", "is not a loopback address: be sure that only a proxy with TLS reaches it, and "
            "say which (COLISEUM_TRUSTED_PROXIES)",
        )  # fmt: skip
    if not (getattr(settings, "smtp_url", None) or getattr(settings, "smtp_host", None)):
        yield Finding("advice", "mail", "no mail server is set: invitations and links to reset passwords are not sent")
    if settings.audit_heads_file is None:
        yield Finding("advice", "COLISEUM_AUDIT_HEADS_FILE", "is not set: the heads stand in the data folder only")


def _database(text: str | None) -> Iterator[Finding]:
    name = "DATABASE_URL"
    if text is None:
        yield Finding("unsafe", name, "is not set")
        return
    url, query = urlsplit(text), parse_qs(urlsplit(text).query)
    host, mode = query.get("host", [url.hostname or ""])[-1], query.get("sslmode", [""])[-1]
    password = unquote(url.password) if url.password is not None else query.get("password", [None])[-1]
    if not _local(host):
        if mode not in ENCRYPTED:
            yield Finding("unsafe", name, "does not insist on TLS; add sslmode=verify-full")
        elif mode != "verify-full":
            yield Finding("advice", name, f"does not check whose server it is: sslmode is {mode}, not verify-full")
    if password is not None and (password in DEFAULT_PASSWORDS or password == url.username):
        yield Finding("unsafe", name, "has a password that is a default")


def _valkey(text: str | None) -> Iterator[Finding]:
    name = "VALKEY_URL"
    if text is None:
        yield Finding("unsafe", name, "is not set")
        return
    url = urlsplit(text)
    local = _local(url.hostname or "")
    if not url.password:
        yield Finding("advice" if local else "unsafe", name, "has no password")
    if not local and url.scheme not in {"valkeys", "rediss"}:
        yield Finding("unsafe", name, "is without TLS; use valkeys:// or rediss://")


def _files(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Files with secrets that everybody on the machine may read."""
    settings = [setting_of(field) for field in msgspec.structs.fields(Settings)]
    for env, text in texts(environ, [each for each in settings if each.secret]).items():
        if text.path is not None and text.path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            yield Finding("advice", env + FILE, f"{text.path} can be read by everybody on this machine")


def _vault(environ: Mapping[str, str]) -> Iterator[Finding]:
    url = urlsplit(environ.get("VAULT_ADDR", "").strip())
    if url.scheme == "http" and not _local(url.hostname or ""):
        yield Finding("unsafe", "VAULT_ADDR", "is without TLS")


def _unknown(environ: Mapping[str, str]) -> Iterator[Finding]:
    known = {setting_of(field).env for field in msgspec.structs.fields(Settings)}
    known |= {name + FILE for name in known}
    for name in sorted(environ):
        if name.startswith("COLISEUM_") and name not in known | OF_CLIENTS:
            yield Finding("advice", name, f"is no setting. {nearest(name, known) or ''}".strip())


def _local(host: str) -> bool:
    """Whether a host is this machine: a loopback address, or a folder with a socket."""
    if host in {"", "localhost"} or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

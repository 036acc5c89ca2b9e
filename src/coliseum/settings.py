"""What an operator can set, each from one environment variable, and nothing else.

`Settings` is the only place that knows a variable's name, its default and its limits; docs/SETTINGS.md is
generated from it. Read it once, in a process's entry point, and hand the struct on.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, cast, get_args

import msgspec
from msgspec import Meta, Struct

from coliseum.errors import ColiseumError

LogLevel = Literal["debug", "info", "warning", "error"]


class SettingInvalid(ColiseumError):
    """An environment variable has a value that cannot be used."""


class Setting(Struct, frozen=True):
    """How one field of `Settings` is set: its variable, and what must hold for the value."""

    env: str
    rule: str
    secret: bool = False


def _meta(env: str, rule: str, description: str, *, secret: bool = False, **limits: Any) -> Meta:
    """Build a field's annotation; `rule` completes the sentence '<variable> must …'."""
    return Meta(description=description, extra={"setting": Setting(env, rule, secret)}, **limits)


def _whole(env: str, description: str, *, ge: int, le: int) -> Meta:
    return _meta(env, f"be a whole number from {ge} to {le}", description, ge=ge, le=le)


def _seconds(env: str, description: str, *, ge: float, le: float) -> Meta:
    return _meta(env, f"be a number of seconds from {ge:g} to {le:g}", description, ge=ge, le=le)


class Settings(Struct, frozen=True, kw_only=True):
    """Every setting of a Coliseum process; values made by `from_env` are within their limits."""

    redacted: ClassVar[str] = "(hidden)"

    data_dir: Annotated[
        Path,
        _meta("COLISEUM_DATA_DIR", "be a folder", "Folder for the embedded servers, secrets and log files."),
    ] = Path("data")
    host: Annotated[
        str,
        _meta(
            "COLISEUM_HOST",
            "be a host name or an IP address",
            "Address the web server listens on.",
            min_length=1,
        ),
    ] = "127.0.0.1"
    port: Annotated[int, _whole("COLISEUM_PORT", "TCP port of the web server.", ge=1, le=65_535)] = 8000
    database_url: (
        Annotated[
            str,
            _meta(
                "DATABASE_URL",
                "begin with postgresql:// or postgres://",
                "PostgreSQL 15 or newer to use; without it `coliseum up` runs the embedded one.",
                secret=True,
                pattern=r"^postgres(ql)?://",
            ),
        ]
        | None
    ) = None
    valkey_url: (
        Annotated[
            str,
            _meta(
                "VALKEY_URL",
                "begin with valkey://, valkeys://, redis:// or rediss://",
                "Valkey, or Redis 7.0 or newer, to use; without it `coliseum up` runs the embedded one.",
                secret=True,
                pattern=r"^(valkeys?|rediss?)://",
            ),
        ]
        | None
    ) = None
    secret_key: (
        Annotated[
            str,
            _meta(
                "COLISEUM_SECRET_KEY",
                "be at least 32 characters long",
                "Root of every derived secret (webhook secrets, user-token keys); the same in every process. "
                "Without it one is generated and kept in the data folder.",
                secret=True,
                min_length=32,
            ),
        ]
        | None
    ) = None
    public_tenant: (
        Annotated[
            str,
            _meta(
                "COLISEUM_PUBLIC_TENANT",
                "be a tenant's slug: small letters, digits and hyphens",
                "Tenant whose page is shown at `/` to anyone; without it that page needs a key.",
                pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
            ),
        ]
        | None
    ) = None
    live_origins: Annotated[
        str,
        _meta(
            "COLISEUM_LIVE_ORIGINS",
            "be origins such as `https://example.org`, with commas between them",
            "Origins besides the server's own whose pages may open `/api/live`.",
            pattern=r"^(https?://[^,/\s]+(,https?://[^,/\s]+)*)?$",
        ),
    ] = ""
    web_workers: Annotated[int, _whole("COLISEUM_WEB_WORKERS", "Web server processes.", ge=1, le=256)] = 1
    dedupe_days: Annotated[
        int,
        _whole(
            "COLISEUM_DEDUPE_DAYS",
            "Days for which an event id is remembered, so that a repeated event counts once.",
            ge=35,
            le=3_650,
        ),
    ] = 40
    queue_events_max: Annotated[
        int,
        _whole(
            "COLISEUM_QUEUE_EVENTS_MAX",
            "Events waiting for their commit in one web process; past it the answer is 503 with Retry-After.",
            ge=1_000,
            le=1_000_000,
        ),
    ] = 20_000
    append_batch_events_max: Annotated[
        int, _whole("COLISEUM_APPEND_BATCH_EVENTS_MAX", "Events in one commit to the log.", ge=1, le=100_000)
    ] = 5_000
    too_old_days: Annotated[
        int,
        _whole(
            "COLISEUM_TOO_OLD_DAYS",
            "Days back from now that an event's time may lie; imports of history are exempt.",
            ge=1,
            le=36_500,
        ),
    ] = 760
    future_s: Annotated[
        int,
        _whole("COLISEUM_FUTURE_S", "Seconds ahead of now that an event's time may lie.", ge=0, le=86_400),
    ] = 300
    lease_s: Annotated[
        int,
        _whole(
            "COLISEUM_LEASE_S",
            "Seconds after which another processor takes over the work of one that fell silent.",
            ge=2,
            le=600,
        ),
    ] = 15
    poll_interval_s: Annotated[
        float,
        _seconds(
            "COLISEUM_POLL_INTERVAL_S",
            "Seconds between two looks at the log when no wake-up came; up to five times that while nothing comes.",
            ge=0.05,
            le=60,
        ),
    ] = 1.0
    step_entries_max: Annotated[
        int,
        _whole("COLISEUM_STEP_ENTRIES_MAX", "Log entries that a projection takes in one step.", ge=1, le=200_000),
    ] = 50_000
    dead_letter_attempts_max: Annotated[
        int,
        _whole("COLISEUM_DEAD_LETTER_ATTEMPTS_MAX", "Tries of an entry before it is set aside.", ge=1, le=100),
    ] = 5
    webhook_requests_per_minute: Annotated[
        int,
        _whole(
            "COLISEUM_WEBHOOK_REQUESTS_PER_MINUTE",
            "Webhook requests a minute from one address.",
            ge=1,
            le=1_000_000,
        ),
    ] = 600
    segment_events: Annotated[
        str,
        _meta(
            "COLISEUM_SEGMENT_EVENTS",
            "be pairs such as `Song Played=player.track_played`, with semicolons between them",
            "Names of a platform's Segment track calls, each with the event type that it means.",
            pattern=r"^([^=;]+=[a-z_.]+(;|$))*$",
        ),
    ] = ""
    board_idle_s: Annotated[
        int,
        _whole(
            "COLISEUM_BOARD_IDLE_S",
            "Seconds that an unread, unpinned board stays in Valkey.",
            ge=10,
            le=604_800,
        ),
    ] = 900
    log_level: Annotated[
        LogLevel,
        _meta("COLISEUM_LOG_LEVEL", "be debug, info, warning or error", "Least weight of a line that is logged."),
    ] = "info"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings from `environ`; an unset or empty variable means the default.

        Raises:
            SettingInvalid: a value is out of its limits; the message names the variable and the rule.
        """
        values: dict[str, Any] = {}
        for field in msgspec.structs.fields(cls):
            setting = setting_of(field)
            text = environ.get(setting.env, "").strip()
            if text:
                values[field.name] = _convert(text, _bare(field.type), setting)
        settings = cls(**values)
        if settings.append_batch_events_max > settings.queue_events_max:
            raise SettingInvalid("COLISEUM_APPEND_BATCH_EVENTS_MAX must not be above COLISEUM_QUEUE_EVENTS_MAX.")
        return settings

    def __repr__(self) -> str:
        """Show every value but the secret ones, so that a logged struct gives nothing away."""
        shown = (
            f"{field.name}={self.redacted if setting_of(field).secret else getattr(self, field.name)!r}"
            for field in msgspec.structs.fields(self)
        )
        return f"Settings({', '.join(shown)})"


def setting_of(field: msgspec.structs.FieldInfo) -> Setting:
    """Return how `field` of `Settings` is set."""
    return cast("Setting", meta_of(field).extra["setting"])


def meta_of(field: msgspec.structs.FieldInfo) -> Any:
    """Return the description and limits of `field`."""
    return _bare(field.type).__metadata__[0]


def _bare(kind: Any) -> Any:
    """Return the annotated type of a field that may also be None."""
    return kind if hasattr(kind, "__metadata__") else get_args(kind)[0]


def _convert(text: str, kind: Any, setting: Setting) -> Any:
    try:
        return msgspec.convert(text, kind, strict=False, dec_hook=lambda _, value: Path(value).expanduser())
    except msgspec.ValidationError:
        found = "" if setting.secret else f", but it is {text!r}"
        raise SettingInvalid(f"{setting.env} must {setting.rule}{found}.") from None

"""Settings of people, log-ins and mail."""

from typing import Annotated, Literal

from coliseum.settings.kinds import meta, whole
from coliseum.settings.serving import ServingSettings


class PeopleSettings(ServingSettings, frozen=True, kw_only=True):
    """Where people reach this server, and how it writes to them."""

    public_url: Annotated[
        str,
        meta(
            "COLISEUM_PUBLIC_URL",
            "be an address such as `https://coliseum.example.org`, without a path",
            "Where people's browsers reach this server: links in mail begin with it, and log-ins from its pages are "
            "accepted. Without it: the address the web server listens on.",
            pattern=r"^(https?://[^/\s]+)?$",
        ),
    ] = ""
    session_idle_s: Annotated[
        int,
        whole(
            "COLISEUM_SESSION_IDLE_S", "Seconds after which a log-in that is not used has ended.", ge=300, le=2_592_000
        ),
    ] = 43_200
    session_max_s: Annotated[
        int,
        whole("COLISEUM_SESSION_MAX_S", "Seconds after which any log-in has ended.", ge=300, le=31_536_000),
    ] = 2_592_000
    login_tries_per_account: Annotated[
        int,
        whole(
            "COLISEUM_LOGIN_TRIES_PER_ACCOUNT",
            "Passwords that may be tried for one account in 15 minutes; a right one begins the count anew.",
            ge=3,
            le=10_000,
        ),
    ] = 10
    login_tries_per_address: Annotated[
        int,
        whole(
            "COLISEUM_LOGIN_TRIES_PER_ADDRESS",
            "Passwords, and as many codes of second factors, that may be tried from one address in 15 minutes.",
            ge=3,
            le=1_000_000,
        ),
    ] = 100
    code_tries: Annotated[
        int,
        whole(
            "COLISEUM_CODE_TRIES",
            "Codes of a second factor that may be tried for one account in 5 minutes; twice as many in an hour, four "
            "times as many in a day.",
            ge=1,
            le=1_000,
        ),
    ] = 5
    code_grace_s: Annotated[
        int,
        whole(
            "COLISEUM_CODE_GRACE_S",
            "Seconds for which a code of a second factor is still taken after its own 30: for people whose clocks are "
            "late, and longer than ASVS 6.5.5 allows.",
            ge=0,
            le=30,
        ),
    ] = 0
    logins_waiting_max: Annotated[
        int,
        whole(
            "COLISEUM_LOGINS_WAITING_MAX",
            "Passwords that wait to be checked in one web process; past it the answer is 429 with Retry-After.",
            ge=1,
            le=10_000,
        ),
    ] = 50
    signup: Annotated[
        Literal["open", "invited"],
        meta(
            "COLISEUM_SIGNUP",
            "be open or invited",
            "Whether anybody may make an account, or only who is invited or made by the operator.",
        ),
    ] = "invited"
    smtp_url: (
        Annotated[
            str,
            meta(
                "SMTP_URL",
                "begin with smtp:// or smtps://",
                "Mail server, such as `smtps://user:password@mail.example.org:465`; smtp:// needs STARTTLS, except on "
                "this machine. Without it mail stays in the outbox.",
                secret=True,
                pattern=r"^smtps?://",
            ),
        ]
        | None
    ) = None
    mail_from: Annotated[
        str,
        meta(
            "COLISEUM_MAIL_FROM",
            "be an e-mail address",
            "Whom mail is from; needed with SMTP_URL.",
            pattern=r"^([!-~]+@[!-~]+)?$",
        ),
    ] = ""

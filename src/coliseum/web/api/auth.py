"""The routes of logging in and out: who somebody is, and which log-ins of theirs are open."""

from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from coliseum.accounts.attempts import Attempt, LoggedIn
from coliseum.accounts.callers import Person
from coliseum.accounts.permissions import Role
from coliseum.accounts.sessions import Session, list_sessions
from coliseum.accounts.tokens import TokenPair
from coliseum.errors import Refusal, RequestRefused
from coliseum.web.access import for_anybody, for_people, person_in
from coliseum.web.csrf import check_json, check_page, csrf_token
from coliseum.web.identify import COOKIE, cookie_in
from coliseum.web.services import Services

LOGIN: Final = "/api/auth/login"
BODY_BYTES_MAX: Final = 16_384
NEVER_KEPT: Final = {"cache-control": "no-store"}
GONE: Final = f"{COOKIE.decode()}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"
Asked = Request[Any, Any, Any]
Id = Annotated[int, PathParameter(description="The session's number.")]


class LoginWish(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """E-mail and password, the code of a second factor where there is one, and what is wanted: cookie or token."""

    email: Annotated[str, msgspec.Meta(max_length=300)]
    password: Annotated[str, msgspec.Meta(max_length=2_000)]
    code: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    kind: Literal["cookie", "token"] = "cookie"


class LoginAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """A session has begun. A browser gets a cookie, and the token for `Coliseum-Csrf`; a program gets its tokens."""

    session_id: int
    person_id: int
    csrf_token: str | None
    tokens: TokenPair | None


class RefreshWish(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The refresh token that was given last."""

    refresh_token: Annotated[str, msgspec.Meta(max_length=200)]


class TenantRole(msgspec.Struct, frozen=True, rename="camel"):
    """What somebody is for a tenant; `usable`: whether this log-in may act for it."""

    slug: str
    name: str
    role: Role
    second_factor_required: bool
    usable: bool


class WhoAmI(msgspec.Struct, frozen=True, rename="camel"):
    """Who has logged in, and for which tenants."""

    person_id: int
    email: str
    name: str
    email_verified: bool
    has_second_factor: bool
    session_id: int | None
    kind: Literal["cookie", "token", "foreign"]
    second_factor: bool
    csrf_token: str | None
    memberships: list[TenantRole]


class Ended(msgspec.Struct, frozen=True):
    """How many sessions were ended."""

    ended: int


@post(
    LOGIN,
    opt=for_anybody(),
    summary="Log in with e-mail and password",
    status_code=200,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_login(
    request: Asked, services: NamedDependency[Services], data: JSONBody[LoginWish]
) -> Response[LoginAnswer]:
    """A wrong e-mail and a wrong password are answered alike. `second_factor_needed`: send it again with `code`."""
    headers = dict(request.scope["headers"])
    check_json(headers)
    check_page(request.scope, services.settings.public_url)
    secret = cookie_in(request.scope)
    replaces = None
    if data.kind == "cookie" and secret is not None:
        replaces = await services.logins.sessions.by_cookie(secret)
    begun = await services.logins.log_in(
        Attempt(
            email=data.email, password=data.password, code=data.code, kind=data.kind,
            address=services.addresses.of(request.scope), replaces=replaces,
            agent=headers.get(b"user-agent", b"").decode("latin-1"),
        )
    )  # fmt: skip
    return Response(_answer(services, begun), headers=_cookie_headers(services, begun.secret))


@post(
    "/api/auth/refresh",
    opt=for_anybody(),
    summary="The next tokens of a program",
    status_code=200,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_refresh(
    request: Asked, services: NamedDependency[Services], data: JSONBody[RefreshWish]
) -> Response[TokenPair]:
    """A refresh token works once. For 10 seconds it is answered again, with the same; then its use ends the session."""
    check_json(dict(request.scope["headers"]))
    pair = await services.logins.tokens.refresh(data.refresh_token, services.addresses.of(request.scope))
    return Response(pair, headers=NEVER_KEPT)


@post("/api/auth/logout", opt=for_people(), summary="Log out", status_code=204)
async def post_logout(request: Asked, services: NamedDependency[Services]) -> Response[None]:
    """The session ends, with all that was opened by it; the browser is told to forget what it has of this server."""
    person = person_in(request.scope)
    await services.logins.end(person, "logout", services.addresses.of(request.scope), only=own_session(person))
    headers = {**NEVER_KEPT, "clear-site-data": '"cache", "cookies", "storage"'}
    if person.kind == "cookie":
        headers["set-cookie"] = GONE
    return Response(None, status_code=204, headers=headers)


@get("/api/auth/session", opt=for_people(), summary="Who has logged in")
async def get_session(request: Asked, services: NamedDependency[Services]) -> Response[WhoAmI]:
    """`csrfToken` is what a page sends as `Coliseum-Csrf` with everything that changes something."""
    person = person_in(request.scope)
    answer = WhoAmI(
        person_id=person.person_id, email=person.email, name=person.name, email_verified=person.email_verified,
        has_second_factor=person.has_second_factor, session_id=person.session_id, kind=person.kind,
        second_factor=person.second_factor, csrf_token=_csrf(services, person),
        memberships=[
            TenantRole(
                each.tenant.slug, each.tenant.name, each.role, each.second_factor_required,
                person.caller_for(each.tenant.tenant_id) is not None,
            )
            for each in person.memberships
        ],
    )  # fmt: skip
    return Response(answer, headers=NEVER_KEPT)


@get("/api/auth/sessions", opt=for_people(), summary="The open log-ins of whoever asks")
async def get_sessions(request: Asked, services: NamedDependency[Services]) -> Response[list[Session]]:
    """From where, with what, and when each was used last, to the minute; `current` is the one that asks."""
    person = person_in(request.scope)
    async with services.database.transaction("accounts") as connection:
        found = await list_sessions(connection, services.logins.sessions, person, services.clock())
    return Response(found, headers=NEVER_KEPT)


@delete("/api/auth/sessions/{session_id:int}", opt=for_people(), summary="End one log-in", status_code=204)
async def delete_session(request: Asked, services: NamedDependency[Services], session_id: Id) -> None:
    """404 when it is none of whoever asks, or has ended."""
    person = person_in(request.scope)
    known = 0 < session_id < 2**63
    address = services.addresses.of(request.scope)
    if not known or not await services.logins.end(person, "revoked", address, only=session_id):
        raise RequestRefused(Refusal.NOT_FOUND, "there is no such session of yours")


@delete("/api/auth/sessions", opt=for_people(), summary="End all log-ins but the one that asks", status_code=200)
async def delete_sessions(request: Asked, services: NamedDependency[Services]) -> Ended:
    """What they have opened ends within two seconds."""
    person = person_in(request.scope)
    ended = await services.logins.end(
        person, "revoked", services.addresses.of(request.scope), but=own_session(person)
    )  # fmt: skip
    return Ended(len(ended))


def own_session(person: Person) -> int:
    """The session by which somebody is logged in here.

    Raises:
        RequestRefused: ``login_needed``: another issuer vouches for them, and there is no session.
    """
    if person.session_id is None:
        raise RequestRefused(Refusal.LOGIN_NEEDED, "this needs a log-in with e-mail and password")
    return person.session_id


def cookie_of(services: Services, secret: str) -> str:
    """The header that gives a browser its cookie: for this host alone, unreadable to pages, and sent by own pages."""
    ends_s = services.settings.session_max_s
    return f"{COOKIE.decode()}={secret}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={ends_s}"


def _cookie_headers(services: Services, secret: str | None) -> dict[str, str]:
    return NEVER_KEPT if secret is None else {**NEVER_KEPT, "set-cookie": cookie_of(services, secret)}


def _answer(services: Services, begun: LoggedIn) -> LoginAnswer:
    token = None if begun.secret is None else csrf_token(services.secret_key, begun.session_id)
    return LoginAnswer(begun.session_id, begun.person_id, token, begun.tokens)


def _csrf(services: Services, person: Person) -> str | None:
    if person.kind != "cookie" or person.session_id is None:
        return None
    return csrf_token(services.secret_key, person.session_id)


HANDLERS = (
    post_login, post_refresh, post_logout, get_session, get_sessions, delete_session, delete_sessions,
)  # fmt: skip

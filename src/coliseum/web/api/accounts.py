"""The routes of accounts: beginning one, a new password, and an e-mail address that is verified or changed."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from coliseum.accounts.asking import ask_to_verify
from coliseum.accounts.people import Email, clean_name, normal_email, rename_person
from coliseum.web.accepting import accept_invitation, begin_account, choose_password, count_use, verify_email
from coliseum.web.access import for_anybody, for_people, person_in
from coliseum.web.api.auth import own_session
from coliseum.web.asking import ASKED_FOR_ACCOUNT, HOUR_S, ask_for_account, ask_for_password, check_open
from coliseum.web.csrf import check_json, check_page
from coliseum.web.identify import asking_person
from coliseum.web.services import Services

BODY_BYTES_MAX: Final = 16_384
NEVER_KEPT: Final = {"cache-control": "no-store"}
Asked = Request[Any, Any, Any]
Secret = Annotated[str, msgspec.Meta(max_length=200, description="What stands last in the link.")]
Password = Annotated[str, msgspec.Meta(max_length=2_000)]


class EmailWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An e-mail address."""

    email: Email


class SignUpWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an account begins with."""

    email: Email
    name: str
    password: Password


class NameWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody is called."""

    name: str


class TokenWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The secret of a link."""

    token: Secret


class PasswordWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The secret of a link, and the password that is to be."""

    token: Secret
    password: Password


class AcceptWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The secret of an invitation; name and password of somebody who has no account yet."""

    token: Secret
    name: str | None = None
    password: Password | None = None


class Heard(msgspec.Struct, frozen=True):
    """It was heard, and what comes of it comes by mail."""

    ok: bool = True


class Accepted(msgspec.Struct, frozen=True, rename="camel"):
    """Of which tenant somebody is a member now, and as what."""

    tenant: str
    role: str
    person_id: int


@post(
    "/api/auth/signup",
    opt=for_anybody(),
    summary="Ask for an account",
    status_code=202,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_signup(
    request: Asked, services: NamedDependency[Services], data: JSONBody[SignUpWish]
) -> Response[Heard]:
    """The answer is the same whether there is an account with this address or not; the mail says which.

    Only where `COLISEUM_SIGNUP` is `open`. The account begins when the link in the mail is used.
    """
    check_open(services)
    address = _check_asking(request, services)
    await ask_for_account(services, data.email, data.name, data.password, address)
    return _heard()


@post(
    "/api/auth/signup/accept",
    opt=for_anybody(),
    summary="Begin an account",
    status_code=201,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_signup_accept(
    request: Asked, services: NamedDependency[Services], data: JSONBody[TokenWish]
) -> Response[Heard]:
    """With the token of the mail. Nobody is logged in by it."""
    address = _check_asking(request, services)
    await count_use(services, address)
    await begin_account(services, data.token, address)
    return _heard(201)


@post(
    "/api/auth/reset",
    opt=for_anybody(),
    summary="Ask for a new password",
    status_code=202,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_reset(request: Asked, services: NamedDependency[Services], data: JSONBody[EmailWish]) -> Response[Heard]:
    """A mail with a link that works once, for an hour. The answer is the same when nobody has this address."""
    await ask_for_password(services, data.email, _check_asking(request, services))
    return _heard()


@post(
    "/api/auth/reset/accept",
    opt=for_anybody(),
    summary="Choose a new password",
    status_code=200,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_reset_accept(
    request: Asked, services: NamedDependency[Services], data: JSONBody[PasswordWish]
) -> Response[Heard]:
    """With the token of the mail. All log-ins of the person end, a second factor stays, and nobody is logged in."""
    address = _check_asking(request, services)
    await count_use(services, address)
    await choose_password(services, data.token, data.password, address)
    return _heard(200)


@post(
    "/api/auth/verify", opt=for_people(), summary="Ask for a link that verifies the own e-mail address", status_code=202
)
async def post_verify(request: Asked, services: NamedDependency[Services]) -> Response[Heard]:
    """It works once, for a day."""
    await _verify(request, services, person_in(request.scope).email)
    return _heard()


@patch("/api/auth/person", opt=for_people(), summary="Change the own name", request_max_body_size=BODY_BYTES_MAX)
async def patch_person(request: Asked, services: NamedDependency[Services], data: JSONBody[NameWish]) -> NameWish:
    """The members of one's tenants see it: 1 to 100 printable characters, and no web address."""
    check_json(dict(request.scope["headers"]))
    person, name = person_in(request.scope), clean_name(data.name)
    own_session(person)
    async with services.database.transaction("accounts") as connection:
        await rename_person(connection, person.person_id, name)
        await services.logins.told(connection, person, "person.rename", services.addresses.of(request.scope))
    services.logins.sessions.forget()
    return NameWish(name)


@post(
    "/api/auth/email",
    opt=for_people(),
    summary="Ask for another e-mail address",
    status_code=202,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_email(request: Asked, services: NamedDependency[Services], data: JSONBody[EmailWish]) -> Response[Heard]:
    """A link goes to the new address, and a notice to the old one; it changes when the link is used.

    The password must have been given in the last minutes (`password_needed`).
    """
    person = person_in(request.scope)
    person.check_recent(services.clock())
    await _verify(request, services, normal_email(data.email))
    return _heard()


@post(
    "/api/auth/verify/accept",
    opt=for_anybody(),
    summary="Verify an e-mail address",
    status_code=200,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_verify_accept(
    request: Asked, services: NamedDependency[Services], data: JSONBody[TokenWish]
) -> Response[Heard]:
    """With the token of the mail. An address that takes the place of another is the person's from now on."""
    address = _check_asking(request, services)
    await count_use(services, address)
    await verify_email(services, data.token, address)
    return _heard(200)


@post(
    "/api/invitations/accept",
    opt=for_anybody(),
    summary="Accept an invitation",
    status_code=200,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_accept(
    request: Asked, services: NamedDependency[Services], data: JSONBody[AcceptWish]
) -> Response[Accepted]:
    """With the token of the mail, by whoever has logged in with that e-mail address.

    Whoever has no account sends `name` and `password` too. 401 `login_needed`: there is an account; log in first.
    """
    address = _check_asking(request, services)
    await count_use(services, address)
    person = await asking_person(services, request.scope)
    offer, person_id = await accept_invitation(services, data.token, person, data.name, data.password, address)
    return Response(Accepted(offer.slug, offer.role, person_id), headers=NEVER_KEPT)


async def _verify(request: Asked, services: Services, email: str) -> None:
    person, address = person_in(request.scope), services.addresses.of(request.scope)
    await services.limiter.check("verify", str(person.person_id), ASKED_FOR_ACCOUNT, HOUR_S)
    await services.limiter.check("verified", email, ASKED_FOR_ACCOUNT, HOUR_S)
    async with services.database.transaction("accounts") as connection:
        await ask_to_verify(connection, services.trail, services.post, person, email, address, services.clock())


def _check_asking(request: Asked, services: Services) -> str:
    """Whether this comes from a page of ours or from no page; returns the address it comes from."""
    check_json(dict(request.scope["headers"]))
    check_page(request.scope, services.settings.public_url)
    return services.addresses.of(request.scope)


def _heard(status: int = 202) -> Response[Heard]:
    return Response(Heard(), status_code=status, headers=NEVER_KEPT)


HANDLERS = (
    post_signup, post_signup_accept, post_reset, post_reset_accept, post_verify, patch_person, post_email,
    post_verify_accept, post_accept,
)  # fmt: skip

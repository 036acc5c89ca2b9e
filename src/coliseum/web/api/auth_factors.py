"""The routes by which people change what they log in with: the password, and the second factor."""

from typing import Annotated

import msgspec
from litestar import Response, delete, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from coliseum.accounts.secondfactor import RecoveryCodes, TotpSecret
from coliseum.web.access import for_people, person_in
from coliseum.web.api.auth import BODY_BYTES_MAX, NEVER_KEPT, Asked, cookie_of, own_session
from coliseum.web.csrf import check_json
from coliseum.web.factors import begin_factor, confirm_factor, remove_factor, renew_codes
from coliseum.web.services import Services

Password = Annotated[str, msgspec.Meta(max_length=2_000)]
Code = Annotated[str, msgspec.Meta(max_length=40)]


class Confirmation(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The password again; with a code, the session counts as one with a second factor."""

    password: Password
    code: Code | None = None


class PasswordChange(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The password of until now, and the one from now on."""

    current: Password
    new: Password


class TotpCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code that the authenticator application shows."""

    code: Code


@post(
    "/api/auth/confirm",
    opt=for_people(),
    summary="Give the password again",
    status_code=204,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_confirm(
    request: Asked, services: NamedDependency[Services], data: JSONBody[Confirmation]
) -> Response[None]:
    """For 10 minutes the session may do what is sensitive. A browser gets another cookie, and the old one ends."""
    check_json(dict(request.scope["headers"]))
    person = person_in(request.scope)
    own_session(person)
    address = services.addresses.of(request.scope)
    secret = await services.logins.confirm(person, data.password, data.code, address)
    headers = NEVER_KEPT if secret is None else {**NEVER_KEPT, "set-cookie": cookie_of(services, secret)}
    return Response(None, status_code=204, headers=headers)


@post(
    "/api/auth/password",
    opt=for_people(),
    summary="Change the password",
    status_code=204,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_password(request: Asked, services: NamedDependency[Services], data: JSONBody[PasswordChange]) -> None:
    """8 to 1024 characters of any kind, and not one that everybody tries first. All other sessions end."""
    check_json(dict(request.scope["headers"]))
    person = person_in(request.scope)
    own_session(person)
    await services.logins.change_password(person, data.current, data.new, services.addresses.of(request.scope))


@post("/api/auth/totp", opt=for_people(), summary="Begin to set up a second factor", status_code=201)
async def post_totp(request: Asked, services: NamedDependency[Services]) -> Response[TotpSecret]:
    """It counts when a code of it was confirmed; until then another beginning takes its place.

    `password_needed`: give the password again first.
    """
    person = person_in(request.scope)
    own_session(person)
    secret = await begin_factor(services, person, services.addresses.of(request.scope))
    return Response(secret, status_code=201, headers=NEVER_KEPT)


@post(
    "/api/auth/totp/confirm",
    opt=for_people(),
    summary="Confirm a second factor by its first code",
    status_code=200,
    request_max_body_size=BODY_BYTES_MAX,
)
async def post_totp_code(
    request: Asked, services: NamedDependency[Services], data: JSONBody[TotpCode]
) -> Response[RecoveryCodes]:
    """From now on a log-in needs a code. The answer has ten recovery codes, which are shown this once."""
    check_json(dict(request.scope["headers"]))
    person = person_in(request.scope)
    own_session(person)
    codes = await confirm_factor(services, person, data.code, services.addresses.of(request.scope))
    return Response(codes, headers=NEVER_KEPT)


@delete("/api/auth/totp", opt=for_people(), summary="Remove the second factor", status_code=204)
async def delete_totp(request: Asked, services: NamedDependency[Services]) -> None:
    """The recovery codes go with it, and all other sessions end. Needs a session that has shown the second factor.

    `password_needed`: give the password again first.
    """
    person = person_in(request.scope)
    own_session(person)
    await remove_factor(services, person, services.addresses.of(request.scope))


@post("/api/auth/recovery-codes", opt=for_people(), summary="Make new recovery codes", status_code=201)
async def post_recovery_codes(request: Asked, services: NamedDependency[Services]) -> Response[RecoveryCodes]:
    """Ten, which are shown this once; those of before do not work any more. Needs what removing a factor needs."""
    person = person_in(request.scope)
    own_session(person)
    codes = await renew_codes(services, person, services.addresses.of(request.scope))
    return Response(codes, status_code=201, headers=NEVER_KEPT)


HANDLERS = (
    post_confirm, post_password, post_totp, post_totp_code, delete_totp, post_recovery_codes,
)  # fmt: skip

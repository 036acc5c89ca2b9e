"""Tokens that are not what they say: each is refused by the one name, and none makes the server fail."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import ECKey, JWKRegistry, OctKey

from coliseum.accounts.foreign import TOKEN_BYTES_MAX, issuer_in
from support.issuing import Issuer, b64, issuing, packed, shown, signed, trusting
from support.services import Platform, World, opened_world


@pytest.fixture(scope="module")
async def world(migrated_database: str, valkey_url: str) -> AsyncIterator[World]:
    async with opened_world(migrated_database, valkey_url, outbound_private=True) as opened:
        yield opened


@pytest.fixture(scope="module")
async def issuer() -> AsyncIterator[Issuer]:
    async with issuing() as serving:
        yield serving


@pytest.fixture(scope="module")
async def tenant(world: World, issuer: Issuer) -> Platform:
    """A tenant that trusts the issuer, and knows its keys."""
    return await trusting(world, issuer)


async def is_refused(world: World, platform: Platform, token: str | bytes) -> None:
    answer = await shown(world, platform, token)
    assert (answer.status, answer.code) == (401, "invalid_token"), token
    assert answer.json["detail"] == "the token is malformed, expired or not for this"


async def test_a_token_as_it_should_be_is_taken(world: World, tenant: Platform, issuer: Issuer) -> None:
    for kid in issuer.keys:
        assert (await shown(world, tenant, issuer.token(kid))).status == 201


@pytest.mark.parametrize(
    "alg", ["none", "None", "nOnE", "NONE", "", "HS256", "RS256", "ES384", "ES256K", "PS256", 5, None]
)
@pytest.mark.parametrize("signature", ["", "AAAA"])
async def test_no_other_algorithm_than_the_keys_is_taken(
    world: World, tenant: Platform, issuer: Issuer, alg: object, signature: str
) -> None:
    header = {"alg": alg, "kid": "es", "typ": "JWT"}
    await is_refused(world, tenant, f"{packed(header)}.{packed(issuer.claims())}.{signature}")
    real = issuer.token().rpartition(".")[2]
    await is_refused(world, tenant, f"{packed(header)}.{packed(issuer.claims())}.{real}")


@pytest.mark.parametrize("kid", ["es", "rs", "ed"])
async def test_a_public_key_is_no_shared_secret(world: World, tenant: Platform, issuer: Issuer, kid: str) -> None:
    key: Any = issuer.keys[kid]
    public = key.public_key
    jwk = next(each for each in issuer.key_set()["keys"] if each["kid"] == kid)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    secrets = [
        pem, pem.strip(), public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH), json.dumps(jwk).encode(),
        json.dumps(jwk, separators=(",", ":")).encode(), (jwk.get("x") or jwk["n"]).encode(), b"", b"\0",
    ]  # fmt: skip
    for secret in secrets:
        start = f"{packed({'alg': 'HS256', 'kid': kid, 'typ': 'JWT'})}.{packed(issuer.claims())}"
        mac = hmac.new(secret, start.encode(), hashlib.sha256).digest()
        await is_refused(world, tenant, f"{start}.{b64(mac)}")


@pytest.mark.parametrize(
    "kid",
    [None, "", "unknown", "ES", "es ", "es\0", "rs", "ed", "../../etc/passwd", "/dev/null", "' OR 1=1 --", "x" * 300,
     7, ["es"], {"kid": "es"}, "http://127.0.0.1/keys", "é"],
    ids=str,
)  # fmt: skip
async def test_a_key_is_found_by_its_id_and_in_no_other_way(
    world: World, tenant: Platform, issuer: Issuer, kid: object
) -> None:
    header = {"alg": "ES256", "typ": "JWT"} | ({} if kid is None else {"kid": kid})
    await is_refused(world, tenant, signed(issuer.keys["es"], header, issuer.claims()))


@pytest.mark.parametrize("kind", ["EC", "RSA", "OKP", "oct"])
async def test_a_key_that_the_token_brings_along_is_none(
    world: World, tenant: Platform, issuer: Issuer, kind: str
) -> None:
    sizes: dict[str, Any] = {"EC": "P-256", "RSA": 2_048, "OKP": "Ed25519", "oct": 256}
    own = JWKRegistry.generate_key(kind, sizes[kind])
    alg = {"EC": "ES256", "RSA": "RS256", "OKP": "EdDSA", "oct": "HS256"}[kind]
    elsewhere = f"{issuer.address}/evil/keys"
    issuer.asked.clear()
    for brought in ({"jwk": own.as_dict(private=False)}, {"jku": elsewhere}, {"x5u": elsewhere}, {"x5c": ["AAAA"]}):
        for kid in ("es", "mine"):
            header = {"alg": alg, "kid": kid, "typ": "JWT", **brought}
            await is_refused(world, tenant, signed(own, header, issuer.claims()))
        # And nothing of the kind is passed over, not even beside a signature that is right.
        await is_refused(world, tenant, issuer.token(header=brought))
    assert "/evil/keys" not in issuer.asked


@pytest.mark.parametrize(
    "header",
    [{"crit": ["exp"]}, {"crit": ["urn:x"], "urn:x": 1}, {"crit": []}, {"crit": "b64"}, {"crit": ["b64"], "b64": False},
     {"b64": False}, {"zip": "DEF"}, {"enc": "A128GCM"}, {"typ": "JWE"}, {"typ": 5}, {"typ": "logout+jwt"}],
    ids=str,
)  # fmt: skip
async def test_what_a_header_says_must_be_understood_is_not(
    world: World, tenant: Platform, issuer: Issuer, header: dict[str, Any]
) -> None:
    await is_refused(world, tenant, issuer.token(header=header))


@pytest.mark.parametrize("signature", [bytes(64), b"\1" * 64, b"", bytes(63), bytes(65), b"\xff" * 64, bytes(2_000)])
@pytest.mark.parametrize("kid", ["es", "rs", "ed"])
async def test_a_signature_that_anybody_can_write_is_none(
    world: World, tenant: Platform, issuer: Issuer, kid: str, signature: bytes
) -> None:
    await is_refused(world, tenant, f"{issuer.token(kid).rpartition('.')[0]}.{b64(signature)}")


async def test_a_signature_as_der_is_none(world: World, tenant: Platform, issuer: Issuer) -> None:
    start, _, real = issuer.token().rpartition(".")
    raw = base64.urlsafe_b64decode(real + "==")
    r, s = raw[:32].lstrip(b"\0"), raw[32:].lstrip(b"\0")
    whole = b"".join(b"\x02" + bytes([len(n) + (n[0] >> 7)]) + b"\0" * (n[0] >> 7) + n for n in (r, s))
    await is_refused(world, tenant, f"{start}.{b64(bytes([0x30, len(whole)]) + whole)}")


NOW = int(time.time())
WRONG: list[dict[str, Any]] = [
    {"aud": None}, {"aud": "other"}, {"aud": []}, {"aud": ["other"]}, {"aud": [["authenticated"]]}, {"aud": {}},
    {"aud": "authenticated "}, {"aud": 7}, {"aud": "Authenticated"},
    {"exp": None}, {"exp": NOW - 61}, {"exp": str(NOW + 600)}, {"exp": NOW + 600.5}, {"exp": 10**20}, {"exp": 1e300},
    {"exp": -1}, {"exp": True}, {"exp": [NOW + 600]}, {"exp": 10**400},
    {"iat": None}, {"iat": NOW + 600}, {"iat": str(NOW)}, {"iat": 0}, {"iat": -5}, {"iat": 10**20}, {"iat": NOW + 0.5},
    {"nbf": NOW + 600}, {"nbf": str(NOW)}, {"nbf": 10**20}, {"nbf": "soon"}, {"nbf": -1},
    {"sub": None}, {"sub": ""}, {"sub": 7}, {"sub": ["fan-1"]}, {"sub": "x" * 129}, {"sub": "a\0b"}, {"sub": "anon:d-1"},
    {"sub": {"a": 1}}, {"sub": True},
    {"iss": "https://evil.example/auth/v1"}, {"iss": "supabase"}, {"iss": 7}, {"iss": ""}, {"iss": ["x"]},
    {"role": None}, {"role": "anon"}, {"role": "service_role"}, {"role": "supabase_admin"}, {"role": "Authenticated"},
    {"role": ["authenticated"]}, {"role": ""}, {"role": 1},
    {"is_anonymous": True}, {"is_anonymous": "true"}, {"is_anonymous": 1}, {"is_anonymous": "false"},
]  # fmt: skip


@pytest.mark.parametrize("changes", WRONG, ids=lambda each: str(each)[:60])
async def test_claims_that_do_not_fit_are_refused(
    world: World, tenant: Platform, issuer: Issuer, changes: dict[str, Any]
) -> None:
    await is_refused(world, tenant, issuer.token(**changes))


async def test_the_issuer_is_compared_byte_by_byte(world: World, tenant: Platform, issuer: Issuer) -> None:
    for name in (issuer.supabase + "/", issuer.supabase.upper(), issuer.supabase + "?", f" {issuer.supabase}",
                 issuer.supabase.replace("127.0.0.1", "localhost"), issuer.address, issuer.supabase + "\0"):  # fmt: skip
        await is_refused(world, tenant, issuer.token(iss=name))


async def test_the_keys_of_a_project_are_no_people(world: World, tenant: Platform, issuer: Issuer) -> None:
    for role in ("anon", "service_role"):
        claims = {"iss": "supabase", "ref": "abc", "role": role, "iat": NOW, "exp": NOW + 10**9}
        for each in (claims, {**claims, "iss": issuer.supabase}, {**issuer.claims(), "role": role}):
            await is_refused(world, tenant, signed(issuer.keys["es"], {"alg": "ES256", "kid": "es"}, each))


async def test_an_old_secret_signs_nothing_any_more_and_presigned_addresses_are_no_tokens(
    world: World, issuer: Issuer
) -> None:
    """Who knows the shared secret of a project signs addresses of its files with it, too."""
    secret = "the shared secret of a project, which is long"
    platform = await world.platform()
    wish = json.dumps({"supabaseUrl": issuer.address, "hs256Secret": secret}).encode()
    assert (await world.http.send("PUT", "/api/issuers", wish, platform.server)).status == 200
    key = OctKey.import_key(secret)
    await is_refused(world, platform, signed(key, {"alg": "HS256"}, {"url": "bucket/x", "iat": NOW, "exp": NOW + 99}))
    await is_refused(world, platform, issuer.token("es"))  # and where the secret is set, no key of a set signs
    await is_refused(world, platform, signed(key, {"alg": "HS384"}, issuer.claims()))
    weak = OctKey.import_key(secret[:32])
    await is_refused(world, platform, signed(weak, {"alg": "HS256"}, issuer.claims()))
    assert (await shown(world, platform, signed(key, {"alg": "HS256"}, issuer.claims()))).status == 201


async def test_what_users_write_of_themselves_says_nothing(world: World, tenant: Platform, issuer: Issuer) -> None:
    other = await world.platform()
    for forged in ({"tenant": other.tenant.slug, "role": "owner"}, {"tenant_id": other.tenant_id}):
        token = issuer.token(user_metadata=forged, app_metadata=forged)
        await is_refused(world, other, token)
        found = await world.services.foreign.vouched(tenant.tenant_id, token.encode(), as_member=True)
        assert set(found.__struct_fields__) == {
            "issuer", "subject", "second_factor", "authenticated_at", "expires_at",
        }  # fmt: skip


async def test_a_token_has_three_parts_of_base64url_in_its_one_form(
    world: World, tenant: Platform, issuer: Issuer
) -> None:
    token = issuer.token("rs")
    header, payload, signature = token.split(".")
    last = chr(ord(signature[-1]) + 1)
    wrong = [
        "", ".", "..", "...", f"{header}.{payload}", f"{header}.{payload}.", f"{token}.x", f"{token}.{signature}",
        f"{header}..{signature}", f".{payload}.{signature}", f"{token}=", f"{token}==", f" {token}", f"{token} ",
        f"{token}\n", f"{header}=.{payload}.{signature}", token.replace("-", "+").replace("_", "/") + "=",
        f"{header}.{payload}.{signature[:-1]}{last}", f"{header}.{payload}.{signature[:-1]}", f"Bearer {token}",
        f"{header}.{payload}.{signature}".replace(".", "..", 1), token[::-1],
        f"{packed([])}.{payload}.{signature}", f"{packed('x')}.{payload}.{signature}", f"{packed(None)}.{payload}.x",
    ]  # fmt: skip
    for each in wrong:
        await is_refused(world, tenant, each)


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"null", b'"x"', b"{", b"\xff", b"[" * 5_000, b'{"iss":' + b"[" * 5_000]
)
async def test_a_payload_that_is_no_claims_is_refused_though_it_is_signed(
    world: World, tenant: Platform, issuer: Issuer, payload: bytes
) -> None:
    await is_refused(world, tenant, signed(issuer.keys["es"], {"alg": "ES256", "kid": "es"}, payload))


async def test_deep_nesting_in_any_part_is_refused(world: World, tenant: Platform, issuer: Issuer) -> None:
    deep = b"[" * 5_000 + b"]" * 5_000
    bomb = b'{"alg":"ES256","kid":"es","x":' + deep + b"}"
    claims = json.dumps(issuer.claims())[:-1].encode() + b',"amr":' + b"[" * 2_000 + b"]" * 2_000 + b"}"
    await is_refused(world, tenant, f"{b64(bomb)}.{packed(issuer.claims())}.AAAA")
    assert (await shown(world, tenant, signed(issuer.keys["es"], {"alg": "ES256", "kid": "es"}, claims))).status < 500


async def test_a_token_is_no_longer_than_it_may_be(world: World, tenant: Platform, issuer: Issuer) -> None:
    room = TOKEN_BYTES_MAX * 3 // 4 - 1_000
    assert (await shown(world, tenant, issuer.token(user_metadata={"x": "y" * room}))).status == 201
    await is_refused(world, tenant, issuer.token(user_metadata={"x": "y" * (room + 1_000)}))
    await is_refused(world, tenant, issuer.token(user_metadata={"x": "y" * 48_000}))
    assert issuer_in(b"x" * 10**6) is None


async def test_a_token_of_one_key_is_none_of_another(world: World, tenant: Platform, issuer: Issuer) -> None:
    stranger = ECKey.generate_key("P-256")
    await is_refused(world, tenant, signed(stranger, {"alg": "ES256", "kid": "es"}, issuer.claims()))
    token = issuer.token()
    other = issuer.token(sub="somebody-else")
    await is_refused(world, tenant, ".".join((*other.split(".")[:2], token.split(".")[2])))


async def test_a_token_of_ours_for_another_tenant_and_a_foreign_one_that_calls_itself_ours(
    world: World, tenant: Platform, issuer: Issuer
) -> None:
    for claims in (issuer.claims(iss="coliseum"), issuer.claims(iss="coliseum", aud=tenant.tenant.slug)):
        for kid in issuer.keys:
            alg = {"es": "ES256", "rs": "RS256", "ed": "EdDSA"}[kid]
            await is_refused(world, tenant, signed(issuer.keys[kid], {"alg": alg, "kid": kid}, claims))

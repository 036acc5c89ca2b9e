"""Whatever a token is, and whatever a key set is: nothing makes the server fail."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from coliseum.accounts.jwks import KeysUnusable, read_keys
from support.issuing import Issuer, b64, issuing, packed, shown, trusting
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


async def test_a_key_set_gives_no_secret_weak_private_or_ambiguous_key(issuer: Issuer) -> None:
    modulus = rsa.generate_private_key(65_537, 1_024).public_key().public_numbers().n  # noqa: S505 - to be refused
    weak = {"kty": "RSA", "n": b64(modulus.to_bytes(128, "big")), "e": "AQAB"}
    private = ECKey.generate_key("P-256").as_dict(private=True)
    other_curve = ECKey.generate_key("P-384").as_dict(private=False)
    good = ECKey.generate_key("P-256").as_dict(private=False)
    keys: list[dict[str, Any]] = [
        {**weak, "kid": "weak"}, {**private, "kid": "private"}, {**other_curve, "kid": "p384"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "oct"}, {**good, "kid": "enc", "use": "enc"},
        {**good, "kid": "signs", "key_ops": ["sign"]}, {**good, "kid": "alg", "alg": "RS256"},
        {**good, "kid": "none", "alg": "none"}, {**good, "kid": "hs", "alg": "HS256"}, {**good}, {**good, "kid": 7},
        {**good, "kid": ""}, {**good, "kid": "x" * 300}, {**good, "kid": "off", "x": good["y"]},
        {**good, "kid": "bad", "x": "%%%"}, {**good, "kid": "list", "x": ["a"]}, {"kid": "empty"},
        {"kty": "RSA", "n": "AQ", "e": "AQAB", "kid": "tiny"}, {"kty": "OKP", "crv": "X25519", "x": "AA", "kid": "x"},
        {"kty": ["EC"], "kid": "odd"}, {**good, "kid": "ops", "key_ops": 5},
        {**good, "kid": "twice"}, {**issuer.key_set()["keys"][0], "kid": "twice"}, {**good, "kid": "good"},
    ]  # fmt: skip
    assert list(read_keys(json.dumps({"keys": keys}).encode())) == ["good"]
    assert len(read_keys(json.dumps({"keys": [{**good, "kid": str(n)} for n in range(500)]}).encode())) == 50


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"keys":{}}', b'{"keys":[1]}', b"\xff", b"[" * 60_000, b'{"keys":']
)
def test_what_is_no_key_set_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(KeysUnusable):
        read_keys(body)


PIECES = st.one_of(
    st.text(st.characters(max_codepoint=255), max_size=40).map(lambda text: text.encode("latin-1")),
    st.sampled_from([b"e30", b"bnVsbA", b"W10", b"", b"eyJhbGciOiJFUzI1NiIsImtpZCI6ImVzIn0", b"AAAA", b"\x00", b"\xff"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
            st.sampled_from(["alg", "kid", "typ", "iss", "sub", "aud", "exp", "iat", "nbf", "role", "crit", "amr"]),
            inner, max_size=6,
        ),
        max_leaves=8,
    ).map(lambda value: packed(value).encode()),
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(PIECES, max_size=5))
async def test_whatever_a_token_is_it_makes_no_failure(
    world: World, tenant: Platform, issuer: Issuer, pieces: list[bytes]
) -> None:
    assert issuer.address
    token = b".".join(pieces)
    answer = await shown(world, tenant, token)
    assert answer.status in (201, 401), (token, answer)


CLAIM = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.lists(st.integers()))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.dictionaries(
        st.sampled_from(["iss", "sub", "aud", "exp", "iat", "nbf", "role", "aal", "amr", "auth_time", "is_anonymous"]),
        CLAIM,
        max_size=4,
    ),
    header=st.dictionaries(st.sampled_from(["typ", "crit", "jku", "b64", "x", "cty"]), CLAIM, max_size=2),
)
async def test_whatever_a_signed_token_says_it_makes_no_failure(
    world: World, tenant: Platform, issuer: Issuer, changes: dict[str, Any], header: dict[str, Any]
) -> None:
    answer = await shown(world, tenant, issuer.token(header=header, **changes))
    assert answer.status in (201, 401), (changes, header, answer)


FINITE = st.floats(allow_nan=False, allow_infinity=False)
JUNK = st.recursive(
    st.none() | st.integers() | FINITE | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
)


@settings(max_examples=500, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["kty", "crv", "x", "y", "n", "e", "kid", "alg", "use", "key_ops"]),
        st.one_of(JUNK, st.sampled_from(["EC", "RSA", "OKP", "P-256", "Ed25519", "AQAB", "sig", "kid-1", "A" * 43])),
    )
)
def test_whatever_a_member_of_a_key_set_is_it_spoils_no_other(member: dict[str, Any]) -> None:
    good = {**ECKey.generate_key("P-256").as_dict(private=False), "kid": "good"}
    assert "good" in read_keys(json.dumps({"keys": [member, good]}).encode())

"""Digests that stand for identifiers never change: the log holds them."""

import hmac
import uuid

from hypothesis import given
from hypothesis import strategies as st

from coliseum import db
from coliseum.ids import content_hash, pseudonym


@given(st.binary(min_size=32, max_size=32), st.text(min_size=1, max_size=128))
def test_a_pseudonym_is_the_first_half_of_an_hmac(key: bytes, text: str) -> None:
    assert pseudonym(key, text) == hmac.digest(key, text.encode(), "sha256")[:16]


def test_a_pseudonym_stays_what_it_was() -> None:
    key = bytes(range(32))
    assert pseudonym(key, "device-1").hex() == "12eee4377269b4c7f893aee26062306d"
    assert db.Uuid(pseudonym(key, "device-1")) == uuid.UUID("12eee4377269b4c7f893aee26062306d")


def test_a_content_hash_stays_what_it_was() -> None:
    assert content_hash(b'{"type":"social.follow"}').hex() == "1d7eea2c0f431a5f8f4de8161a8b7e00"

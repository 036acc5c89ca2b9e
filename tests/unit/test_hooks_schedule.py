"""When a message is tried again, and how it is signed."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from coliseum.hooks.schedule import ATTEMPTS_MAX, SCHEDULE_S, retry_after_s, wait_s
from coliseum.hooks.signing import Secrets, signed

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
VECTOR = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_tries_are_made_at_the_times_of_standard_webhooks() -> None:
    rng = random.Random(3)
    for attempts, planned_s in enumerate(SCHEDULE_S):
        for _ in range(100):
            found = wait_s(attempts, rng)
            assert found is not None
            assert planned_s <= found <= planned_s * 1.2
    assert sum(SCHEDULE_S) == 75 * 3600 + 35 * 60 + 5
    assert wait_s(ATTEMPTS_MAX, rng) is None


def test_a_server_may_ask_for_more_time_and_not_for_less() -> None:
    rng = random.Random(3)
    assert wait_s(1, rng, 900) == 900
    assert (wait_s(2, rng, 1) or 0) >= 300
    assert wait_s(1, rng, 10**9) == 86_400
    assert wait_s(ATTEMPTS_MAX, rng, 5) is None


@pytest.mark.parametrize(
    ("status", "text", "seconds"),
    [
        (429, "120", 120), (503, "0", 0), (503, " 7 ", 7), (503, "99999999999999999999", 86_400),
        (429, "Thu, 26 Nov 2026 12:01:00 GMT", 60), (429, "Thu, 26 Nov 2026 11:00:00 GMT", 0),
        (500, "120", None), (429, "", None), (429, "soon", None), (429, "-5", None), (429, "²", None),
        (429, "Thu, 99 Nov 2026 12:01:00 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_is_read_in_both_forms(status: int, text: str, seconds: float | None) -> None:
    assert retry_after_s(status, {"retry-after": text}, NOW) == seconds


def test_a_message_is_signed_as_the_published_example_is() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    keys = [Webhook(VECTOR)._whsecret]
    headers = signed(keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }  # fmt: skip


def test_each_of_two_secrets_verifies_what_is_signed_with_both() -> None:
    secrets = Secrets("a root secret of more than 32 characters")
    (new, sealed_new), (old, sealed_old) = secrets.new(1, 7), secrets.new(1, 7)
    keys = [secrets.open(1, 7, sealed) for sealed in (sealed_new, sealed_old)]
    headers = signed(keys, "msg_1", datetime.now(UTC), b'{"a":1}')
    assert headers["webhook-signature"].count(" ") == 1
    for secret in (new, old):
        assert secret.startswith("whsec_")
        assert Webhook(secret).verify(b'{"a":1}', headers) == {"a": 1}


def test_time_is_whole_seconds() -> None:
    headers = signed([b"k" * 32], "msg_1", NOW + timedelta(microseconds=999_999), b"{}")
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))

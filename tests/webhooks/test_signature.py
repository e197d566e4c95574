"""The gate: only the right bytes under the right secret pass, and nothing ever raises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.webhooks.doors import NOW_SECONDS, PREVIOUS, SECRET, SUPPLIER_SECRET, signed, standard
from webhooks.signature import (
    StandardHeaders,
    Verdict,
    of_shopify,
    of_standard,
    of_tmall,
    standard_headers,
)

BODY = b'{"id":1}'
GOOD = signed(BODY)
NOW = datetime.fromtimestamp(NOW_SECONDS, UTC)

SVIX_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SVIX_ID, SVIX_AT = "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330"
SVIX_BODY = b'{"test": 2432232314}'
SVIX_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
SVIX_NOW = datetime.fromtimestamp(1614265330, UTC)


def test_the_right_digest_passes() -> None:
    assert of_shopify([GOOD], BODY, [SECRET]) == Verdict.GENUINE


def test_an_empty_body_can_be_signed() -> None:
    assert of_shopify([signed(b"")], b"", [SECRET]) == Verdict.GENUINE


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param([], Verdict.ABSENT, id="W1 absent"),
        pytest.param([""], Verdict.ABSENT, id="W2 empty"),
        pytest.param([signed(BODY, "other")], Verdict.WRONG, id="W3 another secret"),
        pytest.param([bytes.fromhex("00" * 32).hex()], Verdict.WRONG, id="W4 hex"),
        pytest.param([GOOD + "\n"], Verdict.WRONG, id="W5 newline"),
        pytest.param([" " + GOOD], Verdict.WRONG, id="W5 space"),
        pytest.param([GOOD.rstrip("=")], Verdict.WRONG, id="W5 no padding"),
        pytest.param([GOOD + "="], Verdict.WRONG, id="W5 more padding"),
        pytest.param([GOOD, GOOD], Verdict.DOUBLED, id="W8 twice"),
        pytest.param([f"{GOOD},{signed(BODY, 'x')}"], Verdict.WRONG, id="W8 joined"),
        pytest.param(["ünïcode"], Verdict.WRONG, id="not ASCII"),
        pytest.param(["\ud800"], Verdict.WRONG, id="not even text"),
    ],
)
def test_everything_else_is_refused(headers: list[str], expected: Verdict) -> None:
    assert expected == of_shopify(headers, BODY, [SECRET, PREVIOUS])


def test_the_previous_secret_counts_while_it_is_listed() -> None:
    header = [signed(BODY, PREVIOUS)]

    assert of_shopify(header, BODY, [SECRET, PREVIOUS]) == Verdict.GENUINE
    assert of_shopify(header, BODY, [SECRET]) == Verdict.WRONG


def test_no_secret_is_no_open_door() -> None:
    assert of_shopify([signed(BODY, "")], BODY, [""]) == Verdict.WRONG
    assert of_shopify([GOOD], BODY, []) == Verdict.WRONG


def svix(
    *,
    id: str = SVIX_ID,
    at: str = SVIX_AT,
    signatures: str = SVIX_SIGNATURE,
    body: bytes = SVIX_BODY,
    secrets: tuple[str, ...] = (SVIX_SECRET,),
    now: datetime = SVIX_NOW,
) -> Verdict:
    return of_standard(id, at, signatures, body, secrets=secrets, now=now)


def test_the_vector_svix_published() -> None:
    assert svix() == Verdict.GENUINE


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"id": ""}, Verdict.ABSENT),
        ({"at": ""}, Verdict.ABSENT),
        ({"signatures": ""}, Verdict.ABSENT),
        ({"id": "msg_other"}, Verdict.WRONG),
        ({"body": SVIX_BODY + b" "}, Verdict.WRONG),
        ({"signatures": SVIX_SIGNATURE.removeprefix("v1,")}, Verdict.WRONG),
        ({"signatures": SVIX_SIGNATURE.replace("v1,", "v2,")}, Verdict.WRONG),
        ({"signatures": SVIX_SIGNATURE.rstrip("=")}, Verdict.WRONG),
        ({"signatures": "v1,x v1a,y " + SVIX_SIGNATURE}, Verdict.GENUINE),
        ({"signatures": "v1,x " * 10 + SVIX_SIGNATURE}, Verdict.WRONG),
        ({"secrets": ()}, Verdict.WRONG),
        ({"secrets": ("whsec_",)}, Verdict.WRONG),
        ({"secrets": ("whsec_not base64!", "whsec_é")}, Verdict.WRONG),
        ({"secrets": (SUPPLIER_SECRET, SVIX_SECRET)}, Verdict.GENUINE),
        ({"now": SVIX_NOW + timedelta(seconds=300)}, Verdict.GENUINE),
        ({"now": SVIX_NOW + timedelta(seconds=301)}, Verdict.STALE),
        ({"now": SVIX_NOW - timedelta(seconds=300)}, Verdict.GENUINE),
        ({"now": SVIX_NOW - timedelta(seconds=301)}, Verdict.STALE),
        ({"at": SVIX_AT + ".0"}, Verdict.STALE),
        ({"at": "١٦١٤٢٦٥٣٣٠"}, Verdict.STALE),
        ({"at": "9" * 5000}, Verdict.STALE),
        ({"at": " " + SVIX_AT}, Verdict.STALE),
        ({"at": "-" + SVIX_AT}, Verdict.STALE),
    ],
)
def test_the_standard_form_is_held_to_the_letter(changes: dict[str, object], expected: str) -> None:
    assert expected == svix(**changes)  # type: ignore[arg-type]  # wrong on purpose, too


def test_our_own_headers_pass() -> None:
    headers = standard(BODY)
    found = of_standard(
        headers["webhook-id"],
        headers["webhook-timestamp"],
        headers["webhook-signature"],
        BODY,
        secrets=[SUPPLIER_SECRET],
        now=NOW,
    )

    assert found == Verdict.GENUINE


HALF = {"svix-id": "a", "svix-timestamp": "1", "webhook-signature": "v1,x"}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, ("", "", "")),
        ({"webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "s"}, ("a", "1", "s")),
        ({"svix-id": "a", "svix-timestamp": "1", "svix-signature": "s"}, ("a", "1", "s")),
        pytest.param(HALF, ("", "", "v1,x"), id="the two are not mixed"),
    ],
)
def test_the_standard_headers_are_spelled_in_two_ways(
    headers: dict[str, str], expected: tuple[str, str, str]
) -> None:
    found = standard_headers(lambda name: headers.get(name, ""))

    assert found == StandardHeaders(*expected)


PUSH = b'{"message_type":53,"seller_id":"1234"}'
PUSH_SIGNED = "45e57bc86778827c215ef9dd36876ec7d3fdd39c63087c928fa012c82ab5d3a1"


def test_the_vector_of_a_push() -> None:
    assert of_tmall(PUSH_SIGNED, PUSH, "123456", ["helloworld"]) == Verdict.GENUINE


@pytest.mark.parametrize(
    ("given", "body", "app_key", "secrets", "expected"),
    [
        pytest.param("", PUSH, "123456", ["helloworld"], Verdict.ABSENT, id="absent"),
        pytest.param(PUSH_SIGNED, PUSH, "1", ["x", "helloworld"], Verdict.WRONG, id="another app"),
        pytest.param(PUSH_SIGNED, PUSH, "123456", ["x"], Verdict.WRONG, id="another secret"),
        pytest.param(
            PUSH_SIGNED, PUSH, "123456", ["x", "helloworld"], Verdict.GENUINE, id="rotated"
        ),
        pytest.param(PUSH_SIGNED, PUSH + b" ", "123456", ["helloworld"], Verdict.WRONG, id="body"),
        pytest.param(
            PUSH_SIGNED.upper(), PUSH, "123456", ["helloworld"], Verdict.WRONG, id="upper case"
        ),
        pytest.param(
            f"Bearer {PUSH_SIGNED}", PUSH, "123456", ["helloworld"], Verdict.WRONG, id="a scheme"
        ),
        pytest.param("ünïcode", PUSH, "123456", ["helloworld"], Verdict.WRONG, id="not ASCII"),
        pytest.param(PUSH_SIGNED, PUSH, "123456", [], Verdict.WRONG, id="no secret"),
        pytest.param(PUSH_SIGNED, PUSH, "123456", [""], Verdict.WRONG, id="an empty secret"),
    ],
)
def test_a_push_is_held_to_the_letter(
    given: str, body: bytes, app_key: str, secrets: list[str], expected: Verdict
) -> None:
    assert expected == of_tmall(given, body, app_key, secrets)


@given(st.text(), st.binary(), st.text(), st.lists(st.text(), max_size=2))
def test_the_gate_for_pushes_only_ever_says_no(
    given: str, body: bytes, app_key: str, secrets: list[str]
) -> None:
    assert of_tmall(given, body, app_key, secrets) in {Verdict.ABSENT, Verdict.WRONG}


@given(st.lists(st.text(), max_size=3), st.binary(), st.lists(st.text(), max_size=2))
def test_shopifys_gate_only_ever_says_no(
    headers: list[str], body: bytes, secrets: list[str]
) -> None:
    assert of_shopify(headers, body, secrets) in set(Verdict) - {Verdict.GENUINE}


@given(st.text(), st.text() | st.just(str(NOW_SECONDS)), st.text(), st.binary(), st.text())
def test_the_standard_gate_only_ever_says_no(
    id: str, at: str, signatures: str, body: bytes, secret: str
) -> None:
    found = of_standard(id, at, signatures, body, secrets=[secret], now=NOW)

    assert found in set(Verdict) - {Verdict.GENUINE}


@given(st.binary(), st.integers(0, 43), st.characters(codec="ascii"))
def test_one_changed_letter_is_enough(body: bytes, place: int, letter: str) -> None:
    good = signed(body)
    changed = good[:place] + letter + good[place + 1 :]

    expected = Verdict.GENUINE if changed == good else Verdict.WRONG
    assert expected == of_shopify([changed], body, [SECRET])

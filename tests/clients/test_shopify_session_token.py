"""Session tokens and signed queries: what is believed, and what is not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.shopify.query_hmac import is_signed, signature
from clients.shopify.session_token import BadToken, verify

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
SECRET, BEFORE, CLIENT = "s" * 64, "p" * 64, "client-1"
SHOP = "alice.myshopify.com"


def claims(**changes: Any) -> dict[str, Any]:
    begins = int(NOW.timestamp()) - 20
    told = {
        "iss": f"https://{SHOP}/admin",
        "dest": f"https://{SHOP}",
        "aud": CLIENT,
        "sub": "42",
        "exp": begins + 60,
        "nbf": begins,
        "iat": begins,
        "jti": "j",
        "sid": "x",
    }
    return {name: value for name, value in {**told, **changes}.items() if value is not None}


def signed(told: Mapping[str, Any], secret: str = SECRET, algorithm: str = "HS256") -> str:
    return jwt.encode(dict(told), secret, algorithm=algorithm)


def read(token: str, now: datetime = NOW) -> str:
    return verify(token, client_id=CLIENT, secrets=[SECRET, BEFORE], now=now).shop


def test_shop_and_person_come_from_the_token() -> None:
    found = verify(signed(claims()), client_id=CLIENT, secrets=[SECRET], now=NOW)
    assert (found.shop, found.user) == (SHOP, "42")


def test_the_secret_before_is_good_while_it_is_being_changed() -> None:
    assert read(signed(claims(), BEFORE)) == SHOP


@pytest.mark.parametrize("seconds", [-10, 0, 10])
def test_ten_seconds_of_leeway_at_either_end(seconds: int) -> None:
    end = datetime.fromtimestamp(claims()["exp"], UTC)
    begin = datetime.fromtimestamp(claims()["nbf"], UTC)
    assert read(signed(claims()), end + timedelta(seconds=seconds)) == SHOP
    assert read(signed(claims()), begin + timedelta(seconds=seconds)) == SHOP


HOSTILE = {
    "expired 11 s": (claims(exp=int(NOW.timestamp()) - 11), SECRET, "HS256"),
    "not yet valid": (claims(nbf=int(NOW.timestamp()) + 11), SECRET, "HS256"),
    "wrong aud": (claims(aud="client-2"), SECRET, "HS256"),
    "aud is a list": (claims(aud=[CLIENT]), SECRET, "HS256"),
    "wrong signature": (claims(), "x" * 64, "HS256"),
    "another algorithm": (claims(), SECRET, "HS512"),
    "missing dest": (claims(dest=None), SECRET, "HS256"),
    "dest and iss disagree": (claims(iss="https://bob.myshopify.com/admin"), SECRET, "HS256"),
    "dest other shop": (claims(dest="https://bob.myshopify.com"), SECRET, "HS256"),
    "not a shop": (
        claims(dest="https://evil.example", iss="https://evil.example/admin"),
        SECRET,
        "HS256",
    ),
    "not anchored": (
        claims(dest=f"https://{SHOP}.evil.example", iss=f"https://{SHOP}.evil.example/admin"),
        SECRET,
        "HS256",
    ),
    "with a person before the host": (
        claims(dest=f"https://x@{SHOP}", iss=f"https://x@{SHOP}/admin"),
        SECRET,
        "HS256",
    ),
    "no encryption": (claims(dest=f"http://{SHOP}", iss=f"http://{SHOP}/admin"), SECRET, "HS256"),
    "no person": (claims(sub=None), SECRET, "HS256"),
    "a time that is none": (claims(exp="soon"), SECRET, "HS256"),
}


@pytest.mark.parametrize("why", list(HOSTILE))
def test_a_bad_token_proves_nothing(why: str) -> None:
    told, secret, algorithm = HOSTILE[why]
    with pytest.raises(BadToken):
        read(signed(told, secret, algorithm))


def test_a_token_without_a_signature_proves_nothing() -> None:
    with pytest.raises(BadToken):
        read(jwt.encode(claims(), "", algorithm="none"))


@given(st.one_of(st.text(max_size=400), st.binary(max_size=300).map(lambda b: b.decode("latin-1"))))
def test_any_text_is_either_refused_or_a_shop(text: str) -> None:
    with pytest.raises(BadToken):
        read(text)


# --- Signed queries -------------------------------------------------------------------------------

QUERY = [("shop", SHOP), ("timestamp", str(int(NOW.timestamp()))), ("host", "YWRtaW4"), ("x", "1")]


def with_hmac(pairs: list[tuple[str, str]], secret: str = SECRET) -> list[tuple[str, str]]:
    return [*pairs, ("hmac", signature(pairs, secret))]


def test_a_signed_query_is_believed_for_ninety_seconds() -> None:
    pairs = with_hmac(QUERY)
    assert is_signed(pairs, [SECRET], NOW + timedelta(seconds=90))
    assert not is_signed(pairs, [SECRET], NOW + timedelta(seconds=91))
    assert not is_signed(pairs, [SECRET], NOW - timedelta(seconds=91))


def test_an_unknown_name_is_part_of_what_is_signed() -> None:
    pairs = with_hmac(QUERY)
    assert not is_signed([p for p in pairs if p[0] != "x"], [SECRET], NOW)


def test_a_name_twice_is_never_believed() -> None:
    pairs = [*QUERY, ("shop", "bob.myshopify.com")]
    assert not is_signed(with_hmac(pairs), [SECRET], NOW)


@pytest.mark.parametrize("given", ["", "00", "ä", "0" * 64])
def test_a_wrong_signature_is_not_believed(given: str) -> None:
    assert not is_signed([*QUERY, ("hmac", given)], [SECRET], NOW)

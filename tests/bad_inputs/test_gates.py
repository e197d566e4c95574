"""The gates, the sums and the calendar: for anything at all only the outcomes they name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from babel.numbers import list_currencies
from hypothesis import given
from hypothesis import strategies as st

from clients.money import Money, decimals
from clients.shopify.query_hmac import is_signed
from clients.shopify.session_token import BadToken, verify
from clients.waits import LONGEST_WAIT, SHORTEST_WAIT, retry_after
from plugin import business_days
from plugin.business_days import BadCalendar, calendar_from
from plugin.evidence import pictures, videos
from plugin.evidence.limits import LIMITS
from plugin.evidence.signature import HEAD, mime_of
from plugin.money import share_out
from tests.bad_inputs.spoiling import SCALARS, tried
from tests.bad_inputs.test_parsers import often
from tests.conftest import MONDAY
from tests.evidence import files, films
from tests.webhooks.doors import SECRET, SUPPLIER_SECRET, TMALL_KEY, TMALL_SECRET, signed
from webhooks import signature
from webhooks.signature import Verdict

PARTS = st.sampled_from(["e30", "eyJhbGciOiJub25lIn0", "eyJhbGciOiJIUzI1NiJ9", "", "x"])
TEXTS = st.text(max_size=60)
CURRENCIES = sorted(code for code in list_currencies() if code not in {"XXX", "XTS"})


# --- Signatures -----------------------------------------------------------------------------------


@often
@given(st.binary(max_size=40), st.lists(TEXTS, max_size=2), st.integers(0, 43), st.characters())
def test_only_the_very_signature_opens_the_stores_door(
    body: bytes, headers: list[str], place: int, letter: str
) -> None:
    good = signed(body)
    bad = good[:place] + letter + good[place + 1 :]
    assert signature.of_shopify([good], body, [SECRET]) is Verdict.GENUINE
    for given_headers in (headers, [bad], [*headers, good], [good, *headers]):
        if given_headers != [good]:
            found = signature.of_shopify(given_headers, body, [SECRET])
            assert found in {Verdict.ABSENT, Verdict.DOUBLED, Verdict.WRONG}


@often
@given(TEXTS, TEXTS | st.just(str(int(MONDAY.timestamp()))), TEXTS, st.binary(max_size=40))
def test_only_the_very_signature_opens_the_suppliers_door(
    message_id: str, stamp: str, signatures: str, body: bytes
) -> None:
    found = signature.of_standard(
        message_id, stamp, signatures, body, secrets=[SUPPLIER_SECRET], now=MONDAY
    )
    assert found in {Verdict.ABSENT, Verdict.STALE, Verdict.WRONG}


@often
@given(TEXTS, st.binary(max_size=40))
def test_only_the_very_signature_opens_tmalls_door(given_header: str, body: bytes) -> None:
    found = signature.of_tmall(given_header, body, TMALL_KEY, [TMALL_SECRET])
    assert found in {Verdict.ABSENT, Verdict.WRONG}


@often
@given(
    TEXTS
    | st.builds(
        ".".join,
        st.lists(st.sampled_from(["e30", "eyJhbGciOiJub25lIn0", "", "x"]), min_size=3, max_size=3),
    )
)
def test_a_text_that_is_no_session_token_proves_nothing(token: str) -> None:  # fmt: skip
    with pytest.raises(BadToken):
        verify(token, client_id="client", secrets=["s" * 32], now=MONDAY)


@often
@given(st.lists(st.tuples(st.sampled_from(["shop", "hmac", "timestamp", "x"]), TEXTS), max_size=5))
def test_a_question_nobody_signed_is_not_believed(pairs: list[tuple[str, str]]) -> None:
    assert not is_signed(pairs, ["s" * 32], MONDAY)


# --- Money ----------------------------------------------------------------------------------------


@often
@given(SCALARS | st.decimals() | TEXTS, st.sampled_from(CURRENCIES))
def test_an_amount_is_exact_or_none(told: Any, currency: str) -> None:
    found = tried(lambda: Money.parse(told, currency), ValueError)
    if isinstance(found, ValueError):
        assert len(str(found)) < 200
        return
    assert isinstance(found.minor, int)
    assert Money.parse(found.decimal(), currency) == found
    assert Decimal(found.decimal()) == Decimal(str(told))


@often
@given(TEXTS | st.sampled_from(["usd", "US", "USDT", "XXX", "XTS", "ＵＳＤ", "USD ", *CURRENCIES]))
def test_a_currency_is_one_of_the_worlds_or_none(told: str) -> None:
    try:
        assert decimals(told) in {0, 2, 3, 4}
    except ValueError:
        assert told not in CURRENCIES


@often
@given(st.integers(0, 10**15), st.lists(st.integers(0, 10**9), min_size=1, max_size=9))
def test_the_parts_add_up_to_the_whole(total: int, weights: list[int]) -> None:
    parts = share_out(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert part >= 0
        assert not whole or abs(part - total * weight / whole) <= 1 + total / 2**40


# --- Time -----------------------------------------------------------------------------------------

NAMES = st.sampled_from(["off", "work", "version", "confirmed_through", "x"])
DAYS = st.datetimes(datetime(2004, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@often
@given(DAYS, st.integers(0, 60))
def test_a_count_of_business_days_comes_back(moment: datetime, days: int) -> None:
    due = business_days.after(moment, days)
    there = due.due.astimezone(business_days.CHINA)
    assert (there.hour, there.minute, there.second) == (23, 59, 59)
    assert business_days.count_between(moment, due.due) == days
    assert timedelta(days=days - 1) <= due.due - moment <= timedelta(days=3 * days + 20)


@often
@given(st.lists(st.tuples(NAMES, st.dates().map(date.isoformat) | TEXTS), max_size=6), TEXTS)
def test_a_calendar_is_one_or_the_line_is_named(lines: list[tuple[str, str]], more: str) -> None:
    text = "\n".join([*(f"{name} {value}" for name, value in lines), more])
    found = tried(lambda: calendar_from(text), BadCalendar)
    assert str(found) if isinstance(found, BadCalendar) else found.version


@often
@given(TEXTS, TEXTS)
def test_a_wait_is_between_a_second_and_a_quarter_of_an_hour(told: str, now: str) -> None:
    assert SHORTEST_WAIT <= retry_after({"retry-after": told, "date": now}) <= LONGEST_WAIT


# --- Files ----------------------------------------------------------------------------------------

PICTURES = [
    files.picture(size=(60, 40), kind="JPEG"), files.picture(size=(60, 40), kind="PNG"),
    files.picture(size=(60, 40), kind="WEBP"), files.with_exif(),
    files.picture(size=(60, 40), progressive=True), files.png_that_moves(3), files.GIF, files.SVG,
]  # fmt: skip
REASONS = {"too_many_pixels", "not_a_picture_or_video", "cut_off", "too_many_frames"}


def changed(content: bytes, changes: list[tuple[int, int]], cut: int) -> bytes:
    found = bytearray(content)
    for place, value in changes:
        found[place % len(found)] = value
    return bytes(found[: len(found) - cut % len(found)])


@often
@given(
    st.sampled_from(PICTURES),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=6),
    st.integers(0, 300) | st.just(0),
)
@pytest.mark.filterwarnings("ignore")  # decoders remark on what they meet; the verdict is ours
def test_a_spoiled_picture_is_shown_or_refused_by_a_code(
    tmp_path_factory: pytest.TempPathFactory,
    content: bytes,
    changes: list[tuple[int, int]],
    cut: int,
) -> None:
    path = tmp_path_factory.getbasetemp() / "spoiled"
    path.write_bytes(changed(content, changes, cut))
    looked = tried(lambda: pictures.look(path, LIMITS), pictures.Unusable)
    if isinstance(looked, pictures.Unusable):
        assert looked.reason in REASONS
        return
    for copy in looked.copies.values():
        assert copy.startswith(b"\xff\xd8\xff")
        assert b"MakerSecret" not in copy


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return films.film(tmp_path_factory.mktemp("film") / "film.mp4")


@often
@given(
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=6),
    cut=st.integers(0, 300) | st.just(0),
)
def test_a_spoiled_film_is_looked_into_or_refused_by_a_code(
    tmp_path_factory: pytest.TempPathFactory,
    film: bytes,
    changes: list[tuple[int, int]],
    cut: int,
) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "spoiled film"
    content = changed(film, changes, cut)
    path.write_bytes(content)
    mime = mime_of(content[:HEAD])
    if not mime:
        return
    found = tried(lambda: videos.look(path, mime, LIMITS), pictures.Unusable)
    if isinstance(found, pictures.Unusable):
        assert found.reason in {*REASONS, "too_long"}
        return
    looked, checked = found
    assert checked
    assert all(copy.startswith(b"\xff\xd8\xff") for copy in looked.copies.values())

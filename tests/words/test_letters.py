"""Letters: complete in every language, exact, and safe whatever a title holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.money import Money
from plugin import letters
from plugin.actions import Letter, Reason, Topic
from plugin.terms import Clause, Situation
from plugin.words.speech import LANGUAGES
from tests.words.conftest import OVERDUE, SHIP_BY

MISSED = Reason(
    situation=Situation.LATE_SHIPMENT,
    clause=Clause.TELL,
    says="missed_clocks",
    facts={
        "missed": 3,
        "needs_you": 1,
        "from": "2026-11-20T08:00:00+00:00",
        "until": "2026-11-20T14:30:00+00:00",
    },
)
LINK = "https://desk.example/report/abc"
AMOUNT = {"en": "$24.90", "it": "24,90\xa0USD", "zh": "US$24.90"}
PRICE = {"en": "€22.00", "it": "22,00\xa0€", "zh": "€22.00"}


def to_merchant(topic: Topic, reason: Reason = OVERDUE, language: str = "en") -> letters.Text:
    return letters.to_merchant(
        topic,
        reason,
        order_name="#1001",
        language=language,
        zone="Europe/Rome",
        link="https://desk.example/cases/1",
    )


def to_customer(letter: Letter, language: str = "en", **changes: object) -> letters.Text:
    values: dict[str, object] = {
        "language": language,
        "store_name": "Lumi",
        "customer_name": "Anna",
        "order_name": "#1001",
        "lines": [("Paper lamp", 2), ("Tea cup", 1)],
        "amount": Money(2490, "USD") if letter is Letter.REFUNDED else None,
        "alternative_title": "Rice lamp",
        "alternative_price": Money(2200, "EUR"),
        "alternative_url": "https://lumi.example/rice-lamp",
        "link": LINK,
    }
    return letters.to_customer(letter, **{**values, **changes})  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize("topic", Topic)
def test_every_line_to_the_merchant(topic: Topic) -> None:
    reason = MISSED if topic is Topic.MISSED_CLOCKS else OVERDUE
    texts = [to_merchant(topic, reason, language) for language in LANGUAGES]
    assert len({text.subject for text in texts}) == len({text.body for text in texts}) == 3
    for text in texts:
        assert "#1001" in text.subject
        assert "https://desk.example/cases/1" in text.body
        assert "{" not in text.subject + text.body


def test_each_topic_has_its_own_text() -> None:
    assert len({to_merchant(topic).body for topic in Topic}) == len(Topic)


def test_a_line_about_a_late_purchase() -> None:
    assert to_merchant(Topic.LATE) == letters.Text(
        subject="Order #1001: purchase T2301 from Huanyu is late",
        body="Purchase T2301 from Huanyu is 2 days past its ship-by date (18 Nov 2026) and has "
        "not shipped.\n\nThe supplier is urged to ship, as far as your rules let the app go. You "
        "have nothing to do unless the case asks you.\n\nRule late_shipment.urge, version 1.\n\n"
        "Open it: https://desk.example/cases/1\n",
    )


def test_a_line_may_be_told_as_of_now() -> None:
    text = letters.to_merchant(
        Topic.LATE,
        OVERDUE,
        order_name="#1001",
        language="en",
        zone="UTC",
        now=SHIP_BY + timedelta(days=6),
    )
    assert "is 6 days past" in text.body


def test_missed_clocks_of_the_whole_shop() -> None:
    text = letters.to_merchant(
        Topic.MISSED_CLOCKS, MISSED, order_name="", language="en", zone="Europe/Rome"
    )
    assert text == letters.Text(
        subject="3 steps fell due while the app was not running",
        body="From 20 Nov 2026, 09:00 until 20 Nov 2026, 15:30 the app was not running, and 3 "
        "steps fell due. Each was taken up once, now, and is marked late. The cases show what "
        "waits for your word. Waiting for your word: 1.\n",
    )


def test_missed_clocks_claim_nothing_nobody_counted() -> None:
    uncounted = {name: value for name, value in MISSED.facts.items() if name != "needs_you"}
    text = to_merchant(Topic.MISSED_CLOCKS, replace(MISSED, facts=uncounted))
    assert "Waiting for your word:" not in text.body


def test_missed_clocks_without_facts() -> None:
    for language in LANGUAGES:
        text = to_merchant(Topic.MISSED_CLOCKS, replace(MISSED, facts={}), language)
        assert text.subject
        assert "0" in text.body


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refund_names_the_exact_amount(language: str) -> None:
    text = to_customer(Letter.REFUNDED, language)
    assert AMOUNT[language] in text.body
    assert AMOUNT[language] in text.subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_invitation_names_the_exact_price(language: str) -> None:
    text = to_customer(Letter.INVITED, language)
    assert PRICE[language] in text.body
    assert "Rice lamp" in text.body
    assert "https://lumi.example/rice-lamp" in text.body


@pytest.mark.parametrize("letter", Letter)
def test_every_letter_to_the_customer(letter: Letter) -> None:
    texts = [to_customer(letter, language) for language in LANGUAGES]
    assert len({text.subject for text in texts}) == len({text.body for text in texts}) == 3
    for text in texts:
        assert "#1001" in text.subject
        assert "#1001" in text.body
        assert "Anna" in text.body
        assert "Lumi" in text.body
        assert "- Paper lamp × 2\n- Tea cup × 1" in text.body
        assert "{" not in text.subject + text.body
        assert "!" not in text.body


@pytest.mark.parametrize("letter", Letter)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_with_next_to_nothing_known(letter: Letter, language: str) -> None:
    text = to_customer(
        letter,
        language,
        customer_name="",
        store_name="",
        lines=[],
        amount=None,
        alternative_title="",
        alternative_price=None,
        alternative_url="",
    )
    assert "#1001" in text.body
    assert "None" not in text.body
    assert "\n\n\n" not in text.body
    assert not any(line != line.rstrip() for line in text.body.split("\n"))


ASKS = (
    *(Letter.EVIDENCE_ASKED, Letter.EVIDENCE_REMINDED, Letter.EVIDENCE_LAST_CALL),
    *(Letter.ADDRESS_ASKED, Letter.ADDRESS_REMINDED, Letter.CLAIM_SENT),
)
NAMES_A_DAY = (*ASKS[:3], Letter.CLAIM_SENT)
HEAR_BY = datetime(2027, 3, 14, 15, 59, 59, tzinfo=UTC)
DAY = {"en": "14 March 2027", "it": "14 marzo 2027", "zh": "2027年3月14日"}
ESTIMATED = {"en": "(estimated)", "it": "(stima)", "zh": "（估算）"}


@pytest.mark.parametrize("letter", ASKS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_that_asks_for_something_carries_the_link(letter: Letter, language: str) -> None:
    assert LINK in to_customer(letter, language).body
    assert "javascript" not in to_customer(letter, language, link="javascript:alert(1)").body


@pytest.mark.parametrize("letter", NAMES_A_DAY)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_names_the_day_in_the_shops_zone(letter: Letter, language: str) -> None:
    text = to_customer(letter, language, hear_by=HEAR_BY, zone="Europe/Rome")
    assert DAY[language] in text.body
    assert ESTIMATED[language] not in text.body
    later = to_customer(letter, language, hear_by=HEAR_BY, zone="Pacific/Auckland")
    assert DAY[language] not in later.body


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_estimated_day_is_marked_and_said_why(language: str) -> None:
    sure, estimate = (
        to_customer(Letter.CLAIM_SENT, language, hear_by=HEAR_BY, provisional=provisional).body
        for provisional in (False, True)
    )
    assert f"{DAY[language]} {ESTIMATED[language]}".replace(" （", "（") in estimate
    assert len(estimate.splitlines()) == len(sure.splitlines()) + 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_claim_gives_the_reason_or_says_that_there_is_none(language: str) -> None:
    given = to_customer(Letter.CLAIM_REFUSED, language, reason="No fault\nis {{ seen }}").body
    assert "No fault is {{ seen }}" in given
    assert to_customer(Letter.CLAIM_REFUSED, language).body != given


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_claim_letter_names_the_day_and_no_number_that_a_setting_may_change(
    language: str,
) -> None:
    body = to_customer(Letter.CLAIM_SENT, language, hear_by=datetime(2027, 3, 14, tzinfo=UTC)).body
    assert "2027" in body
    assert "30" not in body


def test_the_three_customs_letters_differ() -> None:
    held = (Letter.CUSTOMS_HELD, Letter.CUSTOMS_STILL_HELD, Letter.CUSTOMS_HELD_LONG)
    for language in LANGUAGES:
        texts = [to_customer(letter, language) for letter in held]
        assert len({text.subject for text in texts}) == len({text.body for text in texts}) == 3


@pytest.mark.parametrize("letter", [Letter.CANNOT_STOP, Letter.NOT_INTERCEPTED])
def test_an_honest_no_promises_no_money(letter: Letter) -> None:
    body = to_customer(letter, amount=Money(2490, "USD")).body
    assert "24.90" not in body
    assert "refund" in body
    assert "When it has arrived" in body


def test_many_goods_are_cut_and_said_to_be() -> None:
    body = to_customer(Letter.CANCELLED, lines=[(f"Lamp {n}", 1) for n in range(500)]).body
    assert "- Lamp 99 × 1\n- and more\n" in body
    assert "Lamp 100" not in body


def test_only_web_addresses_are_linked() -> None:
    for address in ("javascript:alert(1)", "https://a b", "", "ftp://x"):
        assert (
            address == ""
            or address not in to_customer(Letter.INVITED, alternative_url=address).body
        )


def test_markup_and_braces_stay_as_they_are() -> None:
    text = to_customer(Letter.REFUNDED, lines=[("<b>{amount}</b>", 1)])
    assert "- <b>{amount}</b> × 1" in text.body


NAMES = st.text() | st.sampled_from(
    ["a\r\nBcc: b@c.d", "{order}", "{{ order }}", "{% for %}", "\x00", "\u2028", "\u202e"]
)


@given(
    title=NAMES,
    name=NAMES,
    store=NAMES,
    order=NAMES,
    letter=st.sampled_from(list(Letter)),
    topic=st.sampled_from(list(Topic)),
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_a_title_holds(
    language: str, title: str, name: str, store: str, order: str, letter: Letter, topic: Topic
) -> None:
    text = to_customer(
        letter,
        language,
        lines=[(title, 1)],
        customer_name=name,
        store_name=store,
        order_name=order,
        alternative_title=title,
        alternative_url=title,
        link=name,
        reason=store,
        working_day=title,
        zone=name,
    )
    as_mail(text)
    assert "\u202e" not in text.subject + text.body
    reason = replace(OVERDUE, facts={**OVERDUE.facts, "supplier": title, "reference": name})
    line = letters.to_merchant(
        topic, reason, order_name=order, language=language, zone="UTC", link=title
    )
    as_mail(line)


def as_mail(text: letters.Text) -> None:
    """It can be sent, and its subject is one header."""
    assert len(text.subject.splitlines()) == 1
    assert len(text.subject) <= letters.SUBJECT_MOST
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = text.subject
    mail.set_content(text.body)
    head = mail.as_bytes().partition(b"\r\n\r\n")[0]
    assert b"\r\nbcc" not in head.lower()

"""What became of our letters, and which mails about customs are understood."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from plugin.timeline import CustomsSeen
from tests.webhooks.bodies import raw
from tests.webhooks.doors import NOW_SECONDS
from tests.webhooks.test_mail_door import bounced
from webhooks.meaning.customs_words import ABOUT, NOTHING, REMINDERS, STATES
from webhooks.meaning.outcome import CustomsMail, MailBounce
from webhooks.translate import Ignored, Translation, Unreadable, translate

DOCUMENT = (Path(__file__).parents[2] / "docs" / "mail-webhooks.md").read_text("utf-8")
HEADERS = {"content-type": "application/json", "webhook-timestamp": str(NOW_SECONDS)}
SIGNED_AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LETTER = "56761188-7520-42d8-8898-ff6fc54ce618"


def event(kind: str, **changes: Any) -> Translation | Ignored:
    body = bounced(**changes) | {"type": kind}
    return translate("mail", kind, raw(body), HEADERS)


def gone(what: str, address: str = "alice@example.com") -> Translation:
    return Translation(None, (), bounce=MailBounce(LETTER, address, what))


def test_a_letter_that_can_never_arrive() -> None:
    assert event("email.bounced") == gone("bounced")
    assert event("email.bounced", to=["Bob <bob@example.com>"]) == gone(
        "bounced", "bob@example.com"
    )


def test_a_letter_called_spam() -> None:
    assert event("email.complained", bounce=None) == gone("complained")


@pytest.mark.parametrize(
    ("bounce", "why"),
    [
        ({"type": "Transient"}, "a bounce that may pass (Transient)"),
        ({"type": "Undetermined"}, "a bounce that may pass (Undetermined)"),
        ({"type": None}, "a bounce that may pass (no type)"),
        (None, "a bounce that may pass (no type)"),
    ],
)
def test_a_bounce_that_may_pass_shuts_nobody_out(bounce: object, why: str) -> None:
    assert event("email.bounced", bounce=bounce) == Ignored(why)


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("email.delivered", "known, not used: it arrived"),
        ("email.delivery_delayed", "known, not used: it may still arrive"),
        ("email.sent", "known, not used: we sent it"),
        ("email.opened", "unknown topic"),
        ("contact.created", "unknown topic"),
    ],
)
def test_what_changes_nothing_is_ignored(kind: str, why: str) -> None:
    assert event(kind) == Ignored(why)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email_id": None}, "data.email_id"),
        ({"to": []}, "data.to"),
        ({"to": None}, "data.to"),
        ({"to": ["a@example.com", "b@example.com"]}, "data.to"),
        ({"to": "alice@example.com"}, "data.to"),
        ({"to": ["nobody"]}, "data.to.0"),
        ({"to": ["a" * 400 + "@example.com"]}, "data.to.0"),
    ],
)
def test_a_bounce_of_nobody_in_particular_is_for_a_person(
    changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Unreadable) as caught:
        event("email.bounced", **changes)

    assert caught.value.field == field


def mail(subject: str, text: str = "") -> Translation | Ignored:
    body = {"from": "notice@example.com", "subject": subject, "text": text}
    return translate("mail", "email.received", raw(body), HEADERS)


NUMBER = "2345678901234567"


@pytest.mark.parametrize(
    ("subject", "text", "state", "words"),
    [
        ("Customs clearance reminder", f"Order {NUMBER}", "held", "customs clearance"),
        ("CUSTOMS-CLEARANCE", f"Order {NUMBER}", "held", "customs clearance"),
        ("Update", f"Parcel {NUMBER} was held by\ncustoms.", "held", "held by customs"),
        ("Reminder", f"{NUMBER}: customs clearance, held at customs", "held", "held at customs"),
        ("清关提醒", f"订单{NUMBER}需要身份证", "held", "清关"),
        ("通知", f"包裹{NUMBER}被海关扣留,请联系收件人", "held", "海关扣留"),
        ("通知", f"{NUMBER} 清关失败", "held", "清关失败"),
        ("Update", f"{NUMBER} has cleared customs", "cleared", "cleared customs"),
        (
            "Customs clearance",
            f"Customs clearance completed: {NUMBER}",
            "cleared",
            "customs clearance completed",
        ),
        ("清关", f"{NUMBER}清关已完成", "cleared", "清关已完成"),
        ("通知", f"{NUMBER} 海关放行", "cleared", "海关放行"),
        ("Update", f"{NUMBER} was returned by customs", "returned", "returned by customs"),
        (
            "Customs",
            f"Parcel {NUMBER} is returned to sender.",
            "returned",
            "returned to sender",
        ),
        ("海关通知", f"{NUMBER} 退运", "returned", "退运"),
        ("Notice", f"{NUMBER}: destroyed by customs", "destroyed", "destroyed by customs"),
        ("通知", f"{NUMBER} 已被海关销毁", "destroyed", "海关销毁"),
        (
            "Held by customs",
            f"{NUMBER}. Once customs clearance is completed, it goes on.",
            "held",
            "held by customs",
        ),
        (
            "Update",
            f"{NUMBER} is held by customs. It goes on after it is released from customs.",
            "held",
            "held by customs",
        ),
        ("通知", f"{NUMBER}被海关扣留,不处理将被退运。", "held", "海关扣留"),
        ("Update", f"{NUMBER} could not clear customs", "held", "could not clear customs"),
        (
            "Customs clearance",
            f"After customs clearance {NUMBER} goes on",
            "held",
            "customs clearance",
        ),
    ],
)  # fmt: skip
def test_a_mail_about_customs_is_understood(
    subject: str, text: str, state: str, words: str
) -> None:
    expected = CustomsMail((NUMBER,), state, SIGNED_AT, words)

    assert mail(subject, text) == Translation(None, (), customs_mail=expected)


@pytest.mark.parametrize(
    "text",
    [
        "Your parcel {n} has shipped",
        "Parcel {n} was returned to sender",
        "If your parcel {n} is held by customs, answer the carrier.",
        "Parcel {n} is not held by customs",
        "Parcel {n} is no longer held by customs",
        "Parcel {n} hasn’t cleared customs",
        "We tell you when {n} has cleared customs",
        "{n}: customs clearance in progress",
        "{n} 正在清关",
        "{n} 未被海关扣留",
        "如果{n}被海关扣留,请联系我们",
        "Parcel {n} may be returned by customs",
        "Parcel {n} will be destroyed by customs",
        "{n} 可能被海关退回",
        "Our customs team wishes you a good day, {n}",
        "customers of {n} are held in esteem",
    ],
)
def test_what_a_mail_does_not_plainly_say_is_not_guessed(text: str) -> None:
    assert mail("Update", text.format(n=NUMBER)) == Ignored(
        "a mail that is not about a parcel at customs"
    )


def test_a_mail_that_says_two_things_is_left_to_a_person() -> None:
    found = mail("Update", f"{NUMBER} held by customs. 2345678901234568 cleared customs.")

    assert found == Ignored(
        "a mail about customs that says several things: held by customs, cleared customs"
    )


def test_a_mail_without_a_number_is_left_to_a_person() -> None:
    assert mail("Held by customs", "Order 1001, call 555 0123") == Ignored(
        "a mail about customs that names no purchase and no tracking number"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Order #2345678901234567.", ("2345678901234567",)),
        ("订单2345678901234567的包裹", ("2345678901234567",)),
        ("2345678901234567", ("2345678901234567",)),
        ("LP00123456789012CN and YT2112345678901234", ("LP00123456789012CN", "YT2112345678901234")),
        ("RB123456789CN", ("RB123456789CN",)),
        ("123456789012, 123456789012", ("123456789012",)),
        ("12345678901", ()),
        ("123456789012345678901234567890123", ()),
        ("token=abcdef123456789012", ()),
    ],
)  # fmt: skip
def test_which_numbers_may_be_a_purchase_or_a_parcel(text: str, expected: tuple[str, ...]) -> None:
    found = mail("Held by customs", text)

    if not expected:
        assert isinstance(found, Ignored)
        return
    assert isinstance(found, Translation)
    assert found.customs_mail is not None
    assert found.customs_mail.references == expected


def test_a_providers_notice_has_no_text_and_its_subject_may_say_enough() -> None:
    def notice(subject: str) -> Translation | Ignored:
        data = {"email_id": LETTER, "from": "a@example.com", "to": ["b@c.it"], "subject": subject}
        body = {"type": "email.received", "created_at": "2026-11-02T09:00:00Z", "data": data}
        return translate("mail", "email.received", raw(body), HEADERS)

    enough = CustomsMail((NUMBER,), "held", SIGNED_AT, "customs clearance")
    assert notice(f"Customs clearance: {NUMBER}") == Translation(None, (), customs_mail=enough)
    assert notice("Hello") == Ignored(
        "a mail that is not about a parcel at customs, as far as the subject says: "
        "its text did not come with it"
    )


def test_the_event_waits_for_the_purchase_to_be_found() -> None:
    found = CustomsMail((NUMBER,), "held", SIGNED_AT, "held by customs")

    assert found.seen("白塔/77") == CustomsSeen(
        "白塔/77", "held", SIGNED_AT, message="held by customs"
    )


@pytest.mark.parametrize("timestamp", [None, "", "soon", "9" * 13, "9" * 12, "0"])
def test_a_mail_without_its_time_is_for_a_person(timestamp: str | None) -> None:
    headers = {} if timestamp is None else {"webhook-timestamp": timestamp}
    body = raw({"subject": f"Held by customs {NUMBER}", "text": ""})
    with pytest.raises(Unreadable, match=r"^webhook-timestamp: "):
        translate("mail", "email.received", body, headers)


def test_a_mail_made_to_be_slow_is_not() -> None:
    for piece in ("customs cleared ", "not ", "if ", "海关 清关 ", "1" * 31, "A1"):
        found = mail("customs", piece * (50_000 // len(piece)))
        assert isinstance(found, Translation | Ignored)


@pytest.mark.parametrize(
    "word", [*ABOUT, *REMINDERS, *NOTHING, *(w for words in STATES.values() for w in words)]
)
def test_the_document_has_every_word(word: str) -> None:
    assert word in DOCUMENT

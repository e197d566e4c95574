"""How a letter is written: one address, no foreign headers, every language."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest

from clients.errors import Refused
from tests.clients.mailroom import letter


def test_a_letter_arrives_as_written(postbox, inbox):
    sent = postbox.send(
        letter(
            html="<p>Grüße</p>",
            headers={"X-Case": "42"},
            references=("<first@postvendita>", "<second@postvendita>"),
            sent_at=datetime(2026, 11, 22, 10, tzinfo=UTC),
        )
    )

    sender, recipients, greeting, _ = inbox.letters[0]
    assert "<0d9c4a1e@postvendita>" == sent == inbox.last()["Message-ID"]
    assert (sender, recipients) == ("hello@shop.example", ["bob@customer.example"])
    assert greeting == "shop.example", "this machine's name is nobody's business"
    assert inbox.last()["From"] == "Caffè Alice <hello@shop.example>"
    assert (
        inbox.last().get_body(("plain",)).get_content().replace("\r", "")
        == "Dear Bob,\n.\n..dots\nGrüße\n"
    )
    assert inbox.last().get_body(("html",)).get_content() == "<p>Grüße</p>\r\n"
    assert inbox.last()["Auto-Submitted"] == "auto-generated"
    assert (inbox.last()["Content-Language"], inbox.last()["X-Case"]) == ("en", "42")
    assert inbox.last()["References"] == "<first@postvendita> <second@postvendita>"
    assert inbox.last()["In-Reply-To"] == "<second@postvendita>"
    assert inbox.last()["Date"] == "Sun, 22 Nov 2026 10:00:00 +0000"


@pytest.mark.parametrize(
    "subject",
    [
        "Grüße aus Köln",
        "退款已完成 – 订单 #1001 " * 8 + "。",
        "x" * 300,
        "naïve " * 40 + "end",
        "=?utf-8?q?not_encoded?=",
        "=?utf-8?q?a=0D=0ABcc:_x@y.example?=",
        "",
    ],
)
def test_a_subject_in_any_language_arrives(postbox, inbox, subject):
    postbox.send(letter(subject=subject))

    raw = message_from_bytes(inbox.letters[0][3])["Subject"]
    assert str(make_header(decode_header(raw))) == subject
    assert all(len(line) <= 78 for line in inbox.letters[0][3].splitlines())


def test_an_address_with_an_international_domain_is_sent_in_ascii(postbox, inbox):
    postbox.send(letter(to="bob@exämple.example"))

    assert inbox.letters[0][1] == ["bob@xn--exmple-cua.example"]


def test_a_long_id_stays_in_one_piece(postbox, inbox):
    longest = f"<{'a' * 61}@postvendita>"
    postbox.send(letter(message_id=longest, references=(longest, longest)))

    raw = inbox.letters[0][3].decode()
    assert len(longest) <= 75
    assert raw.count(longest) == 4


NOT_ONE_ADDRESS = [
    "a@b.example, c@d.example",
    "a@b.example; c@d.example",
    "friends: a@b.example, c@d.example;",
    "friends: a@b.example;",
    '"x\r\nBcc:"@y.example',
    "a@b.example\r\nBcc: c@d.example",
    "a@b.example\nBcc: c@d.example",
    f"{'a' * 400}@b.example",
    "",
    "bob",
    "bob@",
    "@b.example",
    "a b@c.example",
    "<a@b.example> junk",
    "bøb@b.example",
    "a@[127.0.0.1]",
    "a@b..example",
    "a@-b",
    "=?utf-8?q?a=0D=0ABcc:_x@y.example?= <a@b.example>",
]


@pytest.mark.parametrize("address", NOT_ONE_ADDRESS)
@pytest.mark.parametrize("field", ["to", "sender"])
def test_exactly_one_address_or_nothing_is_sent(postbox, inbox, field, address):
    with pytest.raises(Refused) as caught:
        postbox.send(letter(**{field: address}))

    assert inbox.letters == []
    assert not address or address not in str(caught.value)


@pytest.mark.parametrize("to", ["bob+tag@b.example", '"quoted local"@b.example', "b@localhost"])
def test_odd_but_valid_addresses_are_fine(postbox, inbox, to):
    postbox.send(letter(to=to))

    assert [to] == inbox.letters[0][1]


@pytest.mark.parametrize("text", ["a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\x00b", "a\u2028b"])
@pytest.mark.parametrize(
    "place",
    [
        lambda text: {"subject": text},
        lambda text: {"message_id": f"<{text}@y>"},
        lambda text: {"language": text},
        lambda text: {"headers": {"X-Case": text}},
        lambda text: {"headers": {text: "1"}},
        lambda text: {"references": (f"<{text}@y>",)},
    ],
    ids=["subject", "message_id", "language", "header value", "header name", "references"],
)
def test_a_line_break_in_a_header_is_refused(postbox, inbox, place, text):
    with pytest.raises(Refused):
        postbox.send(letter(**place(text)))

    assert inbox.letters == []


@pytest.mark.parametrize(
    "changes",
    [
        {"message_id": "no brackets"},
        {"message_id": "<no-at>"},
        {"message_id": f"<{'a' * 80}@y>"},
        {"headers": {"Bcc": "x@y.example"}},
        {"headers": {"to": "x@y.example"}},
        {"headers": {"Content-Type": "text/html"}},
        {"headers": {"Auto-Submitted": "no"}},
        {"headers": {"X Case": "1"}},
        {"headers": {"X:": "1"}},
        {"headers": {"X-Case": "=?utf-8?q?a=0D=0ABcc:_x@y.example?="}},
        {"headers": {"X-Case": "Köln"}},
        {"language": "=?utf-8?q?a?="},
        {"text": "\ud800"},
    ],
)
def test_a_letter_that_is_none_is_refused(postbox, inbox, changes):
    with pytest.raises(Refused):
        postbox.send(letter(**changes))

    assert inbox.letters == []


def test_a_letter_keeps_what_is_personal_out_of_its_repr():
    shown = repr(letter())

    assert not any(text in shown for text in ("bob@", "Dear Bob", "Your order"))

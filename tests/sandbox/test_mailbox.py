"""Mails are kept, every delivery counted."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from plugin.sandbox.app import World
from tests.sandbox.worlds import build

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made, _ = build(tmp_path)
    made.start()
    yield made
    made.close()


def send(world: World) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "shop@example.com", "alice@example.com"
    mail["Subject"], mail["Message-ID"] = "退款 è fatto", "<letter-1@example.com>"
    mail.set_content("Ciao Alice,\nil rimborso è partito.")
    mail.add_alternative("<p>Ciao <script>alert(1)</script></p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", world.smtp_port, timeout=5) as server:
        server.send_message(mail)


def test_one_message_sent_twice_is_one_entry_with_two_deliveries(world: World) -> None:
    send(world)
    send(world)
    (mail,) = world.ledger()["mails"]
    assert (mail["message_id"], mail["count"]) == ("<letter-1@example.com>", 2)
    assert (mail["subject"], mail["recipients"]) == ("退款 è fatto", ["alice@example.com"])
    page = world.wsgi.test_client().get("/mailbox/1").get_data(as_text=True)
    assert "il rimborso è partito" in page
    assert "<script>" not in page


@pytest.mark.parametrize(
    ("kind", "error", "kept"),
    [
        ("refuse", smtplib.SMTPDataError, 0),
        ("error_500_before", smtplib.SMTPDataError, 0),
        ("lose_answer", smtplib.SMTPServerDisconnected, 1),
    ],
)
def test_misfortunes_of_the_post(
    world: World, kind: str, error: type[Exception], kept: int
) -> None:
    world.faults.add("smtp", kind)
    with pytest.raises(error):
        send(world)
    assert len(world.ledger()["mails"]) == kept

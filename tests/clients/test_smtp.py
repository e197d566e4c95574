"""Sending letters to a real server on this machine, and to servers that break off."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from unittest import mock

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from clients.email.smtp import Message, SmtpPostbox
from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, Retriable

CANARY = "password-canary"


def letter(**changes):
    values = {
        "message_id": "<0d9c4a1e@postvendita>",
        "sender": "Caffè Alice <hello@shop.example>",
        "to": "Bob <bob@customer.example>",
        "subject": "Your order #1001",
        "text": "Dear Bob,\n.\n..dots\nGrüße",
        "language": "en",
    }
    return Message(**{**values, **changes})


class Inbox:
    """Keeps what arrives. `reply` is what it says to a letter, `rcpt` to a recipient."""

    def __init__(self):
        self.letters = []
        self.reply = self.rcpt = "250 OK"
        self.mail = "250 OK"

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.mail

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server, session, envelope):
        self.letters.append(
            (envelope.mail_from, envelope.rcpt_tos, session.host_name, envelope.content)
        )
        return self.reply

    def last(self):
        return message_from_bytes(self.letters[-1][3], policy=policy.default)


class _Server(Controller):
    """On a port the system chooses, which the original cannot find again."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def running(inbox, **options) -> Iterator[int]:
    controller = _Server(inbox, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.fixture(scope="module")
def server():
    inbox = Inbox()
    with running(inbox) as port:
        yield inbox, port


@pytest.fixture
def inbox(server):
    server[0].__init__()
    return server[0]


@pytest.fixture
def postbox(server, inbox):
    return SmtpPostbox(f"smtp://127.0.0.1:{server[1]}")


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


@pytest.mark.parametrize("command", ["mail", "rcpt", "reply"])
@pytest.mark.parametrize(
    ("answer", "error"), [("451 later", Retriable), ("550 bob@customer.example: no", Refused)]
)
def test_what_the_server_says_decides(postbox, inbox, command, answer, error):
    setattr(inbox, command, answer)

    with pytest.raises(error) as caught:
        postbox.send(letter())

    assert "bob@" not in str(caught.value), "the server's words quote the customer"


def test_a_recipient_that_is_refused_is_named_as_such(postbox, inbox):
    inbox.rcpt = "550 no such user"

    with pytest.raises(Refused) as caught:
        postbox.send(letter())

    assert caught.value.code == "recipient"


def test_nobody_there_is_certainly_not_sent(free_port):
    with pytest.raises(Retriable):
        SmtpPostbox(f"smtp://127.0.0.1:{free_port}").send(letter())


# --- login ------------------------------------------------------------------------------------


def authenticator(server, session, envelope, mechanism, data):
    return AuthResult(success=data.password == CANARY.encode(), handled=False)


@pytest.fixture(scope="module")
def guarded():
    inbox = Inbox()
    options = {"authenticator": authenticator, "auth_require_tls": False}
    with running(inbox, **options) as port:
        yield inbox, port


def test_user_and_password_are_percent_encoded(guarded):
    SmtpPostbox(f"smtp://al%40shop:password%2Dcanary@127.0.0.1:{guarded[1]}").send(letter())

    assert len(guarded[0].letters) == 1


def test_a_login_that_is_refused_needs_a_person(guarded):
    box = SmtpPostbox(f"smtp://alice:wrong-{CANARY}@127.0.0.1:{guarded[1]}")

    with pytest.raises(NeedsAuthorisation) as caught:
        box.send(letter())

    assert CANARY not in f"{caught.value!r}{caught.value}{box!r}"


def test_a_server_without_login_needs_a_person(postbox, server):
    with pytest.raises(NeedsAuthorisation):
        SmtpPostbox(f"smtp://alice:secret@127.0.0.1:{server[1]}").send(letter())


# --- TLS --------------------------------------------------------------------------------------


def test_a_server_that_offers_no_tls_gets_nothing(server, inbox):
    with pytest.raises(Refused) as caught:
        SmtpPostbox(f"smtp+starttls://127.0.0.1:{server[1]}").send(letter())

    assert (caught.value.code, inbox.letters) == ("no_tls", [])


def test_plain_smtp_to_another_machine_must_turn_to_tls(server, inbox):
    # Another machine by name; the name is made to lead here.
    here = ("127.0.0.1", server[1])
    with (
        mock.patch("socket.create_connection", return_value=_connect(here)),
        pytest.raises(Refused) as caught,
    ):
        SmtpPostbox(f"smtp://mail.example:{server[1]}").send(letter())

    assert (caught.value.code, inbox.letters) == ("no_tls", [])


def _connect(address):
    plain = socket.socket()
    plain.settimeout(5)
    plain.connect(address)
    return plain


def test_a_server_that_does_not_speak_tls_is_not_reached(server, inbox):
    with pytest.raises(Retriable):
        SmtpPostbox(f"smtps://127.0.0.1:{server[1]}", read=1, connect=1).send(letter())

    assert inbox.letters == []


def test_a_certificate_nobody_vouches_for_is_refused(certificate):
    with (
        running(Inbox(), tls_context=certificate, require_starttls=True) as port,
        pytest.raises(Refused) as caught,
    ):
        SmtpPostbox(f"smtp+starttls://127.0.0.1:{port}").send(letter())

    assert caught.value.code == "certificate"


def test_over_starttls_with_a_certificate_that_is_good_it_arrives(certificate, trusted):
    inbox = Inbox()
    with running(inbox, tls_context=certificate, require_starttls=True) as port, trusted:
        SmtpPostbox(f"smtp+starttls://localhost:{port}").send(letter())

    assert len(inbox.letters) == 1


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    """A certificate for localhost that only this test trusts."""
    from datetime import timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def certificate(pem):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


@pytest.fixture
def trusted(pem):
    real = ssl.create_default_context
    return mock.patch("ssl.create_default_context", return_value=real(cafile=str(pem)))


@pytest.mark.parametrize(
    "url", ["", "http://a", "smtp://", "smtp:///x", "mail.example:25", "smtp://a/path"]
)
def test_an_url_that_is_no_mail_server_is_an_error(url):
    with pytest.raises(ValueError, match="mail server"):
        SmtpPostbox(url)


# --- servers that break off -------------------------------------------------------------------


@contextmanager
def script(*replies: bytes) -> Iterator[int]:
    """A server that gives these replies, one to each command or letter, and hangs up."""

    def run() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(5)
                for reply in replies:
                    connection.sendall(reply)
                    got = b""
                    done = b"\r\n.\r\n" if reply.startswith(b"354") else b"\r\n"
                    while not got.endswith(done):
                        more = connection.recv(65536)
                        if not more:
                            return
                        got += more

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=run)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


HELLO, OK, GO = b"220 hi\r\n", b"250 ok\r\n", b"354 go\r\n"


@pytest.mark.parametrize(
    ("replies", "error"),
    [
        pytest.param([], Retriable, id="before a word"),
        pytest.param([b"554 no\r\n"], Retriable, id="with a refusal to talk"),
        pytest.param([HELLO], Retriable, id="after its greeting"),
        pytest.param([HELLO, OK], Retriable, id="after the sender"),
        pytest.param([HELLO, OK, OK], Retriable, id="after the recipient"),
        pytest.param([HELLO, OK, OK, OK], Retriable, id="before it wants the letter"),
        pytest.param([HELLO, OK, OK, OK, b"451 no\r\n"], Retriable, id="not wanting the letter"),
        pytest.param([HELLO, OK, OK, OK, GO], OutcomeUnknown, id="after the letter"),
        pytest.param([HELLO, OK, OK, OK, GO, b"2"], OutcomeUnknown, id="within its answer"),
        pytest.param([HELLO, OK, OK, OK, GO, b"999 ?\r\n"], OutcomeUnknown, id="in riddles"),
    ],
)
def test_a_server_that_breaks_off(replies, error):
    with script(*replies) as port, pytest.raises(error) as caught:
        SmtpPostbox(f"smtp://127.0.0.1:{port}", read=0.5).send(letter())

    assert error is type(caught.value)


def test_a_server_that_falls_silent_after_the_letter_leaves_it_open():
    def run() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                for reply in (HELLO, OK, OK, OK, GO):
                    connection.sendall(reply)
                    connection.recv(65536)
                released.wait(5)

    released = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=run)
        thread.start()
        port = listener.getsockname()[1]
        with pytest.raises(OutcomeUnknown):
            SmtpPostbox(f"smtp://127.0.0.1:{port}", read=0.3).send(letter())
        released.set()
        thread.join(5)


def test_a_letter_keeps_what_is_personal_out_of_its_repr():
    shown = repr(letter())

    assert not any(text in shown for text in ("bob@", "Dear Bob", "Your order"))

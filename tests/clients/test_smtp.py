"""Sending letters to a real server on this machine."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from unittest import mock

import pytest
from aiosmtpd.smtp import AuthResult

from clients.email.smtp import SmtpPostbox
from clients.errors import NeedsAuthorisation, Refused, Retriable
from tests.clients.mailroom import Inbox, letter, running

CANARY = "password-canary"


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


def test_a_server_without_login_needs_a_person(mail_server):
    with pytest.raises(NeedsAuthorisation):
        SmtpPostbox(f"smtp://alice:secret@127.0.0.1:{mail_server[1]}").send(letter())


# --- TLS --------------------------------------------------------------------------------------


def test_a_server_that_offers_no_tls_gets_nothing(mail_server, inbox):
    with pytest.raises(Refused) as caught:
        SmtpPostbox(f"smtp+starttls://127.0.0.1:{mail_server[1]}").send(letter())

    assert (caught.value.code, inbox.letters) == ("no_tls", [])


def test_plain_smtp_to_another_machine_must_turn_to_tls(mail_server, inbox):
    # Another machine by name; the name is made to lead here.
    here = ("127.0.0.1", mail_server[1])
    with (
        mock.patch("socket.create_connection", return_value=_connect(here)),
        pytest.raises(Refused) as caught,
    ):
        SmtpPostbox(f"smtp://mail.example:{mail_server[1]}").send(letter())

    assert (caught.value.code, inbox.letters) == ("no_tls", [])


def _connect(address):
    plain = socket.socket()
    plain.settimeout(5)
    plain.connect(address)
    return plain


def test_a_server_that_does_not_speak_tls_is_not_reached(mail_server, inbox):
    with pytest.raises(Retriable):
        SmtpPostbox(f"smtps://127.0.0.1:{mail_server[1]}", read=1, connect=1).send(letter())

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

"""Sending over SMTP, knowing of each failure whether the letter may have been accepted.

SMTP has one moment that matters: once the letter's last line is sent, only the answer tells. All
before that is certainly not sent.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from clients.email.message import SERVICE, Envelope, Message, enveloped
from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, RemoteError, Retriable
from clients.http import CONNECT_SECONDS, READ_SECONDS, is_loopback

__all__ = ["Message", "SmtpPostbox"]

PORTS = {"smtp": 587, "smtp+starttls": 587, "smtps": 465}
_CRLF = b"\r\n"


@dataclass(frozen=True)
class _Server:
    scheme: str
    host: str
    port: int
    user: str = field(repr=False)
    password: str = field(repr=False)

    @property
    def upgrades(self) -> bool:
        """True when the connection starts plain and must turn to TLS."""
        return self.scheme == "smtp+starttls" or (
            self.scheme == "smtp" and not is_loopback(self.host)
        )


class SmtpPostbox:
    """Sends letters by one SMTP server, each over a connection of its own.

    `url` is `smtp://user:password@host:port`, `smtp+starttls://…` or `smtps://…`; user and
    password percent-encoded and optional. `smtp` turns to TLS as well, unless the server is this
    very machine: nothing goes plain over a network. ValueError for any other URL.
    """

    def __init__(
        self, url: str, *, connect: float = CONNECT_SECONDS, read: float = READ_SECONDS
    ) -> None:
        self._server = _server(url)
        self._connect = connect
        self._read = read

    def __repr__(self) -> str:
        return f"SmtpPostbox({self._server!r})"

    def send(self, message: Message) -> str:
        """Hand over one letter. Gives its Message-ID.

        Raises Retriable when it certainly was not accepted and may be later, Refused when it
        never will be, NeedsAuthorisation when the login is refused, and OutcomeUnknown when the
        answer to the whole letter was lost.
        """
        envelope = enveloped(message)
        smtp = self._open(envelope.domain)
        try:
            _announce(smtp, envelope)
            _hand_over(smtp, envelope.body)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                smtp.putcmd("quit")  # its answer would change nothing
            smtp.close()
        return message.message_id

    def _open(self, domain: str) -> smtplib.SMTP:
        """A connection that is encrypted where it must be, and logged in."""
        try:
            smtp = self._connected(domain)
        except ssl.SSLCertVerificationError:
            raise Refused(SERVICE, "the certificate is not good", code="certificate") from None
        except (smtplib.SMTPException, OSError) as problem:
            raise _unreached(problem) from None
        try:
            self._encrypt(smtp)
            self._log_in(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _connected(self, domain: str) -> smtplib.SMTP:
        server = self._server
        if server.scheme == "smtps":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host,
                server.port,
                local_hostname=domain,
                timeout=self._connect,
                context=ssl.create_default_context(),
            )
        else:
            smtp = smtplib.SMTP(
                server.host, server.port, local_hostname=domain, timeout=self._connect
            )
        if smtp.sock is not None:
            smtp.sock.settimeout(self._read)
        return smtp

    def _encrypt(self, smtp: smtplib.SMTP) -> None:
        if not self._server.upgrades:
            return
        try:
            smtp.starttls(context=ssl.create_default_context())
        except smtplib.SMTPNotSupportedError:
            raise Refused(SERVICE, "the server offers no TLS", code="no_tls") from None
        except ssl.SSLCertVerificationError:
            raise Refused(SERVICE, "the certificate is not good", code="certificate") from None
        except (smtplib.SMTPException, OSError) as problem:
            raise _unreached(problem) from None

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        if not self._server.user:
            return
        try:
            smtp.login(self._server.user, self._server.password)
        except smtplib.SMTPAuthenticationError as problem:
            if 400 <= problem.smtp_code < 500:
                raise _unreached(problem) from None
            code = str(problem.smtp_code)
            raise NeedsAuthorisation(SERVICE, "the login is refused", code=code) from None
        except smtplib.SMTPNotSupportedError:
            what = "the server offers no login"
            raise NeedsAuthorisation(SERVICE, what, code="no_login") from None
        except (smtplib.SMTPException, OSError) as problem:
            raise _unreached(problem) from None


def _announce(smtp: smtplib.SMTP, envelope: Envelope) -> None:
    """All up to the point where the server waits for the letter: nothing is sent yet."""
    try:
        smtp.ehlo_or_helo_if_needed()
        _expect(smtp.mail(envelope.sender)[0], 250, "sender")
        _expect(smtp.rcpt(envelope.recipient)[0], 250, "recipient")
        _expect(smtp.docmd("DATA")[0], 354, "data")
    except (smtplib.SMTPException, OSError) as problem:
        raise _unreached(problem) from None


def _hand_over(smtp: smtplib.SMTP, body: bytes) -> None:
    """The letter itself. From its first byte on a lost connection says nothing."""
    try:
        smtp.send(_quoted(body))
        code = smtp.getreply()[0]
    except (smtplib.SMTPException, OSError) as problem:
        what = f"no answer to the letter ({type(problem).__name__})"
        raise OutcomeUnknown(SERVICE, what) from None
    _expect(code, 250, "letter")


def _quoted(body: bytes) -> bytes:
    """RFC 5321, 4.5.2: a leading dot is doubled, a single one ends the letter."""
    lines = body.removesuffix(_CRLF).split(_CRLF)
    return _CRLF.join(b"." + line if line.startswith(b".") else line for line in lines) + (
        _CRLF + b"." + _CRLF
    )


def _expect(code: int, wanted: int, about: str) -> None:
    """Return for a good reply; the server's words are not repeated, they quote addresses."""
    if code == wanted or (about == "recipient" and code == 251):
        return
    what = f"answered {code} to the {about}"
    if 400 <= code < 500:
        raise Retriable(SERVICE, what, code=str(code))
    if 500 <= code < 600:
        raise Refused(SERVICE, what, code=about)
    raise _odd(what, about)


def _odd(what: str, about: str) -> RemoteError:
    """For a reply no standard knows: after the letter it may mean anything."""
    if about == "letter":
        return OutcomeUnknown(SERVICE, what)
    return Retriable(SERVICE, what)


def _unreached(problem: Exception) -> RemoteError:
    return Retriable(SERVICE, f"not reached ({type(problem).__name__})", code="not_sent")


def _server(url: str) -> _Server:
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in {"", "/"}:
        raise ValueError("a mail server is smtp://, smtp+starttls:// or smtps:// and a host")
    return _Server(
        scheme=parts.scheme,
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )

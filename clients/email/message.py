"""One letter, and its form on the wire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from clients.errors import Refused

SERVICE = "mail"
LONGEST_ADDRESS = 254
LONGEST_PLAIN = 60
LONGEST_ID = 75
"""So that an id fits on a line of 78: a longer one would be broken up and match nothing."""

OURS = frozenset(
    {
        "from",
        "to",
        "cc",
        "bcc",
        "subject",
        "date",
        "sender",
        "message-id",
        "references",
        "in-reply-to",
        "auto-submitted",
        "mime-version",
    }
)
"""Headers a letter gets from its own fields; `headers` may not say them again."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*", re.ASCII)
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", re.ASCII)
_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>", re.ASCII)
_BREAK = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


@dataclass(frozen=True)
class Message:
    """A letter to one person. Kept out of the repr: whom it is for and what it says.

    `message_id` and `references` are ids in angle brackets. The id is fixed by the caller, so
    that a letter sent twice can be recognised as one. `sent_at` becomes the Date header; without
    it the mail server puts its own.
    """

    message_id: str
    sender: str
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(default="", repr=False)
    language: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    references: tuple[str, ...] = ()
    sent_at: datetime | None = None


@dataclass(frozen=True)
class Envelope:
    """What the mail server is told besides the letter itself."""

    sender: str
    recipient: str
    domain: str
    body: bytes


def enveloped(message: Message) -> Envelope:
    """The letter as bytes. Raises Refused for anything that is not one letter to one address."""
    _no_breaks(message)
    sender, to = _one(message.sender), _one(message.to)
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"], mail["To"] = sender, to
        mail["Message-ID"] = _identified(message.message_id)
        if message.references:
            mail["References"] = " ".join(map(_identified, message.references))
            mail["In-Reply-To"] = message.references[-1]
        if message.sent_at is not None:
            mail["Date"] = format_datetime(message.sent_at)
        mail["Auto-Submitted"] = "auto-generated"
        for name, value in message.headers.items():
            mail[_own(name)] = _ascii(value)
        mail.set_content(message.text)
        if message.html:
            mail.add_alternative(message.html, subtype="html")
        if message.language:
            mail["Content-Language"] = _ascii(message.language)
        body = _titled(message.subject) + mail.as_bytes()
    except (ValueError, TypeError, LookupError, MessageError) as problem:
        raise _refused(f"it cannot be written ({type(problem).__name__})", "message") from None
    return Envelope(sender.addr_spec, to.addr_spec, sender.domain, body)


def _titled(subject: str) -> bytes:
    """The Subject line, on its own: EmailMessage loses spaces of long ones that are not ASCII.

    It also reads encoded words in a subject as such; here every subject arrives as it is.
    """
    plain = subject.isascii() and "=?" not in subject and len(subject) <= LONGEST_PLAIN
    charset = "us-ascii" if plain else "utf-8"
    folded = Header(subject, charset, header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {folded}\r\n".encode("ascii")


def _no_breaks(message: Message) -> None:
    """A line break in a header is another header: somebody else's."""
    texts = [message.message_id, message.sender, message.to, message.subject, message.language]
    texts += [*message.references, *message.headers, *message.headers.values()]
    if any(_BREAK.search(text) for text in texts):
        raise _refused("a header holds a line break or a control character", "header")


def _one(text: str) -> Address:
    """The one address in the text, its domain in ASCII."""
    holder = EmailMessage(policy=SMTP)
    try:
        holder["To"] = text
        ((found,),) = (group.addresses for group in holder["To"].groups)
        domain = found.domain.encode("idna").decode("ascii")
        named = holder["To"].groups[0].display_name is not None
        if named or holder["To"].defects or not found.username or not _DOMAIN.fullmatch(domain):
            raise ValueError("not an address")
        address = Address(found.display_name, found.username, domain)
        address.addr_spec.encode("ascii")
    except (ValueError, TypeError, IndexError, AttributeError, MessageError):
        raise _refused("exactly one plain address is needed", "address") from None
    if len(address.addr_spec) > LONGEST_ADDRESS:
        raise _refused("exactly one plain address is needed", "address")
    return address


def _identified(text: str) -> str:
    if not _ID.fullmatch(text) or len(text) > LONGEST_ID:
        raise _refused("a message id needs angle brackets", "message_id")
    return text


def _own(name: str) -> str:
    if not _NAME.fullmatch(name) or name.lower() in OURS or name.lower().startswith("content-"):
        raise _refused("a header of that name is not for callers", "header")
    return name


def _ascii(value: str) -> str:
    if not value.isascii() or "=?" in value:
        raise _refused("a header has to be plain ASCII", "header")
    return value


def _refused(what: str, code: str) -> Refused:
    return Refused(SERVICE, what, code=code)

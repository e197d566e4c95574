"""Mail: what became of letters we sent, and what carriers and DSers write about customs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parseaddr

from webhooks.meaning.customs_words import customs_in, references_in
from webhooks.meaning.outcome import CustomsMail, Ignored, MailBounce, Translation
from webhooks.meaning.values import Node
from webhooks.reading import Unreadable
from webhooks.schemas.fields import EARLIEST, LATEST, loaded
from webhooks.schemas.mail import RECEIVED, SENT

RECEIVED_MAIL = "email.received"
"""Also the topic of a mail that somebody forwards as plain JSON, without a type."""
FOR_GOOD = "Permanent"
LONGEST_ADDRESS = 320
LONGEST_WORDS = 200


def bounced(body: Node) -> Translation | Ignored:
    """`email.bounced`. Only an address that will never take mail is shut out of our mail."""
    letter = _letter(body)
    kind = (letter["bounce"] or {}).get("type") or "no type"
    if kind != FOR_GOOD:
        return Ignored(f"a bounce that may pass ({kind})")
    return _gone_wrong(letter, "bounced")


def complained(body: Node) -> Translation:
    """`email.complained`: the recipient called it spam."""
    return _gone_wrong(_letter(body), "complained")


def received(body: Node, headers: Mapping[str, str]) -> Translation | Ignored:
    """A mail for the merchant that names a parcel and says where it stands with customs.

    Raises Unreadable when it was kept without the time it was signed at.
    """
    mail = loaded(RECEIVED, _data(body) if "type" in body else body)
    subject, text = mail["subject"] or "", mail["text"] or ""
    said = customs_in(subject, text)
    if not said.states:
        only = "" if text else ", as far as the subject says: its text did not come with it"
        return Ignored(f"a mail that is not about a parcel at customs{only}")
    if len(said.states) > 1:
        return Ignored(f"a mail about customs that says several things: {', '.join(said.words)}")
    references = references_in(subject, text)
    if not references:
        return Ignored("a mail about customs that names no purchase and no tracking number")
    # Only the words we know: the rest of a mail may name people, and a timeline names nobody.
    words = ", ".join(said.words)[:LONGEST_WORDS]
    found = CustomsMail(references, said.states[0], since=_signed_at(headers), message=words)
    return Translation(None, (), customs_mail=found)


def _letter(body: Node) -> Node:
    return loaded(SENT, _data(body), where="data")


def _data(body: Node) -> Node:
    data = body.get("data")
    if not isinstance(data, dict):
        raise Unreadable("data", "must be an object")
    return data


def _gone_wrong(letter: Node, what: str) -> Translation:
    """Each of our letters has one recipient; with more, nobody could say whose address it is."""
    to: list[str] = letter["to"] or []
    if len(to) != 1:
        raise Unreadable("data.to", "must be one address")
    address = parseaddr(to[0])[1]
    if "@" not in address or not address.isprintable() or len(address) > LONGEST_ADDRESS:
        raise Unreadable("data.to.0", "must be an address")
    return Translation(None, (), bounce=MailBounce(letter["email_id"], address, what))


def _signed_at(headers: Mapping[str, str]) -> datetime:
    """When the message was signed: seconds since 1970, checked by the door."""
    text = headers.get("webhook-timestamp", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Unreadable("webhook-timestamp", "missing")
    try:
        found = datetime.fromtimestamp(int(text), UTC)
    except (OverflowError, OSError, ValueError):
        raise Unreadable("webhook-timestamp", "is a time that does not exist") from None
    if not EARLIEST <= found.year <= LATEST:
        raise Unreadable("webhook-timestamp", f"must be between {EARLIEST} and {LATEST}")
    return found


EVENTS: Mapping[str, Callable[[Node], Translation | Ignored]] = {
    "email.bounced": bounced,
    "email.complained": complained,
}
UNUSED: Mapping[str, str] = {
    "email.delivered": "known, not used: it arrived",
    "email.delivery_delayed": "known, not used: it may still arrive",
    "email.sent": "known, not used: we sent it",
}

"""Bodies about mail: a provider's events, and mail as somebody forwards it."""

from __future__ import annotations

from marshmallow import fields

from webhooks.schemas.fields import MAYBE, Narrow, Text

LONGEST_MAIL = 50_000
"""Characters of a mail that are looked at."""


class Bounce(Narrow):
    """Why a letter came back. `type` is Permanent, Transient or Undetermined."""

    type = Text(**MAYBE)


class Sent(Narrow):
    """A letter of ours, as the provider took it."""

    email_id = Text(longest=200, required=True)
    to = fields.List(Text(), **MAYBE)
    bounce = fields.Nested(Bounce, **MAYBE)


class Received(Narrow):
    """A mail that came in. Some providers leave its text out."""

    subject = Text(**MAYBE)
    text = Text(longest=LONGEST_MAIL, **MAYBE)


SENT, RECEIVED = Sent(), Received()

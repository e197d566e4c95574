"""Bodies of the three topics about personal data."""

from __future__ import annotations

from marshmallow import fields

from webhooks.schemas.fields import MAYBE, Id, Narrow, Text


class Person(Narrow):
    """The customer a request is about."""

    id = Id(**MAYBE)


class Request(Narrow):
    """Body of `customers/data_request`, `customers/redact` and `shop/redact`."""

    shop_domain = Text(**MAYBE)
    customer = fields.Nested(Person, **MAYBE)
    orders_requested = fields.List(Id(), **MAYBE)
    orders_to_redact = fields.List(Id(), **MAYBE)


REQUEST = Request()

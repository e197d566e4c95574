"""Parts that several bodies share."""

from __future__ import annotations

from marshmallow import fields

from webhooks.schemas.fields import MAYBE, Amount, Narrow, Text


class Sum(Narrow):
    """An amount with its currency, which one key of one topic calls `currency`."""

    amount = Amount(**MAYBE)
    currency_code = Text(**MAYBE)
    currency = Text(**MAYBE)


class MoneySet(Narrow):
    """The same money twice; we look at what the customer saw."""

    presentment_money = fields.Nested(Sum, **MAYBE)


class Named(Narrow):
    """A thing of which only its GraphQL id matters here."""

    admin_graphql_api_id = fields.Raw(**MAYBE)

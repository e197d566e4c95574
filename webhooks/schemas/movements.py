"""Bodies about goods and money on their way: shipments, refunds, transactions, disputes."""

from __future__ import annotations

from marshmallow import fields

from webhooks.schemas.fields import MAYBE, Amount, Count, Id, Moment, Narrow, Text
from webhooks.schemas.parts import MoneySet, Named


class ShippedLine(Narrow):
    """A line of a shipment."""

    id = Id(required=True)
    admin_graphql_api_id = fields.Raw(**MAYBE)
    quantity = Count(required=True)


class Fulfilment(Narrow):
    """Body of `fulfillments/*`, also found inside orders."""

    id = Id(required=True)
    admin_graphql_api_id = fields.Raw(**MAYBE)
    order_id = Id(**MAYBE)
    status = Text(**MAYBE)
    created_at = Moment(required=True)
    updated_at = Moment(**MAYBE)
    tracking_company = Text(longest=200, **MAYBE)
    tracking_number = Text(longest=200, **MAYBE)
    tracking_numbers = fields.List(Text(longest=200, allow_none=True), **MAYBE)
    line_items = fields.List(fields.Nested(ShippedLine), **MAYBE)


class FulfilmentEvent(Narrow):
    """Body of `fulfillment_events/create`."""

    fulfillment_id = Id(required=True)
    order_id = Id(required=True)
    status = Text(required=True)
    message = Text(**MAYBE)
    happened_at = Moment(required=True)


class Transaction(Narrow):
    """Body of `order_transactions/create`, also found inside refunds."""

    id = Id(required=True)
    admin_graphql_api_id = fields.Raw(**MAYBE)
    order_id = Id(**MAYBE)
    kind = Text(required=True)
    status = Text(required=True)
    amount = Amount(required=True)
    currency = Text(**MAYBE)
    total_unsettled_set = fields.Nested(MoneySet, **MAYBE)


class RefundLine(Narrow):
    """A line of a refund."""

    line_item_id = Id(required=True)
    line_item = fields.Nested(Named, **MAYBE)
    quantity = Count(required=True)
    subtotal_set = fields.Nested(MoneySet, **MAYBE)


class Refund(Narrow):
    """Body of `refunds/create`, also found inside orders."""

    id = Id(required=True)
    admin_graphql_api_id = fields.Raw(**MAYBE)
    order_id = Id(**MAYBE)
    note = Text(longest=2000, **MAYBE)
    created_at = Moment(required=True)
    refund_line_items = fields.List(fields.Nested(RefundLine), **MAYBE)
    transactions = fields.List(fields.Nested(Transaction), **MAYBE)
    total_duties_set = fields.Nested(MoneySet, **MAYBE)


class OrderNamed(Narrow):
    """The order a body is about."""

    id = Id(required=True)
    admin_graphql_api_id = fields.Raw(**MAYBE)


class Return(Narrow):
    """Body of `returns/request`."""

    id = Id(required=True)
    admin_graphql_api_id = fields.Raw(**MAYBE)
    order = fields.Nested(OrderNamed, required=True)


class Dispute(Narrow):
    """Body of `disputes/*`."""

    id = Id(required=True)
    order_id = Id(**MAYBE)
    type = Text(**MAYBE)
    status = Text(required=True)


class Shop(Narrow):
    """Body of `app/uninstalled`."""

    myshopify_domain = Text(**MAYBE)


FULFILMENT = Fulfilment()
FULFILMENT_EVENT = FulfilmentEvent()
REFUND = Refund()
TRANSACTION = Transaction()
RETURN = Return()
DISPUTE = Dispute()
SHOP = Shop()

"""Bodies of `orders/*`."""

from __future__ import annotations

from marshmallow import fields

from webhooks.schemas.fields import MAYBE, Amount, Count, Flag, Id, Moment, Narrow, Text
from webhooks.schemas.movements import Fulfilment, Refund
from webhooks.schemas.parts import MoneySet


class Tax(Narrow):
    """A tax of a line."""

    price = Amount(**MAYBE)
    price_set = fields.Nested(MoneySet, **MAYBE)


class Allocation(Narrow):
    """A line's share of a discount."""

    amount = Amount(**MAYBE)
    amount_set = fields.Nested(MoneySet, **MAYBE)


class LineItem(Narrow):
    """What was bought."""

    id = Id(required=True)
    admin_graphql_api_id = fields.Raw(**MAYBE)
    product_id = Id(**MAYBE)
    title = Text(**MAYBE)
    name = Text(**MAYBE)
    sku = Text(longest=200, **MAYBE)
    quantity = Count(required=True)
    current_quantity = Count(**MAYBE)
    grams = fields.Raw(**MAYBE)
    price = Amount(**MAYBE)
    price_set = fields.Nested(MoneySet, **MAYBE)
    requires_shipping = Flag(**MAYBE)
    tax_lines = fields.List(fields.Nested(Tax), **MAYBE)
    discount_allocations = fields.List(fields.Nested(Allocation), **MAYBE)


class ShippingLine(Narrow):
    """A way of shipping, and what it cost."""

    price = Amount(**MAYBE)
    price_set = fields.Nested(MoneySet, **MAYBE)
    discounted_price = Amount(**MAYBE)
    discounted_price_set = fields.Nested(MoneySet, **MAYBE)
    is_removed = Flag(**MAYBE)
    tax_lines = fields.List(fields.Nested(Tax), **MAYBE)


class Person(Narrow):
    """The customer."""

    id = Id(**MAYBE)
    admin_graphql_api_id = fields.Raw(**MAYBE)
    first_name = Text(**MAYBE)
    last_name = Text(**MAYBE)
    email = Text(**MAYBE)
    phone = Text(**MAYBE)


class Address(Narrow):
    """Where it goes."""

    name = Text(**MAYBE)
    phone = Text(**MAYBE)
    address1 = Text(**MAYBE)
    address2 = Text(**MAYBE)
    city = Text(**MAYBE)
    zip = Text(**MAYBE)
    province = Text(**MAYBE)
    country = Text(**MAYBE)
    country_code = Text(**MAYBE)


class Order(Narrow):
    """An order, the same in every topic but `orders/edited`."""

    id = Id(required=True)
    admin_graphql_api_id = fields.Raw(**MAYBE)
    name = Text(longest=100, **MAYBE)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    processed_at = Moment(**MAYBE)
    cancelled_at = Moment(**MAYBE)
    financial_status = Text(**MAYBE)
    currency = Text(required=True)
    presentment_currency = Text(**MAYBE)
    taxes_included = Flag(**MAYBE)
    test = Flag(**MAYBE)
    line_items = fields.List(fields.Nested(LineItem), required=True)
    shipping_lines = fields.List(fields.Nested(ShippingLine), **MAYBE)
    refunds = fields.List(fields.Nested(Refund), **MAYBE)
    fulfillments = fields.List(fields.Nested(Fulfilment), **MAYBE)
    email = Text(**MAYBE)
    contact_email = Text(**MAYBE)
    phone = Text(**MAYBE)
    customer_locale = Text(**MAYBE)
    customer = fields.Nested(Person, **MAYBE)
    shipping_address = fields.Nested(Address, **MAYBE)


class Edit(Narrow):
    """What `orders/edited` tells: that there was an edit. The order is read for the result."""

    id = Id(required=True)
    order_id = Id(required=True)


class EditedOrder(Narrow):
    """Body of `orders/edited`."""

    order_edit = fields.Nested(Edit, required=True)


ORDER = Order()
EDITED_ORDER = EditedOrder()

"""From GraphQL answers to our records.

Every function raises KeyError, TypeError or ValueError when a part we cannot do without is
missing; the client turns that into the error that fits the operation. Values of enums are passed
on as they are, so that a new one breaks nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from clients.money import Money
from clients.shopify.addresses import address
from clients.shopify.records import (
    Dispute,
    Fulfilment,
    FulfilmentOrder,
    Order,
    OrderLine,
    Refund,
    RefundPreview,
    SuggestedTransaction,
    Transaction,
    number,
)
from clients.shopify.weights import grams

Node = Mapping[str, Any]


def order(node: Node, lines: Sequence[Node], withheld: Iterable[str]) -> Order:
    """An order from its head and all pages of its lines."""
    currency = str(node["presentmentCurrencyCode"])
    taxed = bool(node["taxesIncluded"])
    goes_to = address(node.get("shippingAddress"))
    return Order(
        id=number(node["id"]),
        name=str(node["name"]),
        created_at=moment(node["createdAt"]),
        processed_at=moment(node["processedAt"]),
        updated_at=moment(node["updatedAt"]),
        cancelled_at=moment(node["cancelledAt"]) if node.get("cancelledAt") else None,
        financial_status=str(node.get("displayFinancialStatus") or ""),
        currency=currency,
        shop_currency=str(node["currencyCode"]),
        lines=tuple(_line(line, currency, taxed) for line in lines),
        shipping_paid=_shipping(_nodes(node["shippingLines"]), currency, taxed),
        total_paid=bag(node["totalReceivedSet"]),
        total_refunded=bag(node["totalRefundedSet"]),
        refunds=tuple(map(refund, node["refunds"])),
        fulfilments=tuple(map(_fulfilment, node.get("fulfillments") or ())),
        disputes=tuple(map(_dispute, node.get("disputes") or ())),
        fulfilment_orders=tuple(map(fulfilment_order, _nodes(node.get("fulfillmentOrders")))),
        tags=tuple(map(str, node.get("tags") or ())),
        withheld=tuple(dict.fromkeys(withheld)),
        country=goes_to.country_code if goes_to else "",
        test=bool(node.get("test")),
        locale=str(node.get("customerLocale") or ""),
        shipping_address=goes_to,
        email=str(node.get("email") or ""),
        customer_id=_linked(node.get("customer")),
    )


def refund(node: Node) -> Refund:
    """A refund, in the currency the customer paid in."""
    return Refund(
        id=number(node["id"]),
        created_at=moment(node.get("createdAt") or node["processedAt"]),
        note=str(node.get("note") or ""),
        lines=_quantities(_nodes(node["refundLineItems"])),
        total=bag(node["totalRefundedSet"]),
        transactions=tuple(map(_transaction, _nodes(node["transactions"]))),
    )


def preview(node: Node) -> RefundPreview:
    """What Shopify suggests to refund. Ways to pay back without a first payment are left out."""
    ways = [way for way in node["suggestedTransactions"] if way.get("parentTransaction")]
    return RefundPreview(
        amount=bag(node["amountSet"]),
        maximum=bag(node["maximumRefundableSet"]),
        shipping=bag(node["shipping"]["amountSet"]),
        lines=_quantities(node["refundLineItems"]),
        transactions=tuple(map(_suggested, ways)),
    )


def moment(text: str) -> datetime:
    """Shopify's ISO 8601 time as aware UTC. Raises ValueError for one without a zone."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a time without a zone")
    return found.astimezone(UTC)


def _line(node: Node, currency: str, taxed: bool) -> OrderLine:
    return OrderLine(
        id=number(node["id"]),
        title=str(node.get("title") or ""),
        sku=str(node.get("sku") or ""),
        product_id=_linked(node.get("product")),
        variant_id=_linked(node.get("variant")),
        quantity=int(node["quantity"]),
        current_quantity=int(node["currentQuantity"]),
        refundable_quantity=int(node["refundableQuantity"]),
        unfulfilled_quantity=int(node["unfulfilledQuantity"]),
        requires_shipping=bool(node["requiresShipping"]),
        paid=_paid(node, currency, taxed),
        grams=grams(node.get("weight")),
    )


def _paid(node: Node, currency: str, taxed: bool) -> Money:
    """The line's price for all units, less every discount, plus tax unless the price has it.

    Shopify's discountedTotalSet knows no discounts on the whole order, so it is not used.
    """
    paid = bag(node["originalTotalSet"])
    for allocation in node["discountAllocations"]:
        paid -= bag(allocation["allocatedAmountSet"])
    return paid if taxed else paid + _tax(node, currency)


def _shipping(nodes: Iterable[Node], currency: str, taxed: bool) -> Money:
    paid = Money(0, currency)
    for node in nodes:
        paid += bag(node["discountedPriceSet"])
        if not taxed:
            paid += _tax(node, currency)
    return paid


def _tax(node: Node, currency: str) -> Money:
    return sum((bag(tax["priceSet"]) for tax in node["taxLines"]), Money(0, currency))


def _fulfilment(node: Node) -> Fulfilment:
    tracking = node.get("trackingInfo") or ()
    companies = [str(info["company"]) for info in tracking if info.get("company")]
    return Fulfilment(
        id=number(node["id"]),
        status=str(node["status"]),
        created_at=moment(node["createdAt"]),
        lines=_quantities(_nodes(node["fulfillmentLineItems"])),
        tracking_company=companies[0] if companies else "",
        tracking_numbers=tuple(str(info["number"]) for info in tracking if info.get("number")),
    )


def _dispute(node: Node) -> Dispute:
    return Dispute(id=number(node["id"]), kind=str(node["initiatedAs"]), status=str(node["status"]))


def fulfilment_order(node: Node) -> FulfilmentOrder:
    """What is still to be shipped, with its holds and the lines that were asked for."""
    holds = node.get("fulfillmentHolds") or ()
    return FulfilmentOrder(
        id=number(node["id"]),
        status=str(node["status"]),
        holds=tuple(map(_hold, holds)),
        line_ids=tuple(number(one["lineItem"]["id"]) for one in _nodes(node.get("lineItems"))),
    )


def _hold(node: Node) -> tuple[str, str, str]:
    """A hold of another app has no handle for us: a handle is unique within one app alone."""
    handle = node.get("handle") if node.get("heldByRequestingApp", True) else None
    return (str(node["id"]), str(handle or ""), str(node.get("reason") or ""))


def _transaction(node: Node) -> Transaction:
    return Transaction(
        id=number(node["id"]),
        kind=str(node["kind"]),
        status=str(node["status"]),
        amount=bag(node["amountSet"]),
    )


def _suggested(node: Node) -> SuggestedTransaction:
    return SuggestedTransaction(
        parent_id=number(node["parentTransaction"]["id"]),
        gateway=str(node["gateway"]),
        amount=bag(node["amountSet"]),
    )


def _quantities(nodes: Iterable[Node]) -> tuple[tuple[int, int], ...]:
    return tuple((number(node["lineItem"]["id"]), int(node["quantity"] or 0)) for node in nodes)


def bag(node: Node) -> Money:
    """A MoneyBag in the customer's currency."""
    money = node["presentmentMoney"]
    return Money.parse(money["amount"], str(money["currencyCode"]))


def _linked(node: Node | None) -> int | None:
    return number(node["id"]) if node else None


def _nodes(connection: Node | None) -> Sequence[Node]:
    return connection["nodes"] if connection else ()

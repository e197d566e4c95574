"""Line items as GraphQL shows them."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.sandbox.accounts import Account
from plugin.sandbox.graph_money import Node, bag, gid, money
from plugin.sandbox.graph_variants import variant_node
from plugin.sandbox.rest_money import in_shop_currency
from plugin.sandbox.store import Row


def line_item(account: Account, line: Row) -> Node:
    """A LineItem."""
    refunded = account.refunded_quantity(line["id"])
    return {
        "__typename": "LineItem",
        "id": gid("LineItem", line["id"]),
        "title": line["title"],
        "name": line["title"] + (f" - {line['variant']}" if line["variant"] else ""),
        "variantTitle": line["variant"] or None,
        "sku": line["sku"],
        "vendor": "Lanterna",
        "quantity": line["quantity"],
        "currentQuantity": line["quantity"] - refunded,
        "refundableQuantity": account.refundable_quantity(line["id"]),
        "unfulfilledQuantity": account.unfulfilled_quantity(line["id"]),
        "fulfillableQuantity": account.unfulfilled_quantity(line["id"]),
        "nonFulfillableQuantity": 0,
        "requiresShipping": True,
        "restockable": False,
        "taxable": True,
        "isGiftCard": False,
        "merchantEditable": True,
        "customAttributes": [],
        "duties": [],
        "product": _product(line),
        "variant": _variant(line),
        "taxLines": tax_lines(account.order, [line]),
        "discountAllocations": _discounts(account.order, line),
        "weight": {"unit": "GRAMS", "value": float(line["grams"])},
        **_prices(account.order, line),
    }


def tax_lines(order: Row, lines: Sequence[Row]) -> list[Node]:
    """The tax of some lines, as one TaxLine per rate."""
    rates = sorted({line["tax_percent"] for line in lines if line["tax_minor"]})
    return [
        {
            "title": "VAT",
            "rate": rate / 100,
            "ratePercentage": float(rate),
            "priceSet": bag(
                order, sum(li["tax_minor"] for li in lines if li["tax_percent"] == rate)
            ),
            "channelLiable": False,
            "source": None,
        }
        for rate in rates
    ]


def _prices(order: Row, line: Row) -> Node:
    """Shopify's many prices of a line. The discount here is a code's, spread over the lines."""
    units = line["quantity"]
    original = line["price_minor"] * units
    after = original - line["discount_minor"]
    minors = {
        "originalUnitPrice": line["price_minor"],
        "originalTotal": original,
        "discountedUnitPrice": line["price_minor"],
        "totalDiscount": 0,
        "unfulfilledOriginalTotal": original,
        "unfulfilledDiscountedTotal": original,
    }
    bags: Node = {f"{name}Set": bag(order, minor) for name, minor in minors.items()}
    plain = {name: bags[f"{name}Set"]["shopMoney"]["amount"] for name in minors}

    def discounted_total(info: object, *, withCodeDiscounts: bool = False) -> Node:
        return bag(order, after if withCodeDiscounts else original)

    return (
        plain
        | bags
        | {
            "discountedTotal": money(in_shop_currency(order, original), order["shop_currency"])[
                "amount"
            ],
            "discountedTotalSet": discounted_total,
            "discountedUnitPriceAfterAllDiscountsSet": bag(order, after // units),
            "priceAfterAllDiscountsBeforeTaxesSet": bag(order, after),
        }
    )


def _discounts(order: Row, line: Row) -> list[Node]:
    if not line["discount_minor"]:
        return []
    code = order.get("discount_code", "LUCE10")
    by_code = {"__typename": "DiscountCodeApplication", "code": code}
    by_hand = {"__typename": "ManualDiscountApplication", "title": "By hand", "description": None}
    return [
        {
            "allocatedAmountSet": bag(order, line["discount_minor"]),
            "discountApplication": {
                **(by_code if code else by_hand),
                "allocationMethod": "ACROSS" if code else "ONE",
                "index": 0,
                "targetSelection": "ALL" if code else "EXPLICIT",
                "targetType": "LINE_ITEM",
                "value": {
                    "__typename": "PricingPercentageValue",
                    "percentage": 10.0 if code else 100.0,
                },
            },
        }
    ]


def _product(line: Row) -> Node | None:
    number = line["product_id"]
    return None if number is None else {"__typename": "Product", "id": gid("Product", number)}


def _variant(line: Row) -> Node | None:
    number = line["variant_id"]
    return None if number is None else variant_node(number, line["grams"])

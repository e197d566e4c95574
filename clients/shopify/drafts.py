"""Draft orders: how goods are sent again without charging for them.

Neither step has an idempotency key. A mark that only this one draft carries, as a tag, is how it
is found again after an answer was lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clients.errors import Refused, Retriable
from clients.http import Kind
from clients.money import Money
from clients.shopify import parse
from clients.shopify.addresses import PostalAddress, address_input
from clients.shopify.channel import SERVICE, Channel
from clients.shopify.paging import Connection, every_node, page
from clients.shopify.records import gid, number

COMPLETED = "COMPLETED"
NOT_READY_WAIT = 5.0

_MARK = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
"""Shopify: a tag of an order has at most 40 characters. These need no quoting in a search."""


@dataclass(frozen=True)
class DraftWanted:
    """Goods to be sent once more, for nothing.

    `lines` are (variant id, title, quantity). With a variant the title is the shop's own; a line
    without one is priced nought in `currency`, which is the shop's.
    """

    lines: tuple[tuple[int | None, str, int], ...]
    address: PostalAddress
    mark: str
    currency: str
    customer_id: int | None = None
    email: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """A draft order. `status` is OPEN, INVOICE_SENT or COMPLETED; then it has an order."""

    id: int
    name: str
    status: str
    total: Money
    order_id: int | None = None
    ready: bool = True
    tags: tuple[str, ...] = ()


class Drafts:
    """The part of ShopifyAdmin that sends goods again."""

    _channel: Channel

    def create_draft(self, wanted: DraftWanted) -> Draft:
        """Write the draft down, every line at a discount of 100 %. Nothing ships by it yet.

        After OutcomeUnknown look for it with `find_draft` before making another. ValueError for
        a mark that is none, no lines, a quantity below 1 or an address without a country.
        """
        variables = {"input": draft_input(wanted)}
        payload = self._channel.write(
            "draft_create", variables, result="draftOrder", kind=Kind.UNSAFE_WRITE
        )
        return self._channel.parsed(draft, payload["draftOrder"], Kind.UNSAFE_WRITE)

    def find_draft(self, mark: str) -> Draft | None:
        """The draft with this mark, completed or not; None when the shop finds none.

        Should there be several, the one that became an order, else the oldest. Shopify's search
        may lag some seconds behind what was just written: None is not at once a proof.
        """
        query = f"tag:{_checked(mark)}"
        first = self._found(query, None)
        nodes = every_node(SERVICE, first, lambda after: self._found(query, after))
        found = [self._channel.parsed(draft, node, Kind.READ) for node in nodes]
        # Tags and their search know no capitals; the search may find more than was asked for.
        ours = [one for one in found if mark.lower() in map(str.lower, one.tags)]
        return min(ours, key=lambda one: (one.order_id is None, one.id), default=None)

    def complete_draft(self, draft_id: int) -> int:
        """Make the order of it, so that it ships. Gives the order's id, also the second time.

        The draft is read first. Raises Refused with code `not_found`, or `not_free` for one that
        would not be free of charge; Retriable with code `not_ready` while Shopify still works
        on it. After OutcomeUnknown call it again: what was completed is found, not repeated.
        """
        node = self._channel.read("draft", {"id": gid("DraftOrder", draft_id)})
        if node is None:
            raise Refused(SERVICE, "no such draft order", code="not_found")
        known = self._channel.parsed(draft, node, Kind.READ)
        if known.order_id is not None:
            return known.order_id
        if known.total:
            raise Refused(SERVICE, "the draft order is not free of charge", code="not_free")
        if not known.ready:
            what = "the draft order is not ready yet"
            raise Retriable(SERVICE, what, after=NOT_READY_WAIT, code="not_ready")
        variables = {"id": gid("DraftOrder", draft_id)}
        payload = self._channel.write(
            "draft_complete", variables, result="draftOrder", kind=Kind.UNSAFE_WRITE
        )
        return self._channel.parsed(_order_made, payload["draftOrder"], Kind.UNSAFE_WRITE)

    def _found(self, query: str, after: str | None) -> Connection:
        found = self._channel.read("drafts", {"query": query, "after": after})
        return self._channel.parsed(page, found, Kind.READ)


def draft_input(wanted: DraftWanted) -> dict[str, Any]:
    """The DraftOrderInput. Raises ValueError as `create_draft` says."""
    if not wanted.lines:
        raise ValueError("a draft order needs lines")
    variables: dict[str, Any] = {
        "lineItems": [_line(line, wanted.currency) for line in wanted.lines],
        "shippingAddress": address_input(wanted.address),
        "tags": list(dict.fromkeys([*wanted.tags, _checked(wanted.mark)])),
        "note": wanted.note,
    }
    if wanted.customer_id is not None:
        variables["purchasingEntity"] = {"customerId": gid("Customer", wanted.customer_id)}
    if wanted.email:
        variables["email"] = wanted.email
    return variables


def draft(node: Mapping[str, Any]) -> Draft:
    """A DraftOrder as Shopify answers it."""
    order = node.get("order")
    return Draft(
        id=number(node["id"]),
        name=str(node["name"]),
        status=str(node["status"]),
        total=parse.bag(node["totalPriceSet"]),
        order_id=number(order["id"]) if order else None,
        ready=bool(node["ready"]),
        tags=tuple(map(str, node["tags"])),
    )


def _order_made(node: Mapping[str, Any]) -> int:
    return number(node["order"]["id"])


def _line(line: tuple[int | None, str, int], currency: str) -> dict[str, Any]:
    variant, title, quantity = line
    if quantity < 1:
        raise ValueError("a line of a draft order needs a quantity")
    free = {"title": "Replacement", "value": 100, "valueType": "PERCENTAGE"}
    if variant is not None:
        goods: dict[str, Any] = {"variantId": gid("ProductVariant", variant)}
    else:
        nought = {"amount": Money(0, currency).decimal(), "currencyCode": currency}
        goods = {
            "title": title,
            "originalUnitPriceWithCurrency": nought,
            "requiresShipping": True,
            "taxable": False,
        }
    return {**goods, "quantity": quantity, "appliedDiscount": free}


def _checked(mark: str) -> str:
    if not _MARK.fullmatch(mark):
        raise ValueError("a mark has 1 to 40 letters, digits, - and _")
    return mark

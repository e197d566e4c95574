"""Shopify's Admin API, as far as after-sales needs it: one shop, one token, plain records."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import requests

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused
from clients.http import Kind, Transport, safe_base
from clients.money import Money
from clients.shopify import documents, parse
from clients.shopify.envelope import Envelope, Throttle, check, opened, spent_key
from clients.shopify.paging import Page, pages
from clients.shopify.records import Order, Refund, RefundPreview, gid
from clients.shopify.refunds import SERVICE, refund_input, refund_lines

API_VERSION = "2026-10"
LONGEST_HANDLE = 64
OWN_SCOPE = {"disputes": "disputes", "fulfillmentOrders": "fulfilmentOrders"}
"""Parts of an order that need a permission of their own, and the variable that leaves them out."""

_SHOP = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com", re.ASCII)
_Value = TypeVar("_Value")


class ShopifyAdmin:
    """Calls the Admin API of one shop with its token.

    `served_version` is the API version that really answered (Shopify serves another one when ours
    has expired), `throttle` the cost bucket as of the last answer. Besides what a method names,
    each raises Retriable, Refused, NeedsAuthorisation and, when it writes, OutcomeUnknown.
    """

    def __init__(
        self,
        shop: str,
        token: str,
        *,
        base_url: str = "https://{shop}",
        session: requests.Session | None = None,
    ) -> None:
        """Raises ValueError for a shop or base URL a token must not be sent to."""
        if "{shop}" in base_url and not _SHOP.fullmatch(shop):
            raise ValueError("not the domain of a Shopify shop")
        base = safe_base(base_url.replace("{shop}", shop))
        self.shop = shop
        self.served_version = API_VERSION
        self.throttle: Throttle | None = None
        self._url = f"{base}/admin/api/{API_VERSION}/graphql.json"
        self._token = token
        self._transport = Transport(SERVICE, session=session)
        self._denied: set[str] = set()

    def order(self, order_id: int) -> Order | None:
        """The order as it is now, whole; None when the shop shows no such order.

        What the token may not see is named in `withheld` and empty in the record.
        """
        head = self._order_page(order_id, None)
        if head.payload is None:
            check(head, Kind.READ, self._transport)
            return None
        withheld = [*(f"order.{part}" for part in sorted(self._denied))]
        withheld += [".".join(problem.path) for problem in head.problems if problem.path]
        try:
            node = dict(head.payload)
            withheld += self._complete(node)
            return parse.order(node, self._lines(order_id, node["lineItems"]), withheld)
        except (KeyError, TypeError, ValueError) as problem:
            if "ACCESS_DENIED" in head.codes:
                what = f"the order is not shown ({type(problem).__name__})"
                raise NeedsAuthorisation(SERVICE, what, code="ACCESS_DENIED") from None
            raise self._unreadable(problem, Kind.READ) from None

    def orders_updated_since(self, moment: datetime) -> Iterator[int]:
        """Ids of the orders changed at or after an aware moment, each once, page by page."""
        if moment.tzinfo is None:
            raise ValueError("a moment without a zone")
        text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        query = f"updated_at:>='{text}'"

        def page(after: str | None) -> Page:
            return self._read("orders_updated", {"query": query, "after": after}) or {}

        seen: set[int] = set()
        for node in pages(page(None), page):
            found = parse.number(node["id"])
            if found not in seen:
                seen.add(found)
                yield found

    def preview_refund(
        self, order_id: int, lines: Sequence[tuple[int, int]], shipping: Money | None
    ) -> RefundPreview:
        """What Shopify would pay back for pairs of line id and quantity, and for shipping.

        Raises Refused with code `not_found` when there is no such order, `nothing_to_refund`
        when Shopify suggests nothing.
        """
        variables: dict[str, Any] = {"id": gid("Order", order_id), "lines": refund_lines(lines)}
        if shipping:
            variables["shipping"] = shipping.decimal()
        order = self._read("preview_refund", variables)
        if order is None:
            raise Refused(SERVICE, "no such order", code="not_found")
        if not order.get("suggestedRefund"):
            raise Refused(SERVICE, "nothing to refund", code="nothing_to_refund")
        return self._parsed(parse.preview, order["suggestedRefund"], Kind.READ)

    refund_input = staticmethod(refund_input)

    def create_refund(self, refund_input: Mapping[str, Any], key: str) -> Refund:
        """Pay back. The same key and the same input give the same refund for 24 hours.

        Shopify: idempotent requests. Raises Retriable with code IDEMPOTENCY_CONCURRENT_REQUEST
        while the first call still runs, Refused with the other idempotency codes, ValueError for
        a blank key.
        """
        if not key.strip():
            raise ValueError("a refund needs a key")
        kind = Kind.IDEMPOTENT_WRITE
        payload = self._write("refund_create", {"input": dict(refund_input), "key": key}, kind)
        if not payload.get("refund"):
            raise OutcomeUnknown(SERVICE, "answered neither a refund nor an error")
        return self._parsed(parse.refund, payload["refund"], kind)

    def add_tags(self, order_id: int, tags: Sequence[str]) -> None:
        """Put tags on an order; those already there stay as they are."""
        self._tag("tags_add", order_id, tags)

    def remove_tags(self, order_id: int, tags: Sequence[str]) -> None:
        """Take tags off an order; those not there are no error."""
        self._tag("tags_remove", order_id, tags)

    def hold(
        self, fulfilment_order_id: int, *, reason: str, notes: str, handle: str
    ) -> str | None:
        """Stop a fulfilment order from shipping. Gives the hold's gid, None if it was there.

        `reason` is a FulfillmentHoldReason. `handle` names the hold, once per app and fulfilment
        order, in at most 64 characters (ValueError): it is what makes a repetition harmless.
        """
        if not 0 < len(handle) <= LONGEST_HANDLE:
            raise ValueError("a hold needs a handle of at most 64 characters")
        hold = {"reason": reason, "reasonNotes": notes, "handle": handle}
        variables = {"id": gid("FulfillmentOrder", fulfilment_order_id), "hold": hold}
        try:
            payload = self._write("hold", variables, Kind.IDEMPOTENT_WRITE)
        except Refused as problem:
            if problem.code == "DUPLICATE_FULFILLMENT_HOLD_HANDLE":
                return None
            raise
        if not payload.get("fulfillmentHold"):
            raise OutcomeUnknown(SERVICE, "answered neither a hold nor an error")
        return str(payload["fulfillmentHold"]["id"])

    def release_hold(self, fulfilment_order_id: int, hold_ids: Sequence[str]) -> None:
        """Lift the holds with these gids. ValueError for none: Shopify would lift every app's."""
        if not hold_ids:
            raise ValueError("name the holds to lift")
        variables = {
            "id": gid("FulfillmentOrder", fulfilment_order_id),
            "holds": list(hold_ids),
        }
        self._write("release_hold", variables, Kind.IDEMPOTENT_WRITE)

    def _order_page(self, order_id: int, after: str | None) -> Envelope:
        """One page of an order, without the parts that turn out to be denied.

        Those parts may not be null by the schema, so a denied one makes the whole order null.
        """
        while True:
            variables = {"id": gid("Order", order_id), "head": after is None, "after": after}
            for part, variable in OWN_SCOPE.items():
                variables[variable] = after is None and part not in self._denied
            envelope = self._ask("order", variables, Kind.READ)
            denied = {
                problem.path[1]
                for problem in envelope.problems
                if problem.code == "ACCESS_DENIED" and len(problem.path) > 1
            } & (OWN_SCOPE.keys() - self._denied)
            self._denied |= denied
            if envelope.payload is not None or not denied:
                return envelope

    def _lines(self, order_id: int, first: Page) -> list[Any]:
        def page(after: str | None) -> Page:
            envelope = self._order_page(order_id, after)
            check(envelope, Kind.READ, self._transport)
            found: Page = (envelope.payload or {}).get("lineItems")
            return found

        return list(pages(first, page))

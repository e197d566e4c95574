"""Orders in bulk: Shopify writes them into a file in its own time, and it costs no points.

Only one question is asked this way. Its text names the moment it is about, so that an operation
whose start was never answered is found again by what it asks.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from clients.errors import Refused, Retriable
from clients.http import Kind
from clients.shopify import documents
from clients.shopify.bulk_file import BulkFile
from clients.shopify.bulk_orders import BulkOrder, orders_in
from clients.shopify.channel import SERVICE, Channel
from clients.shopify.order_reader import OrderReader
from clients.shopify.parse import moment

BUSY = "bulk_busy"
"""Code of the error by which Shopify says that enough operations are running."""
_BUSY = frozenset({"OPERATION_IN_PROGRESS", "LIMIT_REACHED"})
UNDER_WAY = frozenset({"CREATED", "RUNNING", "CANCELING"})
COMPLETED = "COMPLETED"
ACCESS_DENIED = "ACCESS_DENIED"
AGAIN_WHEN_BUSY = 60.0
_OPEN, _CLOSE = "# <disputes>", "# </disputes>"


@dataclass(frozen=True)
class BulkRun:
    """A bulk operation as it is now.

    `state` is a BulkOperationStatus, `error` a BulkOperationErrorCode or empty, `orders` how many
    it has come to so far. `url` is where the file lies; empty when there is none, and for an
    operation that found nothing.
    """

    id: str
    state: str
    error: str
    orders: int
    created_at: datetime
    query: str
    url: str

    @property
    def under_way(self) -> bool:
        """It may still come to something."""
        return self.state in UNDER_WAY


class Bulk:
    """The part of ShopifyAdmin that reads orders in bulk."""

    _channel: Channel
    _orders: OrderReader
    _file: BulkFile

    def orders_count(self, since: datetime) -> int:
        """How many orders changed since an aware moment."""
        variables = {"query": f"updated_at:>='{search_moment(since)}'"}
        found = self._channel.read("orders_count", variables) or {}
        return self._channel.parsed(lambda one: int(one["count"]), found, Kind.READ)

    def start_bulk(self, since: datetime, *, disputes: bool = True) -> str:
        """Begin to have the orders changed since a moment written into a file; its id.

        Raises Retriable with code `bulk_busy` while too many are running in the shop. After
        OutcomeUnknown `find_bulk` tells whether it was begun. Without `disputes` the orders come
        without them, for a token that may not see them.
        """
        told = disputes and "disputes" not in self._orders.denied
        variables = {"query": question(since, disputes=told)}
        try:
            payload = self._channel.write("bulk_run", variables, result="bulkOperation")
        except Refused as error:
            if error.code not in _BUSY:
                raise
            what = "is running as many bulk operations as it allows"
            raise Retriable(SERVICE, what, after=AGAIN_WHEN_BUSY, code=BUSY) from None
        made = payload["bulkOperation"]
        return self._channel.parsed(lambda one: str(one["id"]), made, Kind.IDEMPOTENT_WRITE)

    def bulk_run(self, operation_id: str) -> BulkRun | None:
        """How far an operation is; None when Shopify does not know it any more."""
        found = self._channel.read("bulk_operation", {"id": operation_id})
        return None if found is None else self._channel.parsed(_run, found, Kind.READ)

    def find_bulk(self, since: datetime, begun_at: datetime) -> BulkRun | None:
        """The newest operation that asks our question about `since` and began after a moment."""
        found = self._channel.read("bulk_operations", {}) or {}
        runs = self._channel.parsed(_runs, found.get("nodes") or (), Kind.READ)
        ours = {_squeezed(question(since, disputes=told)) for told in (True, False)}
        mine = [r for r in runs if _squeezed(r.query) in ours and r.created_at >= begun_at]
        return max(mine, key=lambda run: run.created_at, default=None)

    def cancel_bulk(self, operation_id: str) -> None:
        """Nobody waits for it any more; one that is over stays as it is."""
        try:
            self._channel.write("bulk_cancel", {"id": operation_id}, result="bulkOperation")
        except Refused:
            return

    def bulk_orders(self, url: str, place: int) -> Generator[BulkOrder]:
        """The orders of a file from a place on, each with the place behind it.

        Close the iterator to stop early. Raises Refused with code `host` for an address that is
        none of Shopify's files, with code `gone` when the file is there no longer, and Retriable
        when it breaks off.
        """
        return orders_in(self._file.lines(url, place))


def question(since: datetime, *, disputes: bool) -> str:
    """The text of the operation. Raises ValueError for a moment without a zone."""
    kept, inside = [], False
    for line in documents.text("bulk_orders").splitlines():
        word = line.strip()
        inside = (inside or word == _OPEN) and word != _CLOSE
        if not word.startswith("#") and (disputes or not inside):
            kept.append(line)
    return "\n".join(kept).replace("SINCE", search_moment(since))


def search_moment(moment: datetime) -> str:
    """An aware moment as Shopify's search takes it."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _squeezed(text: str) -> str:
    """A query without regard to how it is laid out."""
    return " ".join(text.split())


def _runs(nodes: Iterable[Mapping[str, Any]]) -> list[BulkRun]:
    return [_run(node) for node in nodes]


def _run(node: Mapping[str, Any]) -> BulkRun:
    return BulkRun(
        id=str(node["id"]),
        state=str(node["status"]),
        error=str(node.get("errorCode") or ""),
        orders=int(node.get("rootObjectCount") or 0),
        created_at=moment(node["createdAt"]),
        query=str(node.get("query") or ""),
        url=str(node.get("url") or ""),
    )

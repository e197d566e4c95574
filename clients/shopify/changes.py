"""Changes of an order itself: its tags, its address, its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clients.errors import Refused
from clients.http import Kind
from clients.shopify.addresses import PostalAddress, address_input
from clients.shopify.channel import SERVICE, Channel
from clients.shopify.records import gid

LONGEST_STAFF_NOTE = 255


class Changes:
    """The part of ShopifyAdmin that changes an order."""

    _channel: Channel

    def add_tags(self, order_id: int, tags: Sequence[str]) -> None:
        """Put tags on an order; those already there stay as they are."""
        variables = {"id": gid("Order", order_id), "tags": list(tags)}
        self._channel.write("tags_add", variables, result="node")

    def remove_tags(self, order_id: int, tags: Sequence[str]) -> None:
        """Take tags off an order; one that is not there is no error."""
        variables = {"id": gid("Order", order_id), "tags": list(tags)}
        self._channel.write("tags_remove", variables, result="node")

    def update_address(self, order_id: int, address: PostalAddress) -> None:
        """Send the order there from now on. A repetition changes nothing more.

        The whole address is replaced; an empty part is taken off. It tells nobody: who bought
        the goods elsewhere has to say so there too. ValueError for an address without a country.
        """
        variables = {"id": gid("Order", order_id), "address": address_input(address)}
        self._channel.write("order_address", variables, result="order")

    def cancel_order(self, order_id: int, *, reason: str, note: str, restock: bool) -> str:
        """Begin to cancel the whole order. Gives the job's gid; ask `job_done` how far it is.

        Nothing is paid back by it, ever: money goes back through `create_refund` alone. The
        customer is not written to. `reason` is an OrderCancelReason (CUSTOMER, INVENTORY, ...);
        `note` is for the staff, at most 255 characters (else ValueError).

        It cannot be undone and has no key. Raises Refused when the order is cancelled already,
        was shipped, or has a return under way; after OutcomeUnknown read the order: its
        `cancelled_at` says whether it was done.
        """
        if len(note) > LONGEST_STAFF_NOTE:
            raise ValueError(f"a staff note has at most {LONGEST_STAFF_NOTE} characters")
        variables = {
            "id": gid("Order", order_id),
            "reason": reason,
            "restock": restock,
            "note": note,
        }
        payload = self._channel.write(
            "order_cancel",
            variables,
            result="jobResult",
            complaints="orderCancelUserErrors",
            kind=Kind.UNSAFE_WRITE,
        )
        job = payload["jobResult"]
        return self._channel.parsed(lambda one: str(one["id"]), job, Kind.UNSAFE_WRITE)

    def job_done(self, job_gid: str) -> bool:
        """True once the cancellation has been carried out, False while it is under way.

        Raises Refused when it failed (with Shopify's code, e.g. INVALID) and, with code
        `not_found`, when Shopify knows no such job any more; the order itself tells then.
        """
        job = self._channel.read("cancel_result", {"id": job_gid})
        if job is None:
            raise Refused(SERVICE, "no such job", code="not_found")
        return self._channel.parsed(_ended, job, Kind.READ)


def _ended(job: Any) -> bool:
    if job["status"] == "FAILED":
        errors = [one for one in job.get("errors") or () if isinstance(one, dict)]
        says = "; ".join(str(one.get("message") or "") for one in errors)[:200]
        codes = [str(one["code"]) for one in errors if one.get("code")]
        what = says or "the order was not cancelled"
        raise Refused(SERVICE, what, code=codes[0] if codes else "failed")
    return bool(job["done"])

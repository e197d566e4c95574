"""What a translation comes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from plugin.customer import Customer
from plugin.timeline import CustomsSeen, Event


@dataclass(frozen=True)
class MailBounce:
    """A letter that did not arrive, or was not welcome, by the mail provider's word."""

    provider_id: str
    """What the provider called the letter when it took it: the action's `remote_id`."""
    recipient: str
    what: str
    """`bounced` or `complained`, both for good: what may pass is ignored."""


@dataclass(frozen=True)
class CustomsMail:
    """A mail about customs. Whose parcel it is, the caller finds out."""

    references: tuple[str, ...]
    """Numbers in the mail that may be a supplier's order or a parcel's tracking, as they come."""
    state: str
    since: datetime
    message: str = ""

    def seen(self, purchase_id: str) -> CustomsSeen:
        """The event, once it is known which purchase the mail is about."""
        return CustomsSeen(purchase_id, self.state, self.since, message=self.message)


@dataclass(frozen=True)
class PrivacyWord:
    """A request about personal data."""

    topic: str
    orders: tuple[int, ...]
    customer_id: int | None


@dataclass(frozen=True)
class ScopesWord:
    """What a store allows the app from now on."""

    scopes: tuple[str, ...]
    at: datetime | None


@dataclass(frozen=True)
class Translation:
    """What a delivery tells, in the words of the timeline."""

    order_id: int | None
    events: tuple[Event, ...]
    customer: Customer | None = None
    shop_event: str = ""
    """`uninstalled`: it is about the whole shop, and names no order."""
    purchase_key: str = ""
    """The purchase a supplier speaks of; without an `order_id` the caller looks its order up."""
    read_purchase: str = ""
    """A supplier's own order number: a hint to read that purchase now. Events that come with it
    belong to the purchase's order."""
    sku_out: str = ""
    """A product that `supplier` has no more of. It names no order: the caller reports no stock
    for every purchase from that supplier that has the product and has not shipped."""
    supplier: str = ""
    claim_result: tuple[str, str, str] | None = None
    """(purchase id, `verified` or `refused`, message): the caller finds the purchase's open claim,
    because a supplier knows no cases."""
    bounce: MailBounce | None = None
    customs_mail: CustomsMail | None = None
    privacy: PrivacyWord | None = None
    scopes: ScopesWord | None = None
    notes: tuple[str, ...] = ()
    """What had to be left out of the body."""


@dataclass(frozen=True)
class Ignored:
    """Nothing for us in it; `reason` says why."""

    reason: str

"""Each guard broken on purpose: a run that does not notice was not looking.

A mutant changes the running app from outside, for one world; the app has no switches. Some guards
stand in front of each other: alone none of them is missed, so they are broken together as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any
from unittest import mock

from clients.shopify.admin import ShopifyAdmin
from clients.supplier.alibaba1688 import Alibaba1688
from plugin import policy
from plugin import timeline as t
from plugin.deciding import Deciding
from plugin.effects import carry, errand, refund
from plugin.effects.errand import Errand
from plugin.sandbox import refunds
from plugin.store import inbox, outbox
from plugin.store.inbox import Inbox
from tests.simulation.bell import JOBS

Patch = Any


@dataclass(frozen=True)
class Mutant:
    """One guard less, or several."""

    says: str
    make: Callable[[], list[Patch]]
    hidden_by: tuple[str, ...] = ()
    """The guards that cover for it: one after the other is broken as well while nobody notices."""
    ours: bool = True
    """False: a guard of the store's, broken only beside one of ours that it covers for."""


@contextmanager
def broken(name: str) -> Iterator[None]:
    """The app without a guard; nothing for an empty name. Raises KeyError for an unknown one."""
    with ExitStack() as stack:
        for one in filter(None, name.split("+")):
            for patch in MUTANTS[one].make():
                stack.enter_context(patch)
        yield


def _new_key() -> list[Patch]:
    """Every attempt goes by a key of its own."""
    real, attempts = ShopifyAdmin.create_refund, count()

    def create(self: Any, refund_input: Any, key: str) -> Any:
        return real(self, refund_input, f"{key[:-4]}{next(attempts):04d}")

    return [mock.patch.object(ShopifyAdmin, "create_refund", create)]


def _no_read() -> list[Patch]:
    """Nobody looks whether it was done before: what may have been done is simply sent again."""
    return [
        mock.patch.dict(carry.EFFECTS, {"refund_customer": _pay_blindly}),
        mock.patch.object(ShopifyAdmin, "find_draft", return_value=None),
        mock.patch.object(Alibaba1688, "refunds", return_value=()),
    ]


def _no_sum() -> list[Patch]:
    """The store pays what it is asked for, whether or not that much was ever paid."""
    return [mock.patch.object(refunds, "objections", return_value=[])]


def _pay_blindly(errand: Errand) -> None:
    row = errand.row
    if row.state != "unknown" or row.frozen is None:
        refund.refund(errand)
    elif errand.sending():
        storefront = errand.connections.storefront(row.shop)
        refund._send(errand, storefront, dict(row.frozen))


def _done_first() -> list[Patch]:
    """Written down as done, and then sent."""

    def send(errand: Errand, storefront: Any, frozen: Any) -> None:
        errand.done(minor=errand.row.minor, currency=errand.row.currency, by="store")
        storefront.create_refund(frozen, errand.row.mark)

    return [mock.patch.object(refund, "_send", send)]


def _no_lease() -> list[Patch]:
    """A claim keeps nobody away."""
    real = outbox._take_back
    return [
        mock.patch.object(outbox, "_take_back", lambda tx, now: real(tx, now + timedelta(days=1)))
    ]


def _no_quarantine() -> list[Patch]:
    """A lost answer is followed up at once."""
    return [mock.patch.object(outbox, "QUARANTINE", timedelta(0))]


def _no_fence() -> list[Patch]:
    """Who comes back from a pause goes on as if nothing had happened."""

    def move(tx: Any, row: Any, values: Any) -> bool:
        mine = outbox._is(row)
        return bool(
            tx.execute(outbox.sa.update(outbox.outbox).where(mine).values(**values)).rowcount
        )

    return [
        mock.patch.object(outbox, "still_mine", return_value=True),
        mock.patch.object(outbox, "_move", move),
    ]


def _no_catching_up() -> list[Patch]:
    """The store is never asked for its changes."""
    nothing = replace(JOBS["catch_up"], run=lambda runtime: None)
    resting = replace(JOBS["read_open_cases"], run=lambda runtime: None)
    return [
        mock.patch.dict(JOBS, {"catch_up": nothing, "read_open_cases": resting}),
    ]


def _no_end() -> list[Patch]:
    """A closed case is decided on as if it were open."""
    real = policy.cases

    def cases(order: Any, terms: Any, terms_of: Any) -> Any:
        records = [r for r in order.cases.values() if r.closed is not None]
        kept = [(r, r.closed) for r in records]
        for record in records:
            record.closed = None
        try:
            return list(real(order, terms, terms_of))
        finally:
            for record, closed in kept:
                record.closed = closed

    return [mock.patch.object(policy, "cases", cases)]


def _no_dedupe() -> list[Patch]:
    """The same webhook is taken as often as it comes."""
    real, times = Inbox.keep, count()

    def keep(self: Inbox, **what: Any) -> bool:
        what["delivery_id"] = f"{what['delivery_id'][:150]}#{next(times)}"
        return real(self, **what)

    return [mock.patch.object(Inbox, "keep", keep)]


def _no_versions() -> list[Patch]:
    """Old news is news, and so is what was heard before."""
    return [
        mock.patch.object(Deciding, "_is_stale", return_value=False),
        mock.patch.object(t, "NAMED_BY", {}),
    ]


def _no_second_try() -> list[Patch]:
    """What became of an action is written down at once or never."""
    return [mock.patch.object(errand, "RECORDING_TRIES", 1)]


def _unknown_is_no() -> list[Patch]:
    """A lost answer is taken for a no."""
    real = Errand.lost

    def lost(self: Errand, why: str) -> None:
        self.put_off(30.0, why) if self.row.state != "unknown" else real(self, why)

    return [mock.patch.object(Errand, "lost", lost)]


def _settled_again() -> list[Patch]:
    """Whoever handles a delivery second handles it again."""
    return [mock.patch.object(inbox, "settle", _settle_always(inbox.settle))]


def _settle_always(real: Any) -> Any:
    def settle(*given: Any, **more: Any) -> bool:
        real(*given, **more)
        return True

    return settle


MUTANTS: Mapping[str, Mutant] = {
    "new_key": Mutant("a new idempotency key per attempt", _new_key, ("no_read", "no_sum")),
    "no_read": Mutant("no reading back before a retry", _no_read, ("no_sum",)),
    # A line is repaid whole more often than not, and the store refuses the same units again.
    "no_sum": Mutant("the store pays whatever it is asked for", _no_sum, ours=False),
    "done_first": Mutant("recorded as done before the call", _done_first),
    "no_lease": Mutant("claims keep nobody away", _no_lease, ("no_quarantine",)),
    "no_quarantine": Mutant(
        "no waiting after a lost answer", _no_quarantine, ("new_key", "no_sum")
    ),
    "no_fence": Mutant("no fence after a pause", _no_fence),
    "no_catching_up": Mutant("the store is never asked for changes", _no_catching_up),
    "no_end": Mutant("closed cases are decided on", _no_end),
    "no_dedupe": Mutant("webhooks are not told apart by their id", _no_dedupe, ("no_versions",)),
    "no_versions": Mutant("old news is news", _no_versions),
    "no_second_try": Mutant("recording is tried once", _no_second_try),
    "unknown_is_no": Mutant("a lost answer is taken for a no", _unknown_is_no, ("new_key",)),
    "settled_again": Mutant(
        "a delivery is handled by whoever comes", _settled_again, ("no_versions",)
    ),
}

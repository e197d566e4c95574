"""What a visitor of the world can make happen now: only what makes sense for the thing at hand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from plugin.sandbox import desk
from plugin.sandbox.accounts import Account
from plugin.sandbox.customers import ABOUT
from plugin.sandbox.purchases import SHIPPED, WAITING
from plugin.sandbox.returns import returnable
from plugin.sandbox.store import Row


@dataclass(frozen=True)
class Button:
    """A happening to order: its kind, what the button says, what else is to be known."""

    kind: str
    label: str
    more: dict[str, str] = field(default_factory=dict)


def of_purchase(purchase: Row, reported: Collection[str]) -> list[Button]:
    """What a supplier, a carrier or the desk may do; `reported` is what the customer said."""
    found: list[Button] = []
    about = {ABOUT[situation] for situation in reported}
    if purchase["status"] == WAITING:
        found += [
            Button("ship", "Ship now"),
            Button("answer", "Answer"),
            Button("no_stock", "Say out of stock"),
            _refused("oversized", "Refuse: too large", parcels="2"),
            _refused("overweight", "Refuse: too heavy"),
        ]
    if purchase["status"] in {WAITING, SHIPPED} and purchase["route"] != "international":
        found.append(Button("reroute", "Send abroad", {"route": "international"}))
    if purchase["status"] == SHIPPED:
        found += _at_customs(purchase.get("customs", ""))
    if desk.INTERCEPTION in about and not purchase.get("stopped"):
        found += [
            Button("stop_parcel", "Stopped", {"result": "succeeded"}),
            Button("stop_parcel", "Not stopped", {"result": "failed"}),
        ]
    if desk.VERIFICATION in about and not purchase.get("claim"):
        found += [
            Button("claim_result", "Claim verified", {"result": "verified"}),
            Button("claim_result", "Claim refused", {"result": "refused"}),
        ]
    owes = purchase["status"] != SHIPPED or purchase.get("stopped") or purchase.get("claim")
    if owes and purchase.get("recovery") != "received":
        found.append(Button("pay_recovery", "Pay recovery"))
    return found


def of_order(account: Account, purchases: Sequence[Row]) -> list[Button]:
    """What its customer may do."""
    reported = account.order.get("reported", ())
    found: list[Button] = []
    if any(p["status"] == SHIPPED for p in purchases):
        found += [_report("wrong_items", "Wrong items"), _report("damaged", "Damaged")]
        found.append(_report("damaged", "Damaged, no picture yet", pictures="0"))
    if returnable(account):
        found.append(_return("damaged", "Ask for a return: damaged"))
        found.append(_return("changed-mind", "Ask for a return: changed my mind"))
    if {"wrong_items", "damaged"} & set(reported):
        found.append(Button("more_pictures", "Send pictures", {"pictures": "3"}))
    if not account.order["cancelled_at"]:
        found += [_report("cancellation", "Cancel"), _report("wrong_address", "Wrong address")]
    if account.holds:
        found.append(Button("settle_address", "Answer: the address is right", {"how": "confirmed"}))
        found.append(Button("settle_address", "Answer: correct it", {"how": "corrected"}))
    return found


def _refused(reason: str, label: str, **more: str) -> Button:
    return Button("refuse_parcel", label, {"reason": reason, **more})


def _report(situation: str, label: str, pictures: str = "3") -> Button:
    return Button("report", label, {"situation": situation, "pictures": pictures})


def _return(reason: str, label: str) -> Button:
    return Button("request_return", label, {"reason": reason})


def _at_customs(state: str) -> list[Button]:
    if state == "held":
        ways = (("cleared", "Clear"), ("returned", "Return"), ("destroyed", "Destroy"))
        return [Button("customs", f"{label} at customs", {"result": r}) for r, label in ways]
    return [Button("customs", "Hold at customs", {"result": "held"})]

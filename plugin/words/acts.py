"""What is to be done, as a line and as a button, from the action as it was written down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin import timeline as t
from plugin.order import Order
from plugin.terms import Situation
from plugin.words.speech import Speech, is_code, lower_first, readable, tidy, whole

KIND_OF_KEY = {
    "refund": "refund_customer",
    "urge": "urge_supplier",
    "tell": "tell_merchant",
    "letter": "write_customer",
    "resource": "propose_alternative",
    "recover": "ask_recovery",
    "chase": "chase_recovery",
    "hold": "hold_order",
    "release": "release_order",
    "address": "correct_address",
    "cancel": "cancel_order",
    "intercept": "intercept_parcel",
    "chase_intercept": "chase_interception",
    "verify": "ask_verification",
    "chase_verify": "chase_verification",
    "choose": "choose_remedy",
    "reissue": "reissue_goods",
    "flag": "flag_order",
    "return": "mirror_return",
    "close_return": "close_return",
    "read_return": "read_return",
}
FORMS = {
    "write_customer": "letter",
    "tell_merchant": "topic",
    "hold_order": "reason",
    "choose_remedy": "of",
}
"""Kinds of action whose words depend on one part of them."""


def action(say: Speech, kind: str, body: Mapping[str, Any], order: Order) -> str:
    """One line: what is to be done, to whom, for how much."""
    key = _key("action", kind, body)
    if not say.knows(key):
        key = f"action.{kind}"
    if say.knows(key):
        return say(key, **_values(say, body, order))
    return readable(kind)


def button(say: Speech, kind: str, body: Mapping[str, Any], order: Order, *, by_hand: bool) -> str:
    """The verb on a button, with the amount where money moves."""
    key = _key("by_hand" if by_hand else "button", kind, body)
    if not say.knows(key):
        key = f"{'by_hand' if by_hand else 'button'}.{kind}"
    if say.knows(key):
        return say(key, **_values(say, body, order))
    return readable(kind)


def planned(say: Speech, key: str, order: Order) -> str:
    """What a key stands for, to be named within a sentence."""
    found = order.planned.get(key)
    if found is not None:
        return lower_first(action(say, found.action.kind, t.plain(found.action), order))
    kind = KIND_OF_KEY.get(key.partition(":")[0], "")
    return say(f"kind.{kind}") if kind else tidy(key)


def why(say: Speech, text: str) -> str:
    """A reason given for stopping, as a sentence; somebody else's words are quoted."""
    code, colon, detail = text.partition(":")
    if say.knows(f"why.{code}"):
        return say.sentences(say(f"why.{code}"), _detail(say, code, detail) if colon else "")
    if is_code(text):
        return f"{readable(text)}."
    return say.quoted(text)


def _detail(say: Speech, code: str, detail: str) -> str:
    name = detail.strip()
    if code == "contradicts" and say.knows(f"letter.{name}"):
        return say("why.contradicts.letter", letter=say.quoted(say(f"letter.{name}")))
    if code == "suppressed" and say.knows(f"why.{name}"):
        return say(f"why.{name}")
    return say.quoted(detail)


def _key(group: str, kind: str, body: Mapping[str, Any]) -> str:
    form = str(body.get(FORMS[kind], "")) if kind in FORMS else ""
    match kind:
        case "propose_alternative" if whole(body.get("parcels", 0)) > 1 and group == "action":
            form = "split"
        case "propose_alternative" if not body.get("alternative_id"):
            form = "none"
        case "propose_alternative" if body.get("as_replacement") and group == "action":
            form = "instead"
        case "ask_recovery" if not (body.get("minor") and body.get("currency")):
            form = "part"
    return f"{group}.{kind}.{form}" if form else f"{group}.{kind}"


def _values(say: Speech, body: Mapping[str, Any], order: Order) -> dict[str, str]:
    about = str(body.get("case_id") or body.get("about") or "")
    purchase_id = str(body.get("purchase_id") or _purchase_in(about, order))
    purchase = order.purchases.get(purchase_id)
    supplier = purchase.supplier if purchase else ""
    line = order.lines.get(whole(body.get("line_id", 0)))
    minor = sum(whole(body.get(part, 0)) for part in ("minor", "goods_minor", "shipping_minor"))
    return {
        "amount": say.money(minor, body.get("currency", "")) or say("amount.unknown"),
        "item": say.item(order, body.get("line_id", 0), len(body.get("units") or ())),
        "title": tidy(line.facts.title) if line else say("item.unknown"),
        "nth": str(whole(body.get("nth", 0))),
        "parcels": str(whole(body.get("parcels", 0))),
        "purchase": say.purchase_of(order, purchase_id),
        "short": say.purchase_of(order, purchase_id, short=True),
        "supplier": say.supplier(supplier),
        "to_supplier": say.supplier(supplier, "to_supplier"),
    }


def _purchase_in(about: str, order: Order) -> str:
    """A line to the merchant is about a purchase, about a situation of one, or about a case."""
    record = order.cases.get(about)
    if record is not None:
        return record.opened.purchase_id
    situation, _, purchase_id = about.partition(":")
    return purchase_id if situation in set(Situation) and about not in order.purchases else about

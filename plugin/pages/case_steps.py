"""The steps of one case, put into words: what they are, and what a person may do about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from plugin import sentences
from plugin.actions import (
    Action,
    ChooseRemedy,
    ProposeAlternative,
    RefundCustomer,
    WriteCustomer,
)
from plugin.case import Case
from plugin.merchant import CHOICES
from plugin.order import Order
from plugin.pages import letter_preview
from plugin.pages.letter_preview import Sample
from plugin.playbooks import remedy
from plugin.playbooks.why import Why
from plugin.store.outbox import Row
from plugin.terms import Alternative

WAITS_FOR_A_PERSON = frozenset({"asked", "suggested", "needs_person"})
BUYING = frozenset({"replace", "split"})
"""Choices that end in something being bought for this order."""
MOVES_MONEY = frozenset(
    {"refund_customer", "choose_remedy", "reissue_goods", "propose_alternative"}
)
"""Kinds of action that spend money: going ahead with one needs the right `money`."""
IN_ORDER = ("source", "invite", "replace", "split")


@dataclass(frozen=True)
class Told:
    """One of two letters that say different things."""

    name: str
    at: datetime | None
    """When it went out; None for one that has not."""
    subject: str
    body: str


@dataclass(frozen=True)
class Step:
    """One action of the case."""

    row: Row
    text: str
    button: str
    state: str
    why: str
    is_proposal: bool
    alternative: Alternative | None
    choices: tuple[tuple[str, str], ...] = ()
    """(choice, the verb on its button) where a person has to choose."""
    wish: str = ""
    letters: tuple[Told, ...] = ()
    """The letter the customer has and the one that says otherwise, where this one is held."""

    @property
    def waits(self) -> bool:
        """A person's word is asked for."""
        return self.row.state in WAITS_FOR_A_PERSON

    @property
    def handed_over(self) -> bool:
        """A person has to see to it."""
        return self.row.state == "needs_person"

    @property
    def by_hand(self) -> bool:
        """A person has to see to it and can say that it is done; money is read, never claimed."""
        return self.handed_over and not self.is_money

    @property
    def is_money(self) -> bool:
        """It gives the customer money back."""
        return self.row.action == RefundCustomer.kind

    @property
    def moves_money(self) -> bool:
        """Going ahead with it needs the right `money`."""
        return self.row.action in MOVES_MONEY

    @property
    def is_purchase(self) -> bool:
        """Goods are to be bought for this order by hand: an order file can be made of it."""
        return self.handed_over and self.is_proposal and self.row.choice in BUYING

    @property
    def to(self) -> str:
        """Whom a drafted message is for: `supplier`, `desk` or an address."""
        return str((self.row.draft or {}).get("to", ""))

    @property
    def link(self) -> str:
        """Where the offered goods are; only an address a browser may safely follow."""
        url = self.alternative.url if self.alternative else ""
        return url if url.startswith(("https://", "http://")) else ""


def steps_of(
    rows: Iterable[Row], case: Case, offers: Iterable[Alternative], sample: Sample, language: str
) -> list[Step]:
    """The steps of an opened case, in the order they were planned."""
    known = {offer.id: offer for offer in offers}
    steps = []
    for row in rows:
        if row.case_id == case.id:
            held = row.state in WAITS_FOR_A_PERSON and row.why.startswith("contradicts")
            steps.append(_step(row, case, known, language, sample if held else None))
    return steps


def _step(
    row: Row, case: Case, known: dict[int, Alternative], language: str, sample: Sample | None
) -> Step:
    order = case.order
    planned = order.planned[row.key]
    action = planned.action
    by_hand = row.state == "needs_person" and row.action != RefundCustomer.kind
    proposal = action if isinstance(action, ProposeAlternative) else None
    return Step(
        row=row,
        text=sentences.action(row.action, row.body, order, language=language),
        button=sentences.button(row.action, row.body, order, language=language, by_hand=by_hand),
        state=sentences.step_state(planned.state, language=language),
        why=sentences.held(row.why, language=language) if row.why and row.state != "done" else "",
        is_proposal=proposal is not None,
        alternative=known.get(proposal.alternative_id) if proposal else None,
        choices=_choices(action, case, language),
        wish=action.wish if isinstance(action, ChooseRemedy) else "",
        letters=_both_letters(sample, order, action, row.why, language)
        if sample is not None and isinstance(action, WriteCustomer)
        else (),
    )


# --- Choices --------------------------------------------------------------------------------------


def _choices(action: Action, case: Case, language: str) -> tuple[tuple[str, str], ...]:
    match action:
        case ProposeAlternative(parcels=parcels):
            possible = CHOICES if parcels > 1 else CHOICES - {"split"}
            names = tuple(name for name in IN_ORDER if name in possible)
        case ChooseRemedy(choices=names):
            return tuple((name, _verb(name, case, language)) for name in names)
        case _:
            return ()
    return tuple((name, sentences.choice(name, language=language)) for name in names)


def _verb(name: str, case: Case, language: str) -> str:
    """The choice as a verb; a refund names its amount, because choosing it is saying yes."""
    minor = refund_of(case) if name == "refund" else 0
    if not minor:
        return sentences.choice(name, language=language)
    body = {"minor": minor, "currency": case.order.currency}
    return sentences.button(RefundCustomer.kind, body, case.order, language=language)


def refund_of(case: Case) -> int:
    """What the customer would get back for the goods of a case, in minor units: what the rule
    itself would ask for."""
    asked = remedy.refunds(case, Why(case, "verified"), case.unsettled)
    return sum(action.minor for action in asked if isinstance(action, RefundCustomer))


# --- Letters that say different things ------------------------------------------------------------


def _both_letters(
    sample: Sample, order: Order, new: WriteCustomer, why: str, language: str
) -> tuple[Told, ...]:
    name = why.partition(":")[2].strip()
    there = [
        p
        for p in order.planned.values()
        if isinstance(p.action, WriteCustomer) and p.action.letter == name and p.counts
    ]
    found = []
    for planned in there[-1:]:
        if isinstance(planned.action, WriteCustomer):
            text = letter_preview.as_sent(sample, planned.case_id, planned.action)
            title = sentences.letter(name, language=language)
            found.append(Told(title, planned.settled_at, text.subject, text.body))
    text = letter_preview.as_sent(sample, sample.case.id if sample.case else "", new)
    title = sentences.letter(str(new.letter), language=language)
    return (*found, Told(title, None, text.subject, text.body))

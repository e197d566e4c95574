"""The timeline of a case's order as its page shows it: who, what kind, and what hangs on a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from plugin import sentences
from plugin import timeline as t
from plugin.actions import ASIDE, AskRecovery, RefundCustomer
from plugin.letters import Text
from plugin.order import Order
from plugin.pages.case_ledger import Booked
from plugin.pages.case_mentions import Piece, pieces
from plugin.pages.desk import say

WHO = frozenset({"app", "store", "supplier", "customer", "import"})
OPEN_DESK = "merchant"
"""Whoever sits at a desk that is open without a login."""
CARRIER = "carrier"
MOST = 100
KINDS = ("messages", "money", "notes", "evidence", "decisions", "news")
"""What the timeline can be narrowed to."""
OF_KIND: Mapping[type[t.Event], str] = {
    **dict.fromkeys((t.LetterBounced, t.SupplierAnswered, t.SupplierAsked), "messages"),
    **dict.fromkeys((t.RefundSeen, t.TransactionSeen, t.DisputeSeen, t.RecoverySeen), "money"),
    t.NoteWritten: "notes",
    **dict.fromkeys((t.EvidenceAdded, t.VerificationSeen, t.ProblemReported), "evidence"),
    **dict.fromkeys((t.CaseOpened, t.CaseClosed, t.Planned, t.Withheld, t.Withdrawn), "decisions"),
    **dict.fromkeys((t.Approved, t.Declined, t.BothAllowed, t.Held), "decisions"),
    **dict.fromkeys((t.CaseAssigned, t.CaseSnoozed), "decisions"),
}
"""The kind of an event that is not about a planned step; anything else is news."""
SENT = frozenset({"write_customer", "tell_merchant", "urge_supplier", "ask_verification",
                  "chase_recovery", "chase_verification", "intercept_parcel",
                  "chase_interception"})  # fmt: skip
"""Steps that are messages."""
ABOUT_MONEY = frozenset({RefundCustomer.kind, AskRecovery.kind})


@dataclass(frozen=True)
class Line:
    """One line of the timeline."""

    seq: int
    at: datetime
    who: str
    """`app`, `store`, `supplier`, `customer`, `import` or `person`: one sign each."""
    by: str
    """The same as people read it."""
    kind: str
    text: Sequence[Piece]
    late: bool
    message: Text | None = None
    """As it was sent."""
    rebuilt: bool = False
    """The message is written again from the record, in the shop's texts of today."""
    booked: Booked | None = None
    """Its entry in the ledger."""


def who(by: str) -> str:
    """Which of six somebody is."""
    return by if by in WHO else "person"


def named(by: str) -> str:
    """Somebody by the name people know him by."""
    return say(f"by.{by}") if by in WHO or by in {OPEN_DESK, CARRIER} else by


def kind_of(entry: t.Entry, order: Order) -> str:
    """Which of the kinds an entry is."""
    known = OF_KIND.get(type(entry.what))
    if known is not None:
        return known
    planned = order.planned.get(getattr(entry.what, "key", ""))
    if planned is None:
        return "news"
    if planned.action.kind in ABOUT_MONEY:
        return "money"
    return "messages" if planned.action.kind in SENT else "decisions"


def worth_reading(entries: Sequence[t.Entry], order: Order) -> list[t.Entry]:
    """Without what is only the store's admin and the app kept in step: what the order says there,
    and the store's word that nothing but that has changed."""
    found, before = [], None
    for entry in entries:
        what = entry.what
        planned = order.planned.get(getattr(what, "key", ""))
        if planned is not None and planned.action.kind in ASIDE:
            continue
        if isinstance(what, t.OrderSeen):
            same = before is not None and replace(what, version=before.version) == before
            before = what
            if same:
                continue
        found.append(entry)
    return found


def lines_of(
    entries: Sequence[t.Entry],
    order: Order,
    *,
    language: str,
    zone: str,
    kind: str = "",
    everything: bool = False,
    names: Sequence[str] = (),
    messages: Mapping[int, tuple[Text, bool]] | None = None,
    booked: Sequence[Booked] = (),
) -> tuple[list[Line], int]:
    """The newest first, of one kind where one is named; and how many more there are.

    `messages` are the texts of what was sent, by place in the timeline, and whether each had to
    be written again.
    """
    wanted = [(e, kind_of(e, order)) for e in reversed(worth_reading(entries, order))]
    if kind in KINDS:
        wanted = [(e, of) for e, of in wanted if of == kind]
    shown = wanted if everything else wanted[:MOST]
    by_key = {(one.what, one.key): one for one in booked}
    found = []
    for entry, of in shown:
        said = sentences.entry(entry, order, language=language, zone=zone)
        told, rebuilt = (messages or {}).get(entry.seq, (None, False))
        found.append(
            Line(
                seq=entry.seq,
                at=entry.at,
                who=who(entry.by),
                by=named(entry.by),
                kind=of,
                text=pieces(said, names) if of == "notes" else (Piece(said),),
                late=getattr(entry.what, "late_seconds", 0) > 0,
                message=told,
                rebuilt=rebuilt,
                booked=_booked(entry.what, order, by_key),
            )
        )
    return found, len(wanted) - len(shown)


def _booked(
    event: t.Event, order: Order, by_key: Mapping[tuple[str, str], Booked]
) -> Booked | None:
    match event:
        case t.ActionDone(key=key):
            planned = order.planned.get(key)
            kind = planned.action.kind if planned else ""
            what = {RefundCustomer.kind: "refunded", AskRecovery.kind: "asked"}.get(kind, "")
            return by_key.get((what, key))
        case t.RecoverySeen():
            return by_key.get((event.state, event.purchase_id))
        case t.RefundSeen() if event.mark:
            key = next((p.key for p in order.planned.values() if event.mark in p.marks), "")
            return by_key.get(("refunded", key))
        case _:
            return None

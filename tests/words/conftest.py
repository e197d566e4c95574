"""One order with one of everything, and reasons as the playbooks leave them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from plugin import timeline as t
from plugin.actions import (
    Action,
    AskRecovery,
    AskVerification,
    CancelOrder,
    ChaseInterception,
    ChaseRecovery,
    ChaseVerification,
    ChooseRemedy,
    CloseReturn,
    CorrectAddress,
    FlagOrder,
    HoldOrder,
    InterceptParcel,
    Letter,
    MirrorReturn,
    ProposeAlternative,
    ReadReturn,
    Reason,
    RefundCustomer,
    ReissueGoods,
    ReleaseOrder,
    TellMerchant,
    Topic,
    UrgeSupplier,
    WriteCustomer,
)
from plugin.fold import fold
from plugin.order import Order
from plugin.terms import Autonomy, Clause, Route, Situation

SHIP_BY = datetime(2026, 11, 18, 15, 59, 59, tzinfo=UTC)
NOW = SHIP_BY + timedelta(days=2)

OVERDUE = Reason(
    situation=Situation.LATE_SHIPMENT,
    clause=Clause.URGE,
    says="overdue",
    version=1,
    facts={
        "order": "#1001",
        "supplier": "Huanyu",
        "reference": "T2301",
        "route": "domestic",
        "ship_by": "2026-11-18T23:59:59+08:00",
        "promised": 1,
        "units": 1,
        "asked_at": "2026-11-16T10:00:00+00:00",
    },
    due="2026-11-20T23:59:59+08:00",
)

ACTIONS: dict[str, Action] = {
    "refund": RefundCustomer(OVERDUE, 11, (1,), 2000, 490, "USD"),
    "urge": UrgeSupplier(OVERDUE, "P1"),
    "late": TellMerchant(OVERDUE, Topic.LATE, "P1"),
    "route": TellMerchant(OVERDUE, Topic.NO_STOCK_ROUTE, "late_shipment:P1"),
    "refunded": WriteCustomer(OVERDUE, Letter.REFUNDED, "case-1", (11,)),
    "invited": WriteCustomer(OVERDUE, Letter.INVITED, "case-1", (11,), 7),
    "offer": ProposeAlternative(OVERDUE, 11, (1,), "LAMP", 7, False),
    "instead": ProposeAlternative(OVERDUE, 11, (1,), "LAMP", 7, True),
    "name_one": ProposeAlternative(OVERDUE, 11, (1,), "LAMP", 0, False),
    "ask": AskRecovery(OVERDUE, "P1", 8800, "CNY"),
    "ask_part": AskRecovery(OVERDUE, "P1", 0, ""),
    "chase": ChaseRecovery(OVERDUE, "P1", 2),
    "split": ProposeAlternative(OVERDUE, 11, (1,), "LAMP", 7, False, parcels=2),
    "hold": HoldOrder(OVERDUE, "case-1", "address"),
    "hold_parcel": HoldOrder(OVERDUE, "case-2", "parcel"),
    "release": ReleaseOrder(OVERDUE, "case-1", "address"),
    "address": CorrectAddress(OVERDUE, "report-1"),
    "cancel": CancelOrder(OVERDUE, "case-1"),
    "intercept": InterceptParcel(OVERDUE, "P1"),
    "chase_intercept": ChaseInterception(OVERDUE, "P1", 1),
    "verify": AskVerification(OVERDUE, "case-1", "P1"),
    "chase_verify": ChaseVerification(OVERDUE, "case-1", "P1", 2),
    **{
        f"choose_{of}": ChooseRemedy(OVERDUE, "case-1", of, ("refund", "none"))
        for of in ("verified", "refused", "no_evidence", "returned")
    },
    "reissue": ReissueGoods(OVERDUE, 11, (1,)),
    "return": MirrorReturn(OVERDUE, "case-1"),
    "close_return": CloseReturn(OVERDUE, "case-1"),
    "read_return": ReadReturn(OVERDUE, 951),
    "flag": FlagOrder(OVERDUE, 1, "digest"),
    **{f"tell_{topic}": TellMerchant(OVERDUE, topic, "case-1") for topic in Topic},
    **{f"write_{letter}": WriteCustomer(OVERDUE, letter, "case-1", (11,)) for letter in Letter},
}

REFUND = ACTIONS["refund"].key


def planned(action: Action, **changes: object) -> t.Planned:
    """An action, written down."""
    body = t.plain(action)
    values: dict[str, object] = {
        "key": action.key,
        "action": action.kind,
        "body": body,
        "case_id": "case-1",
        "level": Autonomy.ASK,
        "because": OVERDUE,
        "mark": "mark",
    }
    return t.Planned(**{**values, **changes})  # type: ignore[arg-type]  # by name


HAPPENED: tuple[t.Event, ...] = (
    t.OrderSeen(
        version=NOW,
        name="#1001",
        placed_at=SHIP_BY,
        paid_at=SHIP_BY,
        cancelled_at=None,
        currency="USD",
        shop_currency="USD",
        lines=(t.LineFacts(11, "Paper lamp", "LAMP", 1, 1, 2490),),
    ),
    t.FulfilmentSeen(501, NOW, NOW, ((11, 1),), True, "Yanwen", "YW123"),
    t.FulfilmentSeen(502, NOW, NOW, ((11, 1),)),
    t.FulfilmentSeen(503, NOW, NOW, ((11, 1),), False),
    t.TrackingSeen(501, "IN_TRANSIT", NOW, "left Shenzhen"),
    t.RefundSeen(601, NOW, ((11, 1),), 2490, "USD", "mark"),
    t.RefundSeen(602, NOW, (), 500, "USD"),
    t.TransactionSeen(701, "refund", "success", 2490, "USD"),
    t.DisputeSeen(801, "chargeback", "needs_response"),
    t.DisputeSeen(801, "chargeback", "won"),
    t.OrderEdited(901),
    t.ReturnRequested(951),
    t.PurchaseRecorded(
        *("P1", "Huanyu", "T2301", "by_hand", ((11, 1),)),
        *(Route.DOMESTIC, SHIP_BY, NOW, 8800, "CNY"),
    ),
    t.PurchaseRecorded(
        *("P2", "", "", "by_hand", ((11, 1),)), *(Route.UNKNOWN, None, None, 0, ""), True
    ),
    t.PurchaseShipped("P1", NOW, "YW123"),
    t.PurchaseShipped("P2", NOW),
    t.PurchaseCancelled("P1", NOW),
    t.RouteLearned("P1", Route.INTERNATIONAL),
    t.OutOfStockReported("P1", (11,), "缺货"),
    t.OutOfStockReported("P1"),
    t.SupplierAnswered("P1", "Tomorrow", SHIP_BY),
    t.SupplierAsked("P1", "When?"),
    *(t.RecoverySeen("P1", state, 8800, "CNY") for state in ("asked", "agreed")),
    *(t.RecoverySeen("P1", state, 8800, "CNY") for state in ("received", "refused")),
    t.OversizedReported("P1", (11,), "超重", 2),
    t.OversizedReported("P1"),
    *(t.CustomsSeen("P1", s, NOW, s == "held") for s in ("held", "cleared")),
    *(t.CustomsSeen("P1", s, NOW, message="SZX") for s in ("returned", "destroyed")),
    *(t.InterceptionSeen("P1", result, "已拦截") for result in ("succeeded", "failed")),
    *(t.VerificationSeen("case-1", result, "经核实") for result in ("verified", "refused")),
    *(t.LetterBounced("letter:refunded:case-1", what) for what in ("bounced", "complained")),
    t.ProblemReported("report-1", Situation.DAMAGED, "P1", ((11, 1),), "refund"),
    t.ProblemReported("report-2", Situation.CANCELLATION, "", (), "reissue"),
    t.EvidenceAdded("case-1", "ab" * 32, "picture", "label", True, ("too_dark", "same_again")),
    t.EvidenceAdded("case-1", "cd" * 32, "video", checked=False),
    *(t.AddressSettled("report-1", how) for how in ("confirmed", "corrected")),
    t.OrderChecked(parcel="fits"),
    t.OrderChecked(("zip:zip_format",), "over", "small", 1400, 120, 2),
    t.OrderChecked(parcel="warn"),
    t.OrderChecked(),
    t.DeadlineMoved("case-1", "verification_overdue", SHIP_BY, NOW, "2027-1"),
    t.CaseOpened("case-1", "#1001-1", Situation.LATE_SHIPMENT, "P1", (), 1, OVERDUE),
    t.CaseOpened("case-2", "#1001-2", Situation.NO_STOCK, "P1", (), 1, OVERDUE, "case-1"),
    *(planned(action) for action in ACTIONS.values()),
    planned(ACTIONS["refund"], key="late", held="over_cap_per_day", late_seconds=7300),
    planned(ACTIONS["urge"], key="auto", level=Autonomy.AUTO),
    planned(ACTIONS["urge"], key="suggest", level=Autonomy.SUGGEST),
    t.Withheld("urge:P1", "urge_supplier", "case-1", OVERDUE),
    t.Withdrawn(REFUND, "shipped"),
    t.Approved(REFUND),
    t.Approved(ACTIONS["offer"].key, "invite"),
    t.Declined(REFUND, "The customer will wait."),
    t.BothAllowed(11, (1,), 1120, "USD", "A loyal customer"),
    t.NoteWritten("Call Anna on Monday"),
    t.CaseAssigned("case-1", "anna@example.com"),
    t.CaseAssigned("case-1", ""),
    t.CaseSnoozed("case-1", SHIP_BY),
    t.CaseSnoozed("case-1", None),
    t.ActionDone(REFUND, "601", 2490, "USD"),
    t.ActionDone(REFUND, "601", 2489, "USD"),
    t.ActionDone("urge:P1", by_hand=True),
    t.ActionRefused(REFUND, "shipped"),
    t.OutcomeLost(REFUND, "timed out"),
    t.HandedOver(REFUND, "store_refused: no gateway"),
    t.Held(REFUND, "in_dispute"),
    t.AttemptRenewed(REFUND, 2, "mark-2"),
    t.CaseClosed("case-1", "refunded", OVERDUE),
)

ENTRIES = tuple(
    t.Entry(seq, NOW + timedelta(minutes=seq), "app", event)
    for seq, event in enumerate(HAPPENED, start=1)
)


@pytest.fixture(scope="session")
def order() -> Order:
    """All of it, added up."""
    return fold(ENTRIES)

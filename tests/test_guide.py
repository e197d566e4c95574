"""The guide, walked: all nine situations from the first word to the closed case, over real HTTP.

App and pretend world stand on their own ports; suppliers push through the signed contract, people
click on pages, letters go out by SMTP, and every clock is crossed by turning the time.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import requests

from plugin.actions import ASIDE
from plugin.business_days import CHINA, end_of_day
from plugin.sandbox import mailbox
from plugin.store import caselists
from plugin.terms import Terms
from scheduler.sandbox import SHOP
from tests.conftest import MONDAY
from tests.end_to_end.conftest import DAY, Whole, free_ports, whole  # noqa: F401 - fixtures
from tests.evidence import files

SHIP_BY = end_of_day((MONDAY + 5 * DAY).date())
REFERENCE = "30451"
PURCHASE = f"Huanyu/{REFERENCE}"
HOUR = timedelta(hours=1)


# --- Hands ----------------------------------------------------------------------------------------


class Walk:
    """One order on its way through the guide."""

    def __init__(self, whole: Whole, **order: str) -> None:  # noqa: F811 - pytest's way: a fixture by its name
        self.whole = whole
        self.order_id = int(whole.world.happen("place_order", **order))
        whole.settle()

    @property
    def order(self) -> dict[str, Any]:
        """The store's own record of it."""
        return next(o for o in self.whole.world.ledger()["orders"] if o["id"] == self.order_id)

    def buy(self, route: str = "domestic") -> None:
        """It is bought from Huanyu, who has no API."""
        self.whole.world.happen(
            "record_purchase",
            reference=REFERENCE,
            order_id=self.order_id,
            supplier="Huanyu",
            connection="by_hand",
            route=route,
            ship_by=SHIP_BY.isoformat(),
            cost_minor=8800,
            lines=[[line["line_id"], line["quantity"]] for line in self.order["lines"]],
        )
        self.whole.settle()

    def ship(self) -> None:
        """Huanyu ships it."""
        self.whole.world.happen("ship", reference=REFERENCE)
        self.whole.settle()

    def push(self, kind: str, **data: Any) -> None:
        """Huanyu, or a forwarder, tells us through the signed contract."""
        message = {"supplier": "Huanyu", "reference": REFERENCE, **data}
        body = json.dumps({"type": kind, "shop": SHOP, "data": message}).encode()
        now = self.whole.runtime.clock.now()
        stamp, name = str(int(now.timestamp())), f"{kind}-{now.timestamp()}"
        secret = self.whole.environment["POSTVENDITA_SUPPLIER_WEBHOOK_SECRET"].split()[0]
        key = base64.b64decode(secret.removeprefix("whsec_"))
        digest = hmac.digest(key, f"{name}.{stamp}.".encode() + body, "sha256")
        headers = {
            "Content-Type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        }
        url = f"{self.whole.app_url}/webhooks/supplier"
        assert requests.post(url, data=body, headers=headers, timeout=10).status_code == 200
        self.whole.settle()

    def turn(self, to: datetime) -> None:
        """Time passes, and whatever is due happens on the way."""
        self.whole.turn(to)

    def later(self, time: timedelta) -> None:
        """A while from now."""
        self.turn(self.whole.runtime.clock.now() + time)

    @property
    def case(self) -> dict[str, Any]:
        """Its only case."""
        return self.whole.case_of(self.order_id)

    def states(self) -> dict[str, str]:
        """What was planned, and how far it has come."""
        return {key: row.state for key, row in self.whole.rows(self.order_id).items()}

    def click(self, verb: str, prefix: str, **words: str) -> None:
        """A button on the case's page, on the step whose key begins so."""
        keys = [
            key
            for key, state in self.states().items()
            if key.startswith(prefix) and state in {"asked", "suggested", "needs_person"}
        ]
        assert keys, f"no {prefix} waits: {self.states()}"
        for key in keys:
            data = {"key": key, **words}
            path = f"/cases/{self.case['case_id']}/{verb}"
            answer = self.whole.post(path, data=data, allow_redirects=False)
            assert answer.status_code == 303, answer.text
        self.whole.settle()

    @property
    def letters(self) -> list[str]:
        """Which letters reached the customer, in order of the keys."""
        rows = self.whole.rows(self.order_id)
        return [
            str(row.body["letter"])
            for row in rows.values()
            if row.action == "write_customer" and row.state == "done"
        ]

    @property
    def mails(self) -> list[str]:
        """What lies in the customer's mailbox, the earliest first."""
        row = self.whole.world.ground.ledger.row("SELECT * FROM orders WHERE id = ?", self.order_id)
        assert row is not None
        kept = mailbox.messages(self.whole.world.ground)
        return [m["text"] for m in reversed(kept) if row["email"] in m["recipients"]]

    def asked_of_supplier(self, prefix: str) -> list[str]:
        """The Chinese messages prepared for the steps whose keys begin so."""
        rows = self.whole.rows(self.order_id)
        return [
            str(r.draft["text_zh"]) for k, r in rows.items() if k.startswith(prefix) and r.draft
        ]

    @property
    def paid_back(self) -> int:
        """The store's own ledger, in minor units."""
        return int(self.order["refunded_minor"])

    @property
    def everything(self) -> int:
        """All the customer paid."""
        return int(self.order["paid_minor"])

    @property
    def holds(self) -> list[dict[str, Any]]:
        """What keeps the order from being sent, in the store."""
        sql = "SELECT * FROM holds WHERE order_id = ?"
        return self.whole.world.ground.ledger.rows(sql, self.order_id)

    @property
    def refunds(self) -> list[dict[str, Any]]:
        """The store's own list of refunds."""
        return self.whole.refunds(self.order_id)

    @property
    def address(self) -> dict[str, Any]:
        """Where the store sends it."""
        row = self.whole.world.ground.ledger.row("SELECT * FROM orders WHERE id = ?", self.order_id)
        assert row is not None
        found: dict[str, Any] = row["address"]
        return found

    # --- the customer, and the merchant in his name -------------------------------------------

    def customer(self, form: str, *, pictures: int = 0, **words: str) -> None:
        """The customer fills in a form of the page behind the link in their letters."""
        link = self.whole.runtime.connections.customer_link(SHOP, self.order_id)
        filled = {"once": f"{form}-form", "sure": "yes", **self._units(), **words}
        sent = [
            ("files", (f"p{n}.jpg", files.picture(colour=(60 * n, 90, 200)), "image/jpeg"))
            for n in range(pictures)
        ]
        headers = {"Origin": self.whole.app_url, "Sec-Fetch-Site": "same-origin"}
        answer = requests.post(
            f"{link}/{form}",
            data=filled,
            files=sent or None,
            headers=headers,
            timeout=60,
            allow_redirects=False,
        )
        assert answer.status_code == 303, answer.text
        self.whole.settle()

    def report(self, situation: str, **more: Any) -> None:
        """The customer reports it on the page made for it."""
        if situation == "cancellation":
            self.customer("stop", **more)
        elif situation == "wrong_address":
            self.customer("address", **{**ADDRESS, **more})
        else:
            self.customer("problem", situation=situation, **{"wish": "", **more})

    def in_his_name(self, situation: str) -> None:
        """The merchant records what the customer said elsewhere."""
        path = f"/orders/{self.order_id}/report"
        form = {"situation": situation, **self._units()}
        answer = self.whole.post(path, data=form, allow_redirects=False)
        assert answer.status_code == 303, answer.text
        self.whole.settle()

    def page(self) -> str:
        """What the customer sees."""
        link = self.whole.runtime.connections.customer_link(SHOP, self.order_id)
        return requests.get(link, timeout=10, headers={"Accept-Language": "en"}).text

    def _units(self) -> dict[str, str]:
        return {f"units_{one['line_id']}": str(one["quantity"]) for one in self.order["lines"]}


ADDRESS = {
    "address1": "Via Roma 1",
    "city": "Torino",
    "zip": "10121",
    "province": "TO",
    "country_code": "IT",
}


CANNOT_REFUND = ("we cannot refund it now", "non possiamo rimborsarlo", "目前无法退款")
CAN_BE_NEITHER = (
    "neither stopped nor refunded",
    "né fermato né rimborsato",
    "既不能拦截，也不能退款",
)
"""In the three languages a customer may have."""


@pytest.fixture
def walk(whole: Whole) -> Callable[[], Walk]:  # noqa: F811 - pytest's way: a fixture by its name
    return partial(Walk, whole)


def closed(walked: Walk, outcome: str) -> None:
    """The case came to this end."""
    assert (walked.case["status"], walked.case["outcome"]) == ("closed", outcome), walked.states()


# --- Before shipping ------------------------------------------------------------------------------


def test_1_no_stock_refund_look_for_the_same_elsewhere_and_follow_the_money(walk) -> None:
    it = walk()
    it.buy()
    it.push("purchase.out_of_stock", message="缺货")

    assert it.paid_back == 0, "money asks first"
    it.click("approve", "refund:")
    it.click("decline", "resource:")
    it.click("sent", "recover:")
    assert it.paid_back == it.everything
    assert it.letters == ["refunded"]
    assert len(it.mails) == 1
    (asked,) = it.asked_of_supplier("recover:")
    assert REFERENCE in asked
    it.later(7 * DAY)
    it.click("sent", "chase:")
    it.push("recovery.received", amount={"amount": "88.00", "currency": "CNY"})
    closed(it, "refunded")


def test_2_oversized_refund_then_split_into_parcels_that_fit_or_another_product(walk) -> None:
    it = walk()
    it.buy()
    it.push("parcel.refused", reason="oversized", parcels=2)

    assert it.case["situation"] == "oversized"
    it.click("approve", "refund:")
    it.click("decline", "resource:")
    it.click("sent", "recover:")
    it.push("recovery.received", amount={"amount": "88.00", "currency": "CNY"})
    assert it.paid_back == it.everything
    closed(it, "refunded")


def test_2_oversized_the_same_goods_in_parcels_that_fit_need_no_refund(walk) -> None:
    it = walk()
    it.buy()
    it.push("parcel.refused", reason="overweight", parcels=2)
    it.click("decline", "refund:")
    it.click("approve", "resource:", choice="split")
    it.click("sent", "recover:")
    it.push("recovery.received", amount={"amount": "88.00", "currency": "CNY"})

    assert it.refunds == []
    assert it.case["situation"] == "oversized"
    assert not any(key.startswith("refund:") for key, s in it.states().items() if s == "done")


def test_2_over_the_limits_on_arrival_is_held_before_anything_is_bought(walk) -> None:
    it = walk(story="over_the_limits")
    assert it.case["situation"] == "oversized"
    assert [s for k, s in it.states().items() if k.startswith("hold:")] == ["done"]
    assert it.holds
    it.click("approve", "refund:")
    it.click("decline", "resource:")
    it.later(HOUR)

    assert it.paid_back == it.everything
    assert not it.holds
    closed(it, "refunded")


def test_3_late_2_days_urge_4_days_the_no_stock_route(walk) -> None:
    it = walk()
    it.buy()
    it.turn(SHIP_BY + 2 * DAY - timedelta(seconds=1))
    assert it.states() == {}
    it.turn(SHIP_BY + 2 * DAY)
    assert it.states()[f"urge:{PURCHASE}"] == "needs_person"
    (urged,) = it.asked_of_supplier("urge:")
    assert REFERENCE in urged
    it.turn(SHIP_BY + 4 * DAY - timedelta(seconds=1))
    assert not any(key.startswith("refund:") for key in it.states())
    it.turn(SHIP_BY + 4 * DAY)
    it.click("approve", "refund:")
    it.click("decline", "resource:")
    it.click("sent", "recover:")
    it.push("recovery.refused")
    assert it.paid_back == it.everything
    closed(it, "refunded")


def test_4_no_answer_within_48_hours_refund_under_the_no_stock_route(walk) -> None:
    it = walk()
    it.buy()
    # The urge goes out two days late; without the four days of situation 3 silence alone decides.
    it.whole.publish(Terms(deadlines={"treat_as_no_stock": 40}))
    it.turn(SHIP_BY + 2 * DAY)
    it.click("sent", "urge:")
    sent = it.whole.runtime.clock.now()
    it.turn(sent + 48 * HOUR - timedelta(seconds=1))
    assert not any(key.startswith("refund:") for key in it.states())
    it.turn(sent + 48 * HOUR)

    with it.whole.runtime.db.read() as tx:
        cases = caselists.of_order(tx, SHOP, it.order_id)
    (silent,) = [c for c in cases if c["situation"] == "supplier_silent"]
    for key in [k for k, state in it.states().items() if state == "asked"]:
        verb = "approve" if key.startswith("refund:") else "decline"
        path = f"/cases/{silent['case_id']}/{verb}"
        assert it.whole.post(path, data={"key": key}, allow_redirects=False).status_code == 303
    it.whole.settle()
    path = f"/cases/{silent['case_id']}/sent"
    it.whole.post(path, data={"key": f"recover:{PURCHASE}"})
    it.push("recovery.received", amount={"amount": "88.00", "currency": "CNY"})

    assert it.paid_back == it.everything
    with it.whole.runtime.db.read() as tx:
        ended = caselists.one(tx, SHOP, silent["case_id"])
    assert ended is not None
    assert ended["outcome"] == "refunded"


# --- After shipping -------------------------------------------------------------------------------


def test_5_customs_reminders_at_once_at_3_and_7_days_until_cleared(walk) -> None:
    it = walk()
    it.buy()
    it.ship()
    now = it.whole.runtime.clock.now()
    it.push("customs.held", since=now.isoformat())
    assert it.letters == ["customs_held"]
    it.turn(now + 3 * DAY)
    it.turn(now + 7 * DAY)
    assert it.letters == ["customs_held", "customs_still_held", "customs_held_long"]
    it.turn(now + 30 * DAY)
    assert len(it.letters) == 3, "and no more"
    it.push("customs.cleared", since=(now + 8 * DAY).isoformat())
    assert it.letters[-1] == "customs_cleared"
    assert len(it.mails) == 4
    assert it.paid_back == 0
    closed(it, "cleared")


@pytest.mark.parametrize("fate", ["returned", "destroyed"])
def test_5_returned_or_destroyed_is_the_merchants_decision(walk, fate: str) -> None:
    it = walk()
    it.buy("international")
    it.ship()
    it.push("customs.held", since=it.whole.runtime.clock.now().isoformat())
    it.later(DAY)
    it.push(f"customs.{fate}", since=it.whole.runtime.clock.now().isoformat())
    assert it.paid_back == 0
    it.click("approve", "choose:returned:", choice="refund")
    it.click("sent", "recover:")
    it.push("recovery.refused")

    assert it.paid_back == it.everything
    assert it.letters == ["customs_held", "refunded"]
    closed(it, "refunded")


@pytest.mark.parametrize(
    ("situation", "choice", "outcome"),
    [("wrong_items", "refund", "refunded"), ("damaged", "reissue", "reissued")],
    ids=["6 wrong or missing items", "7 damaged"],
)
def test_6_and_7_proof_claim_verification_in_business_days_reissue_or_refund(
    walk, situation: str, choice: str, outcome: str
) -> None:
    it = walk()
    it.buy()
    it.ship()
    it.report(situation, pictures=2, wish=choice, words="Guardate qui")
    reported = it.whole.runtime.clock.now()
    it.turn(reported + HOUR)
    (claim,) = it.asked_of_supplier("verify:")
    assert REFERENCE in claim
    it.click("sent", "verify:")
    assert "claim_sent" in it.letters

    overdue = datetime(2026, 12, 14, 23, 59, 59, tzinfo=CHINA)
    it.turn(overdue - timedelta(seconds=1))
    assert not any(key.startswith("chase_verify:") for key in it.states())
    it.turn(overdue)
    it.click("sent", "chase_verify:")
    it.push("claim.result", result="verified")
    assert it.paid_back == 0
    it.click("approve", "choose:verified:", choice=choice)
    it.click("sent", "recover:")
    it.push("recovery.received", amount={"amount": "88.00", "currency": "CNY"})

    assert outcome in it.letters
    drafts = it.whole.world.ledger()["drafts"]
    assert (it.paid_back, len(drafts)) == (
        (it.everything, 0) if choice == "refund" else (0, len(it.order["lines"]))
    )
    closed(it, outcome)


def test_6_refused_an_honest_answer_with_the_reason(walk) -> None:
    it = walk()
    it.buy()
    it.ship()
    it.report("wrong_items", pictures=1)
    it.later(HOUR)
    it.click("sent", "verify:")
    it.push("claim.result", result="refused", message="包装完好")
    assert "claim_refused" in it.letters
    it.click("approve", "choose:refused:", choice="none")

    assert it.paid_back == 0
    assert any("包装完好" in mail for mail in it.mails)
    closed(it, "claim_refused")


def test_6_proof_is_asked_for_at_once_on_day_3_and_7_and_after_14_the_merchant_decides(
    walk,
) -> None:
    it = walk()
    it.buy()
    it.ship()
    it.report("wrong_items")
    reported = it.whole.runtime.clock.now()
    asked = ["evidence_asked", "evidence_reminded", "evidence_last_call"]
    for letters, days in ((1, 0), (2, 3), (3, 7)):
        it.turn(reported + days * DAY)
        assert it.letters == asked[:letters]
        assert all("/report/" in mail for mail in it.mails)
    it.turn(reported + 14 * DAY - timedelta(seconds=1))
    assert not any(key.startswith("choose:") for key in it.states())
    it.turn(reported + 14 * DAY)
    it.click("approve", "choose:no_evidence:", choice="none")

    assert it.letters == [*asked, "no_evidence"]
    assert it.paid_back == 0
    closed(it, "no_evidence")


# --- Special --------------------------------------------------------------------------------------

special = pytest.mark.parametrize(
    "situation", ["cancellation", "wrong_address"], ids=["8 cancels", "9 wrong address"]
)


@special
def test_domestic_interception_succeeded_one_refund(walk, situation: str) -> None:
    it = walk()
    it.buy()
    it.report(situation)
    (asked,) = it.asked_of_supplier("intercept:")
    assert REFERENCE in asked
    it.click("sent", f"intercept:{PURCHASE}")
    it.push("parcel.stopped", result="succeeded")
    it.click("approve", "refund:")
    it.click("sent", "recover:")
    it.push("recovery.received", amount={"amount": "88.00", "currency": "CNY"})

    assert it.paid_back == it.everything
    assert len(it.refunds) == len(it.order["lines"]), "each line once"
    assert it.letters == ["refunded"]
    closed(it, "refunded")


@special
def test_domestic_interception_failed_no_refund_and_a_truthful_letter(walk, situation) -> None:
    it = walk()
    it.buy()
    it.report(situation)
    it.click("sent", f"intercept:{PURCHASE}")
    it.push("parcel.stopped", result="failed")

    assert it.refunds == []
    assert it.letters == ["not_intercepted"]
    (mail,) = it.mails
    assert any(words in mail for words in CANNOT_REFUND), mail
    closed(it, "not_intercepted")


@special
def test_international_neither_and_told_so_plainly_no_button(walk, situation: str) -> None:
    it = walk()
    it.buy("international")
    assert "/stop" not in it.page(), "no button is offered"
    it.in_his_name(situation)

    assert it.letters == ["cannot_stop"]
    (mail,) = it.mails
    assert any(words in mail for words in CAN_BE_NEITHER), mail
    assert it.refunds == []
    done = {row.action for row in it.whole.rows(it.order_id).values()}
    assert done - ASIDE == {"write_customer"}
    page = it.whole.get(f"/cases/{it.case['case_id']}").text
    for button in ("/approve", "/sent", "/interception"):
        assert f"/cases/{it.case['case_id']}{button}" not in page
    closed(it, "cannot_stop")


def test_8_nothing_bought_yet_an_ordinary_cancel_and_refund(walk) -> None:
    it = walk()
    it.report("cancellation")
    it.click("approve", "refund:")
    assert it.paid_back == it.everything
    it.click("approve", "cancel")
    it.later(HOUR)

    assert it.order["cancelled_at"]
    assert len(it.refunds) == len(it.order["lines"])
    closed(it, "cancelled")


def test_9_nothing_bought_yet_a_wrong_address_is_corrected_nothing_else(walk) -> None:
    it = walk()
    it.report("wrong_address")
    it.click("approve", "address:")

    assert it.refunds == []
    assert not it.order["cancelled_at"]
    assert it.address["address1"] == ADDRESS["address1"]
    closed(it, "address_corrected")


def test_9_a_doubtful_address_is_confirmed_before_anything_is_bought(walk) -> None:
    it = walk(story="address_quiet")
    assert it.case["situation"] == "wrong_address"
    assert it.letters == ["address_asked"]
    assert it.holds
    (path,) = set(re.findall(r"/report/[\w-]+/cases/[\w-]+/address", it.page()))
    answer = it.whole.post(path, data={"answer": "right"}, allow_redirects=False)
    assert answer.status_code == 303
    it.whole.settle()

    assert not it.holds
    assert it.refunds == []
    closed(it, "address_confirmed")


def test_9_a_doubt_nobody_answers_is_reminded_of_and_becomes_the_merchants(walk) -> None:
    it = walk(story="address_quiet")
    opened = it.whole.runtime.clock.now()
    it.turn(opened + DAY)
    assert it.letters == ["address_asked", "address_reminded"]
    it.turn(opened + 3 * DAY)
    assert it.holds, "nothing is sent to it"
    path = f"/cases/{it.case['case_id']}/address"
    form = {"how": "corrected"} | {k: v for k, v in ADDRESS.items() if k != "province"}
    answer = it.whole.post(path, data=form | {"province_code": "TO"}, allow_redirects=False)
    assert answer.status_code == 303, answer.text
    it.whole.settle()
    it.click("approve", "address:")
    it.later(HOUR)

    assert it.address["address1"] == ADDRESS["address1"]
    assert not it.holds
    closed(it, "address_corrected")

"""Settling the town: the same orders by the same numbers, and a canary in every field of each."""

from __future__ import annotations

import io

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin import customer_reports, merchant
from plugin import timeline as t
from plugin.casework import Casework
from plugin.connections import LiveConnections
from plugin.customer import Customer
from plugin.customer_reports import Told
from plugin.merchant import Click
from plugin.store import links, shops, tables, ticks, timelines, tokens
from plugin.store.reports import Evidence
from plugin.terms import Alternative, Route, Situation, Terms
from scheduler.privacy import carry_out
from scheduler.runtime import Runtime
from scheduler.sweeps import empty_outbox
from tests.conftest import MONDAY
from tests.isolation.planting_more import after, rest, settings
from tests.isolation.town import (
    CUSTOMER,
    OWN_PURCHASE,
    SAME_MAIL,
    SAME_ORDER,
    SAME_SUPPLIER,
    TRACKING,
    Town,
    Who,
    people,
)
from tests.story import HUANYU, LAMP, line, order_seen, purchase, shipped


def settle(runtime: Runtime) -> Town:
    """Both shops with everything in it. What goes out has to be caught by the caller."""
    alice, bob = people()
    for who in (alice, bob):
        with runtime.db.write() as tx:
            _shop(tx, runtime, who)
            _orders(tx, runtime, who)
            settings(tx, runtime, who)
            rest(tx, runtime.connections.vault, who)
            ticks.ticked(tx, "clocks", MONDAY)
    empty_outbox(runtime)
    carry_out(runtime)
    for who in (alice, bob):
        with runtime.db.write() as tx:
            after(tx, who)
    return Town(runtime, alice, bob)


def _shop(tx: Connection, runtime: Runtime, who: Who) -> None:
    said = who.canary
    shops.install(
        tx, who.shop, MONDAY, currency="USD", zone="Europe/Rome", name=f"{said} store",
        email=f"merchant@{said}.example", sender=f"{said} <sender@{said}.example>",
        setup={"policy": "done", said: "done"},
    )  # fmt: skip
    shops.publish(tx, who.shop, Terms(), MONDAY, author=f"{said} author", note=f"{said} note")
    other = Alternative(0, "SKU-11", f"{said} other", f"https://{said}.example/item/123456", 9900,
                        "CNY", 3, f"{said} remark")  # fmt: skip
    shops.keep_alternative(tx, who.shop, other)
    made = runtime.connections
    assert isinstance(made, LiveConnections)
    for column, name in (("access", "tokens.access"), ("refresh", "tokens.refresh")):
        assert made.vault.encrypt(column, shop=who.shop, column=name)
    tokens.keep(
        tx, who.shop, MONDAY,
        access=made.vault.encrypt(f"shpat_{said}", shop=who.shop, column="tokens.access"),
        refresh=None, scope="read_orders", expires_at=None, refresh_expires_at=None,
    )  # fmt: skip


def _orders(tx: Connection, runtime: Runtime, who: Who) -> None:
    said = who.canary
    for order_id in (SAME_ORDER, who.own_order):
        name = "#1001" if order_id == SAME_ORDER else f"#{said}"
        work = Casework(tx, who.shop, order_id, MONDAY)
        goods = line(title=f"Lamp {said}", quantity=2)
        work.record([order_seen(goods, name=name)], by="store")
        address = {"address1": f"{said} street 1", "city": f"{said} city", "province": said,
                   "zip": said, "address2": said}  # fmt: skip
        email = SAME_MAIL if order_id == SAME_ORDER else f"bianca@{said}.example"
        customer = Customer(
            CUSTOMER, f"{said} Rossi", email, f"+39 {said}", "en", "IT",
            tuple(address.items()),
        )  # fmt: skip
        timelines.keep_customer(tx, who.shop, order_id, customer)
        bought_as = HUANYU if order_id == SAME_ORDER else OWN_PURCHASE
        supplier = SAME_SUPPLIER if order_id == SAME_ORDER else f"{said} supplier"
        bought = purchase(
            purchase_id=bought_as, supplier=supplier, lines=((LAMP, 2),),
            reference=bought_as.partition("/")[2],
        )  # fmt: skip
        Casework(tx, who.shop, order_id, MONDAY).record([bought], by="store")
        _link(tx, runtime, who, order_id)
    _out_of_stock(tx, who)
    _damaged(tx, runtime, who)
    rows = tx.execute(sa.select(tables.cases.c.case_id).where(tables.cases.c.shop == who.shop))
    who.cases = sorted(rows.scalars())


def _link(tx: Connection, runtime: Runtime, who: Who, order_id: int) -> None:
    secret = runtime.settings.secret_key
    who.links.append(links.link_for(tx, secret, who.shop, order_id, MONDAY))


def _out_of_stock(tx: Connection, who: Who) -> None:
    """The order both have: refund asked for, another supplier chosen, to be bought by hand."""
    said = who.canary
    work = Casework(tx, who.shop, SAME_ORDER, MONDAY)
    work.record([t.OutOfStockReported(HUANYU, message=f"{said} nothing left")], by="supplier")
    click = Click(who.shop, SAME_ORDER, f"{said} person", MONDAY)
    merchant.tell(tx, click, t.NoteWritten(f"{said} called"))
    merchant.tell(tx, click, t.SupplierAnswered(HUANYU, f"{said} answer"))
    rows = sa.select(tables.outbox.c.key).where(
        tables.outbox.c.shop == who.shop, tables.outbox.c.action == "propose_alternative"
    )
    for key in tx.execute(rows).scalars().all():
        merchant.approve(tx, click, key, choice="replace", both_because=f"{said} because")


def _damaged(tx: Connection, runtime: Runtime, who: Who) -> None:
    """The shop's own order: arrived broken, with a picture and a claim."""
    said, order_id = who.canary, who.own_order
    events = [
        t.PurchaseShipped(OWN_PURCHASE, MONDAY, TRACKING),
        t.RouteLearned(OWN_PURCHASE, Route.INTERNATIONAL),
        shipped(MONDAY, (LAMP, 2)),
        t.TrackingSeen(501, "delivered", MONDAY, f"Left with {said}"),
    ]
    Casework(tx, who.shop, order_id, MONDAY).record(events, by="store")
    click = Click(who.shop, order_id, "customer", MONDAY)
    told = Told(Situation.DAMAGED, ((LAMP, 1),), "refund", f"{said} broke", once="form-1")
    (case_id,) = customer_reports.report(tx, click, told)
    written = sa.update(tables.reports).where(tables.reports.c.shop == who.shop)
    tx.execute(written.values(address={"city": said}, by=f"{said} person"))
    keep = runtime.connections.evidence()
    kept = keep.receive(io.BytesIO(f"a picture of {said}".encode()), 1000)
    keep.put_derived(kept.sha256, "picture.jpg", f"a copy for {said}".encode())
    who.evidence = kept.sha256
    found = Evidence(
        case_id, kept.sha256, order_id, 1, f"{said}.jpg", "picture", "image/jpeg", kept.size,
        "damage", True, (), {"camera": said}, MONDAY, f"{said} person",
    )  # fmt: skip
    customer_reports.add_evidence(tx, click, found)

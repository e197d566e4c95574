"""Two shops in one town: the same orders by the same numbers, and a canary in every field of each."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin import customer_reports, merchant
from plugin import timeline as t
from plugin.casework import Casework
from plugin.clock import Clock
from plugin.connections import LiveConnections
from plugin.customer import Customer
from plugin.customer_reports import Told
from plugin.merchant import Click
from plugin.settings import read
from plugin.store import (
    api_keys,
    backfills,
    hooks,
    links,
    mail,
    measures,
    members,
    privacy,
    shops,
    suppliers,
    tables,
    ticks,
    timelines,
    tokens,
    views,
)
from plugin.store.database import Database
from plugin.store.measures import Measure
from plugin.store.reports import Evidence
from plugin.telling import TOPICS
from plugin.terms import Alternative, Route, Situation, Terms
from scheduler.runtime import Runtime
from scheduler.sweeps import empty_outbox
from scheduler.telling import SECRET
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.story import HUANYU, LAMP, line, order_seen, purchase, shipped

SAME_ORDER = 1001
"""Both shops have it, under the same name, bought by the same purchase."""
OWN_PURCHASE = "Huanyu/T2"
SAME_MAIL = "bianca@example.com"
CUSTOMER = 77
"""The number of the customer both shops have."""
HOOK_SECRET = "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4"
ACCOUNT = {
    "SHOPIFY_API_KEY": "client-1",
    "POSTVENDITA_MAIL_URL": "resend://re_key@api.resend.com",
    "POSTVENDITA_MAIL_FROM": "desk@example.com",
    "POSTVENDITA_SUPPLIER_KEY": "1000000",
    "POSTVENDITA_SUPPLIER_SECRET": "test123",
    "POSTVENDITA_SUPPLIER_TOKEN": "1688-token",
    "POSTVENDITA_SUPPLIER_SHOP": "bob-9d2.myshopify.com",
}


@dataclass
class Who:
    """One shop with what is its own: what no answer to anybody else may contain."""

    shop: str
    canary: str
    own_order: int
    """An order the other shop has not got."""
    cases: list[str] = field(default_factory=list)
    evidence: str = ""
    key: str = ""
    key_id: str = ""
    hook_id: str = ""
    view_id: str = ""
    sending_id: str = ""
    parked_id: str = ""
    links: list[str] = field(default_factory=list)
    member: str = ""
    keys: list[str] = field(default_factory=list)
    """Of its actions; the other shop's order has the same."""
    marks: list[str] = field(default_factory=list)
    """What names its actions, reports and messages."""

    @property
    def domain(self) -> str:
        """The shop's name without Shopify's."""
        return self.shop.partition(".")[0]

    @property
    def secrets(self) -> frozenset[str]:
        """Every text that is this shop's alone."""
        few = {self.canary, self.domain, self.evidence, self.key, self.key_id, self.hook_id}
        return frozenset(
            {*few, self.view_id, *self.cases, *self.links, *self.marks, str(self.own_order)}
        )

    def seen_in(self, text: str, but: Iterable[str] = ()) -> list[str]:
        """What of this shop stands in a text; `but` is what the asker said himself."""
        lower, said = text.lower(), " ".join(but).lower()
        return sorted(s for s in self.secrets if s and s.lower() in lower and s not in said)


@dataclass
class Town:
    """Both shops, and what they are served by."""

    runtime: Runtime
    alice: Who
    bob: Who
    as_it_was: Path | None = None
    """The database this one is a copy of."""

    def go_back(self) -> None:
        """To how the town was settled."""
        assert self.as_it_was is not None
        self.db.close()
        shutil.copy(self.as_it_was, str(self.db.url.database))

    @property
    def db(self) -> Database:
        return self.runtime.db

    def rows(self, who: Who) -> dict[str, list[Any]]:
        """Every row of a shop."""
        with self.db.read() as tx:
            return {
                table.name: [
                    dict(row)
                    for row in tx.execute(
                        sa.select(table).where(table.c.shop == who.shop).order_by(*table.c)
                    ).mappings()
                ]
                for table in tables.metadata.sorted_tables
                if "shop" in table.c
            }


def people() -> tuple[Who, Who]:
    """Alice, who asks, and Bob, of whom she may see nothing."""
    alice = Who("alice-7c1.myshopify.com", "kanarie-a7c1", 300333001)
    return alice, Who("bob-9d2.myshopify.com", "kanarie-b9d2", 200222001)


def runtime_in(folder: Path, clock: Clock) -> Runtime:
    """The app as it runs, over the database in a folder."""
    url = f"sqlite:///{folder / 'postvendita.db'}"
    settings = read({
        **GOOD, **ACCOUNT,
        "POSTVENDITA_DATABASE_URL": url,
        "POSTVENDITA_BASE_URL": "http://localhost",
        "POSTVENDITA_EVIDENCE_FOLDER": str(folder / "evidence"),
    })  # fmt: skip
    db = Database(url)
    return Runtime(settings, db, clock, LiveConnections(settings, db, clock))


def settle(runtime: Runtime) -> Town:
    """Both shops with everything in it. What goes out has to be caught by the caller."""
    alice, bob = people()
    for who in (alice, bob):
        with runtime.db.write() as tx:
            _shop(tx, runtime, who)
            _orders(tx, runtime, who)
            _settings(tx, runtime, who)
            _rest(tx, who)
            ticks.ticked(tx, "clocks", MONDAY)
    empty_outbox(runtime)
    for who in (alice, bob):
        with runtime.db.write() as tx:
            _after(tx, who)
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
        customer = Customer(
            CUSTOMER, f"{said} Rossi", SAME_MAIL if order_id == SAME_ORDER else f"b@{said}.example", f"+39 {said}", "en", "IT",
            tuple(address.items()),
        )  # fmt: skip
        timelines.keep_customer(tx, who.shop, order_id, customer)
        bought_as = HUANYU if order_id == SAME_ORDER else OWN_PURCHASE
        bought = purchase(
            purchase_id=bought_as, supplier=f"{said} supplier", lines=((LAMP, 2),),
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
        t.PurchaseShipped(OWN_PURCHASE, MONDAY, f"{said}-track"),
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


def _settings(tx: Connection, runtime: Runtime, who: Who) -> None:
    said = who.canary
    made = runtime.connections
    assert isinstance(made, LiveConnections)
    who.key = api_keys.make(tx, who.shop, f"{said} key", "settings", MONDAY, by=f"{said} maker")
    who.key_id = api_keys.of_shop(tx, who.shop)[0].key_id
    sealed = made.vault.encrypt(HOOK_SECRET, shop=who.shop, column=SECRET)
    url, maker = f"https://{said}.example/hook", f"{said} maker"
    who.hook_id = hooks.add(tx, who.shop, url, sealed, list(TOPICS), MONDAY, by=maker)
    who.member = f"owner@{said}.example"
    members.add(tx, who.shop, who.member, "owner", MONDAY, by=f"{said} maker", name=f"{said} name")
    agent = f"agent@{said}.example"
    members.add(tx, who.shop, agent, "agent", MONDAY, by=said, name=f"{said} agent")
    views.keep(tx, who.shop, f"{said} view", f"q=%23{said}", f"{said} maker", MONDAY)
    who.view_id = views.of_shop(tx, who.shop)[0].view_id
    suppliers.note(
        tx, who.shop, f"{said} supplier", MONDAY, by=f"{said} maker", contact=f"{said} wechat",
        email=f"seller@{said}.example", proof=f"{said} proof", note=f"{said} remark",
        holidays=[], claim_within_days=None,
    )  # fmt: skip
    for letter in ("refunded", "report_received"):
        mail.keep_text(
            tx, who.shop, letter, "en", (f"{said} subject", f"{said} body $link"),
            MONDAY, author=f"{said} author",
        )  # fmt: skip
    mail.suppress(tx, who.shop, f"gone@{said}.example", "bounced", MONDAY)
    measures.keep(tx, who.shop, Measure(f"{said}-sku", 100, 1, 2, 3))


def _rest(tx: Connection, who: Who) -> None:
    """What comes by itself: deliveries, things told, requests, and so on."""
    said = who.canary
    for number, state in enumerate(("parked", "ignored")):
        row = {
            "shop": who.shop, "source": "shopify", "delivery_id": f"{said}-{number}",
            "topic": f"orders/{said}", "headers": {"shop-domain": who.shop},
            "body": said.encode(), "received_at": MONDAY, "state": state,
            "reason": f"{said} is not readable", "look_at": MONDAY, "handled_at": MONDAY,
        }  # fmt: skip
        tx.execute(sa.insert(tables.inbox).values(row))
    mine = tables.inbox.c.shop == who.shop
    parked = sa.select(tables.inbox.c.id).where(mine, tables.inbox.c.state == "parked")
    who.parked_id = str(tx.execute(parked).scalar_one())
    Casework(tx, who.shop, who.own_order, MONDAY).record([t.NoteWritten(f"{said} note")], by=said)
    case_id = who.cases[0]
    hook = hooks.find(tx, who.shop, who.hook_id)
    assert hook is not None
    hooks.write_down(tx, hook, f"msg_{said}", "case.opened", {"number": said}, MONDAY)
    sending = hooks.log(tx, who.shop)[0]
    failed = {"state": "failed", "answer": f"{said} 500", "settled_at": MONDAY}
    tx.execute(sa.update(tables.hook_sends).where(tables.hook_sends.c.id == sending.id).values(failed))
    who.sending_id = str(sending.id)
    assigned = {"assignee": who.member}
    tx.execute(sa.update(tables.cases).where(tables.cases.c.case_id == case_id).values(assigned))
    privacy.ask(tx, who.shop, f"{said}-request", privacy.DATA_REQUEST, MONDAY, orders=[SAME_ORDER],
                customer_id=CUSTOMER)  # fmt: skip
    backfills.begin(tx, who.shop, MONDAY, MONDAY)
    tx.execute(
        sa.update(tables.backfills)
        .where(tables.backfills.c.shop == who.shop)
        .values(cursor=said, problem=f"{said} problem", total=3)
    )
    seen = {"shop": who.shop, "at": MONDAY, "person": said, "what": "case", "order_id": SAME_ORDER}
    tx.execute(sa.insert(tables.accesses).values(seen))
    booked = {
        "shop": who.shop, "order_id": SAME_ORDER, "case_id": case_id, "purse": "recovery",
        "what": "asked", "key": f"{said}-key", "minor": 777, "currency": "CNY", "at": MONDAY,
    }  # fmt: skip
    tx.execute(sa.insert(tables.ledger).values(booked))


def _after(tx: Connection, who: Who) -> None:
    """What became of what went out, and every name by which it is known."""
    said, outbox = who.canary, tables.outbox
    mine = outbox.c.shop == who.shop
    tx.execute(sa.update(outbox).where(mine, outbox.c.state == "asked").values(why=f"{said} why"))
    by_hand = sa.update(outbox).where(mine, outbox.c.state == "needs_person")
    tx.execute(by_hand.values(draft={"text_en": f"{said} draft"}))
    asked = tables.privacy_requests
    tx.execute(sa.update(asked).where(asked.c.shop == who.shop).values(result={"of": said}))
    keys = sa.select(outbox.c.key).where(mine).distinct().order_by(outbox.c.key)
    who.keys = list(tx.execute(keys).scalars())
    names = (outbox.c.mark, tables.reports.c.report_id, tables.hook_sends.c.message_id)
    for column in names:
        found = tx.execute(sa.select(column).where(column.table.c.shop == who.shop))
        who.marks += found.scalars()

"""The rest of the town: what a shop sets, and what comes by itself."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin import dsers
from plugin import timeline as t
from plugin.casework import Casework
from plugin.connections import LiveConnections
from plugin.secrets import Vault
from plugin.store import (
    accesses,
    api_keys,
    backfills,
    deeds,
    findings,
    hooks,
    mail,
    measures,
    members,
    privacy,
    recoveries,
    restorations,
    suppliers,
    tables,
    tallies,
    turns,
    views,
)
from plugin.store.accesses import Access
from plugin.store.findings import Mark
from plugin.store.measures import Measure
from plugin.store.tallies import Tally
from plugin.telling import TOPICS
from scheduler.runtime import Runtime
from scheduler.telling import SECRET
from tests.conftest import MONDAY
from tests.isolation.town import CUSTOMER, HOOK_SECRET, SAME_ORDER, Who


def settings(tx: Connection, runtime: Runtime, who: Who) -> None:
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


def rest(tx: Connection, vault: Vault, who: Who) -> None:
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
    tx.execute(
        sa.update(tables.hook_sends).where(tables.hook_sends.c.id == sending.id).values(failed)
    )
    who.sending_id = str(sending.id)
    assigned = {"assignee": who.member}
    tx.execute(sa.update(tables.cases).where(tables.cases.c.case_id == case_id).values(assigned))
    privacy.ask(tx, who.shop, f"{said}-request", privacy.DATA_REQUEST, MONDAY, orders=[SAME_ORDER],
                customer_id=CUSTOMER)  # fmt: skip
    turns.call(tx, "deliveries", who.shop, MONDAY)
    backfills.begin(tx, who.shop, MONDAY, MONDAY)
    tx.execute(
        sa.update(tables.backfills)
        .where(tables.backfills.c.shop == who.shop)
        .values(cursor=said, problem=f"{said} problem", total=3, operation=f"{said}-operation")
    )
    accesses.note(tx, who.shop, Access(said, "desk", "case", "name", case_id=case_id), MONDAY)
    asked = {"shop": who.shop, "email": who.member, "language": "en", "look_at": MONDAY}
    link = {"token_hash": f"{said} hash", "letter": f"{said} letter", "nonce": f"{said} nonce"}
    lasts = {"made_at": MONDAY, "expires_at": MONDAY}
    tx.execute(sa.insert(tables.logins).values({**asked, **link, **lasts}))
    booked = {
        "shop": who.shop, "order_id": SAME_ORDER, "case_id": case_id, "purse": "recovery",
        "what": "asked", "key": f"{said}-key", "minor": 777, "currency": "CNY", "at": MONDAY,
    }  # fmt: skip
    tx.execute(sa.insert(tables.ledger).values(booked))
    _kept(tx, who, case_id, vault)
    _audited(tx, who)


def _audited(tx: Connection, who: Who) -> None:
    """What was done to the shop, what the auditor found, and a restore that is read back."""
    said = who.canary
    deeds.add(tx, who.shop, MONDAY, by=f"{said} person", what="paused", about=f"{said} thing",
              facts={"why": said})  # fmt: skip
    row = {"invariant": "I1", "what": "line_over", "subject": f"{said}/1", "order_id": SAME_ORDER,
           "facts": {"who": said}}  # fmt: skip
    findings.saw(tx, who.shop, [row], MONDAY)
    findings.keep_mark(tx, Mark(who.shop, MONDAY, MONDAY, 0, None, 0, "", 0, "", None, 0))
    restorations.begin(tx, who.shop, MONDAY, MONDAY)
    restorations.end(tx, who.shop, MONDAY)


def _kept(tx: Connection, who: Who, case_id: str, vault: Vault) -> None:
    """What is derived, and what is known of services."""
    said = who.canary
    tallies.add(tx, who.shop, SAME_ORDER, MONDAY, {Tally("refunded", f"{said} supplier", "USD"): 7})
    stages = {"asked": {"minor": 777, "currency": "CNY", "at": MONDAY.isoformat()}}
    recoveries.keep(tx, who.shop, SAME_ORDER, [{
        "purchase_id": f"{said} purchase",
        "case_id": case_id, "number": f"{said}-1", "supplier": f"{said} supplier",
        "state": "asked", "open": True, "stages": stages, "owed_minor": 777,
        "owed_currency": "CNY", "since": MONDAY, "shuts": MONDAY, "expected_on": "2026-11-03",
    }])  # fmt: skip
    forgotten = {"shop": who.shop, "order_id": SAME_ORDER + 1, "at": MONDAY}
    tx.execute(sa.insert(tables.forgotten).values(forgotten))
    tx.execute(sa.insert(tables.grants).values(state_hash=said, shop=who.shop, at=MONDAY))
    silent = {"shop": who.shop, "service": said, "since": MONDAY, "failures": 7, "next_try": MONDAY}
    tx.execute(sa.insert(tables.outages).values(silent))
    names = ("client_id", "token_url", "state", "scope", "problem")
    connected = {name: f"{said} {name}" for name in names}
    access = vault.encrypt(f"{said} access", shop=who.shop, column=dsers.ACCESS)
    tx.execute(sa.insert(tables.dsers_access).values(shop=who.shop, access=access, **connected))


def after(tx: Connection, who: Who) -> None:
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

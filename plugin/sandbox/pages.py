"""A few plain pages to look at the world with."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, abort, render_template

from plugin.sandbox import accounts, buttons, fields, happenings, mailbox, moments
from plugin.sandbox.accounts import Account
from plugin.sandbox.ground import Ground
from plugin.sandbox.postman import Postman
from plugin.sandbox.rest_money import amount
from plugin.sandbox.store import Row
from plugin.sandbox.turn import Turner

TURNS = ((1, "+1 hour"), (6, "+6 hours"), (24, "+1 day"), (72, "+3 days"), (240, "+10 days"))


def blueprint(ground: Ground, turner: Turner, postman: Postman) -> Blueprint:
    """All pages."""
    pages = Pages(ground, turner, postman)
    made = Blueprint("pages", __name__)
    made.add_url_rule("/", view_func=pages.overview)
    made.add_url_rule("/mailbox", view_func=pages.mailbox)
    made.add_url_rule("/mailbox/<int:number>", view_func=pages.mail)
    made.add_url_rule("/storefront", view_func=pages.storefront)
    made.add_url_rule("/storefront/<int:order_id>", view_func=pages.order)
    made.add_url_rule("/supplier", view_func=pages.supplier)
    return made


class Pages:
    """The views."""

    def __init__(self, ground: Ground, turner: Turner, postman: Postman) -> None:
        self._ground = ground
        self._turner = turner
        self._postman = postman

    def overview(self) -> str:
        """The clock, and how much there is of everything."""
        return self._page(
            "overview.html",
            turns=TURNS,
            progress=self._turner.progress(),
            counts=self._counts(),
            next_due=happenings.next_due(self._ground),
            waiting=self._postman.waiting(),
            faults=self._ground.faults.waiting(),
            app_url=self._ground.settings.app_url,
        )

    def mailbox(self) -> str:
        """Every message once, with how often it was delivered."""
        return self._page("mailbox.html", mails=mailbox.messages(self._ground))

    def mail(self, number: int) -> str:
        """One message, as text: what a sender put into HTML is shown, not run."""
        found = next((m for m in mailbox.messages(self._ground) if m["id"] == number), None)
        return self._page("mail.html", mail=found or abort(404))

    def storefront(self) -> str:
        """Orders with what was paid and what went back."""
        rows = self._ground.ledger.rows("SELECT id FROM orders ORDER BY created_at DESC, id DESC")
        shown = [_summary(accounts.demand(self._ground.ledger, row["id"])) for row in rows]
        return self._page("storefront.html", orders=shown)

    def order(self, order_id: int) -> str:
        """One order with its ledger."""
        account = accounts.read(self._ground.ledger, order_id)
        if account is None:
            abort(404)
        purchases = self._ground.ledger.rows(
            "SELECT * FROM purchases WHERE order_id = ? ORDER BY reference", order_id
        )
        currency = account.order["currency"]
        return self._page(
            "order.html",
            account=account,
            shown=_shown(fields.shown(self._ground), account),
            summary=_summary(account),
            purchases=purchases,
            offers=buttons.of_order(account, purchases),
            money=lambda minor: f"{amount(minor, currency)} {currency}",
        )

    def supplier(self) -> str:
        """Purchases, the open ones first, with what the supplier may do next."""
        sql = (
            "SELECT purchases.*, orders.number AS order_number, orders.doc AS of_order"
            " FROM purchases"
            " JOIN orders ON orders.id = order_id"
            " ORDER BY purchases.status != 'waitsellersend', orders.created_at DESC"
        )
        found = self._ground.ledger.rows(sql)
        return self._page(
            "supplier.html",
            purchases=found,
            offers={row["reference"]: buttons.of_purchase(row, _reported(row)) for row in found},
            money=lambda minor: f"{amount(minor, 'CNY')} CNY",
        )

    def _counts(self) -> dict[str, int]:
        tables = ("orders", "purchases", "refunds", "supplier_refunds", "urges", "mails")
        return {
            table: len(self._ground.ledger.rows(f"SELECT 1 FROM {table}"))  # noqa: S608 - ours
            for table in tables
        }

    def _page(self, template: str, **values: Any) -> str:
        now = moments.text(self._ground.now())
        return render_template(template, now=now, shop=self._ground.settings.shop, **values)


def _reported(row: Row) -> list[str]:
    """What the customer of a purchase's order has reported."""
    found: list[str] = json.loads(row["of_order"]).get("reported", [])
    return found


def _shown(definitions: list[Row], account: Account) -> list[Row]:
    """The fields a merchant sees on the order's page: those with a definition."""
    values = {row["key"]: row["value"] for row in account.fields}
    return [d | {"value": values[d["key"]]} for d in definitions if d["key"] in values]


def _summary(account: Account) -> Row:
    order = account.order
    currency = order["currency"]
    return {
        "id": order["id"],
        "name": order["name"],
        "customer": order["address"]["name"],
        "country": order["address"]["country_code"],
        "created_at": order["created_at"],
        "paid": f"{amount(account.paid, currency)} {currency}",
        "refunded": f"{amount(account.refunded, currency)} {currency}" if account.refunded else "",
        "financial": account.financial_status.replace("_", " ").lower(),
        "fulfilment": account.fulfilment_status.replace("_", " ").lower(),
        "disputed": bool(account.disputes),
        "tags": list(order["tags"]),
        "cancelled": bool(order["cancelled_at"]),
    }

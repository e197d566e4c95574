"""The shops, their terms, their alternative suppliers. Tokens come here encrypted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import chain, deeds, tables, tallies
from plugin.store.tables import alternatives, shops, terms
from plugin.store.timelines import upsert
from plugin.terms import BEFORE_SHIPPING, Alternative, Terms
from plugin.timeline import plain, structured

ACTIVE, PAUSED, UNINSTALLED = "active", "paused", "uninstalled"

KEEP_DAYS = 90
"""For a new shop, until it chooses otherwise: longer than any clock of a case runs without news."""

# What every step asks is written once: putting a query together takes longer than running it.
_SHOP = sa.select(shops).where(shops.c.shop == sa.bindparam("of_shop"))
_BODY = sa.select(terms.c.body).where(
    terms.c.shop == sa.bindparam("of_shop"), terms.c.version == sa.bindparam("version")
)
_ALTERNATIVES = (
    sa.select(alternatives)
    .where(alternatives.c.shop == sa.bindparam("of_shop"))
    .where(alternatives.c.sku.in_(sa.bindparam("skus", expanding=True)))
    .order_by(alternatives.c.id)
)
summed = tables.tallies
_RECORD = (
    sa.select(summed.c.subject, summed.c.figure, sa.func.sum(summed.c.amount))
    .where(
        summed.c.shop == sa.bindparam("of_shop"),
        summed.c.day == tallies.STANDING,
        summed.c.subject.in_(sa.bindparam("suppliers", expanding=True)),
        (summed.c.figure == tallies.BOUGHT)
        | (
            (summed.c.figure == tallies.PROBLEM)
            & summed.c.unit.in_([str(s) for s in BEFORE_SHIPPING])
        ),
    )
    .group_by(summed.c.subject, summed.c.figure)
)


@dataclass(frozen=True)
class Shop:
    """A store the app is installed in."""

    shop: str
    name: str
    state: str
    currency: str
    zone: str
    language: str
    email: str
    token: bytes | None
    terms_version: int
    installed_at: datetime
    uninstalled_at: datetime | None
    reconciled_to: datetime | None = None
    """Every order changed in the store before this has been looked at."""
    watching: bool = False
    """Nothing goes out yet: the merchant has not switched the app on."""
    sender: str = ""
    """Who letters to customers are from; empty: the deployment's sender."""
    keep_days: int | None = None
    """Personal data of an order is erased after so many quiet days; None: kept."""
    setup: dict[str, Any] | None = None
    """Steps of the setup guide: name to `done` or `skipped`."""


def find(tx: Connection, shop: str) -> Shop | None:
    """A shop by its domain."""
    row = tx.execute(_SHOP, {"of_shop": shop}).mappings().one_or_none()
    return Shop(**row) if row else None


def sample_name(shop: str) -> str:
    """What the shop is called that holds a shop's sample cases; no store can be called so."""
    return f"samples~{shop}"


def installed(tx: Connection) -> list[Shop]:
    """Every shop that has the app, paused ones too."""
    query = sa.select(shops).where(shops.c.state != UNINSTALLED).order_by(shops.c.shop)
    return [Shop(**row) for row in tx.execute(query).mappings()]


def any_installed(tx: Connection) -> Shop | None:
    """One of them, whichever is found first; None where nobody has the app yet."""
    row = tx.execute(sa.select(shops).where(shops.c.state != UNINSTALLED).limit(1)).mappings()
    found = row.one_or_none()
    return Shop(**found) if found else None


def everyone(tx: Connection) -> list[Shop]:
    """Every shop there is a row of, those that left too."""
    query = sa.select(shops).order_by(shops.c.shop)
    return [Shop(**row) for row in tx.execute(query).mappings()]


def lock(tx: Connection, shop: str) -> None:
    """Nobody else spends this shop's daily cap until the transaction ends."""
    tx.execute(sa.select(shops.c.shop).where(shops.c.shop == shop).with_for_update()).one()


def install(tx: Connection, shop: str, now: datetime, **values: Any) -> None:
    """A new shop, or one that comes back."""
    row = {"shop": shop, "state": ACTIVE, "installed_at": now, "uninstalled_at": None, **values}
    upsert(tx, shops, row, ["shop"])
    deeds.add(tx, shop, now, by="store", what="installed")
    if _terms_body(tx, shop, 1) is None:
        change(tx, shop, **{"keep_days": KEEP_DAYS, **values})
        publish(tx, shop, Terms(), now, author="Postvendita", note="The guide's defaults")


def change(tx: Connection, shop: str, **values: Any) -> None:
    """Pause, resume, rename, move to another zone."""
    tx.execute(sa.update(shops).where(shops.c.shop == shop).values(**values))


def reconciled(tx: Connection, shop: str, until: datetime) -> None:
    """The store was asked for its changes up to a moment; the mark only moves forward."""
    before = sa.or_(shops.c.reconciled_to.is_(None), shops.c.reconciled_to < until)
    tx.execute(sa.update(shops).where(shops.c.shop == shop, before).values(reconciled_to=until))


def publish(
    tx: Connection, shop: str, new: Terms, now: datetime, *, author: str, note: str = ""
) -> int:
    """A new version of the shop's terms; the number it got."""
    query = sa.select(sa.func.max(terms.c.version)).where(terms.c.shop == shop)
    version = int(tx.execute(query).scalar_one_or_none() or 0) + 1
    body = {k: v for k, v in plain(new).items() if k not in {"version", "alternatives"}}
    tx.execute(
        sa.insert(terms).values(
            shop=shop, version=version, body=body, author=author, note=note, at=now
        )
    )
    change(tx, shop, terms_version=version)
    facts = {"digest": chain.digest(body)}
    deeds.add(tx, shop, now, by=author, what="terms_published", about=str(version), facts=facts)
    return version


def terms_of(tx: Connection, shop: str, version: int, skus: Iterable[str] = ()) -> Terms:
    """A version of the shop's terms, with its alternatives for these products.

    Raises LookupError for a version that was never published.
    """
    body = _terms_body(tx, shop, version)
    if body is None:
        raise LookupError(f"{shop} has no terms of version {version}")
    known = [plain(a) for a in alternatives_for(tx, shop, skus)]
    return structured({**body, "version": version, "alternatives": known}, Terms)


def alternatives_for(tx: Connection, shop: str, skus: Iterable[str]) -> list[Alternative]:
    """The shop's alternative suppliers for some products."""
    wanted = sorted({sku for sku in skus if sku})
    if not wanted:
        return []
    found = tx.execute(_ALTERNATIVES, {"of_shop": shop, "skus": wanted}).mappings()
    rows: list[dict[str, Any]] = [{k: v for k, v in row.items() if k != "shop"} for row in found]
    if not rows:
        return []
    record = _record(tx, shop, {row["supplier"] for row in rows})
    return [Alternative(**{**row, **record[row["supplier"]]}) for row in rows]


def _record(tx: Connection, shop: str, suppliers: set[str]) -> dict[str, dict[str, int]]:
    """How often this shop bought from some suppliers, and how often that failed before shipping."""
    found = {name: {"purchases": 0, "troubles": 0} for name in suppliers}
    asked = {"of_shop": shop, "suppliers": sorted(suppliers)}
    for name, figure, count in tx.execute(_RECORD, asked):
        found[name]["purchases" if figure == tallies.BOUGHT else "troubles"] = int(count)
    return found


def keep_alternative(tx: Connection, shop: str, alternative: Alternative) -> None:
    """Add a supplier for a product, or bring what we know of it up to date."""
    derived = {"id", "purchases", "troubles"}
    row = {k: v for k, v in plain(alternative).items() if k not in derived}
    upsert(tx, alternatives, {"shop": shop, **row}, ["shop", "sku", "supplier"])


def _terms_body(tx: Connection, shop: str, version: int) -> dict[str, Any] | None:
    asked = {"of_shop": shop, "version": version}
    return tx.execute(_BODY, asked).scalar_one_or_none()

"""What a shop's products weigh and measure, for the check of a parcel before it is bought."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import known, measures
from plugin.store.timelines import upsert


@dataclass(frozen=True)
class Measure:
    """One piece of a product; what nobody measured is None, never a guess."""

    sku: str
    grams: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None


def keep(tx: Connection, shop: str, measure: Measure) -> None:
    """Add a product's measures, or bring them up to date."""
    upsert(tx, measures, {"shop": shop, **vars(measure)}, ["shop", "sku"])


def of_skus(tx: Connection, shop: str, skus: Iterable[str]) -> dict[str, Measure]:
    """What is known of some products, by SKU."""
    wanted = sorted({sku for sku in skus if sku})
    if not wanted:
        return {}
    query = sa.select(measures).where(measures.c.shop == shop, measures.c.sku.in_(wanted))
    return {
        row["sku"]: Measure(**{k: v for k, v in row.items() if k != "shop"})
        for row in tx.execute(query).mappings()
    }


def remembered(tx: Connection, name: str) -> str:
    """A fact about this deployment: the calendar it last counted in."""
    query = sa.select(known.c.value).where(known.c.name == name)
    return tx.execute(query).scalar_one_or_none() or ""


def remember(tx: Connection, name: str, value: str) -> None:
    """Keep such a fact."""
    upsert(tx, known, {"name": name, "value": value}, ["name"])

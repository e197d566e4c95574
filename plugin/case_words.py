"""The words a case is found by: order, customer, tracking, the supplier's number, product.

Words are NFKC, lower-cased and at most 100 characters; a search asks for words that begin with
what was typed. Name and e-mail address are personal data and stand here plainly, so that they can
be searched; `forget` takes them away again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.fold import fold
from plugin.order import Order
from plugin.store import caselists, timelines
from plugin.store.tables import case_words
from plugin.timeline import Entry, PurchaseShipped

LONGEST = 100
MOST_ASKED = 6
"""Words of one search that count; what is typed beyond them narrows nothing."""
_PARTS = re.compile(r"[^\w]+")


def plainly(text: str) -> str:
    """A text as words are compared: NFKC, lower case, without what no database can hold."""
    return unicodedata.normalize("NFKC", text.replace("\0", " ")).lower().strip()


def asked(text: str) -> list[str]:
    """The beginnings of words somebody searches for."""
    found = [word[:LONGEST] for word in plainly(text).split()]
    return list(dict.fromkeys(found))[:MOST_ASKED]


def words_of_things(order: Order, tracking: Iterable[str]) -> set[str]:
    """What an order, its parcels, purchases and products are called."""
    shipped = [shipment.tracking_number for shipment in order.fulfilments.values()]
    bought = [purchase.reference for purchase in order.purchases.values()]
    products = [line.facts.sku for line in order.lines.values()]
    name = order.seen.name if order.seen else ""
    found = [name, name.lstrip("#"), *shipped, *tracking, *bought, *products]
    return _whole(found)


def words_of_person(name: str, email: str) -> set[str]:
    """What a customer is called: each part of the name, the address and its part before the @."""
    local = email.partition("@")[0]
    return _whole([*name.split(), email, local, *_PARTS.split(local)])


def _whole(texts: Iterable[str]) -> set[str]:
    return {word[:LONGEST] for text in texts for word in plainly(text).split()}


# --- Keeping them ---------------------------------------------------------------------------------


def refresh_words(
    tx: Connection, shop: str, order_id: int, order: Order, entries: Iterable[Entry]
) -> None:
    """The words of an order's cases as they are now; only what differs is written."""
    customer = timelines.customer_of(tx, shop, order_id)
    person = words_of_person(customer.name, customer.email) if customer else set()
    _bring_to(tx, shop, order, words_of_things(order, _tracking(entries)) | person)


def forget(tx: Connection, shop: str, order_id: int) -> None:
    """Take a customer's words away from the cases of an order.

    They come back with the next event unless the customer's own row is emptied too.
    """
    entries = timelines.read(tx, shop, order_id)
    order = fold(entries)
    _bring_to(tx, shop, order, words_of_things(order, _tracking(entries)))


def _bring_to(tx: Connection, shop: str, order: Order, words: set[str]) -> None:
    kept = caselists.words_of(tx, shop, order.cases)
    for case_id in order.cases:
        before = kept.get(case_id, set())
        gone = before - words
        if gone:
            tx.execute(
                sa.delete(case_words).where(
                    case_words.c.shop == shop,
                    case_words.c.case_id == case_id,
                    case_words.c.word.in_(sorted(gone)),
                )
            )
        new = [{"shop": shop, "word": w, "case_id": case_id} for w in sorted(words - before)]
        if new:
            tx.execute(sa.insert(case_words), new)


def _tracking(entries: Iterable[Entry]) -> list[str]:
    """The tracking numbers suppliers told us; the store's are in the order."""
    return [e.what.tracking_number for e in entries if isinstance(e.what, PurchaseShipped)]

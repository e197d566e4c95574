"""Sample cases, to learn the desk on while a shop has none of its own.

They are a shop of their own beside the real one, by a name no store can have, and in the state of
a store that does not have the app: whatever acts for a shop passes it by, and whatever counts for
a shop names the real one. Removing them removes that shop.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.engine import Connection

from plugin.store import privacy, shops
from plugin.store.database import Database
from plugin.store.shops import Shop

Load = Callable[[Database, Shop, datetime], None]
"""Makes the sample shop of a shop; once, however often it is asked."""
LOOKING = "samples"
"""In a shop's setup: who is looking at the sample cases now. There as long as they are loaded."""


def loaded(shop: Shop) -> bool:
    """The shop has sample cases."""
    return LOOKING in (shop.setup or {})


def looked_at(shop: Shop, person: str) -> bool:
    """This person's desk shows the sample cases instead of the shop's own."""
    return person in (shop.setup or {}).get(LOOKING, ())


def of_shop(tx: Connection, shop: str) -> Shop | None:
    """The sample shop of a shop."""
    return shops.find(tx, shops.sample_name(shop))


def look(tx: Connection, shop: Shop, person: str, *, at_samples: bool) -> None:
    """From now on this person's desk shows the sample cases, or the shop's own again."""
    others = [one for one in (shop.setup or {}).get(LOOKING, ()) if one != person]
    looking = [*others, person] if at_samples else others
    shops.change(tx, shop.shop, setup={**(shop.setup or {}), LOOKING: looking})


def remove(tx: Connection, shop: Shop) -> None:
    """Nothing of them stays."""
    privacy.erase_shop(tx, shops.sample_name(shop.shop))
    kept = {step: word for step, word in (shop.setup or {}).items() if step != LOOKING}
    shops.change(tx, shop.shop, setup=kept)

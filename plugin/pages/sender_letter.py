"""A test letter from the shop's sender to the merchant himself."""

from __future__ import annotations

from datetime import datetime

from clients.email.smtp import Message
from plugin import sentences
from plugin.casework import mark_for
from plugin.pages.connection_ways import MAIL, Tried, answer
from plugin.pages.texts import text
from plugin.ports import Connections
from plugin.setup_guide import DONE
from plugin.store import shops
from plugin.store.database import Database
from plugin.store.shops import Shop


def try_out(db: Database, connections: Connections, shop: Shop, now: datetime) -> Tried:
    """Send it. A letter that went is a step of the setup guide that is done."""
    postbox = connections.postbox()
    if postbox is None:
        return Tried(MAIL, "unset")
    letter = _letter(shop, connections.sender(shop.shop), now)
    found = answer(MAIL, lambda: postbox.send(letter))
    if found.word == "ok":
        with db.write() as tx:
            shops.change(tx, shop.shop, setup={**(shop.setup or {}), "sender": DONE})
    return found


def _letter(shop: Shop, sender: str, now: datetime) -> Message:
    tongue, store = sentences.spoken(shop.language), shop.name or shop.shop
    return Message(
        message_id=f"<{mark_for(shop.shop, 0, f'test:{now.isoformat()}', 1)}@postvendita>",
        sender=sender,
        to=shop.email,
        subject=" ".join(text("sender.letter.subject", tongue, store=store).split()),
        text=text("sender.letter", tongue, store=store) + "\n",
        language=tongue,
        sent_at=now,
    )

"""Carrying out one claimed row, whatever comes of it.

A row that fails in a way nobody thought of is put off and reported; it never stops the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, Retriable
from plugin.actions import ASIDE
from plugin.clock import Clock
from plugin.effects.claims import ask_verification, chase_verification
from plugin.effects.errand import Errand, shop_of
from plugin.effects.flags import flag_order
from plugin.effects.holds import cancel_order, correct_address, hold_order, release_order
from plugin.effects.messages import tell_merchant, write_customer
from plugin.effects.refund import refund
from plugin.effects.reissue import choose_remedy, reissue_goods
from plugin.effects.resource import propose_alternative
from plugin.effects.returns import close_return, mirror_return, read_return
from plugin.effects.stopping import chase_interception, intercept_parcel
from plugin.effects.supplier import ask_recovery, chase_recovery, urge_supplier
from plugin.ports import Connections
from plugin.store import outbox, walls
from plugin.store.database import Database

log = structlog.get_logger()

EFFECTS: Mapping[str, Callable[[Errand], None]] = {
    "refund_customer": refund,
    "tell_merchant": tell_merchant,
    "write_customer": write_customer,
    "urge_supplier": urge_supplier,
    "ask_recovery": ask_recovery,
    "chase_recovery": chase_recovery,
    "propose_alternative": propose_alternative,
    "hold_order": hold_order,
    "release_order": release_order,
    "correct_address": correct_address,
    "cancel_order": cancel_order,
    "intercept_parcel": intercept_parcel,
    "chase_interception": chase_interception,
    "ask_verification": ask_verification,
    "chase_verification": chase_verification,
    "choose_remedy": choose_remedy,
    "reissue_goods": reissue_goods,
    "mirror_return": mirror_return,
    "close_return": close_return,
    "read_return": read_return,
    "flag_order": flag_order,
}

AGAIN_AFTER_A_BUG = 900.0
TOO_MANY_ATTEMPTS = 30
UNAUTHORISED_WAIT = 3600.0


def carry_out(db: Database, clock: Clock, connections: Connections, row: outbox.Row) -> None:
    """Carry out one row this process has claimed."""
    with walls.only(row.shop):
        _carry_out(Errand(db, clock, connections, shop_of(db, row.shop), row))


def _carry_out(errand: Errand) -> None:
    row = errand.row
    words = log.bind(shop=row.shop, order=row.order_id, key=row.key, attempt=row.attempts)
    try:
        EFFECTS[row.action](errand)
    except Retriable as error:
        _again(errand, error.after, error.what)
        words.info("put off", why=error.what)
    except NeedsAuthorisation as error:
        errand.put_off(UNAUTHORISED_WAIT, f"needs authorisation: {error.what}")
        words.warning("needs authorisation", service=error.service)
    except OutcomeUnknown as error:
        _unsure(errand, error.what)
        words.warning("lost", why=error.what)
    except Refused as error:
        errand.hand_over(f"{error.service} refused: {error.what}")
        words.info("handed over", why=error.what)
    except Exception as error:
        words.exception("an effect failed in a way nobody thought of")
        _unsure(errand, f"unexpected: {type(error).__name__}")
    else:
        words.info("carried out")


def _unsure(errand: Errand, why: str) -> None:
    """Before the one call that changes something it is simply later; after it nobody knows."""
    if errand.sent:
        errand.lost(why)
    else:
        _again(errand, AGAIN_AFTER_A_BUG, why)


def _again(errand: Errand, seconds: float, why: str) -> None:
    """Put off with growing patience; after many attempts a person has to look at it."""
    attempts = errand.row.attempts
    a_person = errand.row.action not in ASIDE  # nobody is asked to do that by hand
    if attempts >= TOO_MANY_ATTEMPTS and errand.row.state != "unknown" and a_person:
        errand.hand_over(f"tried {attempts} times: {why}")
        return
    errand.put_off(max(seconds, min(2.0**attempts, 3600.0)), why)

"""The ways out of the app: what each is, which setting holds it, and whether it works now.

Keys are settings of the deployment: they are never shown, only named. A test reads and changes
nothing; the one of the mail writes to the merchant himself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.engine import Connection

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, RemoteError
from plugin.connections import LiveConnections
from plugin.pages.desk import Desk
from plugin.ports import Connections
from plugin.settings import Settings
from plugin.store import dsers, shops, tokens
from plugin.verbs import Discovering, Verb, able

STORE, MAIL, ALIBABA, OPENMALL, INCOMING = "store", "mail", "1688", "openmall", "incoming"
DSERS = "dsers"
WAYS = (STORE, MAIL, DSERS, ALIBABA, OPENMALL, INCOMING)
TRIED = (STORE, DSERS, ALIBABA, OPENMALL)
"""The mail is tried from the page of the sender; what comes in cannot be tried from here."""
SETTINGS: dict[str, tuple[str, ...]] = {
    STORE: ("postvendita shop add",),
    MAIL: ("POSTVENDITA_MAIL_URL", "POSTVENDITA_MAIL_FROM"),
    DSERS: ("POSTVENDITA_DSERS_URL",),
    ALIBABA: (
        *("POSTVENDITA_SUPPLIER_KEY", "POSTVENDITA_SUPPLIER_SECRET"),
        *("POSTVENDITA_SUPPLIER_TOKEN", "POSTVENDITA_SUPPLIER_SHOP"),
    ),
    OPENMALL: (
        *("POSTVENDITA_TMALL_KEY", "POSTVENDITA_TMALL_SECRET", "POSTVENDITA_TMALL_SESSION"),
        *("POSTVENDITA_TMALL_DISTRIBUTOR", "POSTVENDITA_TMALL_SHOP"),
    ),
    INCOMING: ("POSTVENDITA_SUPPLIER_WEBHOOK_SECRET",),
}
"""Where each is set: the environment of the deployment, or a command."""
NO_SUCH_PURCHASE = "1"
"""A number no purchase has: to ask for it costs nothing and shows whether the keys are good."""


@dataclass(frozen=True)
class Way:
    """One way out, or in."""

    name: str
    is_set: bool
    settings: tuple[str, ...]
    detail: str = ""
    """Where it leads; never a key."""


@dataclass(frozen=True)
class Tried:
    """What came of a test: `ok`, `unset`, `unauthorised`, `refused`, `unsure` or `unreached`."""

    way: str
    word: str
    detail: str = ""
    """The service's own words, in English."""
    does: tuple[str, ...] = ()
    """Of a service that says so itself: the verbs it can do now; the rest is done by hand."""


def ways_out(desk: Desk) -> LiveConnections:
    """The same connections the worker has, made for one request."""
    return LiveConnections(desk.settings, desk.db, desk.clock)


def ways(tx: Connection, shop: str, settings: Settings) -> list[Way]:
    """Every way, set up or not."""
    kept, installed = tokens.read(tx, shop), shops.find(tx, shop)
    access = dsers.read(tx, shop)
    has_token = kept is not None or (installed is not None and installed.token is not None)
    found = {
        STORE: (has_token, shop),
        MAIL: (bool(settings.mail_url), _host(settings.mail_url)),
        DSERS: (access is not None and access.access is not None, _host(settings.dsers_url)),
        ALIBABA: (
            bool(settings.supplier_key) and settings.supplier_shop == shop,
            _host(settings.supplier_url),
        ),
        OPENMALL: (
            bool(settings.tmall_key) and settings.tmall_shop == shop,
            _host(settings.tmall_url),
        ),
        INCOMING: (bool(settings.supplier_secrets), f"{settings.base_url}/webhooks/supplier"),
    }
    return [Way(name, found[name][0], SETTINGS[name], found[name][1]) for name in WAYS]


def tried(connections: Connections, shop: str, way: str, now: datetime) -> Tried:
    """Ask the service something that changes nothing."""
    if way == STORE:
        return answer(way, lambda: connections.storefront(shop).orders_page(now))
    supplier = connections.supplier(shop, way)
    if supplier is None:
        return Tried(way, "unset")
    found = answer(way, lambda: supplier.order(NO_SUCH_PURCHASE))
    if found.word == "ok" and isinstance(supplier, Discovering):
        return replace(found, does=tuple(str(v) for v in Verb if able(supplier, way, v)))
    return found


def answer(way: str, ask: Callable[[], object]) -> Tried:
    """What an answer, or the lack of one, means."""
    try:
        ask()
    except NeedsAuthorisation as error:
        return Tried(way, "unauthorised", error.what)
    except Refused as error:
        return Tried(way, "refused", error.what)
    except OutcomeUnknown as error:
        return Tried(way, "unsure", error.what)
    except RemoteError as error:
        return Tried(way, "unreached", error.what)
    return Tried(way, "ok")


def _host(url: str) -> str:
    """The host of an address: what stands before the @ is a key."""
    return urlsplit(url).hostname or ""

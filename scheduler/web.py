"""The web side, wired: the doors, the pages, and the server they stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, Flask

from plugin.api import create_api
from plugin.connections import LiveConnections
from plugin.installing import Installer
from plugin.pages import create_pages
from plugin.pages.customer import customer_pages
from plugin.pages.warming import rehearse, warm
from plugin.settings import Settings
from plugin.store import shops
from plugin.store.inbox import Inbox
from scheduler import samples, server
from scheduler.metrics import metrics
from scheduler.runtime import Runtime
from webhooks.app import create_app, headers_for
from webhooks.front import ShopifyFront, Site
from webhooks.threads import OnThreads

THREADS = 16
"""For pages: as many at a time as the database gives connections to read by, twice."""
POSTGRES_WRITERS = 4
"""PostgreSQL groups commits that come at once; SQLite has one writer."""
LARGEST_BODY = 4 * 1024 * 1024
"""What the server takes in; each address has its own, lower limit."""
LARGEST_UPLOAD = 420 * 1024 * 1024
"""What it takes in where customers and merchants send pictures and videos."""
LARGEST_HEADERS = 32 * 1024
"""All of them together; more ends with 431."""
UPLOADS = ("/report/", "/cases/", "/api/v1/cases/")


def largest_body(path: str) -> int:
    """How much of a body the server takes in at all, by where it is sent."""
    return LARGEST_UPLOAD if path.startswith(UPLOADS) else LARGEST_BODY


def _desk(runtime: Runtime) -> Iterable[Blueprint]:
    """The merchant's pages; where there are live connections, opened from inside a store too."""
    connections, installer = runtime.connections, None
    if isinstance(connections, LiveConnections):
        installer = Installer(
            runtime.db, runtime.clock, connections.tokens, connections.oauth, connections.facts_of
        )
    return create_pages(runtime.db, runtime.clock, runtime.settings, installer, samples.load)


def _api(runtime: Runtime) -> Iterable[Blueprint]:
    return create_api(runtime.db, runtime.clock, runtime.settings)


def make_app(runtime: Runtime) -> Flask:
    """The whole web side: the door, the pages, the operations addresses."""
    return create_app(
        inbox=Inbox(runtime.db),
        clock=runtime.clock,
        shopify_secrets=runtime.settings.shopify_secrets,
        supplier_secrets=runtime.settings.supplier_secrets,
        secret_key=runtime.settings.secret_key,
        base_url=runtime.settings.base_url,
        pages=[*_desk(runtime), *_api(runtime), _customers(runtime)],
        readiness=runtime.readiness,
        metrics=lambda: metrics(runtime),
        tmall_secrets=_tmall_secrets(runtime.settings),
        mail_secrets=runtime.settings.mail_webhook_secrets,
        mail_shops=lambda: _installed(runtime),
    )


def warmed(app: Flask, runtime: Runtime) -> Flask:
    """The same app, ready to give its first answer as quickly as its second."""
    warm(app, runtime.clock.now())
    rehearse(app, runtime.db, runtime.clock.now())
    return app


def _customers(runtime: Runtime) -> Blueprint:
    keep = runtime.connections.evidence()
    key = runtime.settings.secret_key
    return customer_pages(runtime.db, runtime.clock, runtime.settings, keep, key)


def _tmall_secrets(settings: Settings) -> dict[str, list[tuple[str, str]]]:
    if not settings.tmall_shop:
        return {}
    return {settings.tmall_shop: [(settings.tmall_key, settings.tmall_secret)]}


def _installed(runtime: Runtime) -> list[str]:
    with runtime.db.read() as tx:
        return [shop.shop for shop in shops.installed(tx)]


def shopify_front(runtime: Runtime) -> ShopifyFront:
    """Shopify's door on the server's own loop; Flask has the same one for whoever comes there."""
    return ShopifyFront(
        Inbox(runtime.db),
        runtime.clock,
        runtime.settings.shopify_secrets,
        headers_for(runtime.settings.base_url),
        writers=1 if runtime.db.is_sqlite else POSTGRES_WRITERS,
    )


def serve(
    app: Callable[..., Any],
    host: str,
    port: int,
    *,
    front: ShopifyFront | None = None,
    proxies: int = 0,
    listening: Callable[[], None] = lambda: None,
) -> None:
    """Answer until told to stop; then finish what is under way. `listening` is called once.

    `proxies` of our own stand before it: the caller's address is the one the outermost of them
    wrote down.
    """
    pages = OnThreads(app, THREADS, largest_body, proxies)
    server.run(Site(pages, front), host, port, listening)

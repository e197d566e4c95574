"""Serving HTTP, and stopping without dropping what is being answered."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Mapping
from types import FrameType
from typing import Any

from flask import Blueprint, Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server

from plugin.api import create_api
from plugin.connections import LiveConnections
from plugin.installing import Installer
from plugin.pages import create_pages
from plugin.pages.customer import customer_pages
from plugin.pages.warming import warm
from plugin.settings import Settings
from plugin.store import shops
from plugin.store.inbox import Inbox
from scheduler import samples
from scheduler.metrics import metrics
from scheduler.runtime import Runtime
from webhooks.app import create_app

THREADS = 16
DRAIN_SECONDS = 10
SILENT_SECONDS = 30
LARGEST_BODY = 4 * 1024 * 1024
"""What the server takes in; each address has its own, lower limit."""
LARGEST_UPLOAD = 420 * 1024 * 1024
"""What it takes in where customers and merchants send pictures and videos."""
LARGEST_HEADERS = 32 * 1024
"""All of them together; more ends with 431."""
UPLOADS = ("/report/", "/cases/", "/api/v1/cases/")


class UploadParser(HTTPRequestParser):  # type: ignore[misc]
    """Takes large bodies in only where files are sent; everywhere else they end early with 413."""

    def parse_header(self, header_plus: bytes) -> None:
        """As its parent's, and then the limit of the address."""
        super().parse_header(header_plus)
        if not self.path.startswith(UPLOADS):
            self.adj: Any = _SmallBodies(self.adj)


class _SmallBodies:
    """A server's settings with a smaller limit for bodies."""

    max_request_body_size = LARGEST_BODY

    def __init__(self, settings: Any) -> None:
        self._settings = settings

    def __getattr__(self, name: str) -> Any:
        return getattr(self._settings, name)


class UploadChannel(HTTPChannel):  # type: ignore[misc]
    """Connections that parse with limits by address."""

    parser_class = UploadParser


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


def behind(proxies: int) -> Mapping[str, Any]:
    """The server's settings for so many proxies of our own before it.

    With none, whatever a caller says of his address is taken out of the request. With some, the
    address is the last but so many of `X-Forwarded-For`: what stands before it the caller may have
    written himself. Scheme and host are never taken from there: the base URL says them.
    """
    if not proxies:
        return {"clear_untrusted_proxy_headers": True}
    return {
        "trusted_proxy": "*",
        "trusted_proxy_count": proxies,
        "trusted_proxy_headers": {"x-forwarded-for"},
        "clear_untrusted_proxy_headers": True,
    }


def serve(
    app: Callable[..., Any],
    host: str,
    port: int,
    *,
    proxies: int = 0,
    listening: Callable[[], None] = lambda: None,
) -> None:
    """Answer until told to stop; then finish what is under way. `listening` is called once.

    `proxies` of our own stand before it: the caller's address is the one the outermost of them
    wrote down.
    """
    listeners: dict[int, Any] = {}
    server = create_server(
        app,
        map=listeners,
        host=host,
        port=port,
        threads=THREADS,
        ident=None,
        max_request_header_size=LARGEST_HEADERS,
        max_request_body_size=LARGEST_UPLOAD,
        channel_timeout=SILENT_SECONDS,
        **behind(proxies),
    )
    for listener in listeners.values():
        listener.channel_class = UploadChannel
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if not stopped.is_set():
            stopped.set()
            raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    listening()
    try:
        server.run()
    finally:
        server.task_dispatcher.shutdown(cancel_pending=False, timeout=DRAIN_SECONDS)
        server.close()

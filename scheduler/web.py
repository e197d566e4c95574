"""Serving HTTP, and stopping without dropping what is being answered."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from flask import Flask
from waitress.server import create_server

from plugin.pages import create_pages
from plugin.store.inbox import Inbox
from scheduler.metrics import metrics
from scheduler.runtime import Runtime
from webhooks.app import create_app

THREADS = 16
DRAIN_SECONDS = 10
SILENT_SECONDS = 30
LARGEST_BODY = 4 * 1024 * 1024
"""What the server takes in at all; each address has its own, lower limit."""


def make_app(runtime: Runtime) -> Flask:
    """The whole web side: the door, the pages, the operations addresses."""
    return create_app(
        inbox=Inbox(runtime.db),
        clock=runtime.clock,
        shopify_secrets=runtime.settings.shopify_secrets,
        supplier_secrets=runtime.settings.supplier_secrets,
        secret_key=runtime.settings.secret_key,
        base_url=runtime.settings.base_url,
        pages=create_pages(runtime.db, runtime.clock, runtime.settings),
        readiness=runtime.readiness,
        metrics=lambda: metrics(runtime),
    )


def serve(
    app: Callable[..., Any],
    host: str,
    port: int,
    *,
    listening: Callable[[], None] = lambda: None,
) -> None:
    """Answer until told to stop; then finish what is under way. `listening` is called once."""
    server = create_server(
        app,
        host=host,
        port=port,
        threads=THREADS,
        ident=None,
        max_request_body_size=LARGEST_BODY,
        channel_timeout=SILENT_SECONDS,
    )
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

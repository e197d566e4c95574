"""Celery as the engine of many processes: it carries calls and runs turns, and knows nothing else.

A message is a call to look (`plugin/store/turns.py`). It is acknowledged after the turn, fetched
one at a time, has no result and need not survive: any may be lost, the beat sends it again.
Imported only where a broker is set.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from celery import Celery
from kombu import Exchange, Queue

from plugin.store.turns import Turn
from scheduler.large.kinds import KINDS

log = structlog.get_logger()

TASK = "postvendita.turn"
TRANSIENT = 1
CONNECT_SECONDS = 1.0
"""Nobody waits longer for a broker that does not answer."""
SOCKET_SECONDS = 10.0
"""Longer than a worker's own waiting for the next message."""
HIDDEN_SECONDS = 120
"""Redis gives a message to another worker after this long; whoever comes second finds it served."""


def make_celery(broker_url: str) -> Celery:
    """An app that speaks to this broker; connects when it first has to."""
    app = Celery("postvendita", broker=broker_url, set_as_current=False)
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_default_delivery_mode=TRANSIENT,
        task_queues=[_line(queue_of(kind.name)) for kind in KINDS],
        task_default_queue=queue_of(KINDS[-1].name),
        broker_connection_timeout=CONNECT_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=_transport(urlsplit(broker_url).scheme),
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
    )
    return app


def queue_of(kind: str) -> str:
    """Each kind of work has its own line: a due clock does not wait behind what was delivered."""
    return f"postvendita.{kind}"


def sender(app: Celery) -> Callable[[Turn], None]:
    """Sends a call; raises at once when the broker does not take it."""

    def send(turn: Turn) -> None:
        app.send_task(
            TASK,
            args=(turn.kind, turn.shop, turn.lane, turn.fence),
            queue=queue_of(turn.kind),
            retry=False,
        )

    return send


def register(app: Celery, serve: Callable[[Turn], int]) -> None:
    """What a worker does with a call; a turn that fails is called again by the beat."""

    @app.task(name=TASK, shared=False)  # type: ignore[untyped-decorator]  # Celery's decorators have no types
    def turn(kind: str, shop: str, lane: int, fence: int) -> None:
        try:
            serve(Turn(kind, shop, lane, fence))
        except Exception:
            log.exception("a turn failed", kind=kind, shop=shop)


def _line(name: str) -> Queue:
    return Queue(name, Exchange("postvendita"), routing_key=name)


def _transport(scheme: str) -> dict[str, object]:
    if scheme not in {"redis", "rediss"}:
        return {}
    return {
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": SOCKET_SECONDS,
        "visibility_timeout": HIDDEN_SECONDS,
    }

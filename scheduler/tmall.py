"""Tmall's message queue: kept in our inbox first, confirmed after, so that none is lost."""

from __future__ import annotations

import json

from plugin.store.inbox import Inbox
from scheduler.runtime import Runtime
from webhooks.sources import TMALL

AT_ONCE = 100
MOST_ROUNDS = 20


def collect(runtime: Runtime) -> int:
    """Take what waits in the queue. How many messages. Nothing without a connection to Tmall."""
    queue = runtime.connections.tmall_queue()
    if queue is None:
        return 0
    inbox, shop, taken = Inbox(runtime.db), runtime.settings.tmall_shop, 0
    for _ in range(MOST_ROUNDS):
        messages = queue.consume(AT_ONCE)
        for message in messages:
            inbox.keep(
                shop=shop,
                source=TMALL,
                delivery_id=f"{runtime.settings.tmall_key}:{message.id}",
                topic=message.topic,
                headers={},
                body=json.dumps(message.content, ensure_ascii=False).encode(),
                received_at=runtime.clock.now(),
            )
        if not messages:
            break
        queue.confirm([message.id for message in messages])
        taken += len(messages)
    return taken

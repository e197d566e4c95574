"""Shops nobody works in keep their access: their tokens are renewed long before they end."""

from __future__ import annotations

import structlog

from scheduler.runtime import Runtime

log = structlog.get_logger()


def keep(runtime: Runtime) -> int:
    """Renew what is growing cold; how many were."""
    renewed = runtime.connections.keep_warm()
    if renewed:
        log.info("tokens were kept warm", shops=renewed)
    return renewed

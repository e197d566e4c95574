"""Telling a shop's own programs: signed, tried again for some three days, then given up."""

from __future__ import annotations

import json

import structlog

from clients import outgoing
from plugin.secrets import Vault
from plugin.store import hooks
from plugin.store.hooks import Sending
from plugin.telling import signature
from scheduler.runtime import Runtime

log = structlog.get_logger()
SECRET = "hooks.secret"  # noqa: S105 - the name of a column


def deliver(runtime: Runtime) -> int:
    """Send what is due; how many were taken."""
    with runtime.db.read() as tx:
        found = hooks.due(tx, runtime.clock.now())
    return sum(_deliver(runtime, one) for one in found)


def _deliver(runtime: Runtime, sending: Sending) -> bool:
    with runtime.db.read() as tx:
        hook = hooks.find(tx, sending.shop, sending.hook_id)
    if hook is None:
        return False
    answer, good = _post(runtime, hook, sending)
    with runtime.db.write() as tx:
        hooks.settle(tx, sending, runtime.clock.now(), answer, good=good)
    log.info("told", shop=sending.shop, topic=sending.topic, answer=answer)
    return good


def _post(runtime: Runtime, hook: hooks.Hook, sending: Sending) -> tuple[str, bool]:
    vault = Vault(runtime.settings.encryption_keys)
    secret = vault.decrypt(hook.secret, shop=hook.shop, column=SECRET)
    body = json.dumps(sending.body, ensure_ascii=False, separators=(",", ":")).encode()
    stamp = int(runtime.clock.now().timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Postvendita",
        "webhook-id": sending.message_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": signature(secret, sending.message_id, stamp, body),
    }
    try:
        status = outgoing.post(hook.url, body, headers, near=bool(runtime.settings.sandbox_url))
    except outgoing.NotAllowed as error:
        return f"not allowed: {error}", False
    except OSError as error:
        return f"no answer: {error}", False
    return str(status), 200 <= status < 300

"""Flask + Celery: the HMAC is checked, the body goes to Redis as a task, then 200."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from celery import Celery
from flask import Flask, abort, request

SECRET = os.environ["PEER_SECRET"].encode()
tasks = Celery("peer", broker=os.environ["PEER_REDIS"])
app = Flask(__name__)


@tasks.task(name="handle")
def handle(shop: str, delivery_id: str, topic: str, body: str) -> None:
    """What a worker would do with it."""


@app.post("/webhooks/shopify")
def receive() -> str:
    """One webhook."""
    body = request.get_data()
    expected = base64.b64encode(hmac.digest(SECRET, body, hashlib.sha256))
    given = request.headers.get("X-Shopify-Hmac-Sha256", "").encode()
    if not hmac.compare_digest(expected, given):
        abort(401)
    names = ("X-Shopify-Shop-Domain", "X-Shopify-Webhook-Id", "X-Shopify-Topic")
    handle.delay(*(request.headers.get(name, "") for name in names), body.decode())
    return "ok\n"

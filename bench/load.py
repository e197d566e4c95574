"""Many senders of signed webhooks in a process of their own: 9.8 kB each, no two with the same id.

`python -m bench.load --port 8080 --secret s --seconds 3` prints one line of JSON. Every connection
stays open and has one request under way.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import secrets
import selectors
import socket
from collections import Counter
from statistics import quantiles
from time import perf_counter

SIZE = 9_800
SHOPS = 8
ENOUGH = 65_536


class Letters:
    """Endless orders/create deliveries; all but the end of a body is signed only once."""

    def __init__(self, path: str, secret: str, shop: str = "") -> None:
        self._path, self._shop = path, shop
        self._run, self._count = secrets.token_hex(6), 0
        fields = json.dumps({"note": "x" * (SIZE - 200), "currency": "EUR", "line_items": []})
        self._start = fields[:-1].encode() + b', "id": '
        self._digest = hmac.new(secret.encode(), self._start, hashlib.sha256)

    def next(self) -> bytes:
        """A whole request."""
        self._count += 1
        end = b"%d}" % (6_000_000_000_000 + self._count)
        digest = self._digest.copy()
        digest.update(end)
        shop = self._shop or f"shop-{self._count % SHOPS}.myshopify.com"
        head = (
            f"POST {self._path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(self._start) + len(end)}\r\n"
            f"X-Shopify-Topic: orders/create\r\nX-Shopify-Shop-Domain: {shop}\r\n"
            f"X-Shopify-Hmac-Sha256: {base64.b64encode(digest.digest()).decode()}\r\n"
            f"X-Shopify-Webhook-Id: {self._run}-{self._count}\r\n"
            f"X-Shopify-API-Version: 2026-10\r\n"
            "X-Shopify-Triggered-At: 2026-11-02T09:00:00Z\r\n\r\n"
        )
        return head.encode() + self._start + end


class Sender:
    """One connection and what it waits for."""

    def __init__(self, port: int, letters: Letters) -> None:
        self._letters = letters
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._came = b""
        self._began = 0.0

    def send(self) -> None:
        """The next one."""
        request = self._letters.next()
        self._began = perf_counter()
        self.socket.sendall(request)

    def answered(self) -> tuple[int, float] | None:
        """Status and seconds, once the answer is whole. Raises ConnectionError when hung up on."""
        came = self.socket.recv(ENOUGH)
        if not came:
            raise ConnectionError("the server hung up")
        self._came += came
        head, found, body = self._came.partition(b"\r\n\r\n")
        if not found or not _whole(head.lower(), body):
            return None
        taken = perf_counter() - self._began
        status, self._came = int(self._came[9:12]), b""
        return status, taken


def _whole(head: bytes, body: bytes) -> bool:
    if b"transfer-encoding: chunked" in head:
        return body.endswith(b"0\r\n\r\n")
    return len(body) >= int(head.partition(b"content-length:")[2].split(b"\r\n")[0])


def press(port: int, letters: Letters, connections: int, seconds: float) -> dict[str, float]:
    """Answers a second, their p50 and p99 in milliseconds, and how many were not 200."""
    senders = [Sender(port, letters) for _ in range(connections)]
    waiting = selectors.DefaultSelector()
    for sender in senders:
        waiting.register(sender.socket, selectors.EVENT_READ, sender)
    taken: list[float] = []
    seen: Counter[int] = Counter()
    served = Counter({id(sender): 0 for sender in senders})
    began = perf_counter()
    until = began + seconds
    for sender in senders:
        sender.send()
    under_way = connections
    while under_way:
        for key, _ in waiting.select(30) or _nobody():
            sender = key.data
            answer = sender.answered()
            if answer is None:
                continue
            seen[answer[0]] += 1
            taken.append(answer[1])
            served[id(sender)] += 1
            if perf_counter() < until:
                sender.send()
            else:
                under_way -= 1
    lasted = perf_counter() - began
    for sender in senders:
        sender.socket.close()
    return _told(taken, seen, served, lasted)


def _nobody() -> list[tuple[selectors.SelectorKey, int]]:
    raise TimeoutError("no answer within 30 seconds")


def _told(
    taken: list[float], seen: Counter[int], served: Counter[int], lasted: float
) -> dict[str, float]:
    hundredths = quantiles(taken, n=100, method="inclusive")
    return {
        "per_second": len(taken) / lasted,
        "count": len(taken),
        "p50_ms": hundredths[49] * 1e3,
        "p99_ms": hundredths[98] * 1e3,
        "worst_ms": max(taken) * 1e3,
        "refused": sum(seen.values()) - seen[200],
        "least_of_most": min(served.values()) / max(served.values()),
    }


def main() -> None:
    """One press, as JSON."""
    reader = argparse.ArgumentParser(prog="bench.load")
    reader.add_argument("--port", type=int, required=True)
    reader.add_argument("--path", default="/webhooks/shopify")
    reader.add_argument("--secret", required=True)
    reader.add_argument("--seconds", type=float, default=3.0)
    reader.add_argument("--connections", type=int, default=16)
    reader.add_argument("--shop", default="")
    asked = reader.parse_args()
    letters = Letters(asked.path, asked.secret, asked.shop)
    print(json.dumps(press(asked.port, letters, asked.connections, asked.seconds)))


if __name__ == "__main__":
    main()

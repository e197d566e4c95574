"""TOP's message service: at least once, in no order; confirmed only after it was kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clients.errors import MISSHAPEN
from clients.http import Kind
from clients.tmall.envelope import listed
from clients.tmall.openmall import moment
from clients.tmall.top import Top

LEAST, MOST = 10, 200


@dataclass(frozen=True)
class TmcMessage:
    """One message. Content that is no JSON object is kept as {"text": …}: none is lost."""

    id: int
    topic: str
    content: dict[str, Any]
    at: datetime | None = None
    user_nick: str = ""


class Tmc:
    """One app's queue; `group` is `default` unless the app has made others."""

    def __init__(self, top: Top, group: str = "default") -> None:
        self._top, self._group = top, group

    def consume(self, quantity: int = 100) -> list[TmcMessage]:
        """What waits, up to `quantity` (10 to 200). It comes again until it is confirmed."""
        wanted = max(LEAST, min(quantity, MOST))
        params = {"group_name": self._group, "quantity": wanted}
        answer = self._top.call("taobao.tmc.messages.consume", params, Kind.READ)
        try:
            return [_message(one) for one in listed(answer.get("messages"))]
        except MISSHAPEN as problem:
            raise self._top.unreadable(problem, Kind.READ) from None

    def confirm(self, message_ids: Sequence[int]) -> None:
        """These were kept; confirming twice is harmless."""
        for some in _parts(list(message_ids), MOST):
            params = {"group_name": self._group, "s_message_ids": ",".join(map(str, some))}
            self._top.call("taobao.tmc.messages.confirm", params, Kind.IDEMPOTENT_WRITE)


def _message(one: dict[str, Any]) -> TmcMessage:
    return TmcMessage(
        id=int(one["id"]),
        topic=str(one.get("topic") or ""),
        content=_content(one.get("content")),
        at=moment(one.get("pub_time")),
        user_nick=str(one.get("user_nick") or ""),
    )


def _content(said: object) -> dict[str, Any]:
    try:
        found = json.loads(said) if isinstance(said, str) else said
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {"text": str(said)}


def _parts(ids: list[int], size: int) -> list[list[int]]:
    return [ids[n : n + size] for n in range(0, len(ids), size)]

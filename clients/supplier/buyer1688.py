"""What all of a buyer's methods at 1688 share: one gateway, and how its values are written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import requests

from clients.errors import MISSHAPEN, Refused
from clients.http import Kind
from clients.money import Money
from clients.supplier.aop import SERVICE, Gateway
from clients.supplier.parse1688 import CURRENCY
from clients.watch import Watch

TRADE, LOGISTICS = "com.alibaba.trade", "com.alibaba.logistics"

_REFUND = re.compile(r"[A-Za-z]{0,4}[0-9]{1,30}", re.ASCII)
_Value = TypeVar("_Value")


class Buyer:
    """A buyer's access to 1688."""

    def __init__(
        self,
        app_key: str,
        secret: str,
        access_token: str,
        *,
        base_url: str = "https://gw.open.1688.com/openapi",
        session: requests.Session | None = None,
        timestamp: Callable[[], int] | None = None,
        watch: Watch | None = None,
    ) -> None:
        """Raises ValueError for a base URL that a token must not be sent to."""
        self._gateway = Gateway(
            app_key,
            secret,
            access_token,
            base_url=base_url,
            session=session,
            timestamp=timestamp,
            watch=watch,
        )

    def _parsed(
        self, read: Callable[[Mapping[str, Any]], _Value], answer: Mapping[str, Any]
    ) -> _Value:
        try:
            return read(answer)
        except MISSHAPEN as problem:
            raise self._gateway.unreadable(problem, Kind.READ) from None


def number(text: str) -> int:
    """1688's ids are whole numbers; anything else never was one of its orders."""
    if not (text.isascii() and text.isdigit() and len(text) <= 20):
        raise Refused(SERVICE, "not one of its numbers", code="bad_number")
    return int(text)


def numbers(texts: Sequence[str]) -> str:
    """Several of them, as the one JSON text a parameter has to be."""
    return compact([number(text) for text in texts])


def refund_number(text: str) -> str:
    """The id of a refund request: letters and a number."""
    if not _REFUND.fullmatch(text):
        raise Refused(SERVICE, "not one of its refunds", code="bad_number")
    return text


def in_fen(amount: Money) -> int:
    """The amount in the unit 1688 counts refunds in."""
    if amount.currency != CURRENCY or amount.minor < 0:
        raise Refused(SERVICE, "an amount has to be in yuan", code="5011")
    return amount.minor


def compact(value: object) -> str:
    """1688: a parameter that is not plain is sent as one JSON text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

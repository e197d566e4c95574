"""A shop, a supplier and a mail server to call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import responses

from clients.email.smtp import SmtpPostbox
from clients.shopify.admin import ShopifyAdmin
from clients.supplier.alibaba1688 import Alibaba1688
from tests.clients import buyer, mailroom
from tests.clients.shop import SHOP, TOKEN, Shop


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as active:
        yield active


@pytest.fixture
def shop(mock: responses.RequestsMock) -> Shop:
    return Shop(mock)


@pytest.fixture
def admin(shop: Shop) -> ShopifyAdmin:
    return ShopifyAdmin(SHOP, TOKEN)


@pytest.fixture
def supplier() -> Alibaba1688:
    return Alibaba1688(buyer.APP_KEY, buyer.SECRET, buyer.TOKEN)


@pytest.fixture
def answer(mock: responses.RequestsMock) -> Callable[..., None]:
    """Puts an answer of 1688's in place, by the short name of the method."""

    def put(name: str, body: Any, status: int = 200) -> None:
        url = f"{buyer.BASE}/{buyer.path(name)}"
        if isinstance(body, Exception | bytes):
            mock.add(responses.POST, url, body=body, status=status)
        else:
            mock.add(responses.POST, url, json=body, status=status)

    return put


@pytest.fixture(scope="session")
def mail_server() -> Iterator[tuple[mailroom.Inbox, int]]:
    inbox = mailroom.Inbox()
    with mailroom.running(inbox) as port:
        yield inbox, port


@pytest.fixture
def inbox(mail_server: tuple[mailroom.Inbox, int]) -> mailroom.Inbox:
    mail_server[0].clear()
    return mail_server[0]


@pytest.fixture
def postbox(mail_server: tuple[mailroom.Inbox, int], inbox: mailroom.Inbox) -> SmtpPostbox:
    return SmtpPostbox(f"smtp://127.0.0.1:{mail_server[1]}")

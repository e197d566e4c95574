"""Whatever a service answers, its reader gives a value or one of the four errors it is known for.

`make fuzz EXAMPLES=20000` asks each of them so often.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.errors import RemoteError
from clients.shopify.bulk_orders import orders_in
from tests.bad_inputs import readers
from tests.bad_inputs.readers import DSERS_ORDER, READERS
from tests.bad_inputs.spoiling import GONE, PLACES, VALUES, Canned, answers, spoiled, tried, written
from tests.clients import shop
from tests.webhooks.telling import FROM_SHOP
from tests.webhooks.test_spoiled import OTHERS, WHOLE
from webhooks.translate import Ignored, Translation, Unreadable, translate

EXAMPLES = int(os.environ.get("PARSER_EXAMPLES", "25"))
"""Of each reader."""
often = settings(
    max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("name", READERS)
def test_a_whole_answer_is_understood(name: str) -> None:
    """So that the examples are spoiled answers, and not all refused at their first letter."""
    ask, whole = READERS[name]
    ask(Canned((200, {}, written(whole))))


@pytest.mark.parametrize("name", READERS)
def test_an_answer_is_understood_or_one_of_the_four_errors(name: str) -> None:
    ask, whole = READERS[name]

    @often
    @given(answers(whole))
    def told(answer: tuple[int, dict[str, str], bytes]) -> None:
        found = tried(lambda: ask(Canned(answer)), RemoteError)
        if isinstance(found, RemoteError):
            assert len(str(found)) < 1_000
            assert "shpat_1" not in str(found)

    told()


@often
@given(PLACES, VALUES | st.just(GONE), PLACES, VALUES | st.just(GONE))
def test_what_a_tool_of_dsers_tells_is_read_as_far_as_it_can_be(
    first: list[int], one: Any, second: list[int], other: Any
) -> None:
    answer = spoiled(spoiled(DSERS_ORDER, first, one), second, other)
    readers.read_dsers(answer if isinstance(answer, Mapping) else {})


LINES = [
    shop.order(lineItems=None, shippingLines=None, refunds=[], fulfillments=[]),
    {**shop.line(), "__parentId": "gid://shopify/Order/9007199254740993"},
    {"id": "gid://shopify/ShippingLine/1", "discountedPriceSet": shop.bag("5.00"),
     "taxLines": [], "__parentId": "gid://shopify/Order/9007199254740993"},
]  # fmt: skip


@often
@given(st.integers(0, 2), PLACES, VALUES | st.just(GONE), st.binary(max_size=20))
def test_a_file_in_bulk_names_what_it_cannot_read(
    number: int, places: list[int], value: Any, between: bytes
) -> None:
    lines = [written(line) for line in LINES]
    changed = spoiled(LINES[number], places, value)
    lines[number] = b"" if changed is GONE else written(changed)
    for order in orders_in((line, 1) for line in [*lines, between, written(LINES[0])]):
        assert order.order is None or order.order.lines is not None


TOLD = {**{("shopify", topic): body for topic, body in WHOLE.items()}, **OTHERS}


@pytest.mark.parametrize("told", TOLD, ids=lambda told: f"{told[0]}: {told[1]}")
def test_a_delivery_is_understood_or_refused(told: tuple[str, str]) -> None:
    headers = FROM_SHOP if told[0] == "shopify" else {"webhook-timestamp": "1793610000"}

    @often
    @given(answers(TOLD[told]))
    def read(answer: tuple[int, dict[str, str], bytes]) -> None:
        found = tried(lambda: translate(*told, answer[2], headers), Unreadable)
        assert isinstance(found, Translation | Ignored) or str(found).isprintable()

    read()

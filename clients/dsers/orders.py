"""Finding one order: `list_orders` tells under which supplier and tab `get_order` will find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clients.dsers import reading, tools
from clients.dsers.failures import SERVICE
from clients.dsers.tools import Toolbox
from clients.errors import Refused

MOST_PAGES, PAGE_SIZE = 5, 100
BY_ID = "dsers_order_id"

Call = Callable[[str, dict[str, Any]], reading.Node]


@dataclass(frozen=True)
class Found:
    """An order with the keys its tools ask for."""

    platform: str
    status: str
    rows: tuple[reading.Row, ...]

    def only(self, sku: str) -> reading.Row:
        """The one item of a SKU, or the one item there is. Raises Refused for none or several."""
        fitting = [row for row in self.rows if row.sku == sku] if sku else []
        chosen = fitting or (list(self.rows) if len(self.rows) == 1 else [])
        if len(chosen) != 1 or not chosen[0].item:
            raise Refused(SERVICE, "which item of the order it is cannot be told", code="item")
        return chosen[0]


class Orders:
    """Reads orders with the tools of one server."""

    def __init__(self, call: Call, box: Toolbox) -> None:
        self._call, self._box = call, box

    def find(self, reference: str) -> Found | None:
        """The order; None when DSers has none of this id."""
        summary = self._summary(reference)
        if summary is None:
            return None
        platform, tab = reading.text(summary, "supplier_platform_id"), reading.status(summary)
        if not platform or not tab:
            raise Refused(SERVICE, "the list does not say where the order lies", code="unreadable")
        asked = {BY_ID: reference, "supplier_platform_id": platform, "tab_status": tab}
        try:
            answer = self._call(tools.GET.name, asked)
        except Refused as problem:
            if problem.code == "NOT_FOUND":
                return None
            raise
        node = reading.inside(answer, "order", "data", "result")
        mine = [row for row in reading.rows(node) if row.platform in {"", platform}]
        # Items under other suppliers may be told as well: they are other purchases.
        return Found(platform, reading.one_status(mine, tab), tuple(mine))

    def _summary(self, reference: str) -> reading.Node | None:
        asked = self._asked(reference)
        for _ in range(MOST_PAGES):
            answer = self._call(tools.LIST.name, asked)
            found, cursor = reading.listed(answer)
            for name, node in reading.ids(found, BY_ID):
                if name == reference:
                    return node
            if not cursor or "cursor" not in self._tool.takes:
                break
            asked = {**asked, "cursor": cursor}
        return None

    def _asked(self, reference: str) -> dict[str, Any]:
        """By its id where the tool can search; else page by page."""
        tool, asked = self._tool, dict[str, Any]()
        sought = tool.first_of(tools.SEARCH_NAMES)
        if "search_by" in tool.takes and sought:
            asked |= {"search_by": BY_ID, sought: reference}
        if "page_size" in tool.takes:
            asked["page_size"] = PAGE_SIZE
        return asked

    @property
    def _tool(self) -> tools.Tool:
        return self._box.tools[tools.LIST.name]

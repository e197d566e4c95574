"""Which of our verbs a server can do, by the names of its tools and what they take.

The published descriptions name the tools and most of their parameters, not their schemas. A tool
fits when it takes what we have to say and demands nothing that we cannot: then it is used, else
its verb stays with the desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ITEM_NAMES = ("dsers_item_id", "dsers_order_item_id", "order_item_id", "item_id", "dsers_line_id")
"""Unverified: how `update_order_supplier` may call an order's item."""
SEARCH_NAMES = ("search_value", "search_text", "search_keyword", "keyword", "query", "search")
"""Unverified: how `list_orders` may call what is looked for beside `search_by`."""


@dataclass(frozen=True)
class Tool:
    """A tool as the server describes it."""

    name: str
    takes: frozenset[str]
    demands: frozenset[str]

    @classmethod
    def of(cls, name: str, schema: Mapping[str, Any]) -> Tool:
        """Out of its input schema; one that cannot be read takes nothing."""
        properties, required = schema.get("properties"), schema.get("required")
        return cls(
            name,
            frozenset(properties) if isinstance(properties, Mapping) else frozenset(),
            frozenset(map(str, required)) if isinstance(required, list) else frozenset(),
        )

    def first_of(self, names: Iterable[str]) -> str:
        """The first of several names it knows a parameter by; empty for none."""
        return next((name for name in names if name in self.takes), "")


@dataclass(frozen=True)
class Wanted:
    """A tool as we would use it: what we have to say, and what we could say if asked."""

    name: str
    says: tuple[str, ...]
    could_say: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    """It has to know one of these."""

    def fits(self, tool: Tool) -> bool:
        """It can be called, and would understand."""
        known = {*self.says, *self.could_say, *self.one_of}
        understood = not self.one_of or bool(tool.first_of(self.one_of))
        return set(self.says) <= tool.takes and tool.demands <= known and understood


LIST = Wanted(
    "list_orders",
    (),
    (*("supplier_platform_id", "status", "search_by", "page_size", "cursor"), *SEARCH_NAMES),
)
GET = Wanted("get_order", ("dsers_order_id", "supplier_platform_id", "tab_status"))
DIAGNOSE = Wanted("diagnose_order_issue", ("dsers_order_ids", "status", "supplier_platform_id"))
PACKAGE = Wanted("get_package_details", ("tracking_number",))
CANCEL = Wanted("cancel_supplier_order", ("dsers_order_id", "supplier_platform_id", "status"))
CHANGE = Wanted(
    "update_order_supplier",
    ("dsers_order_id", "supplier_product_url", "supplier_platform_id"),
    ("tab_status", "status"),
    one_of=ITEM_NAMES,
)
ALL = (LIST, GET, DIAGNOSE, PACKAGE, CANCEL, CHANGE)

VERBS: Mapping[str, tuple[Wanted, ...]] = {
    "read_order": (LIST, GET),
    "detect_no_stock": (LIST, GET, DIAGNOSE),
    "intercept": (LIST, GET, CANCEL),
    "resource": (LIST, GET, CHANGE),
    "customs": (LIST, GET, PACKAGE),
}
"""The tools each verb needs. DSers has none for money, claims, urging or verification."""


@dataclass(frozen=True)
class Toolbox:
    """The tools of one server that fit."""

    tools: Mapping[str, Tool]

    @classmethod
    def of(cls, found: Iterable[Tool]) -> Toolbox:
        """Out of everything a server offers."""
        by_name = {tool.name: tool for tool in found}
        offered = [(wanted, by_name[wanted.name]) for wanted in ALL if wanted.name in by_name]
        return cls({wanted.name: tool for wanted, tool in offered if wanted.fits(tool)})

    def without(self, name: str) -> Toolbox:
        """As if it had not been offered."""
        return Toolbox({n: tool for n, tool in self.tools.items() if n != name})

    def can(self, verb: str) -> bool:
        """Every tool the verb needs is there."""
        needed = VERBS.get(verb, ())
        return bool(needed) and all(wanted.name in self.tools for wanted in needed)

    def verbs(self) -> tuple[str, ...]:
        """What this server can do for us."""
        return tuple(verb for verb in VERBS if self.can(verb))

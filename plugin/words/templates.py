"""Letters as templates that a merchant may rewrite: checked before they run, bounded when they do.

A template may print its variables, ask `if` one is there, and go through the goods. Everything
else of Jinja2 is refused by its syntax tree before anything is evaluated; the sandbox stands
behind that. Values are values: braces in a title are shown, never run.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_SOURCE = 10_000
MOST_RESULT = 50_000
DEEPEST = 20
FILTERS = frozenset({"upper", "lower", "capitalize", "trim", "default"})
GOODS = "lines"
OF_A_LINE = frozenset({"title", "count"})
OF_THE_LOOP = frozenset({"index", "first", "last"})
PLAIN = (
    nodes.Output,
    nodes.TemplateData,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Compare,
    nodes.Operand,
)
"""What needs no closer look than at its parts."""

_ONLY_A_TAG = re.compile(r"^[ \t]*(\{%(?:(?!%\}).)*)(?<![-+])%\}[ \t]*\n", re.MULTILINE)


class BadTemplate(ValueError):
    """A template that must not run, or could not; `faults` says why."""

    def __init__(self, *faults: str) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Line:
    """Some goods of one kind."""

    title: str
    count: int


@dataclass(frozen=True)
class Goods:
    """The goods a letter is about: printed as a list, or gone through one by one."""

    lines: tuple[Line, ...]
    shown: str

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    def __str__(self) -> str:
        return self.shown


def render(source: str, values: Mapping[str, object]) -> str:
    """The text. Raises BadTemplate, and nothing else, whatever the source holds."""
    template = _checked(source, frozenset(values))
    try:
        return _bounded(template, values)
    except BadTemplate:
        raise
    except Exception as error:  # somebody else's template may raise anything at all
        raise BadTemplate("not_allowed") from error


def faults(source: str, names: Collection[str]) -> list[str]:
    """Why a template must not run with these variables; nothing when it may."""
    try:
        _checked(source, frozenset(names))
    except BadTemplate as error:
        return list(error.faults)
    return []


def _bounded(template: Template, values: Mapping[str, object]) -> str:
    parts, size = [], 0
    for part in template.generate(values):
        size += len(part)
        if size > MOST_RESULT:
            raise BadTemplate("too_long")
        parts.append(part)
    return "".join(parts)


# --- What may stand in a template -----------------------------------------------------------------


@lru_cache(maxsize=512)
def _checked(source: str, names: frozenset[str]) -> Template:
    if len(source) > MOST_SOURCE:
        raise BadTemplate("too_long")
    try:
        tree = _ENVIRONMENT.parse(_without_lines_of_tags(source))
        found = dict.fromkeys(_in(tree.body, names))
        template = None if found else _ENVIRONMENT.from_string(tree)
    except TemplateSyntaxError as error:
        raise BadTemplate(f"syntax:line {error.lineno}") from error
    except Exception as error:  # nested or written so that it cannot even be read
        raise BadTemplate("not_allowed") from error
    if template is None:
        raise BadTemplate(*found)
    return template


def _without_lines_of_tags(source: str) -> str:
    """A line that holds one tag and nothing else leaves no line behind; line numbers stay."""
    return _ONLY_A_TAG.sub(r"\1\n%}", source.replace("\r\n", "\n").replace("\r", "\n"))


def _in(
    several: Collection[nodes.Node],
    names: frozenset[str],
    items: frozenset[str] = frozenset(),
    depth: int = 0,
) -> Iterator[str]:
    """The faults of some nodes. `items`: what a line is called, within a loop."""
    if several and depth > DEEPEST:
        yield "not_allowed"
        return
    for node in several:
        match node:
            case nodes.Name(name=name):
                if name not in names:
                    yield f"unknown_variable:{name[:40]}"
            case nodes.Getattr(node=nodes.Name(name=name), attr=attr) if name in items:
                if attr.startswith("_"):
                    yield "not_allowed"
                elif attr not in (OF_THE_LOOP if name == "loop" else OF_A_LINE):
                    yield f"unknown_variable:{name}.{attr}"[:60]
            case nodes.CondExpr(expr2=None):
                yield "not_allowed"  # without an `else` it fails where the condition does
            case nodes.For() if not items and _goes_through_the_goods(node, names):
                assert isinstance(node.target, nodes.Name)
                inside = frozenset({node.target.name, "loop"})
                yield from _in([*node.body, *node.else_], names | inside, inside, depth + 1)
            case nodes.Filter(name=name) if name in FILTERS and node.node is not None:
                given = [*node.args, *(pair.value for pair in node.kwargs)]
                yield from _in([node.node, *given], names, items, depth + 1)
            case node if isinstance(node, PLAIN):
                yield from _in(list(node.iter_child_nodes()), names, items, depth + 1)
            case _:
                yield "not_allowed"


def _goes_through_the_goods(loop: nodes.For, names: frozenset[str]) -> bool:
    plain = not loop.recursive and loop.test is None and isinstance(loop.target, nodes.Name)
    return plain and isinstance(loop.iter, nodes.Name) and loop.iter.name == GOODS in names


_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, autoescape=False, cache_size=0
)
_ENVIRONMENT.globals.clear()

"""Nothing of the catalogue is left out, and every test it points at is there."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from tests.bad_inputs.catalogue import CATALOGUE, ELSEWHERE

TESTS = Path(__file__).parents[1]
TABLES = ("webhooks", "customer_page", "admin", "configuration", "remotes")


def rows_of(module: ModuleType) -> Iterator[str]:
    """The names of a table's rows."""
    for test in vars(module).values():
        for mark in getattr(test, "pytestmark", ()):
            if mark.name == "parametrize":
                yield from (str(row.id) for row in mark.args[1] if getattr(row, "id", None))


@cache
def here() -> frozenset[str]:
    """Ids of the rows in this folder."""
    found = (
        name.partition(" ")[0]
        for table in TABLES
        for name in rows_of(importlib.import_module(f"tests.bad_inputs.test_{table}"))
    )
    return frozenset(found)


@cache
def named_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))


@pytest.mark.parametrize("row", CATALOGUE)
def test_every_row_is_shown_somewhere(row: str) -> None:
    assert row in here() or ELSEWHERE.get(row)


@pytest.mark.parametrize("row", ELSEWHERE)
def test_what_a_row_points_at_is_there(row: str) -> None:
    assert row in CATALOGUE
    for node in ELSEWHERE[row]:
        file, _, name = node.partition("::")
        assert name in named_in(TESTS / file), node


def test_every_row_here_has_its_id() -> None:
    assert all(name[:1] in "WPACR" and name[1:].isdigit() for name in here())
    assert len(here()) > 60

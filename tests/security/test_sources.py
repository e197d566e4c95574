"""What no line of the app may do, read off the lines themselves."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("plugin", "webhooks", "clients", "scheduler")
READS_MARKUP = {"plugin/pages/charts.py", "plugin/pages/recovery.py"}
"""Draws lines and escapes every text in them; and names what that gives."""


@cache
def text_of(path: Path) -> str:
    return path.read_text("utf-8")


@cache
def tree_of(path: Path) -> ast.AST:
    return ast.parse(text_of(path))


def paths(*packages: str) -> Iterator[tuple[str, Path]]:
    for package in packages or PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path


def saying(word: str, *packages: str) -> set[str]:
    """The files a word stands in."""
    return {name for name, path in paths(*packages) if word in text_of(path)}


def calls(*packages: str) -> Iterator[tuple[str, str, ast.Call]]:
    """(file, what is called, the call)"""
    for name, path in paths(*packages):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call):
                yield name, called(node.func), node


def called(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=before), attr=name):
            return f"{before}.{name}"
        case ast.Attribute(attr=name):
            return f".{name}"
        case _:
            return ""


def test_every_webhook_door_asks_one_module_who_sent_it() -> None:
    """Signatures are compared there and nowhere else under `webhooks`."""
    doors = {"webhooks/shopify.py", "webhooks/supplier.py", "webhooks/tmall.py", "webhooks/mail.py"}
    compares, asks = set(), set()
    for path, name, _ in calls("webhooks"):
        if name.endswith("compare_digest"):
            compares.add(path)
        if name.startswith("signature.of_"):
            asks.add(path)
    assert compares == {"webhooks/signature.py"}
    assert doors - asks <= {"webhooks/supplier.py", "webhooks/mail.py"}
    assert "of_standard" in (ROOT / "webhooks/standard.py").read_text("utf-8")


def test_secrets_are_compared_in_constant_time() -> None:
    """No `==` with a digest on either side."""
    secret = re.compile(r"hmac|digest|signature|secret|token_hash", re.IGNORECASE)
    found = []
    for name, path in paths("webhooks", "clients"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
                sides = [node.left, *node.comparators]
                if any(
                    isinstance(one, ast.Call) and secret.search(ast.unparse(one)) for one in sides
                ):
                    found.append(f"{name}:{node.lineno}")
    assert found == []


def test_nothing_is_run_by_a_shell_or_out_of_a_text() -> None:
    forbidden = {
        "eval",
        "exec",
        "os.system",
        "os.popen",
        "pickle.loads",
        "yaml.load",
        "marshal.loads",
    }
    found = []
    for path, name, node in calls():
        if name in forbidden or any(word.arg == "shell" for word in node.keywords):
            found.append(f"{path}:{node.lineno} {name}")
    assert found == []


def test_certificates_are_always_checked() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, _, node in calls()
        for word in node.keywords
        if word.arg == "verify" and ast.unparse(word.value) == "False"
    ]
    assert found == []
    assert saying("_create_unverified_context") | saying("CERT_NONE") == set()


def test_markup_is_made_in_one_place() -> None:
    assert saying("markupsafe") == READS_MARKUP
    for path in (ROOT / "plugin").rglob("*.html"):
        text = path.read_text("utf-8")
        assert "|safe" not in text.replace(" ", ""), path
        assert "autoescape false" not in text, path


def test_no_script_of_ours_writes_markup() -> None:
    for path in (ROOT / "plugin").rglob("*.js"):
        if "htmx" not in path.name:
            text = path.read_text("utf-8")
            for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
                assert way not in text, path


@pytest.mark.parametrize("name", ["theme.liquid", "script_tag", "app_proxy", "ScriptTag"])
def test_nothing_of_a_stores_theme_is_touched(name: str) -> None:
    assert saying(name, "plugin", "webhooks", "scheduler") == set()

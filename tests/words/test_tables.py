"""The words themselves: nothing is missing in any language, and the tone is kept."""

from __future__ import annotations

import ast
import inspect
import string
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

import plugin
from plugin import casework, deadlines
from plugin import timeline as t
from plugin.actions import ACTIONS, Letter, Topic
from plugin.case import Case
from plugin.effects import refund
from plugin.order import Order
from plugin.terms import Autonomy, Route, Situation
from plugin.words.causes import _OWN
from plugin.words.speech import LANGUAGES, WORDS
from plugin.words.told import line

HERE = Path(plugin.__file__).parent
OTHERS = ("it", "zh")
STATES = ("waiting", "going", "by_hand", "unknown", "done", "refused", "declined", "withdrawn")
STATUSES = ("needs_you", "working", "waiting", "recovering", "closed")
OUTCOMES = (
    *("refunded", "replaced", "declined", "shipped", "order_cancelled"),
    *("purchase_cancelled", "nothing_left", "bought_elsewhere", "taken_over"),
)


def places(text: str) -> set[str]:
    """The names of what is filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def calls(source: str, names: set[str]) -> Iterator[ast.Call]:
    """Every call of a function or method of such a name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            if called in names:
                yield node


def constants(nodes: list[ast.expr]) -> set[str]:
    """The strings among some arguments."""
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def returned(function: object) -> set[str]:
    """Every string a function can return."""
    source = textwrap.dedent(inspect.getsource(function))  # type: ignore[arg-type]
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Return) and node.value is not None:
            found |= constants([n for n in ast.walk(node.value) if isinstance(n, ast.expr)])
    return found - {""}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_sentences(language: str) -> None:
    assert set(WORDS["en"]) == set(WORDS[language])


@pytest.mark.parametrize("language", OTHERS)
def test_the_same_things_are_filled_in_everywhere(language: str) -> None:
    different = {
        key: (places(text), places(WORDS[language][key]))
        for key, text in WORDS["en"].items()
        if places(text) != places(WORDS[language][key])
    }
    assert different == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_or_shouts(language: str) -> None:
    bad = [k for k, v in WORDS[language].items() if k != "join" and not v.strip()]
    loud = [k for k, v in WORDS[language].items() if "!" in v or "！" in v]
    assert (bad, loud) == ([], [])


@pytest.mark.parametrize("language", OTHERS)
def test_sentences_are_translated(language: str) -> None:
    alike = {
        k for k, v in WORDS["en"].items() if len(places(v)) < len(v) and v == WORDS[language][k]
    }
    patterns = {"day", "moment", "soon", "comma", "quote", "item", "merchant.rest", "join"}
    bare = {k for k in alike if not v_without_places(WORDS["en"][k])}
    assert alike - patterns - bare == set()


def v_without_places(text: str) -> str:
    """What is left of a sentence without what is filled in and without punctuation."""
    letters = "".join(literal for literal, *_ in string.Formatter().parse(text))
    return "".join(character for character in letters if character.isalpha())


def test_every_cause_a_playbook_names_has_a_sentence() -> None:
    said: set[str] = set(returned(Case.how_it_ended.fget))
    for path in (HERE / "playbooks").glob("*.py"):
        for call in calls(path.read_text(), {"Why", "why", "_close"}):
            said |= constants(call.args[1:2])
    assert {"overdue", "overdue_abroad", "silent", "settled", "taken_over", "shipped"} <= said
    assert {
        name for name in said if name not in _OWN and f"cause.{name}" not in WORDS["en"]
    } == set()


def test_every_reason_for_stopping_has_a_sentence() -> None:
    codes = returned(casework.Casework._held_back) | returned(Case.how_it_ended.fget)
    codes |= returned(Order.dispute.fget)
    codes |= returned(refund._why_not) | returned(refund._news_since_approval)
    codes.discard("")
    for path in (HERE / "effects").glob("*.py"):
        for call in calls(path.read_text(), {"refused", "hand_over", "hold"}):
            codes |= constants(call.args[:1])
    for call in calls((HERE / "merchant.py").read_text(), {"NotPossible", "__init__"}):
        codes |= {code for code in constants(call.args[:1]) if code}
    assert {"no_cap", "in_dispute", "by_hand", "no_address", "shipped"} <= codes
    assert {code for code in codes if f"why.{code}" not in WORDS["en"]} == set()


def test_every_name_has_a_word() -> None:
    keys = {
        *(f"situation.{name}" for name in Situation),
        *(f"autonomy.{name}" for name in Autonomy),
        *(f"route.{name}" for name in Route),
        *(f"step.{name}" for name in STATES),
        *(f"status.{name}" for name in STATUSES),
        *(f"outcome.{name}" for name in OUTCOMES),
        *(f"kind.{kind}" for kind in ACTIONS),
        *(f"waiting.{deadline.name}" for deadline in deadlines.ALL),
        *(f"says.{deadline.name}" for deadline in deadlines.ALL),
        *(f"action.tell_merchant.{topic}" for topic in Topic),
        *(f"merchant.{topic}.subject" for topic in Topic),
        *(f"action.write_customer.{letter}" for letter in Letter),
        *(f"customer.{letter}.subject" for letter in Letter),
        *(f"event.planned.{level}" for level in Autonomy if level is not Autonomy.OFF),
        *(f"choice.{choice}" for choice in ("source", "invite", "replace")),
    }
    assert keys - set(WORDS["en"]) == set()


@pytest.mark.parametrize("kind", sorted(t.EVENTS))
def test_every_kind_of_event_has_a_line_of_its_own(kind: str) -> None:
    assert line.dispatch(t.EVENTS[kind]) is not line.dispatch(t.Event)

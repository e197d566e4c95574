"""The words themselves: nothing is missing in any language, and the tone is kept."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import plugin
from plugin import addresses, deadlines, letters, sentences
from plugin import timeline as t
from plugin.actions import ACTIONS, Letter, Topic
from plugin.terms import Autonomy, Route, Situation
from plugin.words.acts import KIND_OF_KEY
from plugin.words.causes import _OWN
from plugin.words.speech import LANGUAGES, WORDS
from plugin.words.told import line
from tests.words.conftest import ACTIONS as EXAMPLES

HERE = Path(plugin.__file__).parent
OTHERS = ("it", "zh")
STATES = ("waiting", "going", "by_hand", "unknown", "done", "refused", "declined", "withdrawn")
STATUSES = ("needs_you", "working", "waiting", "recovering", "closed")
CHOICES = ("source", "invite", "replace", "split", "refund", "reissue", "none")
WHOLE_SHOP = frozenset({Topic.MISSED_CLOCKS, Topic.DIGEST})
"""Lines that have a body of their own."""
HOW_IT_ENDED = ("case.py", "how_it_ended")


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


def returned(path: str, *names: str) -> set[str]:
    """Every code that some functions of a file can return; all of its functions without names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((HERE / path).read_text())):
        if isinstance(node, ast.FunctionDef) and (not names or node.name in names):
            for part in ast.walk(node):
                if isinstance(part, ast.Return) and part.value is not None:
                    inner = [n for n in ast.walk(part.value) if isinstance(n, ast.expr)]
                    found |= constants(inner)
    return {code for code in found if code.isidentifier()}


def playbooks() -> Iterator[str]:
    """The source of every rule."""
    for path in sorted((HERE / "playbooks").glob("*.py")):
        yield path.read_text()


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
    patterns = {"day", "moment", "soon", "date", "comma", "quote", "item", "merchant.rest", "join"}
    bare = {k for k in alike if not v_without_places(WORDS["en"][k])}
    assert alike - patterns - bare == set()


def within(node: ast.expr) -> list[ast.expr]:
    """An expression and all of its parts, but for the condition of a choice between two."""
    if isinstance(node, ast.IfExp):
        return [*within(node.body), *within(node.orelse)]
    return [node]


def v_without_places(text: str) -> str:
    """What is left of a sentence without what is filled in and without punctuation."""
    letters = "".join(literal for literal, *_ in string.Formatter().parse(text))
    return "".join(character for character in letters if character.isalpha())


def test_every_cause_a_playbook_names_has_a_sentence() -> None:
    said = returned(*HOW_IT_ENDED)
    for source in playbooks():
        for call in calls(source, {"Why", "why", "_told"}):
            said |= constants([n for arg in call.args[1:2] for n in within(arg)])
        for call in calls(source, {"refunds", "reissues"}):
            said |= constants(call.args[3:4])
    assert {"overdue", "overdue_abroad", "silent", "settled", "shipped", "own_purse"} <= said
    assert {"address_doubtful", "wrong_address", "cannot_stop", "customs_returned"} <= said
    assert {
        name for name in said if name not in _OWN and f"cause.{name}" not in WORDS["en"]
    } == set()


def test_every_reason_for_stopping_has_a_sentence() -> None:
    codes = returned(*HOW_IT_ENDED) | returned("order.py", "dispute")
    codes |= returned("gates.py", "why_not", "_gate", "_stopped")
    codes |= returned("levels.py", "_money")
    codes |= returned("effects/refund.py", "_news_since_approval", "_differs")
    for path in (HERE / "effects").glob("*.py"):
        for call in calls(path.read_text(), {"refused", "hand_over", "hold"}):
            codes |= {code for code in constants(call.args[:1]) if code.isidentifier()}
    for source in playbooks():
        for call in calls(source, {"call_off"}):
            codes |= constants(call.args[2:3])
        for call in calls(source, {"Withdraw", "_no_more_asking"}):
            codes |= constants(call.args[1:2])
    for name in ("merchant.py", "customer_reports.py"):
        for call in calls((HERE / name).read_text(), {"NotPossible", "__init__"}):
            codes |= {code for code in constants(call.args[:1]) if code}
    codes |= {f"customs_{state}" for state in ("cleared", "returned", "destroyed")}
    codes |= {"contradicts", "suppressed", "bounced", "complained", "bought_meanwhile"}
    assert {"no_cap", "in_dispute", "by_hand", "no_address", "shipped", "not_verified"} <= codes
    assert {"evidence_came", "answered", "international", "by_hand_verify"} <= codes
    assert {code for code in codes if f"why.{code}" not in WORDS["en"]} == set()


def test_every_name_has_a_word() -> None:
    keys = {
        *(f"situation.{name}" for name in Situation),
        *(f"autonomy.{name}" for name in Autonomy),
        *(f"route.{name}" for name in Route),
        *(f"step.{name}" for name in STATES),
        *(f"status.{name}" for name in STATUSES),
        *(f"kind.{kind}" for kind in ACTIONS),
        *(f"kind.{kind}" for kind in KIND_OF_KEY.values()),
        *(f"waiting.{deadline.name}" for deadline in deadlines.ALL),
        *(f"says.{deadline.name}" for deadline in deadlines.ALL),
        *(f"clock.{deadline.name}" for deadline in deadlines.ALL),
        *(f"count.{deadline.unit}.many" for deadline in deadlines.ALL),
        *(f"action.tell_merchant.{topic}" for topic in Topic),
        *(f"merchant.{topic}.subject" for topic in Topic),
        *(f"action.write_customer.{letter}" for letter in Letter),
        *(f"merchant.{topic}.next" for topic in Topic if topic not in WHOLE_SHOP),
        *(f"letter.{letter}" for letter in Letter),
        *(f"event.planned.{level}" for level in Autonomy if level is not Autonomy.OFF),
        *(f"choice.{choice}" for choice in CHOICES),
    }
    assert keys - set(WORDS["en"]) == set()


@pytest.mark.parametrize("kind", sorted(t.EVENTS))
def test_every_kind_of_event_has_a_line_of_its_own(kind: str) -> None:
    assert line.dispatch(t.EVENTS[kind]) is not line.dispatch(t.Event)


def test_every_outcome_a_playbook_names_has_a_word() -> None:
    outcomes = returned(*HOW_IT_ENDED) | returned("playbooks/no_stock.py", "_outcome")
    for source in playbooks():
        for call in calls(source, {"CloseCase"}):
            outcomes |= constants(
                [n for k in call.keywords if k.arg == "outcome" for n in within(k.value)]
            )
        for call in calls(source, {"_close", "_told"}):
            outcomes |= constants([n for arg in call.args[1:3] for n in within(arg)])
    outcomes |= {"address_confirmed", "address_corrected", "reissued", "cancelled", "taken_over"}
    assert {"cleared", "own_purse", "no_evidence", "claim_refused", "cannot_stop"} <= outcomes
    missing = {name for name in outcomes if f"outcome.{name}" not in WORDS["en"]}
    assert missing == set()


def test_every_key_of_an_action_leads_to_its_kind() -> None:
    for example in EXAMPLES.values():
        assert KIND_OF_KEY[example.key.partition(":")[0]] == example.kind


def test_every_kind_of_action_is_among_the_examples() -> None:
    assert {example.kind for example in EXAMPLES.values()} == set(ACTIONS)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_every_action_has_a_line_and_a_button_of_its_own(name: str) -> None:
    example = EXAMPLES[name]
    forms = {getattr(example, part, "") for part in ("topic", "letter", "reason", "of")} - {""}
    for form in forms:
        assert f"action.{example.kind}.{form}" in WORDS["en"]
    for group in ("button", "by_hand"):
        assert f"{group}.{example.kind}" in WORDS["en"]


def test_every_doubt_about_an_address_has_a_word() -> None:
    source = Path(addresses.__file__).read_text()
    codes = {code for call in calls(source, {"Doubt"}) for code in constants(call.args[1:2])}
    assert codes
    assert {code for code in codes if f"doubt.{code}" not in WORDS["en"]} == set()


def test_clocks_that_wait_for_china_are_clocks() -> None:
    names = {deadline.name for deadline in deadlines.ALL}
    assert names >= sentences.WITH_BEIJING
    business = {deadline.name for deadline in deadlines.ALL if deadline.unit == "business_days"}
    assert business <= sentences.WITH_BEIJING


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", Letter)
def test_every_letter_is_there_in_every_language(letter: Letter, language: str) -> None:
    subject, body = letters.default_text(letter, language)
    assert letters.problems(letter, subject, body) == []
    assert "!" not in subject + body.replace("!=", "")
    assert "！" not in subject + body


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("letter", Letter)
def test_every_letter_fills_in_the_same_in_every_language(letter: Letter, language: str) -> None:
    used = [
        {name for name in letters.VARIABLES[letter] if name in " ".join(text)}
        for text in (letters.default_text(letter, "en"), letters.default_text(letter, language))
    ]
    assert used[0] == used[1]

"""Everything Alice can open, with her own values and with Bob's in every place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from werkzeug.routing import Rule

from plugin.store import privacy
from tests.isolation.asking import Answer, Asker, browser, built, leaks, rules, standing_in
from tests.isolation.outside import Outside
from tests.isolation.places import NAMED, PLACES, PLAIN, values
from tests.isolation.town import Town, Who

DESK = ("desk", "operations")
BY_A_LINK_OF_ITS_OWN = {"desk.login", "desk.enter_page"}
"""The link itself says whose it is, and is signed."""
OF_ALL = {"operations.metrics_text", "operations.readyz"}
"""Counts of the whole deployment, for who runs it; they name nobody."""
GROWS_BY_LOOKING = {"desk.accesses_page", "desk.accesses_csv"}
NEW_EACH_TIME = re.compile(r'name="once" value="[^"]*"|session=[^;]*;|postvendita=[^;]*;')
NEVER_OPEN = {"desk.bounce", "desk.video", "desk.grant", "desk.granted"}
"""Alice comes from nowhere to bounce back to, has no video, and nobody invited her store."""


@pytest.fixture(scope="module")
def alice(settled: Town) -> Asker:
    return browser(settled)


def opened(asker: Asker) -> list[Rule]:
    found = rules(asker.app, "GET", *DESK)
    return [rule for rule in found if rule.endpoint not in BY_A_LINK_OF_ITS_OWN]


def paths(rule: Rule, alice: Who, other: Who) -> list[tuple[str, list[str]]]:
    """Addresses of a rule: each place of theirs in turn with the other's values, the rest hers."""
    found = []
    for strange in sorted(rule.arguments):
        own = {name: values(PLACES, name, alice)[0] for name in rule.arguments}
        for value in values(PLACES, strange, other):
            found.append((built(rule, {**own, strange: value}), [value]))
    if len(rule.arguments) > 1:
        for case_id in other.cases:
            all_his = {name: values(PLACES, name, other)[0] for name in rule.arguments}
            all_his |= {"case_id": case_id} if "case_id" in all_his else {}
            found.append((built(rule, all_his), list(all_his.values())))
    return found


def hers(rule: Rule, alice: Who) -> list[tuple[str, list[str]]]:
    """Addresses of a rule with her values alone."""
    return paths(rule, alice, alice) or [(built(rule, {}), [])]


def looked_at(asker: Asker, rule: Rule, who: Who) -> Iterator[tuple[str, Answer]]:
    """A rule's pages as one of the shop sees them, by each of its own values."""
    for path, _ in hers(rule, who):
        answer = asker.ask("GET", path)
        yield path, answer
        for name in sorted(answer.parameters - PLAIN):
            for value in values(NAMED, name, who):
                question = f"{path}?{urlencode({name: value})}"
                yield question, asker.ask("GET", question)


def test_her_own_pages_show_nothing_of_his(settled: Town, alice: Asker) -> None:
    found: list[str] = []
    shut: set[str] = set()
    full: set[str] = set()
    for rule in opened(alice):
        answers = [answer for _, answer in looked_at(alice, rule, settled.alice)]
        for answer in answers:
            assert answer.status < 500, rule
            found += [f"{rule.endpoint}: {leak}" for leak in leaks(settled.bob, answer.text)]
        shut |= {rule.endpoint} - {rule.endpoint for a in answers if a.status == 200}
        full |= {rule.endpoint for a in answers if settled.alice.canary in a.text}
    assert found == []
    assert shut == NEVER_OPEN, "else nothing was looked at"
    assert len(full) > 20, "the pages are full of Alice's own canaries"


def test_his_values_in_a_path_open_nothing(settled: Town, alice: Asker) -> None:
    found: list[str] = []
    for rule in opened(alice):
        for path, said in paths(rule, settled.alice, settled.bob):
            answer = alice.ask("GET", path)
            found += [f"{path}: {leak}" for leak in leaks(settled.bob, answer.text, said)]
            his = any(standing_in(settled.bob, one) for one in said)
            if his and answer.status != 404:
                found.append(f"{path}: {answer.status}")
    assert found == []


def test_his_values_in_a_question_bring_nothing(settled: Town, alice: Asker) -> None:
    found: list[str] = []
    asked: set[str] = set()
    for rule in opened(alice):
        ((path, _), *_others) = hers(rule, settled.alice)
        for name in sorted(alice.ask("GET", path).parameters - PLAIN):
            for value in values(NAMED, name, settled.bob):
                answer = alice.ask("GET", path, query_string={name: value})
                asked.add(f"{rule.endpoint} {name}")
                where = f"{path}?{name}={value}"
                assert answer.status < 500, where
                found += [f"{where}: {x}" for x in leaks(settled.bob, answer.text, [value])]
    assert found == []
    assert {"desk.cases q", "desk.order_file key", "desk.supplier name"} <= asked


def test_nothing_goes_out_by_looking(settled: Town, alice: Asker) -> None:
    with Outside().around() as outside:
        for rule in opened(alice):
            alice.ask("GET", hers(rule, settled.alice)[0][0])
    assert outside.calls == []


def test_her_figures_are_the_same_without_him(town: Town) -> None:
    """No sum, count or record of a supplier both have is made of what is his."""
    alice = browser(town)
    before = told(alice, town)
    with town.db.write() as tx:
        assert privacy.erase_shop(tx, town.bob.shop) > 50
    after = told(alice, town)
    assert [path for path in before if before[path] != after[path]] == []


def told(asker: Asker, town: Town) -> dict[str, str]:
    """Every page of hers, without what is drawn anew for each."""
    return {
        path: NEW_EACH_TIME.sub("", answer.text)
        for rule in opened(asker)
        if rule.endpoint not in OF_ALL | GROWS_BY_LOOKING
        for path, answer in looked_at(asker, rule, town.alice)
    }

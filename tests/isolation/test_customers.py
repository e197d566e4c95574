"""The pages behind a customer's link: Alice's customer with everything of Bob's she could name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from tests.isolation.asking import Asker, browser, built, leaks, rules
from tests.isolation.forms import Fields, forms_on
from tests.isolation.places import PLACES, values
from tests.isolation.town import Town, Who

PART = "customer"


@pytest.fixture(scope="module")
def bianca(settled: Town) -> Asker:
    """A browser; the link is her key."""
    return browser(settled)


def paths(rule: Rule, mine: Who, strange: Who) -> Iterator[tuple[str, list[str]]]:
    """Her link with the stranger's cases and pictures; for none, her link as it is."""
    others = sorted(rule.arguments - {"token", "rest"})
    for name in sorted(rule.arguments & {"token", "rest"}):
        for link in values(PLACES, name, mine):
            if not others:
                yield built(rule, {name: link}), []
            for other in others:
                for value in values(PLACES, other, strange):
                    yield built(rule, {name: link, other: value}), [value]


def test_her_link_shows_nothing_of_the_other_shop(settled: Town, bianca: Asker) -> None:
    found, full = [], 0
    for rule in rules(bianca.app, "GET", PART):
        for path, _ in paths(rule, settled.alice, settled.alice):
            answer = bianca.ask("GET", path)
            full += answer.status == 200 and settled.alice.canary in answer.text
            found += [f"{path}: {leak}" for leak in leaks(settled.bob, answer.text)]
    assert found == []
    assert full >= 3, "her two orders and her picture"


def test_his_pictures_and_cases_are_not_behind_her_link(settled: Town, bianca: Asker) -> None:
    found = []
    for rule in rules(bianca.app, "GET", PART):
        for path, said in paths(rule, settled.alice, settled.bob):
            answer = bianca.ask("GET", path)
            found += [f"{path}: {leak}" for leak in leaks(settled.bob, answer.text, said)]
            if said and answer.status != 404:
                found.append(f"{path}: {answer.status}")
    assert found == []


def test_what_is_sent_to_her_link_changes_nothing_of_his(town: Town) -> None:
    bianca, found = browser(town), []
    untouched = town.rows(town.bob)
    forms = [form for link in town.bob.links for form in his_forms(bianca, link)]
    assert len(forms) > 3
    for rule in rules(bianca.app, "POST", PART):
        for path, said in paths(rule, town.alice, town.bob):
            for fields in forms:
                answer = bianca.ask("POST", path, data=MultiDict(fields))
                words = [*said, *(value for _, value in fields)]
                found += [f"{path}: {leak}" for leak in leaks(town.bob, answer.text, words)]
                assert answer.status < 500, path
                if said and answer.status < 400:
                    found.append(f"{path} {dict(fields)}: {answer.status}")
    now = town.rows(town.bob)
    found += [f"changed {name}" for name in now if now[name] != untouched[name]]
    assert found == []


def his_forms(asker: Asker, link: str) -> list[Fields]:
    path = f"/report/{link}"
    return [fields for _, fields in forms_on(path, asker.ask("GET", path).text)]

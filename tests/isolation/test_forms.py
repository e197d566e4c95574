"""Everything Bob can press, pressed by Alice; and Bob's values in everything she can send."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from tests.isolation.asking import Answer, Asker, browser, built, leaks, rules, standing_in
from tests.isolation.forms import Fields, forms_on
from tests.isolation.outside import Outside, store_of
from tests.isolation.places import NAMED, PLACES, values
from tests.isolation.test_pages import looked_at, opened
from tests.isolation.town import Town, Who

NAMES_A_THING = {"desk.remove_hook", "desk.tell_again", "desk.revoke_key"}
"""Their form names one thing and nothing else: there is none by that name."""
WITHOUT_A_FORM = {
    "desk.resume",
    *("desk.load_samples", "desk.open_samples", "desk.leave_samples", "desk.remove_samples"),
}
"""Nothing is paused, and sample cases are for shops without cases; they name nothing."""
GONE_IS_GONE = {"desk.drop_view"}
"""What is not there is dropped already: it says no more than that."""
COMING_AND_GOING = {"desk.ask_login", "desk.enter", "desk.logout"}
"""Open to strangers: whoever asks for a link, it goes to the member's own address."""
Sent = tuple[str, Fields]


@dataclass(frozen=True)
class Pressed:
    """What came of it."""

    what: str
    answer: Answer
    said: list[str]


@pytest.fixture(scope="module")
def offered(settled: Town) -> dict[str, dict[str, list[Sent]]]:
    """By shop and endpoint: what stands on its pages to be sent."""
    return {who.shop: _offered(settled, who) for who in (settled.alice, settled.bob)}


def _offered(town: Town, who: Who) -> dict[str, list[Sent]]:
    asker = browser(town, who)
    found: dict[str, list[Sent]] = defaultdict(list)
    for rule in opened(asker):
        for path, answer in looked_at(asker, rule, who):
            _gather(asker, path, answer, found)
    # What asks "really?" first: its answer holds the form that does it.
    for path, fields in list(found["desk.bulk"]):
        more = [("case", one) for one in who.cases]
        answer = asker.ask("POST", path, data=MultiDict([*fields, *more]))
        _gather(asker, path, answer, found)
    return found


def _gather(asker: Asker, path: str, answer: Answer, found: dict[str, list[Sent]]) -> None:
    adapter = asker.app.url_map.bind("localhost")
    for action, fields in forms_on(path, answer.text):
        plain = urlsplit(action).path
        endpoint, _places = adapter.match(plain, "POST")
        known = {(urlsplit(one).path, kept) for one, kept in found[endpoint]}
        if (plain, fields) not in known:
            found[endpoint].append((action, fields))


def sendings(rule: Rule, town: Town, offered: dict[str, dict[str, list[Sent]]]) -> Iterator[Sent]:
    """Bob's forms as they are, and on Alice's own addresses."""
    bobs = offered[town.bob.shop].get(rule.endpoint, [])
    alices = offered[town.alice.shop].get(rule.endpoint, [])
    yield from bobs
    for action, _ in alices[:1] if rule.arguments else []:
        yield from ((action, fields) for _, fields in bobs)
    for strange in sorted(rule.arguments):
        own = {name: values(PLACES, name, town.alice)[0] for name in rule.arguments}
        for value in values(PLACES, strange, town.bob):
            yield built(rule, {**own, strange: value}), ()
    if not rule.arguments and not bobs:
        yield built(rule, {}), ()


def with_his(sent: Sent, names: Iterable[str], bob: Who) -> Iterator[Sent]:
    """The same with one thing of Bob's in each field that names one."""
    for name in sorted(set(names) & set(NAMED)):
        for value in values(NAMED, name, bob):
            yield sent[0], (*((n, v) for n, v in sent[1] if n != name), (name, value))


def pressed(
    alice: Asker, rule: Rule, town: Town, offered: dict[str, dict[str, list[Sent]]]
) -> Iterator[Pressed]:
    """Every sending of a rule, and the first two once more with each field his."""
    names: set[str] = set()
    known = list(sendings(rule, town, offered))
    assert known, rule
    for sent in known:
        done = press(alice, sent)
        names |= done.answer.fields
        yield done
    for sent in known[:2]:
        for more in with_his(sent, names, town.bob):
            yield press(alice, more)


def press(alice: Asker, sent: Sent) -> Pressed:
    path, fields = sent
    answer = alice.ask("POST", path, data=MultiDict(fields))
    parts = urlsplit(path)
    asked = [value for _, value in parse_qsl(parts.query)]
    said = [parts.path, *parts.path.split("/"), *asked, *(value for _, value in fields)]
    return Pressed(f"{path} {dict(fields)}", answer, said)


def test_every_button_is_known(settled: Town, offered: dict[str, dict[str, list[Sent]]]) -> None:
    everything = {rule.endpoint for rule in rules(browser(settled).app, "POST", "desk")}
    missing = everything - set(offered[settled.bob.shop]) - WITHOUT_A_FORM - COMING_AND_GOING
    assert missing == set(), "plant in tests/isolation/planting.py what its form needs to be shown"


def test_nothing_she_sends_reaches_what_is_his(
    town: Town, offered: dict[str, dict[str, list[Sent]]]
) -> None:
    alice, found = browser(town), []
    untouched = town.rows(town.bob)
    stores = {who.shop: store_of(who) for who in (town.alice, town.bob)}
    with Outside(stores).around() as outside:
        for rule in rules(alice.app, "POST", "desk"):
            if rule.endpoint in COMING_AND_GOING:
                continue
            for one in pressed(alice, rule, town, offered):
                found += wrong(rule, one, town)
                if one.answer.status < 400:
                    found += [f"{one.what}: {it}" for it in changed(town, untouched)]
                    town.go_back()
            found += [f"{rule.endpoint}, refused: {it}" for it in changed(town, untouched)]
    assert found == []
    assert {call.host for call in outside.to_stores()} == {town.alice.shop}
    assert all(call.token == f"shpat_{town.alice.canary}" for call in outside.to_stores())


def changed(town: Town, before: dict[str, list[Any]]) -> list[str]:
    """Tables in which something of Bob's is not what it was."""
    now = town.rows(town.bob)
    return [f"changed {name}" for name in before if now[name] != before[name]]


def wrong(rule: Rule, one: Pressed, town: Town) -> Iterator[str]:
    """What should not have come of it."""
    path, status = one.said[0], one.answer.status
    if status >= 500:
        yield f"{one.what}: {status}"
    his = bool(standing_in(town.bob, path))
    if rule.endpoint in GONE_IS_GONE:
        return
    if (his or rule.endpoint in NAMES_A_THING) and status not in {404, 403}:
        yield f"{one.what}: {status}"
    yield from (f"{one.what}: {leak}" for leak in leaks(town.bob, one.answer.text, one.said))

"""Every operation of the API with Alice's key, with her own values and with Bob's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from plugin.api.operations import OPERATIONS, Operation
from scheduler.web import make_app
from tests.isolation.asking import Answer, Asker, leaks
from tests.isolation.places import NAMED, PLACES, values
from tests.isolation.town import Town, Who
from tests.story import LAMP

WRITES = tuple(operation for operation in OPERATIONS if operation.body is not None)
PLACE = re.compile(r"<(?:[^<>]*:)?(\w+)>")
PLAIN: dict[str, list[Any]] = {
    "status": ["asked"], "problem": ["damaged"], "limit": ["100"], "cursor": [], "after": ["0"],
    "text": ["a note"], "why": ["no"], "choice": [""], "both_because": [""],
    "situation": ["damaged"], "once": ["form-1"], "wish": ["refund"], "words": ["broken"],
    "lines": [[{"line_id": LAMP, "quantity": 1}]],
}  # fmt: skip
"""What names nothing of anybody's."""


def program(town: Town, who: Who) -> Asker:
    return Asker(make_app(town.runtime).test_client(), {"Authorization": f"Bearer {who.key}"})


@pytest.fixture(scope="module")
def alice(settled: Town) -> Asker:
    return program(settled, settled.alice)


def named(name: str, who: Who) -> list[Any]:
    return PLAIN[name] if name in PLAIN else values(NAMED, name, who)


def calls(operation: Operation, mine: Who, strange: Who) -> Iterator[tuple[str, list[str], Any]]:
    """(path, said, body): each place with the stranger's values."""
    place = PLACE.search(operation.path)
    if place is None:
        yield from ((operation.path, [], body) for body in bodies(operation, strange))
        return
    for value in values(PLACES, place[1], strange):
        path = PLACE.sub(value, operation.path)
        yield from ((path, [value], body) for body in bodies(operation, strange))
    if strange is not mine:
        own = [PLACE.sub(value, operation.path) for value in values(PLACES, place[1], mine)]
        yield from ((path, [], body) for path in own for body in bodies(operation, strange))


def bodies(operation: Operation, who: Who) -> list[Any]:
    """One for each value of each field that names something."""
    if operation.body is None:
        return [None]
    names = list(operation.body["properties"])
    plain = {name: named(name, who)[0] for name in names if named(name, who)}
    strange = [name for name in names if name not in PLAIN]
    return [plain, *({**plain, name: v} for name in strange for v in named(name, who))]


def call(asker: Asker, operation: Operation, path: str, body: Any, **query: str) -> Answer:
    more: dict[str, Any] = {"query_string": query} if body is None else {"json": body}
    return asker.ask(operation.method, f"/api/v1{path}", **more)


def test_what_she_reads_is_hers(settled: Town, alice: Asker) -> None:
    found, full = [], set()
    for operation in OPERATIONS:
        if operation.body is None:
            for path, _, _ in calls(operation, settled.alice, settled.alice):
                answer = call(alice, operation, path, None)
                assert answer.status == 200, path
                full |= {operation.name} if settled.alice.canary in answer.text else set()
                found += [f"{path}: {leak}" for leak in leaks(settled.bob, answer.text)]
    assert found == []
    reads = {operation.name for operation in OPERATIONS if operation.body is None}
    assert full == reads - {"list_ledger", "get_policy"}, "those hold no words"


def test_what_is_his_is_not_there(settled: Town, alice: Asker) -> None:
    found = []
    for operation in OPERATIONS:
        if operation.body is None:
            for path, said, _ in calls(operation, settled.alice, settled.bob):
                for name in ("", *operation.query):
                    for value in named(name, settled.bob) if name else [""]:
                        answer = call(alice, operation, path, None, **{name: value} if name else {})
                        where = f"{path}?{name}={value}: {answer.status}"
                        his = bool(leaks(settled.bob, path))
                        found += [where] if his and answer.status != 404 else []
                        text = answer.text
                        found += [f"{where} {x}" for x in leaks(settled.bob, text, [*said, value])]
    assert found == []


def test_what_she_changes_is_not_his(town: Town) -> None:
    asker, found = program(town, town.alice), []
    untouched, accepted = town.rows(town.bob), set()
    for operation in WRITES:
        for path, said, body in calls(operation, town.alice, town.bob):
            answer = call(asker, operation, path, body)
            where = f"{path} {body}: {answer.status}"
            assert answer.status < 500, where
            accepted |= {operation.name} if answer.status < 400 else set()
            his = bool(leaks(town.bob, path))
            found += [where] if his and answer.status != 404 else []
            words = [*said, *map(str, body.values())]
            found += [f"{where} {x}" for x in leaks(town.bob, answer.text, words)]
            now = town.rows(town.bob)
            found += [f"{where} changed {name}" for name in now if now[name] != untouched[name]]
    assert found == []
    assert accepted >= {"write_note", "report_problem", "decline_step"}, "with her own place"


def test_a_key_opens_its_own_shop_alone(settled: Town) -> None:
    answer = program(settled, settled.bob).ask("GET", "/api/v1/members")
    assert leaks(settled.alice, answer.text) == []
    assert settled.bob.member in answer.text

"""Every operation of the API with Alice's key, with her own values and with Bob's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from plugin.api.operation import Operation
from plugin.api.operations import OPERATIONS
from scheduler.web import make_app
from tests.isolation.asking import Answer, Asker, leaks, standing_in
from tests.isolation.places import NAMED, PLACES, values
from tests.isolation.town import Town, Who
from tests.story import LAMP

READS = tuple(operation for operation in OPERATIONS if operation.method == "GET")
WRITES = tuple(operation for operation in OPERATIONS if operation.method != "GET")
LINES = [{"line_id": LAMP, "quantity": 1}]
PLAIN: dict[str, list[Any]] = {
    "status": ["needs_you"], "problem": ["damaged"], "limit": ["100"], "cursor": [],
    "after": ["1"], "before": ["2"], "text": ["a note"], "why": ["no"], "choice": [""],
    "both_because": [""], "situation": ["damaged"], "once": ["form-1"], "wish": ["refund"],
    "words": ["broken"], "lines": [LINES], "due": ["week"], "waits": ["supplier"],
    "risk": ["yes"], "country": ["IT"], "least_minor": [1], "most_minor": [10**6],
    "age": ["week"], "leg": ["international"], "opened_from": ["2026-10-01"],
    "opened_to": ["2026-11-30"], "until": ["2026-11-20"], "do": ["assign"], "moment": [],
    "message": ["a message"], "route": ["international"], "state": ["agreed"], "minor": [1],
    "currency": ["CNY"], "result": ["verified"], "connection": ["by_hand"],
    "cost_minor": [1], "cost_currency": ["CNY"], "ordered_on": ["2026-11-01"],
    "ship_by": ["2026-11-20"], "replacement": [True], "line_ids": [[LAMP]],
    "halted": ["customs"], "parcels": [2], "show": ["open"], "terms": [{"handling_days": 4}],
    "note": ["why"], "compare": ["yes"], "from": ["2026-10-01"], "to": ["2026-11-30"],
    "contact": ["wechat"], "claim_within_days": [60], "proof": ["video"], "zone": ["UTC"],
    "language": ["it"], "keep_days": [90], "sure": [True], "sender": ["desk@example.com"],
    "subject": ["A word"], "body": ["Hello $customer_name"], "role": ["agent"],
    "scope": ["read"], "url": ["https://example.com/hook"], "topics": [["case.opened"]],
    "preset": ["suggest"], "cap": [{"per_refund": 1, "per_day": 1, "currency": "USD"}],
    "watching": [True], "dismissed": [True], "shot": ["fault"], "product_id": ["1"],
    "phone": ["1"], "address1": ["a"], "address2": [""], "province": ["b"], "city": ["c"],
    "zip": ["1"], "country_code": ["IT"], "memo": [""], "rut": [""], "clearance_id": [""],
    "passport": [""], "cpf": [""], "city_not_listed": [False],
    "address": [{"address1": "a", "city": "b", "country_code": "IT"}],
}  # fmt: skip
"""What names nothing of anybody's."""
NO_WORDS = frozenset({
    *("list_ledger", "get_recovery", "list_refunds", "count_lists", "list_letters"),
    *("get_policy", "get_version", "diff_policy", "get_status", "replay_case", "get_video"),
    *("get_profit", "get_safety", "get_idle", "case_at", "list_connections"),
})  # fmt: skip
"""Operations whose answers hold figures, and no words of the shop's."""


def program(town: Town, who: Who) -> Asker:
    return Asker(make_app(town.runtime).test_client(), {"Authorization": f"Bearer {who.key}"})


@pytest.fixture(scope="module")
def alice(settled: Town) -> Asker:
    return program(settled, settled.alice)


def named(name: str, who: Who) -> list[Any]:
    match name:
        case "cases":
            return [[case] for case in who.cases]
        case "rows":
            keyed = [[{"case_id": c, "key": k}] for c in who.cases for k in who.keys[:2]]
            return [*keyed, [{"sku": f"{who.canary}-sku", "grams": 5}]]
        case "filters":
            return [{"supplier": f"{who.canary} supplier"}]
        case _:
            return PLAIN[name] if name in PLAIN else values(NAMED, name, who)


def paths(operation: Operation, mine: Who, strange: Who) -> Iterator[tuple[str, list[str]]]:
    """(path, what of the stranger's is in it): every place strange, then one after the other."""
    places = operation.places
    found: dict[str, list[str]] = {}
    for at in (None, *places) if strange is not mine else (None,):
        combined: list[dict[str, str]] = [{}]
        for place in places:
            who = strange if at in {None, place} else mine
            combined = [
                {**one, place: value} for one in combined for value in values(PLACES, place, who)
            ]
        for one in combined:
            path = operation.route
            for place, value in one.items():
                path = path.replace("{" + place + "}", quote(value, safe=""))
            said = [
                v for p, v in one.items() if at in {None, p} and v not in values(PLACES, p, mine)
            ]
            found.setdefault(path, said)
    if (
        strange is not mine and places and operation.body is not None
    ):  # her own place, with what is his in the body
        for path, _ in paths(operation, mine, mine):
            found.setdefault(path, [])
    yield from found.items()


def bodies(operation: Operation, who: Who) -> list[Any]:
    """One for each value of each field that names something."""
    if operation.body is None:
        return [None]
    names = list(operation.body["properties"])
    plain = {name: named(name, who)[0] for name in names if named(name, who)}
    for name, schema in operation.body["properties"].items():
        if plain.get(name) not in schema.get("enum", [plain.get(name)]):
            plain[name] = schema["enum"][0]
    if "sku" in str(operation.body.get("properties", {}).get("rows", "")):
        plain["rows"] = named("rows", who)[-1]
    strange = [name for name in names if name not in PLAIN]
    return [plain, *({**plain, name: v} for name in strange for v in named(name, who))]


def queries(operation: Operation, who: Who) -> list[dict[str, str]]:
    """What must be asked, with each value that names something; and each filter by itself."""
    needed = {name: str(named(name, who)[0]) for name in operation.needs}
    more = [
        {**needed, name: str(value)} for name in operation.query for value in (named(name, who))
    ]
    return [needed, *more]


def call(asker: Asker, operation: Operation, path: str, body: Any, query: Any) -> Answer:
    more: dict[str, Any] = {"query_string": query, "headers": {"If-Match": '"2"'}}
    if operation.takes_file:
        more["data"] = b"no picture"
    elif body is not None:
        more["json"] = body
    return asker.ask(operation.method, f"/api/v1{path}", **more)


def test_what_she_reads_is_hers(settled: Town, alice: Asker) -> None:
    found, full, opened = [], set(), set()
    for operation in READS:
        for path, _ in paths(operation, settled.alice, settled.alice):
            for query in queries(operation, settled.alice):
                answer = call(alice, operation, path, None, query)
                nobody = {422} if "order" in query else set()  # orders go by name there
                assert answer.status in {200, 404, *nobody}, (path, query, answer.text)
                opened |= {operation.name} if answer.status == 200 else set()
                full |= {operation.name} if settled.alice.canary in answer.text else set()
                found += [f"{path}: {leak}" for leak in leaks(settled.bob, answer.text)]
    assert found == []
    assert {o.name for o in READS} - opened == {"get_video"}, "she has no video"
    assert {o.name for o in READS} - full - NO_WORDS == set(), "these hold no words of hers"


def test_what_is_his_is_not_there(settled: Town, alice: Asker) -> None:
    found = []
    for operation in READS:
        for path, said in paths(operation, settled.alice, settled.bob):
            for query in queries(operation, settled.bob):
                answer = call(alice, operation, path, None, query)
                where = f"{path} {query}: {answer.status}"
                his = bool(said) and bool(standing_in(settled.bob, path))
                found += [where] if his and answer.status != 404 else []
                asked = [*said, path, *query.values()]
                found += [f"{where} {x}" for x in leaks(settled.bob, answer.text, asked)]
    assert found == []


def test_what_she_changes_is_not_his(town: Town) -> None:
    asker, found = program(town, town.alice), []
    untouched, accepted = town.rows(town.bob), set()
    told: set[str] = set()
    """What she has said so far, and so may read again."""
    for operation in WRITES:
        for path, said in paths(operation, town.alice, town.bob):
            for body in bodies(operation, town.bob):
                query = {name: str(named(name, town.bob)[0]) for name in operation.needs}
                answer = call(asker, operation, path, body, query)
                where = f"{operation.method} {path} {body}: {answer.status}"
                assert answer.status < 500, where
                accepted |= {operation.name} if answer.status < 400 else set()
                named_his = bool(said) and bool(standing_in(town.bob, path))
                his = named_his and operation.name not in OPEN
                found += [where] if his and answer.status != 404 else []
                told |= {*said, path, *map(str, flat(body)), *query.values()}
                found += [f"{where} {x}" for x in leaks(town.bob, answer.text, told)]
        now = town.rows(town.bob)
        found += [f"{operation.name} changed {n}" for n in now if now[n] != untouched[n]]
    assert found == []
    assert accepted >= {"write_note", "report_problem", "decline_step"}, "with her own place"


OPEN = frozenset({"keep_member", "remove_member"})
"""A mail address may be at both desks: at hers it comes and goes, at his it stays."""


def flat(value: Any) -> Iterator[Any]:
    """Every text of a body."""
    match value:
        case dict():
            for one in value.values():
                yield from flat(one)
        case list():
            for one in value:
                yield from flat(one)
        case _:
            yield value


def test_a_key_opens_its_own_shop_alone(settled: Town) -> None:
    answer = program(settled, settled.bob).ask("GET", "/api/v1/members")
    assert leaks(settled.alice, answer.text) == []
    assert settled.bob.member in answer.text

"""Every page and button, tried as everybody: made from the map of addresses, none forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from werkzeug.routing import Rule

from plugin.clock import Clock
from plugin.pages.access import OPEN_ADDRESSES
from plugin.pages.roles import NEEDS, RIGHTS, Right
from plugin.store import members, shops
from plugin.store.database import Database
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.pages.conftest import OTHER, OWN, REFUND, Browser, desk_on

ROLES = tuple(RIGHTS)
READS = frozenset({"GET"})


@dataclass(frozen=True)
class Door:
    """An address that can be knocked at."""

    endpoint: str
    method: str
    path: str


@pytest.fixture
def browser(sqlite_db: Database, clock: Clock) -> Browser:
    made = desk_on(sqlite_db, clock)
    with made.db.write() as tx:
        for role in ROLES:
            members.add(tx, SHOP, f"{role}@example.com", role, MONDAY, by="Alice")
        members.add(tx, OTHER, "owner@other.example", "owner", MONDAY, by="Bob")
    return made


def doors(browser: Browser) -> Iterator[Door]:
    app = browser.client.application
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("desk.") and rule.endpoint not in OPEN_ADDRESSES:
            for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}):
                yield Door(rule.endpoint, method, path_of(rule, browser))


def path_of(rule: Rule, browser: Browser) -> str:
    """The rule with something real in every place."""
    places = {
        "case_id": browser.case.rpartition("/")[2],
        "order_id": ORDER_ID,
        "verb": "note",
        "evidence_id": "0" * 64,
        "letter": "refunded",
        "tongue": "en",
        "inbox_id": 1,
        "view_id": "none",
        "version": 1,
        "step": "policy",
        "key_id": "none",
        "hook_id": "none",
    }
    built = rule.build({name: places.get(name, 1) for name in rule.arguments})
    assert built is not None, rule
    return built[1]


def knock(browser: Browser, door: Door) -> int:
    answer = browser.client.open(door.path, method=door.method, headers=OWN)
    return answer.status_code


def test_every_address_says_which_right_it_needs(browser: Browser) -> None:
    assert {door.endpoint for door in doors(browser)} - set(NEEDS) == set()
    assert set(NEEDS) - {door.endpoint for door in doors(browser)} == set()


def test_what_changes_something_needs_more_than_looking(browser: Browser) -> None:
    looking = {d.endpoint for d in doors(browser) if NEEDS[d.endpoint] is Right.VIEW}
    changing = {d.endpoint for d in doors(browser) if d.method != "GET"}
    nothing = {"desk.simulate", "desk.export_cases"}
    own_desk_alone = {"desk.open_samples", "desk.leave_samples"}
    assert looking & changing == nothing | own_desk_alone


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_its_rights_say(browser: Browser, role: str) -> None:
    wrong: list[str] = []
    for door in doors(browser):
        browser.sign_in(person=f"{role}@example.com")
        status = knock(browser, door)
        allowed = NEEDS[door.endpoint] in RIGHTS[role]
        if (status == 403) == allowed or status in {401, 405, 500}:
            wrong.append(f"{door.method} {door.path} as {role}: {status}")
    assert wrong == []


def test_a_stranger_gets_nothing(browser: Browser) -> None:
    browser.client.delete_cookie("postvendita")
    found = {door.path: knock(browser, door) for door in doors(browser)}
    assert {path: status for path, status in found.items() if status != 401} == {}


def test_another_shops_owner_finds_nothing_of_this_one(browser: Browser) -> None:
    own = {door.path for door in doors(browser) if str(ORDER_ID) in door.path}
    own |= {door.path for door in doors(browser) if browser.case in door.path}
    assert len(own) > 10
    browser.sign_in(OTHER, "owner@other.example")
    found = {d.path: knock(browser, d) for d in doors(browser) if d.path in own}
    assert {path: status for path, status in found.items() if status != 404} == {}


def test_who_was_removed_is_let_in_no_more(browser: Browser) -> None:
    browser.sign_in(person="agent@example.com")
    browser.get("/cases")
    with browser.db.write() as tx:
        members.remove(tx, SHOP, "agent@example.com", MONDAY)
    browser.get("/cases", 401)


def test_who_is_not_listed_is_not_let_in_once_somebody_is(browser: Browser) -> None:
    browser.sign_in(person="stranger@example.com")
    browser.get("/cases", 401)


def test_money_needs_its_own_right(browser: Browser) -> None:
    browser.sign_in(person="agent@example.com")
    browser.post(f"{browser.case}/approve", 403, key=REFUND)
    assert browser.row(REFUND).state == "asked"
    browser.sign_in(person="approver@example.com")
    browser.post(f"{browser.case}/approve", key=REFUND)
    assert browser.row(REFUND).state == "planned"


def test_the_last_owner_stays(browser: Browser) -> None:
    browser.sign_in(person="owner@example.com")
    browser.post("/members/remove", 422, email="owner@example.com")
    browser.post("/members", 422, email="owner@example.com", role="viewer")
    browser.post("/members", email="second@example.com", role="owner")
    browser.post("/members/remove", email="owner@example.com")
    browser.get("/members", 401)


@pytest.mark.parametrize(
    "email", ["", "anna", "a@b", "a@b.c\nBcc: x@y.z", "a@b.c, d@e.f", "ä@b.c", "<a@b.c>", "a" * 400]
)
def test_an_address_is_one_and_whole(browser: Browser, email: str) -> None:
    browser.sign_in(person="owner@example.com")
    browser.post("/members", 422, email=email, role="agent")


def test_a_store_that_has_gone_lets_nobody_in(browser: Browser) -> None:
    with browser.db.write() as tx:
        shops.change(tx, SHOP, state=shops.UNINSTALLED)
    browser.sign_in(person="owner@example.com")
    browser.get("/cases", 401)

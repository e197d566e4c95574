"""Two people's yes, where they see it: the policy, the case, several at once, the API."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.clock import Clock
from plugin.sentences import LANGUAGES, held
from plugin.store import shops
from plugin.store.database import Database
from plugin.terms import Terms, TwoPeople
from tests.api.conftest import program_on
from tests.api.test_policy import change, tag
from tests.conftest import MONDAY
from tests.fakes import SHOP
from tests.pages.conftest import REFUND, Browser
from tests.pages.test_inbox import PICK
from tests.pages.test_policy import policy_form, terms


@pytest.fixture
def careful(browser: Browser) -> Browser:
    """Alice's desk, where two people say yes to more than 20."""
    with browser.db.write() as tx:
        shops.publish(tx, SHOP, Terms(two_people=TwoPeople(2000, "USD")), MONDAY, author="Alice")
    return browser


def test_the_amount_is_part_of_the_policy(browser: Browser) -> None:
    browser.post("/policy", 303, **{**policy_form(browser), "two_people": "20.00"})
    assert terms(browser).two_people == TwoPeople(2000, "USD")
    assert 'name="two_people" inputmode="decimal" value="20.00"' in browser.get("/policy")
    browser.post("/policy", 303, **{**policy_form(browser), "two_people": ""})
    assert terms(browser).two_people is None
    assert "$20.00" in browser.get("/policy/versions?from=2&to=3") + browser.get("/policy/versions")


@pytest.mark.parametrize("value", ["-1", "5,00", "20.001", "much", "1e5"])
def test_what_is_no_amount_is_named(browser: Browser, value: str) -> None:
    page = browser.post("/policy", 422, **{**policy_form(browser), "two_people": value})
    assert 'id="wrong-two_people"' in page
    assert terms(browser).two_people is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_case_says_that_another_has_to_say_yes(careful: Browser, language: str) -> None:
    careful.post(f"{careful.case}/approve", key=REFUND)
    assert careful.row(REFUND).state == "asked"
    assert held("second_person", language=language) in careful.get(
        f"{careful.case}?lang={language}"
    )
    refused = careful.post(f"{careful.case}/approve", 409, key=REFUND)
    assert held("second_person", language=language) in refused
    assert "Alice" in refused
    careful.sign_in(person="Bob").post(f"{careful.case}/approve", key=REFUND)
    assert careful.row(REFUND).state == "planned"


def test_several_at_once_say_which_still_wait(careful: Browser) -> None:
    case_id = careful.case.rpartition("/")[2]
    preview = careful.post("/cases/bulk", 200, do="approve", case=[case_id])
    done = careful.post("/cases/bulk/confirm", 200, do="approve", pick=PICK.findall(preview))
    assert held("second_person", language="en") in done
    assert careful.row(REFUND).state == "asked"


def test_by_the_api_too(sqlite_db: Database, clock: Clock, tmp_path: Path) -> None:
    program = program_on(sqlite_db, clock, tmp_path)
    limit = {"two_people": {"above": 2000, "currency": "USD"}}
    bad = {"two_people": {"above": 2000, "currency": "QQQ"}}
    assert change(program, "/policy", {"terms": bad}, tag(program, "/policy")).status_code == 422
    made = change(program, "/policy", {"terms": limit}, tag(program, "/policy"))
    assert made.get_json()["terms"]["two_people"] == limit["two_people"]
    path, body = f"/cases/{program.case}/approve", {"key": REFUND}
    first = program.call("POST", path, 200, "money", body)
    assert (first["state"], first["why"]) == ("asked", "second_person")
    again = program.call("POST", path, 409, "settings", body)
    assert again["code"] == "second_person"
    program.browser.post(f"{program.browser.case}/approve", key=REFUND)
    assert program.browser.row(REFUND).state == "planned"

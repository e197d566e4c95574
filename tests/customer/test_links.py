"""Who is let in, what every answer carries, and in which language it speaks."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from plugin.customer import Customer
from plugin.pages.customer import pace
from plugin.pages.customer.texts import table
from plugin.store import links, shops, timelines
from tests.conftest import MONDAY
from tests.customer.conftest import CANARY, OTHER, Visitor, photo, words_of
from tests.fakes import ORDER_ID, SHOP
from tests.story import line, order_seen

TEMPLATES = Path(pace.__file__).parents[1] / "templates" / "customer"


def bad_tokens(token: str) -> list[str]:
    changed = token[:-1] + ("A" if token[-1] != "A" else "B")
    return [changed, token[:20], "", "x" * 10_000, f"{token}/", "1 OR 1=1", "%25", "alg.none.sig",
            "a%00b", "%ff%fe"]  # fmt: skip


# --- Links ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", range(10))
def test_every_link_that_opens_nothing_gets_the_same_page(visitor: Visitor, which: int) -> None:
    constant = visitor.client.get("/report/nothing").get_data()
    answer = visitor.client.get(f"/report/{bad_tokens(visitor.token)[which]}")
    assert answer.status_code == 404
    assert answer.get_data() == constant
    assert b"1001" not in constant


def test_a_link_that_is_over_opens_nothing(visitor: Visitor) -> None:
    constant = visitor.client.get("/report/nothing").get_data(as_text=True)
    visitor.clock.turn_to(MONDAY + links.LASTS - timedelta(seconds=1))
    visitor.get()
    visitor.clock.turn_to(MONDAY + links.LASTS)
    assert visitor.get(status=404) == constant


def test_a_revoked_link_opens_nothing_and_takes_nothing(visitor: Visitor) -> None:
    with visitor.db.write() as tx:
        links.revoke(tx, SHOP, ORDER_ID, MONDAY)
    assert "#1001" not in visitor.get(status=404)
    assert visitor.report(photo()).status_code == 404
    assert not visitor.cases
    assert not visitor.files


def test_a_link_of_a_shop_that_left_opens_nothing(visitor: Visitor) -> None:
    with visitor.db.write() as tx:
        shops.change(tx, SHOP, state=shops.UNINSTALLED)
    visitor.get(status=404)


def test_a_link_opens_its_own_order_and_no_other(visitor: Visitor) -> None:
    """The same order number in another shop, its link, and the first one's case by its id."""
    visitor.report(photo())
    case, (mine,) = visitor.case, visitor.evidence()
    visitor.token = visitor.link(OTHER)
    assert "Damaged" not in visitor.get()
    visitor.get(f"/pictures/{mine.evidence_id}", 404)
    assert visitor.add(case, photo(1)).status_code == 409
    assert visitor.send(f"/cases/{case}/address", {"answer": "right"}).status_code == 409
    assert len(visitor.evidence()) == 1


def test_guessing_links_is_held_back_and_good_links_are_not(visitor: Visitor) -> None:
    for number in range(pace.BAD_LINKS_PER_ADDRESS):
        visitor.client.get(f"/report/guess-{number}")
    answer = visitor.client.get("/report/one-more")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 600
    visitor.get()
    visitor.clock.turn_to(MONDAY + pace.PERIOD)
    assert visitor.client.get("/report/one-more").status_code == 404


def test_too_many_forms_of_one_link_wait_and_say_so(visitor: Visitor) -> None:
    for _ in range(pace.SENDS_PER_LINK):
        visitor.send("/stop", {"once": "x"})
    answer = visitor.send("/stop", {"once": "x"})
    assert answer.status_code == 429
    assert "Please wait" in answer.get_data(as_text=True)
    visitor.get()


def test_no_link_reaches_the_log(visitor: Visitor) -> None:
    with structlog.testing.capture_logs() as logs:
        visitor.get()
        visitor.client.get(f"/report/{visitor.token}x")
        visitor.client.post(f"/report/{visitor.token}/problem", data={"a": "b"})
        visitor.send("/problem", {})
    assert logs
    assert visitor.token not in str(logs)


# --- Manners --------------------------------------------------------------------------------------


def test_every_answer_keeps_the_link_to_itself_and_out_of_frames(visitor: Visitor) -> None:
    client = visitor.client
    for answer in (
        client.get(visitor.path),
        client.get("/report/nothing"),
        client.get(f"{visitor.path}/problem"),
        client.post(f"{visitor.path}/problem", data={"a": "b"}),
        visitor.send("/stop", {"once": "x"}),
        visitor.report(photo()),
        client.get("/report-assets/customer.css"),
    ):
        headers = answer.headers
        assert headers["Referrer-Policy"] == "same-origin", answer.status
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in headers
    assert client.get(visitor.path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/problem", "/stop", "/address", "/cases/x/files"])
def test_only_the_page_itself_changes_anything(
    visitor: Visitor, path: str, headers: dict[str, str]
) -> None:
    form = {"once": "1", "units_11": "1", "units_12": "1", "situation": "damaged", "wish": ""}
    answer = visitor.client.post(visitor.path + path, data=form, headers=headers)
    assert answer.status_code == 403
    assert not visitor.cases


def test_an_older_browser_that_names_its_origin_is_heard(visitor: Visitor) -> None:
    form = {"once": "1", "units_12": "1"}
    answer = visitor.client.post(
        f"{visitor.path}/stop", data=form, headers={"Origin": "http://localhost"}
    )
    assert answer.status_code == 303


def test_looking_changes_nothing(visitor: Visitor) -> None:
    before = visitor.order
    for path in ("", "?said=reported", "/problem", "/stop", "/cases/x/files"):
        visitor.client.get(visitor.path + path)
    assert visitor.order == before


def test_the_page_names_no_other_host_and_has_no_script_or_style_inside(visitor: Visitor) -> None:
    visitor.report(photo())
    page = visitor.get()
    assert not re.search(r"(?:src|href|action)=[\"'](?:https?:)?//", page)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=\"", page)


def test_nothing_a_stranger_wrote_is_more_than_text(visitor: Visitor) -> None:
    visitor.tell(order_seen(line(title=f"Lamp {CANARY}"), name=f"#1001 {CANARY}"))
    answer = visitor.report(words=CANARY, units_11="99", once=CANARY)
    assert answer.status_code == 422
    for page in (visitor.get(), answer.get_data(as_text=True)):
        assert "<x onx" not in page
        assert "49" not in words_of(page).replace("$24.90", "")


# --- Languages ------------------------------------------------------------------------------------


def speaks(page: str) -> str:
    found = re.search(r'<html lang="(\w+)">', page)
    assert found is not None
    return found[1]


def order_in(visitor: Visitor, language: str) -> None:
    with visitor.db.write() as tx:
        timelines.keep_customer(tx, SHOP, ORDER_ID, Customer(language=language))


def test_the_orders_language_comes_first_then_the_browsers(visitor: Visitor) -> None:
    order_in(visitor, "it")
    assert speaks(visitor.get(**{"Accept-Language": "zh-CN"})) == "it"
    order_in(visitor, "de")
    assert speaks(visitor.get(**{"Accept-Language": "fr, zh-CN;q=0.8, en;q=0.1"})) == "zh"
    assert speaks(visitor.get(**{"Accept-Language": "fr"})) == "en"


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [("it", "it"), ("zh", "zh"), ("../../", "en"), ("xx", "en"), ("zh-Hant-TW", "en")],
)
def test_the_language_can_be_switched_and_stays_so(
    visitor: Visitor, asked: str, spoken: str
) -> None:
    page = visitor.get(f"?lang={asked}")
    assert speaks(page) == spoken
    actions = re.findall(r'action="([^"]+)"', page)
    assert actions
    assert all(("lang=" in action) == (asked == spoken) for action in actions)


@pytest.mark.parametrize("accepted", ["zh-Hant-TW", "zh;q=" + "9" * 5000, "x" * 5000, "*", ";;;"])
def test_any_wish_of_a_browser_gets_an_answer(visitor: Visitor, accepted: str) -> None:
    order_in(visitor, "xx")
    assert speaks(visitor.get(**{"Accept-Language": accepted})) in {"zh", "en"}


@pytest.mark.parametrize("language", ["en", "it", "zh"])
def test_every_page_speaks_every_language(visitor: Visitor, language: str) -> None:
    visitor.report(photo())
    pages = [
        visitor.get(f"?lang={language}&said=kept"),
        visitor.client.get(f"/report/nothing?lang={language}").get_data(as_text=True),
        visitor.report(once="2", situation="x").get_data(as_text=True),
    ]
    for page in pages[:2]:
        assert speaks(page) == language
    for page in pages:
        unsaid = re.findall(r"\b(?:state|field|fix|shot|verdict|proof|stop)\.[a-z_.]+\b", page)
        assert not unsaid


def test_every_text_is_there_in_every_language_with_the_same_places() -> None:
    for name, texts in table().items():
        assert len(texts) == 3, name
        assert all(texts), name
        places = [sorted(re.findall(r"{\w+}", text)) for text in texts]
        assert all(found == places[0] for found in places), name


def test_every_text_a_template_asks_for_is_there() -> None:
    for template in TEMPLATES.glob("*.html"):
        asked = re.findall(r'\bt\("([\w.]+)"[,)]', template.read_text("utf-8"))
        assert set(asked) <= set(table()), template.name

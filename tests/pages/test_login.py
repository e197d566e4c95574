"""Coming in by a link from the mail: the member alone, once, soon; and going out again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clients.email.smtp import Message
from clients.errors import OutcomeUnknown, Refused, Retriable
from plugin.clock import Clock
from plugin.pages import create_pages, login_link, login_page
from plugin.settings import Settings, read
from plugin.store import logins, members, shops, tables
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from scheduler.logins import send
from scheduler.runtime import Runtime
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.fakes import SHOP, FakeConnections, FakePostbox, FakeStorefront, FakeSupplier
from tests.pages.conftest import OTHER, OWN
from webhooks.app import create_app

ANNA, BEA = "anna@example.com", "bea@example.com"
BASE = "https://desk.example.com"
MINUTE = timedelta(minutes=1)
MAIL = {
    "POSTVENDITA_MAIL_URL": "smtps://mail.example.com",
    "POSTVENDITA_MAIL_FROM": "desk@example.com",
    "POSTVENDITA_BASE_URL": BASE,
}


@dataclass
class Mailroom(FakePostbox):
    """A mail server that can be away."""

    failing: Exception | None = None

    def send(self, message: Message) -> str:
        if self.failing is not None:
            raise self.failing
        return super().send(message)


@dataclass
class House:
    """The app, what it sends, and a browser that knows nothing yet."""

    app: Flask
    runtime: Runtime
    postbox: Mailroom
    client: FlaskClient

    @property
    def db(self) -> Database:
        return self.runtime.db

    def browser(self) -> FlaskClient:
        made = self.app.test_client()
        made.environ_base["wsgi.url_scheme"] = "https"
        made.environ_base["HTTP_HOST"] = "desk.example.com"
        return made

    def ask(self, email: str, status: int = 200) -> str:
        with self.client.post("/login", data={"email": email}, headers=OWN) as answer:
            assert answer.status_code == status
            return answer.get_data(as_text=True)

    def letters(self) -> list[str]:
        """What was sent by now, to be sent this minute included."""
        send(self.runtime)
        return [letter.text for letter in self.postbox.mails]

    def link(self, email: str = ANNA) -> str:
        self.ask(email)
        (path,) = paths(self.letters()[-1])
        return path

    def enter(self, path: str, client: FlaskClient | None = None) -> TestResponse:
        return (client or self.client).post(path, headers=OWN)

    def status(self, path: str = "/cases") -> int:
        return self.client.get(path).status_code


def paths(letter: str) -> list[str]:
    return re.findall(rf"{BASE}(/login/mail/\S+)", letter)


@pytest.fixture
def build(db: Database, clock: Clock) -> Callable[[dict[str, str]], House]:
    def made(environment: dict[str, str]) -> House:
        settings: Settings = read({**GOOD, **environment})
        postbox = Mailroom()
        out = FakeConnections(FakeStorefront(clock), FakeSupplier(clock), postbox)
        app = create_app(
            inbox=Inbox(db), clock=clock, shopify_secrets=["s"], supplier_secrets=[],
            secret_key=settings.secret_key, base_url=settings.base_url,
            readiness=lambda: {"ok": True}, metrics=str, pages=create_pages(db, clock, settings),
        )  # fmt: skip
        house = House(app, Runtime(settings, db, clock, out), postbox, app.test_client())
        return replace(house, client=house.browser())

    with db.write() as tx:
        for shop, name in ((SHOP, "Lanterna"), (OTHER, "Bob's")):
            shops.install(tx, shop, MONDAY, currency="USD", name=name, sender="shop@example.net")
        members.add(tx, SHOP, ANNA, "owner", MONDAY, by="Alice")
        members.add(tx, OTHER, BEA, "owner", MONDAY, by="Bob")
    return made


@pytest.fixture
def house(build: Callable[[dict[str, str]], House]) -> House:
    return build(MAIL)


@pytest.fixture(params=["nobody@example.com", "removed", "gone"])
def outsider(request: pytest.FixtureRequest, house: House) -> str:
    """An address that lets nobody in."""
    with house.db.write() as tx:
        if request.param == "removed":
            members.add(tx, SHOP, "carl@example.com", "agent", MONDAY, by=ANNA)
            members.remove(tx, SHOP, "carl@example.com", MONDAY)
        if request.param == "gone":
            shops.change(tx, OTHER, state=shops.UNINSTALLED)
    return {"removed": "carl@example.com", "gone": BEA}.get(request.param, request.param)


def test_a_member_comes_in_by_the_link_of_the_letter(house: House) -> None:
    path = house.link()
    (letter,) = house.postbox.mails
    assert (letter.to, letter.sender) == (ANNA, "desk@example.com"), "never the customers' sender"
    page = house.client.get(path)
    assert "Lanterna" in page.get_data(as_text=True)
    assert house.status() == 401, "looking at the link is not coming in"
    assert house.enter(path).location == "/"
    assert house.status() == 200


def test_a_link_is_good_once_whoever_has_it(house: House) -> None:
    path = house.link()
    assert house.enter(path).status_code == 303
    assert house.enter(path, house.browser()).status_code == 401
    assert house.browser().get(path).status_code == 401


def test_a_link_is_over_after_a_quarter_of_an_hour(house: House) -> None:
    early, late = house.link(), house.link()
    house.runtime.clock.turn_to(MONDAY + logins.LASTS - timedelta(seconds=1))
    assert house.enter(early).status_code == 303
    house.runtime.clock.turn_to(MONDAY + logins.LASTS)
    assert house.enter(late).status_code == 401


def test_nobody_learns_who_is_a_member(house: House, outsider: str) -> None:
    of_member = house.ask(ANNA).replace(ANNA, "")
    assert house.ask(outsider).replace(outsider, "") == of_member
    assert len(house.letters()) == 1


def test_a_link_of_somebody_who_was_removed_meanwhile_lets_nobody_in(house: House) -> None:
    with house.db.write() as tx:
        members.add(tx, SHOP, "carl@example.com", "agent", MONDAY, by=ANNA)
    path = house.link("carl@example.com")
    with house.db.write() as tx:
        members.remove(tx, SHOP, "carl@example.com", MONDAY)
    assert house.enter(path).status_code == 401


def test_who_is_removed_is_out_at_once_and_stays_out_until_a_new_link(house: House) -> None:
    with house.db.write() as tx:
        members.add(tx, SHOP, "carl@example.com", "agent", MONDAY, by=ANNA)
    house.enter(house.link("carl@example.com"))
    assert house.status() == 200
    with house.db.write() as tx:
        members.remove(tx, SHOP, "carl@example.com", MONDAY)
    assert house.status() == 401
    with house.db.write() as tx:
        members.add(tx, SHOP, "carl@example.com", "agent", MONDAY + MINUTE, by=ANNA)
    assert house.status() == 401, "the session from before"
    house.runtime.clock.turn_to(MONDAY + 2 * MINUTE)
    house.enter(house.link("carl@example.com"))
    assert house.status() == 200


def test_another_role_does_not_sign_anybody_out(house: House) -> None:
    with house.db.write() as tx:
        members.add(tx, SHOP, "carl@example.com", "agent", MONDAY, by=ANNA)
    house.enter(house.link("carl@example.com"))
    with house.db.write() as tx:
        members.add(tx, SHOP, "carl@example.com", "viewer", MONDAY + MINUTE, by=ANNA)
    assert house.status() == 200


def test_a_member_of_two_shops_chooses_in_the_letter(house: House) -> None:
    with house.db.write() as tx:
        members.add(tx, OTHER, ANNA, "viewer", MONDAY, by="Bob")
    house.ask(ANNA)
    (letter,) = house.letters()
    lanternas, bobs = paths(letter)
    assert letter.index("Lanterna") < letter.index(lanternas) < letter.index("Bob's")
    house.enter(lanternas)
    assert house.status("/keys") == 200
    with house.client.session_transaction() as session:
        assert session["shop"] == SHOP
    house.enter(bobs)
    with house.client.session_transaction() as session:
        assert session["shop"] == OTHER


def test_only_hashes_stay_once_the_letter_has_gone(house: House) -> None:
    path = house.link()
    with house.db.read() as tx:
        (row,) = tx.execute(tables.logins.select()).all()
    token = path.rpartition("/")[2]
    assert row.token_hash == logins.hashed(token)
    assert row.nonce == ""
    assert token not in str(row)


@pytest.mark.parametrize("spoil", ["x", "", "..", "a" * 5000, "YQ.x", "%00", "é"])
def test_a_spoiled_link_lets_nobody_in(house: House, spoil: str) -> None:
    path = house.link()
    for bad in (f"/login/mail/{spoil or 'none'}", f"{path}{spoil}x", path[:-1]):
        assert house.enter(bad).status_code in {401, 404}
        assert house.client.get(bad).status_code in {401, 404}
    assert house.status() == 401


def test_a_link_signed_with_another_key_lets_nobody_in(
    house: House, build: Callable[[dict[str, str]], House]
) -> None:
    other = build({**MAIL, "POSTVENDITA_SECRET_KEY": "t" * 64})
    other.ask(ANNA)
    (letter,) = other.letters()
    assert house.enter(paths(letter)[0]).status_code == 401


def test_an_address_gets_so_many_letters_in_an_hour(house: House) -> None:
    answers = {house.ask(ANNA) for _ in range(logins.MOST + 3)}
    assert len(answers) == 1, "and nobody is told"
    assert len(house.letters()) == logins.MOST
    house.runtime.clock.turn_to(MONDAY + logins.PERIOD)
    house.ask(ANNA)
    assert len(house.letters()) == logins.MOST + 1


def test_one_place_may_ask_so_often_whoever_it_asks_for(house: House) -> None:
    for number in range(login_page.ASKS_PER_PLACE):
        house.ask(f"p{number}@example.com")
    with house.client.post("/login", data={"email": ANNA}, headers=OWN) as answer:
        assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)
    house.runtime.clock.turn_to(MONDAY + 11 * MINUTE)
    house.ask(ANNA)


@pytest.mark.parametrize("email", ["", "anna", "a@b.c\r\nBcc: x@y.z", "a@b.c, d@e.f", "a" * 400])
def test_what_is_no_address_is_said_to_be_none(house: House, email: str) -> None:
    assert 'id="wrong-email"' in house.ask(email, 422)
    assert house.letters() == []


def test_the_letter_comes_in_the_language_of_the_page_else_of_the_shop(house: House) -> None:
    with house.db.write() as tx:
        shops.change(tx, SHOP, language="it")
    house.ask(ANNA)
    assert "un link per il desk" in house.letters()[-1]
    house.client.get("/login?lang=zh")
    house.ask(ANNA)
    assert "登录链接" in house.letters()[-1]


def test_a_letter_waits_for_a_mail_server_that_is_away(house: House) -> None:
    house.ask(ANNA)
    house.postbox.failing = Retriable("mail", "away")
    assert house.letters() == []
    house.postbox.failing = None
    assert house.letters() == [], "claimed for a minute"
    house.runtime.clock.turn_to(MONDAY + MINUTE)
    assert len(house.letters()) == 1
    assert len(house.letters()) == 1, "and not again"


@pytest.mark.parametrize("problem", [OutcomeUnknown("mail", "lost"), Refused("mail", "no")])
def test_a_letter_that_may_have_gone_or_never_will_is_not_sent_again(
    house: House, problem: Exception
) -> None:
    house.ask(ANNA)
    house.postbox.failing = problem
    house.letters()
    house.postbox.failing = None
    house.runtime.clock.turn_to(MONDAY + 5 * MINUTE)
    assert house.letters() == []


def test_a_letter_nobody_could_send_in_time_is_not_sent_at_all(house: House) -> None:
    house.ask(ANNA)
    house.runtime.clock.turn_to(MONDAY + logins.LASTS)
    assert house.letters() == []


@pytest.mark.parametrize("state", ["paused", "watching"])
def test_the_letter_goes_whatever_the_shop_has_switched_off(house: House, state: str) -> None:
    with house.db.write() as tx:
        change = {"watching": True} if state == "watching" else {"state": shops.PAUSED}
        shops.change(tx, SHOP, **change)
    assert house.enter(house.link()).status_code == 303


def test_signing_out_ends_the_session(house: House) -> None:
    house.enter(house.link())
    assert "Sign out" in house.client.get("/cases").get_data(as_text=True)
    answer = house.client.post("/logout", headers=OWN)
    assert (answer.status_code, answer.location) == (303, "/login")
    assert house.status() == 401


def test_another_site_can_sign_nobody_in_or_out(house: House) -> None:
    path = house.link()
    for site in ("cross-site", "same-site"):
        headers = {"Sec-Fetch-Site": site}
        assert house.client.post(path, headers=headers).status_code == 403
        assert house.client.post("/logout", headers=headers).status_code == 403
        data = {"email": ANNA}
        assert house.client.post("/login", data=data, headers=headers).status_code == 403
    assert len(house.letters()) == 1


def test_nothing_in_an_address_says_where_to_go_afterwards(house: House) -> None:
    path = house.link()
    for name in ("next", "to", "url", "return_to", "shopify-reload", "host", "shop"):
        fresh = house.link()
        answer = house.enter(f"{fresh}?{name}=//evil.example/")
        assert answer.location == "/"
        with house.db.write() as tx:
            tx.execute(tables.logins.delete())
    assert house.enter(path).status_code == 401


def test_the_session_is_a_new_one_and_its_cookie_is_for_this_site_alone(house: House) -> None:
    house.client.get("/login?lang=it")
    with house.client.session_transaction() as session:
        session["shop"], session["planted"] = OTHER, "yes"
    answer = house.enter(house.link())
    cookie = answer.headers["Set-Cookie"]
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax"))
    with house.client.session_transaction() as session:
        assert set(session) == {"shop", "person", "since", "language"}
        assert (session["shop"], session["person"]) == (SHOP, ANNA)


def test_the_page_of_a_link_is_kept_nowhere_and_told_to_nobody(house: House) -> None:
    headers = house.client.get(house.link()).headers
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_a_desk_without_mail_says_so_and_takes_links_of_the_command_line(
    build: Callable[[dict[str, str]], House],
) -> None:
    house = build({"POSTVENDITA_BASE_URL": BASE})
    page = house.client.get("/login").get_data(as_text=True)
    assert "No mail is set up" in page
    assert "postvendita login-link" in page
    assert '<form method="post" action="/login"' not in page
    house.ask(ANNA, 404)
    house.client.get(login_link(house.runtime.settings, SHOP, ANNA))
    assert "nobody can sign in by mail" in house.client.get("/members").get_data(as_text=True)


def test_a_stranger_is_asked_for_his_address_on_every_page(house: House) -> None:
    answer = house.client.get("/cases?status=closed")
    assert answer.status_code == 401
    assert 'action="/login"' in answer.get_data(as_text=True)

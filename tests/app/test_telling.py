"""Webhooks out: written with what happened, signed, sent until taken, never to a wrong place."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from clients import outgoing
from clients.outgoing import NotAllowed
from plugin import timeline as t
from plugin.casework import Casework
from plugin.clock import Clock
from plugin.secrets import Vault
from plugin.settings import read
from plugin.store import hooks, shops
from plugin.store.database import Database
from plugin.telling import TOPICS
from scheduler import telling
from scheduler.runtime import Runtime
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP, FakeConnections, FakePostbox, FakeStorefront, FakeSupplier
from tests.story import HUANYU, order_seen, purchase
from webhooks.signature import Verdict, of_standard

SECRET = "whsec_" + "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4"
URL = "https://till.example/hook"
DAY = timedelta(days=1)


@dataclass
class Till:
    """The shop's own program."""

    answers: list[int | Exception] = field(default_factory=list)
    got: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)

    def post(self, url: str, body: bytes, headers: dict[str, str], *, near: bool = False) -> int:
        self.got.append((url, body, headers))
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def till(monkeypatch: pytest.MonkeyPatch) -> Till:
    made = Till()
    monkeypatch.setattr(outgoing, "post", made.post)
    return made


@pytest.fixture
def runtime(db: Database, clock: Clock, till: Till) -> Runtime:
    settings = read(GOOD)
    with db.write() as tx:
        shops.install(tx, SHOP, MONDAY, currency="USD")
        sealed = Vault(settings.encryption_keys).encrypt(SECRET, shop=SHOP, column=telling.SECRET)
        hooks.add(tx, SHOP, URL, sealed, list(TOPICS), MONDAY, by="Alice")
    made = FakeConnections(FakeStorefront(clock), FakeSupplier(clock), FakePostbox())
    return Runtime(settings, db, clock, made)


def out_of_stock(runtime: Runtime) -> None:
    with runtime.db.write() as tx:
        work = Casework(tx, SHOP, ORDER_ID, runtime.clock.now())
        work.record([order_seen(), purchase(), t.OutOfStockReported(HUANYU)], by="store")


def log(runtime: Runtime) -> list[tuple[str, str, int]]:
    with runtime.db.read() as tx:
        return [(s.topic, s.state, s.attempts) for s in hooks.log(tx, SHOP)]


def test_what_happened_is_told_signed_and_once(runtime: Runtime, till: Till) -> None:
    out_of_stock(runtime)
    sent = telling.deliver(runtime)
    assert sent == len(till.got) >= 2
    topics = [json.loads(body)["type"] for _, body, _ in till.got]
    assert "case.opened" in topics
    assert "step.waits" in topics
    url, body, headers = till.got[0]
    assert url == URL
    verdict = of_standard(
        headers["webhook-id"],
        headers["webhook-timestamp"],
        headers["webhook-signature"],
        body,
        secrets=[SECRET],
        now=runtime.clock.now(),
    )
    assert verdict is Verdict.GENUINE
    assert telling.deliver(runtime) == 0


def test_what_was_not_taken_is_sent_again_later_under_the_same_id(
    runtime: Runtime, till: Till
) -> None:
    out_of_stock(runtime)
    till.answers = [500, OSError("time"), *([200] * 20)]
    telling.deliver(runtime)
    assert sum(state == "waiting" for _, state, _ in log(runtime)) == 2
    assert telling.deliver(runtime) == 0, "not at once"
    runtime.clock.turn_to(MONDAY + timedelta(seconds=5))
    assert telling.deliver(runtime) == 2
    ids = [headers["webhook-id"] for _, _, headers in till.got]
    assert len(ids) == len(set(ids)) + 2


def test_after_some_three_days_it_is_given_up_and_can_be_sent_again(
    runtime: Runtime, till: Till
) -> None:
    out_of_stock(runtime)
    till.answers = [404] * 200
    for hours in range(0, 24 * 6):
        runtime.clock.turn_to(MONDAY + timedelta(hours=hours))
        telling.deliver(runtime)
    assert {state for _, state, _ in log(runtime)} == {"failed"}
    till.answers = []
    with runtime.db.write() as tx:
        first = hooks.log(tx, SHOP)[0]
        assert not hooks.again(tx, "bob.myshopify.com", first.id, runtime.clock.now())
        assert hooks.again(tx, SHOP, first.id, runtime.clock.now())
    telling.deliver(runtime)
    assert log(runtime)[0][1] == "delivered"


def test_an_address_that_was_removed_is_told_no_more(runtime: Runtime, till: Till) -> None:
    out_of_stock(runtime)
    with runtime.db.write() as tx:
        (hook,) = hooks.of_shop(tx, SHOP)
        hooks.remove(tx, SHOP, hook.hook_id, MONDAY)
    telling.deliver(runtime)
    assert till.got == []


def test_nothing_personal_is_told(runtime: Runtime, till: Till) -> None:
    out_of_stock(runtime)
    telling.deliver(runtime)
    for _, body, _ in till.got:
        assert set(json.loads(body)["data"]) <= {
            *("shop", "order_id", "case_id", "number", "situation", "key", "action"),
            *("outcome", "minor", "currency", "purchase_id"),
        }


# --- Where it must not go -------------------------------------------------------------------------

BAD = (
    "http://till.example/",
    "http://169.254.169.254/",
    "https://127.1/",
    "https://0x7f.1/",
    "https://2130706433/",
    "file:///etc/passwd",
    "gopher://x/",
    "https://user:pass@till.example/",
    "https://till.example:22/",
    "https://till.example\\@10.0.0.1/",
    "https://till.example/\r\nX: y",
    "https://[::1]/",
    "https:///hook",
    "https://tïll.example/",
    "",
)


@pytest.mark.parametrize("url", BAD)
def test_an_address_that_could_do_harm_is_refused(url: str) -> None:
    with pytest.raises(NotAllowed):
        outgoing.parts_of(url)


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "192.168.1.1", "127.0.0.1", "169.254.169.254", "::1", "fe80::1", "fd00::1",
     "::ffff:10.0.0.1", "100.64.0.1", "224.0.0.1"],
)  # fmt: skip
def test_a_name_that_leads_inside_is_not_followed(address: str) -> None:
    with pytest.raises(NotAllowed):
        outgoing.post(
            "https://till.example/", b"", {}, resolve=lambda *_: ["93.184.216.34", address]
        )


def test_the_connection_goes_to_the_address_that_was_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone: list[str] = []
    monkeypatch.setattr(
        outgoing, "_sent", lambda scheme, host, address, *rest: gone.append(address) or 200
    )
    answers = iter([["93.184.216.34"], ["10.0.0.1"]])
    assert outgoing.post("https://till.example/", b"", {}, resolve=lambda *_: next(answers)) == 200
    assert gone == ["93.184.216.34"]

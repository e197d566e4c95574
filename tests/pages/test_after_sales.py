"""The desk's pages for what comes after shipping: reports, claims, recovery, letters."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from plugin import customer_reports, merchant
from plugin import timeline as t
from plugin.casework import Casework
from plugin.clock import Clock
from plugin.evidence.keep import Keep
from plugin.pages import create_pages
from plugin.store import mail
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from plugin.store.reports import Evidence
from plugin.terms import Route
from tests.conftest import MONDAY
from tests.evidence.files import picture
from tests.fakes import ORDER_ID, SHOP
from tests.pages.conftest import CANARY, OTHER, REFUND, Browser, desk_on
from tests.story import HUANYU, LAMP
from webhooks.app import create_app

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(sqlite_db: Database, clock: Clock, tmp_path: Path) -> Browser:
    """Alice's desk, whose evidence lies in a folder of the test's."""
    browser = desk_on(sqlite_db, clock)
    settings = replace(browser.settings, evidence_folder=tmp_path / "evidence")
    app = create_app(
        inbox=Inbox(sqlite_db), clock=clock, shopify_secrets=["s"], supplier_secrets=[],
        secret_key=settings.secret_key, base_url="http://localhost",
        readiness=lambda: {"ok": True}, metrics=str,
        pages=create_pages(sqlite_db, clock, settings),
    )  # fmt: skip
    return Browser(app.test_client(), settings, sqlite_db).sign_in()


def report(desk: Browser, situation: str, **words: str) -> str:
    """The merchant reports it in the customer's name; the address of the case."""
    form = {"situation": situation, f"units_{LAMP}": "1", **words}
    answer = desk.client.post(
        f"/orders/{ORDER_ID}/report", data=form, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def prove(desk: Browser, case: str) -> str:
    """A picture joins the case."""
    keep = Keep(desk.settings.evidence_folder)
    received = keep.receive(io.BytesIO(picture()), 10**6)
    keep.put_derived(received.sha256, "picture.jpg", picture())
    found = Evidence(
        case_id=case.rpartition("/")[2], evidence_id=received.sha256, order_id=ORDER_ID, number=1,
        name="a.jpg", media="picture", mime="image/jpeg", size=10, shot="fault", checked=True,
        advice=("too_dark",), facts={}, received_at=MONDAY, by="customer",
    )  # fmt: skip
    with desk.db.write() as tx:
        click = merchant.Click(SHOP, ORDER_ID, "customer", MONDAY)
        customer_reports.add_evidence(tx, click, found)
    return received.sha256


def test_a_report_in_the_customers_name_opens_the_case(desk: Browser) -> None:
    case = report(desk, "damaged", wish="refund", words=f"broken {CANARY}")
    page = desk.get(case)

    assert "Ready for Tmall: 0 of 5" in page
    assert CANARY not in page
    assert "broken &lt;x onx=1&gt;" in page


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"situation": "damaged"}, 422),
        ({"situation": "no_stock", f"units_{LAMP}": "1"}, 422),
        ({"situation": "damaged", f"units_{LAMP}": "99"}, 422),
        ({}, 422),
    ],
)
def test_a_report_that_cannot_be_names_the_field(desk: Browser, form, status: int) -> None:
    page = desk.post(f"/orders/{ORDER_ID}/report", status, **form)
    assert 'role="alert"' in page


def test_the_claim_pack_as_a_page_and_as_one_file(desk: Browser) -> None:
    case = report(desk, "damaged", words="Der Schirm ist gerissen")
    sha256 = prove(desk, case)
    page = desk.get(f"{case}/claim")

    assert "联系天猫核实" in page
    assert "ask Tmall to verify" in page
    assert sha256 in page
    assert "Der Schirm ist gerissen" in page
    answer = desk.client.get(f"{case}/claim.zip")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as pack:
        names = set(pack.namelist())
        sums = pack.read("claim/SHA256SUMS").decode()
    assert names == {
        "claim/letter-zh.txt", "claim/letter-en.txt", "claim/facts.txt", "claim/SHA256SUMS",
        "claim/evidence-01-fault.jpg", "claim/history.txt",
    }  # fmt: skip
    assert sums == f"{sha256}  evidence-01-fault.jpg\n"


def test_a_picture_is_our_own_copy_and_nobody_elses(desk: Browser) -> None:
    case = report(desk, "damaged")
    sha256 = prove(desk, case)
    answer = desk.client.get(f"{case}/evidence/{sha256}")

    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    desk.get(f"{case}/evidence/{'0' * 64}", 404)
    desk.sign_in(OTHER, "Bob")
    for path in (f"{case}/evidence/{sha256}", f"{case}/claim", f"{case}/claim.zip"):
        desk.get(path, 404)


def test_a_case_without_a_claim_has_no_pack(desk: Browser) -> None:
    desk.get(f"{desk.case}/claim", 404)


def test_abroad_nothing_is_offered_and_it_is_said_plainly(desk: Browser) -> None:
    with desk.db.write() as tx:
        work = Casework(tx, SHOP, ORDER_ID, MONDAY)
        work.record([t.RouteLearned(HUANYU, Route.INTERNATIONAL)], by="store")
    page = desk.get(report(desk, "cancellation"))

    assert "it can be neither stopped nor refunded" in page
    assert "/interception" not in page


def test_the_result_of_a_verification_can_be_told_only_after_it_was_handed_in(
    desk: Browser, clock: Clock
) -> None:
    desk.post(f"{desk.case}/decline", key=REFUND)
    case = report(desk, "damaged")
    assert f"{case}/verification" not in desk.get(case)
    prove(desk, case)
    clock.turn_to(MONDAY + HOUR)
    with desk.db.write() as tx:
        work = Casework(tx, SHOP, ORDER_ID, clock.now())
        work.look()
        key = f"verify:{case.rpartition('/')[2]}"
        work.record([t.ActionDone(key)], by="Alice")
    page = desk.get(case)
    assert f"{case}/verification" in page
    assert "working day 0 of 30" in page or "Being verified" in page
    desk.post(f"{case}/verification", 422, result="refused")
    desk.post(f"{case}/verification", result="verified")
    page = desk.get(case)
    assert re.search(r'name="choice" value="refund"><button[^>]*>Refund \$24\.90<', page)


# --- Letters --------------------------------------------------------------------------------------


def test_a_letter_of_the_shops_own_is_tried_and_kept(desk: Browser) -> None:
    page = desk.get("/letters/refunded/it")
    assert 'name="subject"' in page
    with desk.db.read() as tx:
        assert mail.own_text(tx, SHOP, "refunded", "it") is None
    names = re.findall(r"<code>\{\{ (\w+) \}\}</code>", page)
    subject = f"Rimborso {{{{ {names[0]} }}}}"
    desk.post("/letters/refunded/it", subject=subject, body="Fatto.", do="keep")
    with desk.db.read() as tx:
        assert mail.own_text(tx, SHOP, "refunded", "it") == (subject, "Fatto.")
    desk.post("/letters/refunded/it", do="ours")
    with desk.db.read() as tx:
        assert mail.own_text(tx, SHOP, "refunded", "it") is None


@pytest.mark.parametrize(
    "body",
    ["{{ nobody_knows_this }}", "{{ ''.__class__ }}", "{% for %}", "", "{{ config }}"],
)
def test_a_letter_that_could_not_be_sent_is_not_kept(desk: Browser, body: str) -> None:
    page = desk.post("/letters/refunded/en", 422, subject="Refund", body=body, do="keep")

    assert 'role="alert"' in page
    with desk.db.read() as tx:
        assert mail.own_texts(tx, SHOP) == set()


@pytest.mark.parametrize("path", ["/letters/nothing/en", "/letters/refunded/xx"])
def test_a_letter_that_is_none_is_not_found(desk: Browser, path: str) -> None:
    desk.get(path, 404)


@pytest.mark.parametrize("lang", ["en", "it", "zh"])
@pytest.mark.parametrize("path", ["/recovery", "/letters", "/policy", f"/orders/{ORDER_ID}"])
def test_every_page_in_every_language(desk: Browser, path: str, lang: str) -> None:
    assert f'<html lang="{lang}">' in desk.get(f"{path}?lang={lang}")

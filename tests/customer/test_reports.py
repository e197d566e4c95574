"""What customers tell: problems, cancellations, addresses. Sent twice it counts once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from plugin import timeline as t
from plugin.clock import Clock
from plugin.store import reports
from plugin.store.database import Database
from plugin.terms import Route, Situation
from tests.conftest import MONDAY
from tests.customer.conftest import ADDRESS, OWN, Visitor, arriving_at, photo, words_of
from tests.fakes import SHOP
from tests.story import CUP, HUANYU, LAMP, purchase

HOUR = timedelta(hours=1)
NO_NUMBER = "line1:house_number_missing"


def words_said(visitor: Visitor) -> str:
    with visitor.db.read() as tx:
        return reports.of_order(tx, SHOP, 1001)[0].words


def address_said(visitor: Visitor) -> dict[str, Any]:
    with visitor.db.read() as tx:
        said = reports.of_order(tx, SHOP, 1001)
    return dict(said[-1].address) if said else {}


# --- Problems with the goods ----------------------------------------------------------------------


def test_a_problem_is_reported_with_pictures_in_one_form(arrived: Visitor) -> None:
    answer = arrived.report(photo(0), photo(1), words="Broken glass")
    assert answer.status_code == 303
    (record,) = arrived.cases
    (report,) = arrived.order.reports
    assert record.opened.situation is Situation.DAMAGED
    assert (report.units, report.wish) == ({LAMP: (1,)}, "refund")
    assert words_said(arrived) == "Broken glass"
    assert [(one.number, one.media, one.by) for one in arrived.evidence()] == [
        (1, "picture", "customer"),
        (2, "picture", "customer"),
    ]
    page = words_of(arrived.client.get(answer.headers["Location"]).get_data(as_text=True))
    assert "Your report has arrived" in page
    assert "We are preparing your claim" in page


def test_the_same_form_again_is_the_same_report(arrived: Visitor) -> None:
    for _ in range(2):
        assert arrived.report(photo(), words="Broken").status_code == 303
    assert len(arrived.order.reports) == 1
    assert len(arrived.cases) == 1
    assert len(arrived.evidence()) == 1


def test_a_second_tab_joins_the_case_that_is_open(arrived: Visitor) -> None:
    arrived.report(once="tab-1")
    assert arrived.report(photo(), once="tab-2").status_code == 303
    assert len(arrived.cases) == 1
    assert len(arrived.evidence()) == 1


def test_a_form_a_day_old_is_taken(arrived: Visitor) -> None:
    arrived.clock.turn_to(MONDAY + timedelta(hours=25))
    assert arrived.report().status_code == 303


def test_goods_of_two_purchases_are_two_claims_with_the_same_pictures(arrived: Visitor) -> None:
    arrived.report(photo(), **{f"units_{CUP}": "1"})
    cases = [record.opened.case_id for record in arrived.cases]
    assert len(cases) == 2
    assert all(len(arrived.evidence(case)) == 1 for case in cases)
    assert "Ready: 1 of 5" in arrived.get()


def test_a_report_without_a_picture_asks_for_one_and_says_until_when(arrived: Visitor) -> None:
    arrived.report()
    page = words_of(arrived.get())
    assert "We need at least one picture" in page
    assert "Please send it by 16 November 2026" in page
    assert "Ready: 0 of 5" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"situation": "late_shipment"}, "situation"),
        ({"situation": ""}, "situation"),
        ({f"units_{LAMP}": "0"}, "lines"),
        ({f"units_{LAMP}": "3"}, "lines"),
        ({f"units_{LAMP}": "-1"}, "lines"),
        ({f"units_{LAMP}": "1e3"}, "lines"),
        ({f"units_{LAMP}": "٣"}, "lines"),
        ({"wish": "both"}, "wish"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_the_rest_is_kept(
    arrived: Visitor, changes: dict[str, str], field: str
) -> None:
    answer = arrived.report(photo(), words="Broken glass", **changes)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="#problem-{field}"' in page
    assert f'id="problem-{field}"' in page
    assert f'aria-describedby="problem-{field}-wrong"' in page
    assert 'role="alert"' in page
    assert "Broken glass" in page
    assert 'value="form-1"' in page, "mended and sent again it is still the same form"
    assert not arrived.cases
    assert not arrived.files


def test_what_is_not_asked_for_is_not_looked_at(arrived: Visitor) -> None:
    arrived.report(
        shop_id="bob.myshopify.com",
        shop="bob.myshopify.com",
        order_id="77",
        case_id="x",
        amount="99999",
        refund_amount="99999",
        units_999="1",
        purchase_id="Other/1",
        by="Alice",
    )
    (record,) = arrived.cases
    assert (record.opened.purchase_id, record.opened.line_ids) == (HUANYU, (LAMP,))
    assert all(action.action.kind != "refund_customer" for action in arrived.order.planned.values())


@pytest.mark.parametrize(
    "words",
    ["x" * 1_000_000, "😀" * 6_000, "Z\u0335\u0321" * 3_000, "a\u202eb", "a\0b",
     "<img src=x>", "javascript:alert(1)", "![x](https://evil.example/t.png)"],
)  # fmt: skip
def test_any_words_are_kept_shortened_and_shown_as_text(arrived: Visitor, words: str) -> None:
    assert arrived.report(words=words).status_code == 303
    kept = words_said(arrived)
    assert 0 < len(kept) <= 5_000
    assert "\0" not in kept
    assert "evil.example" not in arrived.get()


def test_goods_that_were_repaid_cannot_be_reported(arrived: Visitor) -> None:
    repaid = t.RefundSeen(9, MONDAY, ((LAMP, 2),), 2490, "USD")
    arrived.tell(repaid)
    assert f"problem-units_{LAMP}" not in arrived.get()
    assert arrived.report().status_code == 422


def test_the_claim_is_followed_with_working_days_and_a_date(arrived: Visitor) -> None:
    arrived.report(photo())
    arrived.turn(MONDAY + HOUR)
    arrived.tell(t.ActionDone(f"verify:{arrived.case}"))
    arrived.turn(MONDAY + timedelta(days=8))
    page = words_of(arrived.get())
    assert "is checking your claim" in page
    assert "Working day 6 of up to 30" in page
    assert "You should hear from us by 14 December 2026" in page
    assert "estimate" not in page

    chinese = words_of(arrived.get("?lang=zh"))
    assert "中国工作日第 6 天，最多 30 天" in chinese
    italian = words_of(arrived.get("?lang=it"))
    assert "Giorno lavorativo 6 di massimo 30" in italian
    assert "14 dicembre 2026" in italian


def test_an_estimated_date_is_marked(arrived: Visitor) -> None:
    arrived.turn(MONDAY + timedelta(days=36))
    arrived.report(photo())
    arrived.turn(MONDAY + timedelta(days=36, hours=1))
    arrived.tell(t.ActionDone(f"verify:{arrived.case}"))
    page = words_of(arrived.get())
    assert "2027 (estimated)" in page
    assert "not announced yet" in page


def test_a_refused_claim_says_the_reason_as_text(arrived: Visitor) -> None:
    arrived.report(photo())
    arrived.turn(MONDAY + HOUR)
    arrived.tell(t.ActionDone(f"verify:{arrived.case}"))
    arrived.tell(t.VerificationSeen(arrived.case, "refused", "No <b>fault</b> seen"))
    page = arrived.get()
    assert "refused it" in page
    assert "No &lt;b&gt;fault&lt;/b&gt; seen" in page


def test_a_whole_claim_on_either_database(db: Database, clock: Clock, tmp_path: Path) -> None:
    bianca = arriving_at(db, clock, tmp_path)
    words = "a\0b\ud800 <x> 😀"
    assert bianca.report(photo(), words=words.encode("utf-8", "surrogatepass")).status_code == 303
    assert bianca.send("/address", {**ADDRESS, "city": "To\0rino", "once": "\0"}).status_code == 303
    assert bianca.send("/stop", {f"units_{CUP}": "1", "once": "2"}).status_code == 303
    assert len(bianca.evidence(bianca.cases[0].opened.case_id)) == 1
    page = words_of(bianca.get())
    for said in ("We are preparing your claim", "can be cancelled", "entering it in the order"):
        assert said in page
    bianca.client.get(f"{bianca.path}/pictures/a%00b")
    assert bianca.add("a\0b", photo()).status_code in {404, 409}


# --- Cancelling -----------------------------------------------------------------------------------


def test_everything_is_cancelled_at_once_whole(visitor: Visitor) -> None:
    form = {f"units_{LAMP}": "2", f"units_{CUP}": "1", "once": "1"}
    for _ in range(2):
        assert visitor.send("/stop", form).status_code == 303
    assert [(r.purchase_id, r.line_ids) for r in visitor.order.reports] == [(HUANYU, ()), ("", ())]
    page = words_of(visitor.get())
    assert "still inside China" in page
    assert "can be cancelled" in page
    assert "Your cancellation is under way" in page


def test_a_part_is_cancelled_alone(visitor: Visitor) -> None:
    assert visitor.send("/stop", {f"units_{CUP}": "1", "once": "1"}).status_code == 303
    (report,) = visitor.order.reports
    assert (report.purchase_id, report.units) == ("", {CUP: (1,)})


def test_abroad_there_is_no_button_but_the_truth(arrived: Visitor) -> None:
    page = arrived.get()
    assert f"stop-units_{LAMP}" not in page
    assert "can be neither stopped nor refunded" in page
    assert arrived.send("/stop", {f"units_{LAMP}": "1", "once": "1"}).status_code == 422
    assert not arrived.cases


def test_where_nobody_knows_it_says_so_before_one_asks(visitor: Visitor) -> None:
    bought = purchase(purchase_id="X/1", reference="1", lines=((CUP, 1),), route=Route.UNKNOWN)
    visitor.tell(bought)
    assert "We do not know at the moment where some of it is" in visitor.get()
    assert visitor.send("/stop", {f"units_{CUP}": "1", "once": "1"}).status_code == 303
    assert "We are finding out where the parcel is" in visitor.get()


def test_what_nobody_has_bought_is_cancelled_plainly(visitor: Visitor) -> None:
    visitor.tell(t.PurchaseCancelled(HUANYU, MONDAY))
    assert "Nothing has been bought for these goods yet" in visitor.get()


def test_what_was_not_stopped_cannot_be_asked_for_again(visitor: Visitor) -> None:
    visitor.send("/stop", {f"units_{LAMP}": "2", "once": "1"})
    visitor.tell(t.ActionDone(f"intercept:{HUANYU}"), t.InterceptionSeen(HUANYU, "failed"))
    page = words_of(visitor.get())
    assert "stopping the parcel was tried and did not work" in page
    assert f"stop-units_{LAMP}" not in visitor.get()


def test_cancelling_nothing_is_a_mistake_at_its_field(visitor: Visitor) -> None:
    answer = visitor.send("/stop", {"once": "1"})
    assert answer.status_code == 422
    assert 'href="#stop-lines"' in answer.get_data(as_text=True)


# --- Addresses ------------------------------------------------------------------------------------


def test_a_wrong_address_is_corrected_as_it_was_written(visitor: Visitor) -> None:
    assert visitor.send("/address", {**ADDRESS, "once": "1"}).status_code == 303
    assert address_said(visitor) == {
        "address1": "Via Roma 1", "address2": "", "zip": "10121", "city": "Torino",
        "province_code": "TO", "country_code": "IT",
    }  # fmt: skip
    assert {r.situation for r in visitor.order.reports} == {Situation.WRONG_ADDRESS}
    assert "Via Roma" not in visitor.get(), "no address is shown that is not asked about"


def test_the_form_knows_nothing_beforehand(visitor: Visitor) -> None:
    page = visitor.get()
    assert "Torino" not in page
    assert "Bianca" not in page
    assert "bianca@example.com" not in page
    assert "selected>Italy" not in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"address1": ""}, "address1"),
        ({"city": "  "}, "city"),
        ({"country_code": ""}, "country_code"),
        ({"country_code": "ZZ"}, "country_code"),
        ({"country_code": "../x"}, "country_code"),
    ],
)
def test_an_address_that_is_none_is_refused_at_its_field(
    visitor: Visitor, changes: dict[str, str], field: str
) -> None:
    answer = visitor.send("/address", {**ADDRESS, **changes, "sure": "yes", "once": "1"})
    assert answer.status_code == 422
    assert f'href="#address-{field}"' in answer.get_data(as_text=True)
    assert not visitor.cases


def test_an_odd_address_is_asked_about_once_and_then_believed(visitor: Visitor) -> None:
    odd = {**ADDRESS, "zip": "1234", "address1": "Via Roma", "once": "1"}
    answer = visitor.send("/address", odd)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#address-zip"' in page
    assert 'href="#address-address1"' in page
    assert 'value="Via Roma"' in page
    assert 'name="sure"' in page
    assert visitor.send("/address", {**odd, "sure": "yes"}).status_code == 303
    assert address_said(visitor)["zip"] == "1234"


def test_abroad_an_address_cannot_be_changed_and_that_is_said(arrived: Visitor) -> None:
    arrived.tell(t.RefundSeen(9, MONDAY, ((CUP, 1),), 2490, "USD"))
    page = words_of(arrived.get())
    assert "The address cannot be changed any more" in page
    assert arrived.send("/address", {**ADDRESS, "once": "1"}).status_code == 409
    assert not arrived.cases


# --- An address we doubt --------------------------------------------------------------------------


@pytest.fixture
def doubted(visitor: Visitor) -> Visitor:
    """Nothing is bought for the cup, and the address has no house number."""
    visitor.tell(t.OrderChecked((NO_NUMBER,)))
    return visitor


def test_a_doubtful_address_is_shown_with_its_doubt(doubted: Visitor) -> None:
    page = words_of(doubted.get())
    assert "Bianca Rossi Via Roma 10121 Torino Italy" in page
    assert "There is no house number." in page
    assert "Please answer by 5 November 2026" in page


def test_it_is_confirmed_with_one_click(doubted: Visitor) -> None:
    for status in (303, 409):
        answer = doubted.send(f"/cases/{doubted.case}/address", {"answer": "right"})
        assert answer.status_code == status
    assert list(doubted.order.address_settled.values()) == ["confirmed"]
    assert "Via Roma" not in doubted.get(), "it is asked no more, so it is shown no more"


def test_or_corrected(doubted: Visitor) -> None:
    case = doubted.case
    wrong = doubted.send(f"/cases/{case}/address", {**ADDRESS, "answer": "wrong", "city": ""})
    assert wrong.status_code == 422
    assert f'href="#{case}-city"' in wrong.get_data(as_text=True)
    good = doubted.send(f"/cases/{case}/address", {**ADDRESS, "answer": "wrong"})
    assert good.status_code == 303
    assert list(doubted.order.address_settled.values()) == ["corrected"]
    assert address_said(doubted)["address1"] == "Via Roma 1"


@pytest.mark.parametrize("case", ["nobody", "a%00b", "../x", "%25"])
def test_a_case_that_is_none_of_his_is_too_late(doubted: Visitor, case: str) -> None:
    status = doubted.send(f"/cases/{case}/address", {"answer": "right"}).status_code
    assert status in {404, 409}
    assert not doubted.order.address_settled


# --- Forms that did not come whole ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--x\r\n\r\n--x--"),
        ("multipart/form-data; boundary=" + "b" * 1_000_000, b"--b"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="once"'),
        ("multipart/form-data; boundary=b\u00e9", b"--b"),
        ("application/json", b"{}"),
        ("text/plain", b"once=1"),
        ("", b""),
    ],
)
def test_a_broken_form_is_refused_in_words(visitor: Visitor, kind: str, body: bytes) -> None:
    answer = visitor.client.post(
        f"{visitor.path}/problem", data=body, headers={**OWN, "Content-Type": kind}
    )
    assert answer.status_code == 400
    assert "did not arrive whole" in answer.get_data(as_text=True)


def test_a_boundary_inside_a_file_is_part_of_the_file(arrived: Visitor) -> None:
    form = (
        b'--b\r\nContent-Disposition: form-data; name="once"\r\n\r\n1\r\n'
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
        b"not --b a boundary\r\n--bb\r\n--b--\r\n"
    )
    arrived.report()
    answer = arrived.client.post(
        f"{arrived.path}/cases/{arrived.case}/files",
        data=form,
        headers={**OWN, "Content-Type": "multipart/form-data; boundary=b"},
    )
    assert answer.status_code in {400, 415}
    assert not arrived.evidence()

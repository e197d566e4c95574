"""Bad forms, files and links at the customer's page: refused in words, and nothing is kept."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.evidence.check import examine
from tests.bad_inputs.harm import harmless, rows_of
from tests.customer.conftest import OTHER, OWN, Visitor, arrived, photo, visitor
from tests.evidence import files
from tests.fakes import ORDER_ID, SHOP
from tests.story import LAMP

__all__ = ["arrived", "visitor"]


@pytest.fixture
def clean(visitor: Visitor) -> Iterator[Visitor]:
    """After whatever is sent: nothing of the neighbour changed, and the link still works."""
    before = rows_of(visitor.db, OTHER)
    yield visitor
    assert rows_of(visitor.db, OTHER) == before
    visitor.get()


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("", id="P1 empty"),
        pytest.param("x" * 10_000, id="P1 10 kB"),
        pytest.param(str(ORDER_ID), id="P40 the order's number"),
        pytest.param("1%20OR%201=1", id="P40 a condition"),
        pytest.param("%25", id="P40 a sign that stands for anything"),
        pytest.param("_" * 43, id="P40 signs that stand for anything"),
        pytest.param("..%2f..%2fcases", id="P2 a way out"),
        pytest.param("eyJhbGciOiJub25lIn0.eyJvIjoxfQ.", id="P4 a token without a signature"),
    ],
)
def test_what_is_no_link_gets_the_one_page_for_that(clean: Visitor, link: str) -> None:
    constant = clean.client.get("/report/nothing").get_data()
    answer = clean.client.get(f"/report/{link}")
    harmless(answer)
    assert (answer.status_code, answer.get_data()) == (404, constant)


MANY_BREAKS = b"\r\n" * 400_000 + b"x" * 5_000_000


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        pytest.param("b", b"--b\r\nContent-Disposition: form-data; name=f\r\n\r\n" + MANY_BREAKS,
                     id="P9 line breaks, then much without any"),
        pytest.param("b", b"--b\r\n" + b"A: b\r\n" * 100_000 + b"\r\n\r\n--b--",
                     id="P9 100,000 headers of a part"),
        pytest.param("b", b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n" * 9_000
                     + b"--b--", id="P10 9,000 parts"),
        pytest.param("", b"--b\r\n\r\n--b--", id="P10 no boundary"),
        pytest.param("b" * 1_000_000, b"--b", id="P10 a boundary of 1 MB"),
        pytest.param("b", b'--b\r\nContent-Disposition: form-data; name="once"',
                     id="P10 no end"),
        pytest.param("b", b"", id="P10 nothing"),
        pytest.param("b", b'--b\r\nContent-Disposition: form-data; name="once"; filename="'
                     + b"a" * 100_000 + b'"\r\n\r\nx\r\n--b--', id="P11 a name of 100 kB"),
        pytest.param("b", b"--b\r\nContent-Disposition: form-data; name=once\r\n"
                     b"Content-Transfer-Encoding: base64\r\n\r\n@@\r\n--b--",
                     id="P11 said to be base64"),
    ],
)  # fmt: skip
def test_a_form_that_is_none_is_refused_in_words(clean: Visitor, kind: str, body: bytes) -> None:
    boundary = f"multipart/form-data; boundary={kind}" if kind else "multipart/form-data"
    answer = clean.client.post(
        f"{clean.path}/problem", data=body, headers={**OWN, "Content-Type": boundary}
    )
    harmless(answer)
    assert answer.status_code in {400, 413, 422}
    assert not clean.cases
    assert not clean.files


def archive(kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "tar":
        with tarfile.open(fileobj=out, mode="w") as packed:
            link = tarfile.TarInfo("link")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            packed.addfile(link)
    else:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("[Content_Types].xml", "<Types/>")
            packed.writestr("word/vbaProject.bin" if kind == "docx" else "a", bytes(4_000_000))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.jpg", archive("docx"), id="P16 a document with a macro"),
        pytest.param("a.jpg", files.PDF, id="P16 a PDF"),
        pytest.param("a.jpg", files.HTML, id="P16 a page"),
        pytest.param("a.png", files.SVG, id="P15 an SVG as PNG"),
        pytest.param("a.gif", files.GIF, id="P18 a GIF that is a script"),
        pytest.param("a.png", files.png_header(50_000, 50_000), id="P19 50,000 by 50,000"),
        pytest.param("a.png", files.png_that_moves(100_000), id="P21 100,000 frames"),
        pytest.param("a.png", files.png_with_text(100_000_000), id="P22 a text of 100 MB"),
        pytest.param("a.mp4", archive("tar"), id="P27 a TAR with a way out"),
        pytest.param("a.mp4", archive("zip"), id="P27 a small ZIP that is large inside"),
        pytest.param("a.mp4", files.zipped() + archive("zip"), id="P27 ZIP after ZIP"),
        pytest.param("a.psd", b"8BPS\0\1" + bytes(500), id="P22 a PSD"),
        pytest.param("a.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n", id="P22 an EPS"),
        pytest.param("a.fits", b"SIMPLE  =                    T" + bytes(3_000), id="P22 a FITS"),
        pytest.param("a.jpg", files.EICAR, id="P34 what scanners look for"),
        pytest.param("a.jpg", b"", id="P6 nothing"),
    ],
)
def test_what_is_no_picture_is_refused_and_not_kept(
    arrived: Visitor, name: str, content: bytes
) -> None:
    answer = arrived.report((io.BytesIO(content), name))
    harmless(answer)
    assert answer.status_code in {415, 422}
    assert not arrived.files
    assert len(arrived.cases) == 1, "what was written with it counts all the same"
    assert arrived.add(arrived.case, photo()).status_code == 303


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"shop": OTHER, "shop_id": "2"}, id="P43 another shop"),
        pytest.param({"order_id": "999", "case_id": "1"}, id="P43 another order and case"),
        pytest.param({"refund_amount": "99999", "minor": "99999"}, id="P43 an amount"),
        pytest.param({"by": "merchant", "result": "verified"}, id="P43 a result"),
        pytest.param({"__proto__": "x", "is_admin": "true"}, id="P44 rights"),
    ],
)
def test_a_form_says_only_what_it_has_fields_for(arrived: Visitor, changes: dict[str, str]) -> None:
    assert arrived.report(photo()).status_code == 303
    plain = rows_of(arrived.db, SHOP)
    before = rows_of(arrived.db, OTHER)
    assert arrived.report(photo(), **changes).status_code == 303

    assert rows_of(arrived.db, OTHER) == before
    now = rows_of(arrived.db, SHOP)
    assert [len(now[name]) for name in ("cases", "ledger", "refund_units")] == [
        len(plain[name]) for name in ("cases", "ledger", "refund_units")
    ]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param("../../", id="P45 a path"),
        pytest.param("xx", id="P45 no language"),
        pytest.param("zh-Hant-TW", id="P45 a longer one"),
        pytest.param("en;q=" + "9" * 5_000, id="P45 5 kB"),
        pytest.param("\xff\xfe", id="P45 no letters"),
    ],
)
def test_a_language_nobody_speaks_is_another(clean: Visitor, asked: str) -> None:
    harmless(clean.client.get(clean.path, headers={"Accept-Language": asked}))
    harmless(clean.client.get(clean.path, query_string={"lang": asked}))
    clean.get()


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="P46 nobody says where it comes from"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="P46 another site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="P46 a neighbour of ours"),
        pytest.param({"Origin": "null"}, id="P46 a page without an origin"),
        pytest.param({"Origin": "http://localhost.evil.example"}, id="P46 almost us"),
    ],
)
def test_only_our_own_page_sends_a_form(clean: Visitor, headers: dict[str, str]) -> None:
    form = {"situation": "damaged", f"units_{LAMP}": "1", "once": "form-1"}
    answer = clean.client.post(f"{clean.path}/problem", data=form, headers=headers)
    assert answer.status_code == 403
    assert not clean.cases


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xff\xd8\xff", id="P20 three bytes of a picture"),
        pytest.param(b"\0" * 5_000_000, id="P20 5 MB of nothing"),
    ],
)
def test_the_examiner_names_a_reason_for_anything(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "brought"
    path.write_bytes(content)
    found = examine(path)
    assert found.reason
    assert not found.copies

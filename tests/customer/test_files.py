"""Pictures and videos: what is kept, what is refused and how it is said, what is served."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from plugin.evidence import keep as keeping
from plugin.evidence.keep import Keep, NoSpace
from plugin.evidence.limits import LIMITS, Limits
from plugin.pages.customer import reading, uploads
from plugin.store import tables
from tests.customer.conftest import OWN, Visitor, photo, words_of
from tests.evidence import files as made
from tests.fakes import SHOP
from tests.story import CUP, LAMP

JSON = {"Accept": "application/json"}


def named(content: bytes, name: str = "lamp.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


@pytest.fixture
def reported(arrived: Visitor) -> Visitor:
    """A case that waits for pictures."""
    arrived.report()
    return arrived


# --- Adding ---------------------------------------------------------------------------------------


def test_pictures_are_added_shot_by_shot_and_ticked_off(reported: Visitor) -> None:
    answer = reported.send(
        f"/cases/{reported.case}/files",
        {"case": "this", "shot_label": [photo(1)], "shot_fault": [photo(2)], "files": [photo(3)]},
    )
    assert answer.status_code == 303
    assert sorted(one.shot for one in reported.evidence()) == ["", "fault", "label"]
    page = words_of(reported.get())
    assert "Ready: 3 of 5" in page
    assert "The label with the address (there)" in page
    assert "The whole parcel (still missing)" in page


def test_the_same_picture_again_is_there_already(reported: Visitor) -> None:
    reported.add(reported.case, photo())
    answer = reported.send(
        f"/cases/{reported.case}/files", {"case": "this", "files": [photo()]}, **JSON
    )
    assert answer.json == {
        "done": True,
        "next": f"{reported.path}?said=kept",
        "files": [{"name": "photo-0.jpg", "accepted": True, "words": "is there already"}],
    }
    assert len(reported.evidence()) == 1


def test_advice_is_said_at_once_and_never_in_the_way(reported: Visitor) -> None:
    dark = made.picture(size=(300, 200), colour=(1, 1, 1))
    reported.add(reported.case, named(made.picture(colour=(5, 5, 5))))
    answer = reported.add(reported.case, named(dark))
    assert answer.status_code == 303
    assert len(reported.evidence()) == 2
    page = words_of(reported.get())
    assert "It is very small" in page
    assert "It looks like another picture you have sent" in page


def test_a_shot_nobody_asked_for_is_none(reported: Visitor) -> None:
    reported.send(f"/cases/{reported.case}/files", {"case": "this", "shot_../../x": [photo()]})
    assert [one.shot for one in reported.evidence()] == [""]


def test_nothing_chosen_is_no_mistake(reported: Visitor) -> None:
    answer = reported.send(
        f"/cases/{reported.case}/files", {"case": "this", "files": [(io.BytesIO(b""), "")]}
    )
    assert answer.status_code == 303
    assert "said=nothing" in answer.headers["Location"]


def test_a_video_is_kept_with_its_stills(reported: Visitor, tmp_path: Path) -> None:
    film = made.video(tmp_path / "film.mp4")
    assert reported.add(reported.case, named(film, "film.mp4")).status_code == 303
    (kept,) = reported.evidence()
    assert (kept.media, kept.mime) == ("video", "video/mp4")
    answer = reported.client.get(f"{reported.path}/pictures/{kept.evidence_id}")
    assert answer.mimetype == "image/jpeg"


# --- Refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"", 422, "The file is empty"),
        (made.SVG, 415, "not a picture or video we can open"),
        (made.HTML, 415, "not a picture or video"),
        (made.XHTML, 415, "not a picture or video"),
        (made.PDF, 415, "not a picture or video"),
        (made.GIF, 415, "not a picture or video"),
        (made.EICAR, 415, "not a picture or video"),
        (made.zipped(), 415, "not a picture or video"),
        (made.png_header(50_000, 50_000), 422, "too many pixels"),
        (made.picture()[:2000], 422, "damaged or did not arrive whole"),
        (made.moving("WEBP", 3), 422, "Moving pictures cannot be used"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(
    reported: Visitor, content: bytes, status: int, words: str
) -> None:
    answer = reported.add(reported.case, named(content))
    assert answer.status_code == status
    page = words_of(answer.get_data(as_text=True))
    assert words in page
    assert "lamp.jpg" in page
    assert not reported.evidence()
    assert not reported.files, "what was refused takes no room"


def test_a_bad_file_does_not_take_the_report_or_the_good_ones_with_it(arrived: Visitor) -> None:
    answer = arrived.report(photo(), named(b"", "empty.jpg"))
    page = words_of(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert "Your report is kept" in page
    assert "photo-0.jpg : has arrived" in page
    assert "empty.jpg : The file is empty" in page
    assert len(arrived.evidence()) == 1


def small_limits(monkeypatch: pytest.MonkeyPatch, **changes: int) -> None:
    limits = Limits(**changes)
    monkeypatch.setattr(uploads, "LIMITS", limits)


def test_a_byte_over_the_limit_is_too_large(
    reported: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = made.picture()
    small_limits(monkeypatch, video_bytes=len(content) - 1)
    answer = reported.add(reported.case, named(content))
    assert answer.status_code == 413
    assert "The file is too large" in words_of(answer.get_data(as_text=True))
    assert not reported.files


def test_a_form_longer_than_any_may_be_is_refused_before_it_is_read(reported: Visitor) -> None:
    class Endless(io.RawIOBase):
        def readinto(self, _buffer: object) -> int:
            raise AssertionError("nobody reads this")

    answer = reported.client.post(
        f"{reported.path}/problem",
        headers={**OWN, "Content-Type": "multipart/form-data; boundary=b"},
        environ_overrides={
            "wsgi.input": Endless(),
            "CONTENT_LENGTH": str(reading.LARGEST + 1),
        },
    )
    assert answer.status_code == 413
    assert "20 MB for a picture, 200 MB for a video" in answer.get_data(as_text=True)


def test_a_case_holds_ten_files_and_then_says_so(reported: Visitor) -> None:
    ten = [photo(number, size=(90 + number, 80)) for number in range(LIMITS.files_per_case)]
    assert reported.add(reported.case, *ten).status_code == 303
    answer = reported.add(reported.case, photo(99))
    assert answer.status_code == 413
    assert "at most 10 files" in answer.get_data(as_text=True)
    assert reported.add(reported.case, photo(0, size=(90, 80))).status_code == 303, "a retry"
    assert len(reported.evidence()) == 10
    assert "as many files as a report can hold" in reported.get()


def test_a_shop_without_room_says_so_and_keeps_the_report(
    arrived: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_limits(monkeypatch, shop_bytes=100)
    answer = arrived.report(photo())
    assert answer.status_code == 413
    assert "There is no room for more files" in answer.get_data(as_text=True)
    assert len(arrived.cases) == 1
    assert not arrived.files


def test_a_full_disk_is_said_with_when_to_try_again(
    reported: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise NoSpace

    monkeypatch.setattr(Keep, "receive", full)
    answer = reported.add(reported.case, photo())
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert not reported.evidence()
    monkeypatch.undo()
    assert reported.add(reported.case, photo()).status_code == 303


def test_a_file_that_went_away_meanwhile_gets_no_row(
    reported: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(keep: Keep, sha256: str, _finding: object) -> None:
        keep.remove(sha256)

    monkeypatch.setattr(uploads, "keep_copies", forgetful)
    assert reported.add(reported.case, photo()).status_code == 422
    assert not reported.evidence()


def test_a_case_that_is_settled_takes_no_more(reported: Visitor) -> None:
    case = reported.case
    with reported.db.write() as tx:
        tx.execute(tables.shops.update().where(tables.shops.c.shop == SHOP).values(state="paused"))
    assert reported.add(case, photo()).status_code == 303, "a pause stops nobody from telling"
    assert reported.add("nobody", photo()).status_code == 409
    reported.send("/stop", {f"units_{CUP}": "1", "once": "1"})
    assert reported.add(reported.case, photo()).status_code == 409, "a cancellation needs no proof"


# --- Names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..\\..\\a.php", "a.jpg\0.php", "CON", "....", ".htaccess", "n" * 300,
     "图片.jpg", 'a"; filename*=x.jpg', "a\r\nSet-Cookie: x=1.jpg", "<img src=x>.jpg"],
)  # fmt: skip
def test_a_name_is_only_words(reported: Visitor, name: str) -> None:
    assert reported.add(reported.case, named(made.picture(), name)).status_code in {303, 400}
    for one in reported.evidence():
        assert len(one.name) <= 120
        assert one.name.isprintable()
        answer = reported.client.get(f"{reported.path}/pictures/{one.evidence_id}")
        assert answer.headers["Content-Disposition"] == "inline; filename=picture.jpg"
    assert all(keeping.DIGEST.match(path.name) for path in reported.files)
    assert "<img src=x>" not in reported.get()


# --- Served ---------------------------------------------------------------------------------------


def test_a_picture_comes_back_as_our_copy_with_nothing_the_camera_wrote(reported: Visitor) -> None:
    sent = made.with_exif()
    reported.add(reported.case, named(sent))
    (kept,) = reported.evidence()
    assert kept.evidence_id in reported.get()
    answer = reported.client.get(f"{reported.path}/pictures/{kept.evidence_id}")
    body = answer.get_data()
    assert answer.status_code == 200
    assert answer.mimetype == "image/jpeg"
    assert made.GPS in sent
    assert made.GPS not in body
    assert b"MakerSecret" not in body
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("name", ["0" * 64, "../../x", "a%00b", "picture.jpg", "A" * 64, "%2e%2e"])
def test_no_other_file_is_to_be_had(reported: Visitor, name: str) -> None:
    reported.get(f"/pictures/{name}", 404)


# --- With JavaScript ------------------------------------------------------------------------------


def test_one_file_at_a_time_is_the_same_form_again(arrived: Visitor) -> None:
    """What the script does: the fields, then the fields with each file; each answer is JSON."""
    form = {"situation": "damaged", "wish": "", f"units_{LAMP}": "1", "once": "js-1"}
    first = arrived.send("/problem", form, **JSON)
    assert first.json is not None
    assert (first.json["done"], first.json["files"]) == (True, [])
    for content in (photo(1), photo(2), photo(2), named(b"", "empty.jpg")):
        answer = arrived.send("/problem", {**form, "files": [content]}, **JSON)
        assert answer.json is not None
        (verdict,) = answer.json["files"]
        assert verdict["accepted"] == (answer.status_code == 200)
    assert answer.status_code == 422
    assert len(arrived.order.reports) == 1
    assert len(arrived.evidence()) == 2


def test_trouble_is_said_to_a_script_as_well(arrived: Visitor) -> None:
    answer = arrived.send("/problem", {"once": "1"}, **JSON)
    assert answer.status_code == 422
    said = json.loads(answer.get_data())
    assert said["done"] is False
    assert "how many pieces" in said["words"]
    broken = arrived.client.post(
        f"{arrived.path}/problem", data=b"", headers={**OWN, **JSON, "Content-Type": "text/plain"}
    )
    assert broken.status_code == 400
    assert broken.json is not None
    assert "did not arrive whole" in broken.json["words"]

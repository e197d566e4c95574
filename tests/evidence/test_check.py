"""What is uploaded: good files are kept and copied, bad ones refused, and nothing is believed."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from plugin.evidence.check import examine, same_again
from plugin.evidence.limits import LIMITS
from tests.evidence import files

WITHOUT_AV = {"POSTVENDITA_WITHOUT_AV": "yes"}


def brought(tmp_path, content: bytes, **more):
    path = tmp_path / "file"
    path.write_bytes(content)
    return examine(path, **more)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_good_picture_is_accepted_and_copied(tmp_path, kind):
    found = brought(tmp_path, files.picture(kind=kind))

    assert (found.reason, found.media, found.mime) == ("", "picture", f"image/{kind.lower()}")
    assert found.advice == ()
    assert set(found.copies) == {"picture.jpg", "claim.jpg"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (files.SVG, "not_a_picture_or_video"),
        (files.HTML, "not_a_picture_or_video"),
        (files.XHTML, "not_a_picture_or_video"),
        (files.PDF, "not_a_picture_or_video"),
        (files.GIF, "not_a_picture_or_video"),
        (files.EICAR, "not_a_picture_or_video"),
        (files.zipped(), "not_a_picture_or_video"),
        (files.moving("GIF", 3), "not_a_picture_or_video"),
        (files.moving("TIFF", 3), "not_a_picture_or_video"),
        (files.moving("PNG", 5), "too_many_frames"),
        (files.moving("WEBP", 5), "too_many_frames"),
        (files.png_header(50_000, 50_000), "too_many_pixels"),
        (files.png_header(20_000, 10), "too_many_pixels"),
        (files.png_header(100, 100), "cut_off"),
        (files.picture()[:4000], "cut_off"),
        (files.picture(kind="PNG")[:-200], "cut_off"),
        (files.picture(kind="WEBP")[:-900], "cut_off"),
        (files.picture()[:3], "not_a_picture_or_video"),
        (files.png_with_text(100_000_000), "cut_off"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 400, "cut_off"),
    ],
    ids=[
        *("empty", "svg", "html", "xhtml", "pdf", "gif-script", "eicar", "zip", "gif", "tiff"),
        *("apng", "webp-moving", "bomb", "long-bomb", "header-only", "cut-jpeg", "cut-png"),
        *("cut-webp", "3-bytes", "text-bomb", "mp4-head"),
    ],
)
def test_what_is_no_good_picture_is_refused_by_a_code(tmp_path, content, reason):
    assert brought(tmp_path, content).reason == reason


def test_a_picture_with_an_archive_behind_it_leaves_without_it(tmp_path):
    found = brought(tmp_path, files.picture() + files.zipped())

    assert found.accepted
    for copy in found.copies.values():
        assert b"PK\x03\x04" not in copy
        assert b"script" not in copy


def test_nothing_the_camera_wrote_is_left_and_the_picture_stands_upright(tmp_path):
    original = files.with_exif(orientation=6)
    assert files.GPS in original
    found = brought(tmp_path, original)

    assert (found.facts["width"], found.facts["height"]) == (600, 800)
    assert found.facts["taken"] == "2026-11-02T10:11:12+01:00"
    for copy in found.copies.values():
        assert files.GPS not in copy
        assert b"MakerSecret" not in copy
        assert b"Exif" not in copy
        assert Image.open(BytesIO(copy)).size == (600, 800)


@pytest.mark.parametrize("mode", ["CMYK", "I;16", "L", "LA", "P", "RGBA", "1"])
def test_every_way_to_write_colours_is_shown(tmp_path, mode):
    image = Image.new("RGB", (640, 480), (200, 180, 160)).convert("L")
    image = image.convert("I;16") if mode == "I;16" else image.convert("RGB").convert(mode)
    out = BytesIO()
    image.save(out, "JPEG" if mode == "CMYK" else "PNG")

    found = brought(tmp_path, out.getvalue())

    assert found.accepted
    assert Image.open(BytesIO(found.copies["picture.jpg"])).mode == "RGB"


def test_what_leaves_for_a_claim_is_under_a_megabyte(tmp_path):
    noise = Image.effect_noise((3000, 2500), 120).convert("RGB")
    out = BytesIO()
    noise.save(out, "JPEG", quality=97)

    found = brought(tmp_path, out.getvalue())

    assert len(found.copies["claim.jpg"]) < 1_000_000


def test_too_dark_and_too_small_are_advice_and_never_in_the_way(tmp_path):
    dark = Image.new("RGB", (300, 200), (5, 5, 5))
    out = BytesIO()
    dark.save(out, "JPEG")

    found = brought(tmp_path, out.getvalue())

    assert found.accepted
    assert found.advice == ("too_dark", "too_small")


def test_the_same_picture_saved_once_more_is_noticed(tmp_path):
    one = brought(tmp_path, files.picture())
    again = brought(tmp_path, files.picture(size=(400, 300), quality=40))
    other = brought(tmp_path, files.picture(colour=(10, 200, 10), size=(300, 900)))

    assert same_again(again, [one.facts])
    assert not same_again(other, [])


def test_one_byte_over_the_limit_is_too_large(tmp_path):
    content = files.picture()
    exactly = replace(LIMITS, picture_bytes=len(content))

    assert brought(tmp_path, content, limits=exactly).accepted
    assert brought(tmp_path, content + b"\0", limits=exactly).reason == "too_large"


def test_a_picture_of_exactly_the_limit_of_pixels_is_taken(tmp_path):
    content = files.picture((500, 400))

    assert brought(tmp_path, content, limits=replace(LIMITS, pixels=200_000)).accepted
    found = brought(tmp_path, content, limits=replace(LIMITS, pixels=199_999))
    assert found.reason == "too_many_pixels"


# --- Video ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["mp4", "mov"])
def test_a_video_is_looked_into_and_stills_are_taken(tmp_path, ending):
    content = files.video(tmp_path / f"made.{ending}", frames=36)

    found = brought(tmp_path, content)

    assert (found.reason, found.media, found.checked) == ("", "video", True)
    assert found.mime == {"mp4": "video/mp4", "mov": "video/quicktime"}[ending]
    assert set(found.copies) == {"still-1.jpg", "still-2.jpg", "still-3.jpg"}


def test_without_the_library_a_video_is_kept_and_marked_as_not_checked(tmp_path):
    content = files.video(tmp_path / "made.mp4")

    found = brought(tmp_path, content, environment=WITHOUT_AV)

    assert (found.reason, found.media, found.checked) == ("", "video", False)
    assert found.copies == {}


def test_sound_alone_is_no_video(tmp_path):
    content = files.video(tmp_path / "made.mp4", sound_only=True)

    assert brought(tmp_path, content).reason == "not_a_picture_or_video"


def test_a_video_without_its_index_is_cut_off(tmp_path):
    content = files.video(tmp_path / "made.mp4")

    assert brought(tmp_path, content[: len(content) // 2]).reason == "cut_off"


def test_a_long_or_large_video_is_refused(tmp_path):
    content = files.video(tmp_path / "made.mp4", frames=40)

    assert brought(tmp_path, content, limits=replace(LIMITS, video_seconds=2)).reason == "too_long"
    found = brought(tmp_path, content, limits=replace(LIMITS, video_side=300))
    assert found.reason == "too_many_pixels"


def test_an_examiner_that_dies_fails_one_upload_and_says_so(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(files.picture())

    found = examine(path, environment={"POSTVENDITA_EXAMINER_LIMITS": "{"})
    assert found.accepted, "what the caller sets cannot be overruled"
    broken = examine(path, environment={"PYTHONPATH": str(tmp_path), "PYTHONHOME": "/nowhere"})
    assert broken.reason == "examiner_failed"

"""Pictures: decoded, measured, copied without a trace; bad ones refused by a code."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from plugin.evidence.check import Finding, examine, same_again
from plugin.evidence.limits import LIMITS
from tests.evidence import files

GIFAR = files.moving("GIF", 1) + files.zipped()


def brought(tmp_path: Path, content: bytes, **more) -> Finding:
    path = tmp_path / "brought"
    path.write_bytes(content)
    return examine(path, **more)


def shown(found: Finding) -> Image.Image:
    return Image.open(BytesIO(found.copies["picture.jpg"]))


def saved(image: Image.Image, kind: str, **more) -> bytes:
    out = BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_good_picture_is_accepted_and_copied(tmp_path, kind):
    found = brought(tmp_path, files.picture(kind=kind))

    assert (found.reason, found.media, found.mime) == ("", "picture", f"image/{kind.lower()}")
    assert (found.facts["format"], found.facts["width"], found.facts["height"]) == (kind, 800, 600)
    assert found.advice == ()
    assert set(found.copies) == {"picture.jpg", "claim.jpg"}


REFUSED = {
    "svg": (files.SVG, "not_a_picture_or_video"),
    "svg-foreign": (files.SVG_FOREIGN, "not_a_picture_or_video"),
    "svg-entity": (files.SVG_ENTITY, "not_a_picture_or_video"),
    "html": (files.HTML, "not_a_picture_or_video"),
    "xhtml": (files.XHTML, "not_a_picture_or_video"),
    "mhtml": (files.MHTML, "not_a_picture_or_video"),
    "pdf": (files.PDF, "not_a_picture_or_video"),
    "eicar": (files.EICAR, "not_a_picture_or_video"),
    "zip": (files.zipped(), "not_a_picture_or_video"),
    "gif": (files.moving("GIF", 3), "not_a_picture_or_video"),
    "gif-script": (files.GIF, "not_a_picture_or_video"),
    "gifar": (GIFAR, "not_a_picture_or_video"),
    "tiff": (files.moving("TIFF", 3), "not_a_picture_or_video"),
    "bmp": (files.picture(kind="BMP"), "not_a_picture_or_video"),
    "html-then-jpeg": (files.HTML + files.picture(), "not_a_picture_or_video"),
    "zip-then-jpeg": (files.zipped() + files.picture(), "not_a_picture_or_video"),
    "pdf-then-png": (files.PDF + files.picture(kind="PNG"), "not_a_picture_or_video"),
    "3-bytes": (files.picture()[:3], "not_a_picture_or_video"),
    "1-byte": (b"\0", "not_a_picture_or_video"),
    "apng": (files.moving("PNG", 5), "too_many_frames"),
    "apng-says-100000": (files.png_that_moves(100_000), "too_many_frames"),
    "webp-moving": (files.moving("WEBP", 5), "too_many_frames"),
    "bomb": (files.png_header(50_000, 50_000), "too_many_pixels"),
    "bomb-within-twice": (files.png_header(8_000, 7_000), "too_many_pixels"),
    "long-bomb": (files.png_header(20_000, 10), "too_many_pixels"),
    "header-only": (files.png_header(100, 100), "cut_off"),
    "cut-jpeg": (files.picture()[:4000], "cut_off"),
    "cut-progressive": (files.picture(progressive=True)[:4000], "cut_off"),
    "cut-png": (files.picture(kind="PNG")[:-200], "cut_off"),
    "cut-webp": (files.picture(kind="WEBP")[:-900], "cut_off"),
    "text-bomb": (files.png_with_text(100_000_000), "cut_off"),
    "profile-bomb": (files.png_with_profile(100_000_000), "cut_off"),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_good_picture_is_refused_by_a_code(tmp_path, content, reason):
    found = brought(tmp_path, content)

    assert found.reason == reason
    assert found.copies == {}


HIDDEN = {
    "zip-behind": files.picture() + files.zipped(),
    "zip-behind-png": files.picture(kind="PNG") + files.zipped(),
    "pdf-behind": files.picture() + files.PDF,
    "html-behind": files.picture() + files.HTML,
    "html-in-comment": files.jpeg_with(0xFE, files.HTML),
    "pdf-in-comment": files.jpeg_with(0xFE, files.PDF),
    "zip-in-segment": files.jpeg_with(0xEC, files.zipped()),
    "eicar-in-png": files.png_with(b"tEXt", b"Comment\0" + files.EICAR),
    "script-in-png": files.png_with(b"iTXt", b"XML\0\0\0\0\0" + files.SVG),
    "script-in-webp": files.picture(kind="WEBP", xmp=files.HTML),
}
MARKS = (b"PK\x03\x04", b"PK\x01\x02", b"script", b"%PDF", b"EICAR", b"<html", b"<svg")


@pytest.mark.parametrize("content", HIDDEN.values(), ids=HIDDEN)
def test_what_hides_in_a_good_picture_is_in_no_copy(tmp_path, content):
    assert any(mark in content for mark in MARKS)
    found = brought(tmp_path, content)

    assert found.accepted
    for copy in found.copies.values():
        assert [mark for mark in MARKS if mark in copy] == []


def test_nothing_the_camera_wrote_is_left_and_the_picture_stands_upright(tmp_path):
    original = files.photograph()
    secrets = (
        *(files.GPS, files.THUMBNAIL, b"MakerSecret", b"CommentSecret", b"alice@example.com"),
        *(b"Exif", b"2026:11:02", b"xmpmeta"),
    )
    assert [secret for secret in secrets if secret not in original] == []
    found = brought(tmp_path, original)

    assert (found.facts["width"], found.facts["height"]) == (600, 800)
    for copy in found.copies.values():
        assert [secret for secret in secrets if secret in copy] == []
        assert Image.open(BytesIO(copy)).size == (600, 800)
        assert not Image.open(BytesIO(copy)).getexif()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_way_to_hold_a_camera_ends_upright(tmp_path, kind, orientation):
    found = brought(tmp_path, files.turned(orientation, kind))

    assert shown(found).size == (400, 200)
    assert (found.facts["width"], found.facts["height"]) == (400, 200)
    red, _green, blue = shown(found).convert("RGB").getpixel((10, 10))
    assert red > 150 > blue, "the red corner is above on the left"


@pytest.mark.parametrize(
    ("taken", "offset", "told"),
    [
        (files.TAKEN, "+01:00", "2026-11-02T10:11:12+01:00"),
        (files.TAKEN, "", "2026-11-02T10:11:12"),
        (files.TAKEN, "   :  ", "2026-11-02T10:11:12"),
        ("0000:00:00 00:00:00", "+01:00", ""),
        ("    :  :     :  :  ", "", ""),
        ("<script>alert(1)</script>", "+01:00", ""),
    ],
)
def test_the_capture_time_has_a_zone_only_where_the_camera_names_one(tmp_path, taken, offset, told):
    found = brought(tmp_path, files.with_exif(taken=taken, offset=offset))

    assert found.facts["taken"] == told


@pytest.mark.parametrize(
    "notes", [b"", b"MM", b"II*\0\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff" + b"\xff" * 90]
)
def test_notes_nobody_can_read_are_no_reason_to_refuse_a_picture(tmp_path, notes):
    found = brought(tmp_path, files.jpeg_with(0xE1, b"Exif\0\0" + notes))

    assert found.accepted
    assert found.facts["taken"] == ""


def test_of_several_photographs_in_one_jpeg_the_first_is_taken(tmp_path):
    first, second = Image.new("RGB", (640, 480), "red"), Image.new("RGB", (640, 480), "blue")
    content = saved(first, "MPO", save_all=True, append_images=[second])

    found = brought(tmp_path, content)

    assert (found.reason, found.mime) == ("", "image/jpeg")
    assert shown(found).getpixel((5, 5))[0] > 200


@pytest.mark.parametrize("mode", ["CMYK", "I;16", "L", "LA", "P", "RGBA", "1"])
def test_every_way_to_write_colours_is_shown(tmp_path, mode):
    image = Image.new("L", (640, 480), 255).convert("RGB")
    half = Image.new("RGB", (320, 480), "black")
    image.paste(half, (0, 0))
    if mode == "I;16":
        image = image.convert("L").convert("I").point(lambda value: value * 257).convert("I;16")
    else:
        image = image.convert(mode)

    found = brought(tmp_path, saved(image, "JPEG" if mode == "CMYK" else "PNG"))

    assert shown(found).mode == "RGB"
    assert max(shown(found).getpixel((100, 200))) < 10, "black is black"
    assert min(shown(found).getpixel((500, 200))) > 245, "white is white"


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_see_through_is_shown_on_white(tmp_path, mode):
    image = Image.new("RGBA", (600, 500), (0, 0, 0, 0)).convert(mode)
    more = {"transparency": 0} if mode == "P" else {}

    found = brought(tmp_path, saved(image, "PNG", **more))

    assert min(shown(found).getpixel((100, 100))) > 245


def test_a_colour_profile_is_no_part_of_a_copy(tmp_path):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    found = brought(tmp_path, files.picture(icc_profile=profile))

    assert found.accepted
    assert all("icc_profile" not in Image.open(BytesIO(c)).info for c in found.copies.values())


def test_a_picture_of_a_thousand_scans_is_done_within_the_examiners_time(tmp_path):
    assert brought(tmp_path, files.scans(1000)).accepted


def test_copies_are_as_small_as_the_platforms_want_them(tmp_path):
    noise = Image.effect_noise((2600, 2400), 120).convert("RGB")

    found = brought(tmp_path, saved(noise, "JPEG", quality=97))

    assert max(shown(found).size) == 2000
    assert len(found.copies["claim.jpg"]) < 1_000_000
    assert (found.facts["width"], found.facts["height"]) == (2600, 2400)


def test_too_dark_and_too_small_are_advice_and_never_in_the_way(tmp_path):
    dark = Image.new("RGB", (300, 200), (5, 5, 5))

    found = brought(tmp_path, saved(dark, "JPEG"))

    assert found.accepted
    assert found.advice == ("too_dark", "too_small")


@pytest.mark.parametrize(
    ("again", "same"),
    [
        (files.scene(kind="PNG"), True),
        (files.scene(quality=30), True),
        (files.scene(size=(400, 300)), True),
        (files.scene(seed=2), False),
        (files.scene(seed=3), False),
    ],
    ids=["another-format", "saved-badly", "smaller", "another", "one-more"],
)
def test_the_same_picture_saved_once_more_is_noticed(tmp_path, again, same):
    first = brought(tmp_path, files.scene())

    assert same_again(brought(tmp_path, again), [first.facts]) is same


def test_one_picture_is_not_the_same_again_and_a_video_never_is(tmp_path):
    found = brought(tmp_path, files.scene())

    assert not same_again(found, [])
    assert not same_again(found, [{"seconds": 3}])


def test_a_picture_of_exactly_the_limit_of_pixels_is_taken(tmp_path):
    content = files.picture((500, 400))

    assert brought(tmp_path, content, limits=replace(LIMITS, pixels=200_000)).accepted
    found = brought(tmp_path, content, limits=replace(LIMITS, pixels=199_999))
    assert found.reason == "too_many_pixels"

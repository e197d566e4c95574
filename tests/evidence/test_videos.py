"""Videos: looked into where PyAV is, and by their outside where it is not."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from plugin.evidence.check import Finding, examine
from plugin.evidence.limits import LIMITS
from tests.evidence import films
from tests.evidence.films import film

WITHOUT_AV = {"POSTVENDITA_WITHOUT_AV": "yes"}
FASTSTART = {"movflags": "faststart"}
FRAGMENTED = {"movflags": "frag_keyframe+empty_moov"}


def brought(tmp_path: Path, content: bytes, **more) -> Finding:
    path = tmp_path / "brought"
    path.write_bytes(content)
    return examine(path, **more)


@pytest.mark.parametrize(
    ("ending", "codec", "options", "mime"),
    [
        ("mp4", "mpeg4", {}, "video/mp4"),
        ("mp4", "libx264", FASTSTART, "video/mp4"),
        ("mp4", "mpeg4", FRAGMENTED, "video/mp4"),
        ("mov", "mjpeg", {}, "video/quicktime"),
        ("webm", "libvpx", {}, "video/webm"),
    ],
    ids=["index-last", "h264-index-first", "fragmented", "quicktime", "webm"],
)
def test_a_video_is_looked_into_and_stills_are_taken(tmp_path, ending, codec, options, mime):
    found = brought(tmp_path, film(tmp_path / f"made.{ending}", codec=codec, options=options))

    assert (found.reason, found.media, found.mime, found.checked) == ("", "video", mime, True)
    assert found.facts == {"width": films.WIDTH, "height": films.HEIGHT, "seconds": 3}
    assert set(found.copies) == {"still-1.jpg", "still-2.jpg", "still-3.jpg"}
    assert len(set(found.copies.values())) == 3, "from three moments"


def test_a_video_of_one_frame_has_one_still(tmp_path):
    found = brought(tmp_path, film(tmp_path / "made.mp4", frames=1))

    assert found.accepted
    assert set(found.copies) == {"still-1.jpg"}


def test_a_video_that_does_not_say_how_long_it_is_is_taken(tmp_path):
    recorded = film(tmp_path / "made.webm", codec="libvpx", options={"live": "1"})

    found = brought(tmp_path, recorded)

    assert found.accepted
    assert found.copies
    assert "seconds" not in found.facts


def test_an_old_telephones_3gp_that_names_mp4_beside_it_is_taken(tmp_path):
    made = film(tmp_path / "made.3gp", codec="h263", size=(176, 144), container="3gp")

    assert brought(tmp_path, made).mime == "video/mp4"


def test_a_film_held_upright_has_upright_stills(tmp_path):
    found = brought(tmp_path, films.held_upright(film(tmp_path / "made.mp4")))

    assert (found.facts["width"], found.facts["height"]) == (films.HEIGHT, films.WIDTH)
    still = Image.open(BytesIO(found.copies["still-1.jpg"]))
    assert still.size == (films.HEIGHT, films.WIDTH)
    red, _green, blue = still.getpixel((films.HEIGHT - 10, films.WIDTH // 2))
    assert red > 150 > blue, "what was above is now on the right"


def test_no_still_says_where_it_was_taken(tmp_path):
    original = film(
        tmp_path / "made.mp4",
        options={"movflags": "use_metadata_tags"},
        metadata={"location": films.PLACE, "title": "Secret"},
    )
    assert b"45.0703" in original

    found = brought(tmp_path, original)

    for still in found.copies.values():
        assert b"45.0703" not in still
        assert b"Secret" not in still
        assert b"Exif" not in still


@pytest.mark.parametrize("environment", [{}, WITHOUT_AV], ids=["with-pyav", "without"])
@pytest.mark.parametrize(
    ("ending", "options"),
    [("mp4", {}), ("mp4", FASTSTART), ("mp4", FRAGMENTED), ("webm", {})],
    ids=["index-last", "index-first", "fragmented", "webm"],
)
@pytest.mark.parametrize("part", [0.6, 0.95])
def test_a_video_that_did_not_arrive_whole_is_cut_off(tmp_path, ending, options, part, environment):
    codec = "libvpx" if ending == "webm" else "mpeg4"
    whole = film(tmp_path / f"made.{ending}", codec=codec, options=options)

    found = brought(tmp_path, whole[: int(len(whole) * part)], environment=environment)

    assert found.reason == "cut_off"


@pytest.mark.parametrize("cover", [False, True])
def test_sound_is_no_video_even_with_a_cover(tmp_path, cover):
    found = brought(tmp_path, films.song(tmp_path / "made.mp4", cover=cover))

    assert found.reason == "not_a_picture_or_video"


@pytest.mark.parametrize(
    ("ending", "codec", "more"),
    [
        ("avi", "mpeg4", {}),
        ("mkv", "libvpx", {}),
        ("flv", "flv", {}),
        ("mov", "rawvideo", {}),
        ("mp4", "mpeg4", {"tracks": 9}),
    ],
    ids=["avi", "mkv", "flv", "a-codec-nobody-films-with", "nine-tracks"],
)
def test_other_kinds_of_film_are_refused(tmp_path, ending, codec, more):
    made = film(tmp_path / f"made.{ending}", codec=codec, frames=2, **more)

    assert brought(tmp_path, made).reason == "not_a_picture_or_video"


@pytest.mark.parametrize("environment", [{}, WITHOUT_AV], ids=["with-pyav", "without"])
@pytest.mark.parametrize("brand", ["heic", "mif1", "avif", "M4A ", "crx ", "jp2 ", "\0\0\0\0"])
def test_what_only_wears_a_films_box_is_none(tmp_path, brand, environment):
    head = b"\0\0\0\x18ftyp" + brand.encode() + b"\0\0\0\0" + b"mif1heic"

    found = brought(tmp_path, head + b"\0\0\0\x08moov" + bytes(400), environment=environment)

    assert found.reason == "not_a_picture_or_video"


@pytest.mark.parametrize(
    "content",
    [
        b"\0\0\0\x18ftypmp42" + bytes(400),
        b"\0\0\0\x10ftypmp42\0\0\0\0" + b"\0\0\0\1moov" + b"\xff" * 8,
        b"\x1a\x45\xdf\xa3\x84webm",
        b"\x1a\x45\xdf\xa3\x01" + b"\xfe" * 7 + b"webm",
        b"\x1a\x45\xdf\xa3\x00webm" + bytes(60),
    ],
    ids=["no-box", "endless-index", "webm-head", "webm-long", "webm-zero"],
)
def test_a_head_without_a_body_is_cut_off(tmp_path, content):
    assert brought(tmp_path, content).reason == "cut_off"


def test_twelve_hours_are_too_long(tmp_path):
    assert brought(tmp_path, films.hours_long(tmp_path / "made.mp4", 12)).reason == "too_long"


def test_a_video_may_be_as_long_as_the_limit_and_no_longer(tmp_path):
    content = film(tmp_path / "made.mp4", frames=36)

    assert brought(tmp_path, content, limits=replace(LIMITS, video_seconds=3)).accepted
    assert brought(tmp_path, content, limits=replace(LIMITS, video_seconds=2)).reason == "too_long"


def test_a_video_of_more_than_4096_points_is_refused(tmp_path):
    wide = film(tmp_path / "made.mp4", codec="libx264", size=(4112, 32), frames=1)

    assert brought(tmp_path, wide).reason == "too_many_pixels"


def test_without_the_library_a_video_is_kept_and_marked_as_not_checked(tmp_path):
    found = brought(tmp_path, film(tmp_path / "made.mp4"), environment=WITHOUT_AV)

    assert (found.reason, found.media, found.checked) == ("", "video", False)
    assert found.copies == {}


def test_a_video_may_be_larger_than_a_picture_but_not_than_its_own_limit(tmp_path):
    content = film(tmp_path / "made.mp4")
    exactly = replace(LIMITS, picture_bytes=100, video_bytes=len(content))

    assert brought(tmp_path, content, limits=exactly).accepted
    found = brought(tmp_path, content + b"\0", limits=exactly)
    assert found.reason == "too_large"

"""The files of a piece of evidence that may be handed out: never what was uploaded, but a video."""

from __future__ import annotations

from pathlib import Path

from plugin.evidence.keep import Keep
from plugin.store.reports import Evidence

COPIES = ("picture.jpg", "still-1.jpg")
"""What is shown of a picture, and of a video."""


def copy_of(keep: Keep, found: Evidence) -> Path | None:
    """The copy we made of it; None where none could be made."""
    copies = (keep.derived(found.evidence_id, name) for name in COPIES)
    path = next((copy for copy in copies if copy.is_file()), None)
    # A relative path would be looked for beside the code of the web side.
    return path.absolute() if path is not None else None


def copy_name(found: Evidence) -> str:
    """What the copy is called."""
    return f"evidence-{found.number:02}.jpg"


def video_of(keep: Keep, found: Evidence) -> Path | None:
    """The film itself, to be saved; None for a picture, and for a file that is gone."""
    path = keep.path(found.evidence_id)
    return path.absolute() if found.media == "video" and path.is_file() else None


def video_name(found: Evidence) -> str:
    """What the film is called, with its kind's ending."""
    ending = {"quicktime": "mov"}.get(kind := found.mime.rpartition("/")[2], kind)
    return f"evidence-{found.number:02}.{ending if ending.isalnum() else 'bin'}"

"""The examiner: a process of its own that looks inside one file and says what it found.

A file is hostile until it was decoded. So decoding is done here, with little time and memory,
and whatever happens to this process happens to one upload.

Called as `python -m plugin.evidence.examine_file FILE FOLDER`; writes copies into the folder and
one line of JSON to standard output.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
import warnings
from pathlib import Path

from plugin.evidence import pictures, videos
from plugin.evidence.keep import FULL
from plugin.evidence.limits import COPY_BYTES, EXAMINER_BYTES, EXAMINER_SECONDS, Limits
from plugin.evidence.signature import HEAD, mime_of


def main(path: Path, folder: Path) -> dict[str, object]:
    """What is in the file, as the parent reads it: a `reason`, or what was found."""
    limits = Limits(**json.loads(os.environ.get("POSTVENDITA_EXAMINER_LIMITS", "{}")))
    without_av = os.environ.get("POSTVENDITA_WITHOUT_AV") == "yes"
    with path.open("rb") as file:
        mime = mime_of(file.read(HEAD))
    try:
        if mime:
            looked, checked = videos.look(path, mime, limits, without_av=without_av)
            media = "video"
        else:
            looked, checked = pictures.look(path, limits), True
            media, mime = "picture", f"image/{str(looked.facts['format']).lower()}"
    except pictures.Unusable as error:
        return {"reason": error.reason}
    try:
        for name, content in looked.copies.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        return {"reason": "no_space" if error.errno in FULL else "examiner_failed"}
    return {
        "media": media,
        "mime": mime,
        "checked": checked,
        "facts": looked.facts,
        "advice": looked.advice,
    }


def confine() -> None:
    """Little time, little memory, small files, no core file."""
    for what, most in (
        (resource.RLIMIT_CPU, EXAMINER_SECONDS),
        (resource.RLIMIT_AS, EXAMINER_BYTES),
        (resource.RLIMIT_FSIZE, COPY_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # where the system allows no limit
            resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    confine()
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))

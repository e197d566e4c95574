"""Asking the examiner about one file. The app itself never decodes what somebody sent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from plugin.evidence.limits import EXAMINER_WALL_SECONDS, Limits

PASSED_ON = ("PATH", "PYTHONPATH", "LANG")
"""All the examiner gets to see of our surroundings: no key, no address of a database."""
HOME = Path(__file__).parents[2]


def ask(
    path: Path, folder: Path, limits: Limits, environment: Mapping[str, str]
) -> dict[str, Any] | None:
    """The examiner's answer; None when it died, took too long or spoke nonsense."""
    command = [sys.executable, "-m", "plugin.evidence.examine_file"]
    known = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no shell
            [*command, str(path.absolute()), str(folder.absolute())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # decoders talk much, and nobody reads it
            timeout=EXAMINER_WALL_SECONDS,
            check=False,
            cwd=HOME,
            env={**known, **environment, "POSTVENDITA_EXAMINER_LIMITS": limits.as_json()},
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError):
        return None
    return answer if isinstance(answer, dict) else None

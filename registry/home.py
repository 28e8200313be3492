"""Where the registry keeps its state: `MST_HOME`, by default `./var`."""

from __future__ import annotations

import os
from pathlib import Path


class NotReadyError(Exception):
    """The registry does not start as it is; the message says why and what to do."""


def home() -> Path:
    """The state folder, created when missing; only its owner may read it."""
    path = Path(os.environ.get("MST_HOME", "var")).resolve()
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path

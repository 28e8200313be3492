"""A bug in a page: the person gets a number to report, the log the same number and the place.

Neither gets the error's words: a database's or a parser's message may hold a patient's value.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

_LOG = logging.getLogger("registry.pages")
_ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def told_by_number() -> Iterator[None]:
    """Streamlit's own stop and rerun are no errors, and pass."""
    try:
        yield
    except Exception as error:
        number = secrets.token_hex(4)
        _LOG.error("fault %s: %s at %s", number, type(error).__name__, _place(error))
        st.error(
            "This page met a fault of the registry itself. Nothing is stored by halves, and a file sent again "
            f"is not stored twice. Please tell your registry steward the number {number}."
        )


def _place(error: Exception) -> str:
    """The lines of the registry's own files it came through, outermost first."""
    frames = traceback.extract_tb(error.__traceback__)[1:]  # the first is the guard
    ours = [f for f in frames if Path(f.filename).parent.is_relative_to(_ROOT)]
    places = [f"{Path(f.filename).relative_to(_ROOT)}:{f.lineno}" for f in ours]
    return " > ".join(place for place in places if not place.startswith(".venv"))

"""A full disk or a lost database, told on the page in the same words as by a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from registry.store import NotReadyError
from registry.trouble import trouble


@contextmanager
def told_in_words() -> Iterator[None]:
    """What passes is told; any other error goes on."""
    try:
        yield
    except NotReadyError as error:
        st.error(str(error))
    except Exception as error:
        if not (said := trouble(error)):
            raise
        st.error(said)

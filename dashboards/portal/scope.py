"""Whose numbers a page shows."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from registry.access.accounts import Person, Role

ALL = "all centers"


def choose(person: Person, centers: Iterable[str]) -> str | None:
    """The center to look at, None for all: a coordinator's own, the choice of anyone else."""
    if person.role is Role.COORDINATOR:
        assert person.center_id is not None
        return person.center_id
    chosen = st.selectbox("Center", [ALL, *sorted(centers)], key="center")
    return None if chosen == ALL else chosen

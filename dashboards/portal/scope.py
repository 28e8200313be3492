"""Whose numbers a page shows."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from registry.access.rights import Person

ALL = "all centers"


def choose(person: Person, centers: Iterable[str]) -> str | None:
    """The center to look at, None for all: the own one of a center's people, the choice of anyone else."""
    if person.center_id is not None:
        return person.center_id
    chosen = st.selectbox("Center", [ALL, *sorted(centers)], key="center")
    return None if chosen == ALL else chosen

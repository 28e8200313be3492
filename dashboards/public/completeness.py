"""How complete the data are, for the public: what could be judged, by section of the paper."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import adherence, bars
from dashboards.numbers import percent, share
from dashboards.public import practice


def show() -> None:
    st.header("How complete the data are")
    st.caption(
        "What is not known is never read as no. Of each recommendation that applies: how many could not be judged "
        "because something was not recorded."
    )
    found = by_section(practice.rows())
    st.html(bars.whiskers(_complete(name, *counts) for name, counts in found.items()))


def by_section(rows: pd.DataFrame) -> dict[str, tuple[int, int, int]]:
    """By section of the paper: not evaluable, asked, and recommendations left out as a count is hidden."""
    found = {}
    lines = [line for line in adherence.lines(rows) if line.is_default]
    for name, of in adherence.by_section(lines).items():
        told = [
            (line.tally.not_evaluable, line.tally.asked)
            for line in of
            if line.tally.not_evaluable is not None and line.tally.asked is not None
        ]
        unknown, asked = (sum(pair[n] for pair in told) for n in (0, 1))
        found[name] = (unknown, asked, len(of) - len(told))
    return found


def _complete(name: str, unknown: int, asked: int, hidden: int) -> bars.Whisker:
    part = share(unknown, asked)
    left_out = f"; {hidden} recommendations with a hidden count are left out" if hidden else ""
    if part is None:
        return bars.Whisker(f"{name}:", f"nothing to tell{left_out}")
    told = f"{percent(1 - part)} could be judged, of about {asked:,}{left_out}"
    return bars.Whisker(f"{name}:", told, 1 - part)

"""Adherence for the public: by section, from rounded counts only."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import adherence, bars
from dashboards.adherence import GROUPS, group_of
from dashboards.public.warehouse import read
from registry import consensus
from registry.disclosure import policy


def rows() -> pd.DataFrame:
    """The rounded counts of each recommendation in the reading that is counted by default."""
    return read(
        "select recommendation_id, reading, met, deviated, not_evaluable, not_applicable "
        "from public_adherence where is_default"
    )


def show() -> None:
    st.header("How practice compares with the consensus")
    st.caption(
        "All centers together. A deviation is a doctor's choice, not a mistake. Rates and intervals "
        "are of those who could be judged, from rounded counts; where a count is hidden there is no rate."
    )
    judged = rows()
    group = st.radio("Show", list(GROUPS), horizontal=True)
    st.caption(GROUPS[group])
    of_group = [
        line
        for line in adherence.lines(judged)
        if line.is_default and group_of(line.entry) == group
    ]
    told = set(judged["recommendation_id"])
    found = [line for line in of_group if line.entry.id in told]
    if untold := len(of_group) - len(found):
        # nobody, or too few to be told apart: which of the two is not said
        st.caption(
            f"{untold} are not shown: they apply to nobody yet, or their counts would tell too much."
        )
    if not found:
        st.info("There are none.")
        return
    hidden = sum(line.tally.judged is None for line in found)
    if hidden:
        st.caption(
            f"{hidden} of {len(found)} have no rate: counts of {policy().hidden} are hidden."
        )
    st.html(bars.key(found))
    for number, (section, of) in enumerate(adherence.by_section(found).items()):
        with st.expander(f"{section} ({len(of)})", expanded=number == 0):
            st.html(bars.verdict_bars(of))
    st.caption(f"Consensus: {consensus.load().source}. The statements are told in our own words.")

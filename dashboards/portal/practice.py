"""Adherence to the consensus: an overview by section, a table to search, one recommendation closely."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboards import adherence, bars
from dashboards.adherence import GROUPS, Line, Wanted, group_of
from dashboards.analyst import matrix
from dashboards.portal import recommendation, scope, warehouse
from registry import consensus
from registry.access.rights import Person
from registry.consensus import Recommendation
from registry.statistics.proportion import MIN_SUBJECTS

OVERVIEW, TABLE, ONE, MATRIX = "Overview", "Table", "One recommendation", "All centers"
_COUNTS = """
    select recommendation_id, reading, center_id, met, deviated, not_evaluable, not_applicable
    from mart_adherence
"""


def page(person: Person) -> None:
    st.title("Adherence to the consensus")
    warehouse.show_standing()
    st.caption(
        "A deviation is a doctor's choice, not an error in the data. Subjects that cannot be judged "
        "are shown, never counted as deviations. Rates are of those judged, with exact 95 % intervals."
    )
    counts = warehouse.read(_COUNTS)
    center = scope.choose(person, counts["center_id"].unique())
    found = adherence.lines(counts, center)
    st.session_state.setdefault("view", OVERVIEW)
    # the practice of other centers is not for a center's people
    views = [OVERVIEW, TABLE, ONE, *([MATRIX] if person.center_id is None else [])]
    view = st.segmented_control("View", views, key="view", label_visibility="collapsed")
    if view == TABLE:
        _table(found)
    elif view == ONE:
        recommendation.show(person, found, center)
    elif view == MATRIX and person.center_id is None:
        _matrix(counts)
    else:
        _overview(found, counts, center, person)


def _overview(
    found: Sequence[Line], counts: pd.DataFrame, center: str | None, person: Person
) -> None:
    # what others always do is told where the registry's own number is
    told = {
        line.entry.id
        for line in found
        if line.is_default and (person.center_id is None or line.registry is not None)
    }
    _remarks(counts[counts["recommendation_id"].isin(told)], len(told))
    group = st.radio("Show", list(GROUPS), horizontal=True, key="group")
    st.caption(GROUPS[group])
    shown = [line for line in found if line.is_default and group_of(line.entry) == group]
    if not shown:
        st.info("There are none.")
        return
    st.html(bars.key(shown))
    for section, of in adherence.by_section(shown).items():
        st.subheader(section)
        st.html(bars.verdict_bars(of, own=center or ""))
    if center is not None:
        st.caption(_no_comparison())


def _matrix(counts: pd.DataFrame) -> None:
    group = st.radio("Show", list(GROUPS), horizontal=True, key="group")
    found = matrix.cells(counts, group)
    if found.empty:
        st.info("There are none.")
        return
    st.caption(matrix.caption())
    st.altair_chart(matrix.drawing(found), width="stretch")
    with st.expander("The same as a table"):
        st.dataframe(matrix.table(found), hide_index=True, width="stretch")


def _no_comparison() -> str:
    return (
        f"A rate needs {MIN_SUBJECTS} subjects: fewer say nothing. The registry stands "
        f"beside where other centers have {MIN_SUBJECTS} subjects as well."
    )


def _remarks(counts: pd.DataFrame, entries: int) -> None:
    """What the numbers cannot tell, said before they are read."""
    same, unknown = adherence.same_everywhere(counts), adherence.mostly_unknown(counts)
    told = []
    if same:
        told.append(
            f"{len(same)} are met by all or by none everywhere and cannot tell centers apart"
        )
    if unknown:
        told.append(f"{len(unknown)} cannot be judged for more than half of the subjects")
    if not told:
        return
    with st.expander(f"Of {entries} entries, " + "; ".join(told) + "."):
        _list("Cannot tell centers apart", same)
        _list("Not evaluable for more than half", unknown)


def _list(title: str, entries: Sequence[Recommendation]) -> None:
    if entries:
        st.markdown(f"**{title}**")
        st.markdown("\n".join(f"- {e.id} {e.title}" for e in entries))


def _table(found: Sequence[Line]) -> None:
    wanted, all_readings = _filters(found)
    shown = [
        line for line in found if wanted.takes(line.entry) and (all_readings or line.is_default)
    ]
    st.caption(f"{len(shown)} rows. Choose a row to look at the recommendation closely.")
    if not shown:
        st.info("No recommendation is like that.")
        return
    whole = st.column_config.NumberColumn(format="%.0f %%", width="small")
    st.dataframe(
        adherence.table(shown),
        hide_index=True,
        width="stretch",
        height=min(38 * (len(shown) + 1), 800),
        column_config={
            "recommendation": st.column_config.TextColumn(width="large"),
            **dict.fromkeys(("rate", "not evaluable", "worst case", "registry"), whole),
            **dict.fromkeys(("numerator", "denominator"), st.column_config.Column(width="small")),
        },
        placeholder="–",
        key="rows",
        on_select=lambda: _look_at(shown),
        selection_mode="single-row",
    )
    st.caption(
        f"A rate needs {MIN_SUBJECTS} judged subjects. Worst case: everybody who could "
        "not be judged had deviated."
    )


def _look_at(shown: Sequence[Line]) -> None:
    """Opens the recommendation whose row was chosen."""
    chosen = st.session_state["rows"]["selection"]["rows"]
    if chosen:
        st.session_state["entry"] = shown[chosen[0]].entry.id
        st.session_state["view"] = ONE


def _filters(found: Sequence[Line]) -> tuple[Wanted, bool]:
    names = consensus.load().sections
    entries = [line.entry for line in found]
    left, middle, right = st.columns(3)
    below_left, below_right, _ = st.columns(3)
    sections = left.multiselect(
        "Section",
        list(dict.fromkeys(e.section for e in entries)),
        format_func=lambda s: f"{s}  {names[s]}",
    )
    strengths = middle.multiselect("Strength", list(dict.fromkeys(e.strength for e in entries)))
    words = right.text_input("Search", placeholder="words of the title or text")
    headline = below_left.toggle("Only the headline")
    all_readings = below_right.toggle("All readings")
    return Wanted(frozenset(sections), frozenset(strengths), headline, words), all_readings

"""Figures the paper asks to report, with their intervals and the published ones beside them."""

from __future__ import annotations

import streamlit as st

from dashboards import bars, figures
from dashboards.portal import scope, warehouse
from registry.access.rights import Person

_COUNTED = """
    select statement_id, statistic, center_id, is_all_centers, by_group, known, unknown, events,
        lower_quartile, median, upper_quartile
    from mart_statistic
"""
_CURVES = """
    select endpoint, origin, time_days, survival, ci_lower, ci_upper, n_risk from mart_survival
    where stratum_kind = 'all' and origin in ('diagnosis', 'first_course', 'remission')
"""


def page(person: Person) -> None:
    st.title("Figures")
    warehouse.show_standing()
    st.caption(
        "Where the paper reports or asks for a figure, the registry gives its own: shares with exact "
        "95 % intervals, medians with quartiles, points of survival curves. Who is not known is "
        "counted apart, never as no. Published figures are context, not a target. Bars run from 0 to "
        "100 %, with a line at every quarter."
    )
    rows, curves = warehouse.read(_COUNTED), warehouse.read(_CURVES)
    center = scope.choose(person, rows["center_id"].dropna().unique())
    everyone, own = rows[rows["is_all_centers"]], rows[rows["center_id"] == center]
    sections = figures.sections()
    section = st.selectbox("Section", list(sections), format_func=lambda s: f"{s}  {sections[s]}")
    for figure in figures.all_figures():
        if figure.statement.section != section:
            continue
        if figure.statistic.curve is not None:
            shown = [figures.on_curve(figure, curves, figures.REGISTRY, bars.BLUE)]
        else:
            shown = list(figures.counted(figure, everyone, figures.REGISTRY, bars.BLUE))
            if center is not None:
                shown = [*figures.counted(figure, own, center, bars.VERMILION), *shown]
        st.html(figures.figure_html(figure, shown))
    with st.expander("What the marks of published figures mean"):
        st.markdown(figures.mark_words())
    _unplaced()


def _unplaced() -> None:
    rest = figures.unplaced()
    if rest:
        with st.expander(f"{len(rest)} published figures without one of the registry beside them"):
            st.html("".join(figures.published_html(b) for b in rest))

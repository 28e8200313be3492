"""Figures the paper asks to report, with their intervals and the published ones beside them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import streamlit as st

from dashboards import bars, figures
from dashboards.portal import scope, warehouse
from registry.access.rights import Person
from registry.disclosure.others import WITHHELD, enough, told_of

_COUNTED = """
    select statement_id, statistic, center_id, is_all_centers, by_group, known, unknown, events,
        lower_quartile, median, upper_quartile
    from mart_statistic
"""
_CURVES = """
    select endpoint, origin, time_days, survival, ci_lower, ci_upper, n_risk from mart_survival
    where stratum_kind = 'all' and origin in ('diagnosis', 'first_course', 'remission')
"""

# who is followed at other centers than one
_OTHERS = """
    select endpoint, origin, count(*) as others from fct_endpoint where center_id <> ? group by all
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
    followed = None if person.center_id is None else warehouse.read(_OTHERS, [person.center_id])
    sections = figures.sections()
    section = st.selectbox("Section", list(sections), format_func=lambda s: f"{s}  {sections[s]}")
    for figure in figures.all_figures():
        if figure.statement.section != section:
            continue
        if figure.statistic.curve is not None:
            shown = [_on_curve(figure, curves, followed)]
        elif center is None:
            shown = list(figures.counted(figure, everyone, figures.REGISTRY, bars.BLUE))
        else:
            mine = figures.counted(figure, own, center, bars.VERMILION)
            shown = [*mine, *_beside(figure, everyone, own, guarded=person.center_id is not None)]
        st.html(figures.figure_html(figure, shown))
    with st.expander("What the marks of published figures mean"):
        st.markdown(figures.mark_words())
    _unplaced()


def _on_curve(
    figure: figures.Figure, curves: pd.DataFrame, followed: pd.DataFrame | None
) -> bars.Whisker:
    """A point of the registry's curve, for people of one center if enough others are `followed` in it."""
    wanted = figure.statistic.curve
    assert wanted is not None
    if followed is not None:
        of = (followed["endpoint"] == wanted.endpoint) & (followed["origin"] == wanted.origin)
        if not enough(int(followed.loc[of, "others"].sum())):
            return bars.Whisker(f"{figures.REGISTRY}:", WITHHELD)
    return figures.on_curve(figure, curves, figures.REGISTRY, bars.BLUE)


def _beside(
    figure: figures.Figure, everyone: pd.DataFrame, own: pd.DataFrame, *, guarded: bool
) -> Iterator[bars.Whisker]:
    """The registry's groups beside a center's own; `guarded`, those only that show no few of other centers."""
    if guarded:
        known, mine = (
            figures.rows_of(figure, of).set_index("by_group")["known"] for of in (everyone, own)
        )
        others = known.sub(mine, fill_value=0)
        told = told_of({str(group): int(count) for group, count in others.items()})
        everyone = everyone[everyone["by_group"].isin(told)]
        if len(told) < len(others):
            yield bars.Whisker(f"{figures.REGISTRY}:", WITHHELD)
    yield from figures.counted(figure, everyone, figures.REGISTRY, bars.BLUE)


def _unplaced() -> None:
    rest = figures.unplaced()
    if rest:
        with st.expander(f"{len(rest)} published figures without one of the registry beside them"):
            st.html("".join(figures.published_html(b) for b in rest))

"""Outcomes for people signed in: survival and response of the whole registry."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import bars, charts
from dashboards.numbers import interval_words, percent
from dashboards.portal import warehouse
from registry.access.rights import Person
from registry.disclosure.others import WITHHELD, told_of
from registry.statistics.proportion import clopper_pearson

ENDPOINTS = {
    "Overall survival from the first course": ("os", "first_course"),
    "Leukaemia-free survival from remission": ("lfs", "remission"),
    "Overall survival from allogeneic transplant": ("os", "allo_transplant"),
    "Leukaemia-free survival from allogeneic transplant": ("lfs", "allo_transplant"),
}
STRATA = {
    "all patients": "all",
    "age group": "age_group",
    "risk (two groups)": "risk_two_group",
    "diagnosis": "diagnosis",
}


def page(person: Person) -> None:
    st.title("Outcomes")
    warehouse.show_standing()
    left, right = st.columns(2)
    name = left.selectbox("Endpoint", list(ENDPOINTS))
    kind = STRATA[right.selectbox("By", list(STRATA))]
    _curves(person, name, kind)
    st.subheader("Response to induction")
    _response(person, kind)


def _curves(person: Person, name: str, kind: str) -> None:
    endpoint, origin = ENDPOINTS[name]
    curve = warehouse.read(
        "select stratum, time_days, survival, ci_lower, ci_upper, n_risk from mart_survival "
        "where endpoint = ? and origin = ? and stratum_kind = ? order by stratum, time_days",
        [endpoint, origin, kind],
    )
    if curve.empty:
        st.info("No patient has this endpoint.")
        return
    patients = "fct_endpoint inner join dim_patient using (center_id, case_id)"
    curve = _guarded(person, curve, kind, patients, "endpoint = ? and origin = ?", endpoint, origin)
    if curve.empty:
        return
    st.subheader(name)
    st.html(bars.legend(charts.key(curve), of_lines=True))
    for chart in charts.survival_curves(curve):
        st.altair_chart(chart, width="stretch")
    with st.expander("The curves as a table"):
        st.dataframe(charts.points(curve), hide_index=True, width="stretch")


def _guarded(
    person: Person, rows: pd.DataFrame, kind: str, patients: str, of: str, *parameters: object
) -> pd.DataFrame:
    """The strata that a person may see: of one center, those that show no few patients of other centers."""
    if person.center_id is None:
        return rows
    stratum = "'all'" if kind == "all" else f"coalesce({kind}, '')"
    others = warehouse.read(
        f"select {stratum} as stratum, count(*) as others from {patients} "
        f"where {of} and center_id <> ? group by 1",
        [*parameters, person.center_id],
    )
    told = told_of(dict(zip(others["stratum"], others["others"].astype(int), strict=True)))
    kept = rows[rows["stratum"].isin(told)]
    if left_out := sorted(set(rows["stratum"]) - told):
        named = "" if kind == "all" else f"{', '.join(left_out)}: "
        st.caption(f"{named}{WITHHELD}.")
    return kept


def _response(person: Person, kind: str) -> None:
    rows = warehouse.read(
        "select stratum, n_started, n_evaluable, n_cr, n_cr_crh_cri from mart_response "
        "where stratum_kind = ? order by stratum",
        [kind],
    )
    rows = _guarded(person, rows, kind, "dim_patient", "had_induction")
    if rows.empty:
        return
    st.caption("Of everybody who started an induction; who could not be evaluated counts as no.")
    for title, column in (("CR", "n_cr"), ("CR, CRh or CRi", "n_cr_crh_cri")):
        st.markdown(f"**{title}**")
        st.html(bars.whiskers([_whisker(row, column) for _, row in rows.iterrows()]))


def _whisker(row: pd.Series, column: str) -> bars.Whisker:
    events, started = int(row[column]), int(row["n_started"])
    bounds = clopper_pearson(events, started)
    words = (
        f"{percent(events / started)} ({interval_words(bounds)}), {events} of {started}; "
        f"{row['n_evaluable']} evaluable"
    )
    return bars.Whisker(f"{row['stratum']}:", words, events / started, bounds)

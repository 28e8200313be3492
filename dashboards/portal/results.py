"""Adherence and outcomes for people signed in, read from the analyst file."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import adherence, charts
from registry import consensus
from registry.access.accounts import Person
from registry.duck import NoWarehouseError, open_locked, served_folder
from registry.home import home

MIN_SUBJECTS = 5  # a rate of fewer subjects says nothing and is not drawn


def _read(sql: str, parameters: list[object] | None = None) -> pd.DataFrame:
    try:
        folder = served_folder(home() / "warehouse" / "current.json")
    except NoWarehouseError as error:
        st.info(str(error))
        st.stop()
    with open_locked(folder / "analyst.duckdb") as connection:
        return connection.execute(sql, parameters or []).df()


def adherence_page(person: Person) -> None:
    st.title("Adherence to the consensus")
    st.caption(
        "A deviation is a doctor's choice, not an error in the data. Subjects that cannot be judged "
        "are shown, never counted as deviations."
    )
    counts = _read(
        "select recommendation_id, reading, center_id, met, deviated, not_evaluable, not_applicable "
        "from mart_adherence where is_default order by recommendation_id"
    )
    scope = person.center_id or st.selectbox(
        "Center", ["all centers", *sorted(counts["center_id"].unique())]
    )
    registry_wide = counts.groupby(["recommendation_id", "reading"], as_index=False).sum(
        numeric_only=True
    )
    own = registry_wide if scope == "all centers" else counts[counts["center_id"] == scope]
    own = own[own["met"] + own["deviated"] + own["not_evaluable"] >= MIN_SUBJECTS]
    st.subheader(f"{scope}")
    if own.empty:
        st.info(f"No recommendation has {MIN_SUBJECTS} subjects yet.")
        return
    st.altair_chart(charts.adherence_bars(adherence.bars(own)), width="stretch")
    st.dataframe(adherence.table(own), hide_index=True, width="stretch")
    if scope != "all centers":
        st.subheader("The whole registry")
        st.dataframe(adherence.table(registry_wide), hide_index=True, width="stretch")
    _explain(list(own["recommendation_id"]))


def _explain(ids: list[str]) -> None:
    chosen = st.selectbox(
        "Why does it matter?", ids, format_func=lambda i: f"{i}  {adherence.titles()[i]}"
    )
    found = consensus.load().get(chosen)
    st.markdown(f"**Consensus, section {found.section}.** {found.statement}\n\n{found.why}")


def outcomes_page(person: Person) -> None:
    st.title("Outcomes")
    endpoints = {
        "Overall survival from the first course": ("os", "first_course"),
        "Leukaemia-free survival from remission": ("lfs", "remission"),
        "Overall survival from allogeneic transplant": ("os", "allo_transplant"),
        "Leukaemia-free survival from allogeneic transplant": ("lfs", "allo_transplant"),
    }
    strata = {"all patients": "all", "age group": "age_group", "risk (two groups)": "risk_two_group",
              "diagnosis": "diagnosis"}  # fmt: skip
    name = st.selectbox("Endpoint", list(endpoints))
    kind = strata[st.selectbox("By", list(strata))]
    endpoint, origin = endpoints[name]
    curve = _read(
        "select stratum, time_days, survival, ci_lower, ci_upper, n_risk from mart_survival "
        "where endpoint = ? and origin = ? and stratum_kind = ? order by stratum, time_days",
        [endpoint, origin, kind],
    )
    if curve.empty:
        st.info("No patient has this endpoint.")
        return
    st.altair_chart(
        charts.survival_curves(curve, title=name, y_title="Probability"), width="stretch"
    )
    st.subheader("Response to induction")
    st.dataframe(
        _read("select * from mart_response order by stratum_kind, stratum"), hide_index=True
    )

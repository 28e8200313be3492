"""Outcomes for the public: response, survival, relapse and death without it, from rounded counts only."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import bars, charts
from dashboards.endpoint_words import stack_words, title
from dashboards.public import words
from dashboards.public.warehouse import read
from registry.disclosure import policy

KINDS = {"all": "all patients", "age_group": "age group", "risk_two_group": "risk"}
CURVES = (("os", "first_course"), ("lfs", "remission"))
_STACKED, _ORIGIN = ("relapse", "nrm"), "remission"


def response() -> None:
    st.header("Complete remission after induction")
    st.caption(
        "Of everybody who started an induction; who could not be evaluated counts as no. Percents come from "
        "the rounded counts."
    )
    rows = read("select * from public_response order by stratum_kind, stratum")
    for kind, named in KINDS.items():
        of = rows[rows["stratum_kind"] == kind]
        if kind != "all":
            st.markdown(f"**By {named}**")
        st.html(bars.whiskers([_response(row) for _, row in of.iterrows()]))


def _response(row: pd.Series) -> bars.Whisker:
    name = "all patients" if row["stratum"] == "all" else row["stratum"]
    if pd.isna(row["cr_crh_cri_percent"]):
        return bars.Whisker(f"{name}:", "not shown: a count is hidden")
    value = float(row["cr_crh_cri_percent"]) / 100
    strict = "hidden" if pd.isna(row["cr_percent"]) else f"{row['cr_percent']} %"
    told = f"CR, CRh or CRi {row['cr_crh_cri_percent']} % of {row['n_started']}; CR alone {strict}"
    return bars.Whisker(f"{name}:", told, value)


def curves() -> None:
    st.header("Survival")
    words.explained("How to read a survival curve", words.CURVES)
    rows = read("select * from public_survival order by stratum_kind, stratum, time_days")
    kind = st.radio("By", list(KINDS), format_func=lambda k: KINDS[k], horizontal=True)
    for endpoint, origin in CURVES:
        st.subheader(title(endpoint, origin))
        curve = rows[(rows["endpoint"] == endpoint) & (rows["stratum_kind"] == kind)]
        if curve.empty:
            st.info("Too few patients to draw.")
            continue
        st.html(bars.legend(charts.key(curve), of_lines=True))
        for chart in charts.survival_curves(curve, beyond=beyond()):
            st.altair_chart(chart, width="stretch")
        _as_table(charts.points(curve, beyond=beyond()))


def incidence() -> None:
    st.header("Relapse, and death without relapse")
    words.explained("How to read the stack", words.STACKS)
    rows = read(
        "select relapse.stratum, relapse.time_days, relapse.n_risk, relapse.incidence, "
        "nrm.incidence as competing from public_cumulative_incidence as relapse "
        "inner join public_cumulative_incidence as nrm using (origin, stratum_kind, stratum, time_days) "
        f"where relapse.endpoint = '{_STACKED[0]}' and nrm.endpoint = '{_STACKED[1]}' "
        f"and origin = '{_ORIGIN}' and stratum_kind in ('all', 'risk_two_group') "
        "order by stratum_kind, stratum, time_days"
    )
    if rows.empty:
        st.info("Too few patients to draw.")
        return
    named = stack_words(_STACKED[0])
    st.html(bars.legend(charts.stack_key(named)))
    for stratum, of in rows.groupby("stratum", sort=False):
        st.subheader("All patients in remission" if stratum == "all" else f"Risk: {stratum}")
        for chart in charts.incidence_stack(of, named, beyond=beyond()):
            st.altair_chart(chart, width="stretch")
    told = charts.points(rows, ("incidence", "competing"), beyond=beyond())
    _as_table(told.rename(columns={"incidence": named[0], "competing": named[1]}))


def beyond() -> str:
    """Who is at risk after the end of a public curve: too few to say."""
    return f"<{policy().curves.min_at_risk}"


def _as_table(rows: pd.DataFrame) -> None:
    with st.expander("The same as a table"):
        st.dataframe(rows, hide_index=True, width="stretch")

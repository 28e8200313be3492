"""The public dashboard: opens the public file, which holds nothing that could lead to a patient."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import bars, charts, standing
from dashboards.faults import told_by_number
from dashboards.public import figures_section, practice
from dashboards.public.warehouse import pointer, read
from registry.disclosure import policy
from registry.duck import NoWarehouseError

st.set_page_config(page_title="Microtransplant registry: results", page_icon="🩸", layout="wide")

KINDS = {"all": "all patients", "age_group": "age group", "risk_two_group": "risk"}
CHARACTERISTICS = {"age_group": "Age at diagnosis", "risk_two_group": "Risk", "sex": "Sex"}
CURVES = {
    "os": "Overall survival from the first course",
    "lfs": "Leukaemia-free survival from remission",
}


def about() -> None:
    st.title("Microtransplantation in older patients with acute myeloid leukaemia")
    st.write(
        "Microtransplantation gives chemotherapy and then an infusion of blood stem cells from a "
        "donor whose tissue type differs, without drugs that suppress immunity. Each center treats "
        "few patients; this registry pools them."
    )
    release, rule = read("select * from public_release").iloc[0], policy()
    standing.show(pointer())
    st.caption(
        f"Consensus version {release['consensus_version']}. Counts of {rule.hidden} are "
        f"hidden, others rounded to {rule.base}."
    )
    cohort = read("select * from public_cohort order by characteristic, level")
    st.header("Who is in it")
    for column, (characteristic, rows) in zip(
        st.columns(3), cohort.groupby("characteristic"), strict=False
    ):
        with column:
            st.subheader(CHARACTERISTICS[str(characteristic)])
            st.dataframe(shown(rows[["level", "patients"]]), hide_index=True, width="stretch")


def shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows as text, with a hidden count shown as such, never as nothing or zero."""
    hidden = policy().hidden
    return rows.astype(object).where(rows.notna(), hidden).astype(str)


def response() -> None:
    st.header("Complete remission after induction")
    st.caption("Of everybody who started a first course; percents come from the rounded counts.")
    rows = read("select * from public_response order by stratum_kind, stratum")
    for kind, words in KINDS.items():
        of = rows[rows["stratum_kind"] == kind]
        if kind != "all":
            st.markdown(f"**By {words}**")
        st.html(bars.whiskers([_response(row) for _, row in of.iterrows()]))


def _response(row: pd.Series) -> bars.Whisker:
    name = "all patients" if row["stratum"] == "all" else row["stratum"]
    if pd.isna(row["cr_crh_cri_percent"]):
        return bars.Whisker(f"{name}:", "not shown: a count is hidden")
    value = float(row["cr_crh_cri_percent"]) / 100
    strict = "hidden" if pd.isna(row["cr_percent"]) else f"{row['cr_percent']} %"
    words = f"CR, CRh or CRi {row['cr_crh_cri_percent']} % of {row['n_started']}; CR alone {strict}"
    return bars.Whisker(f"{name}:", words, value)


def curves() -> None:
    st.header("Survival")
    st.caption("Rounded for confidentiality: read on a 30-day grid from rounded counts.")
    rows = read("select * from public_survival order by stratum_kind, stratum, time_days")
    kind = st.radio("By", list(KINDS), format_func=lambda k: KINDS[k], horizontal=True)
    for endpoint, title in CURVES.items():
        st.subheader(title)
        curve = rows[(rows["endpoint"] == endpoint) & (rows["stratum_kind"] == kind)]
        if curve.empty:
            st.info("Too few patients to draw.")
            continue
        st.html(bars.legend(charts.key(curve), of_lines=True))
        for chart in charts.survival_curves(curve, beyond=f"<{policy().curves.min_at_risk}"):
            st.altair_chart(chart, width="stretch")


def main() -> None:
    st.html(bars.page_style())
    try:
        about()
        practice.show()
        figures_section.show()
        response()
        curves()
    except NoWarehouseError:
        st.info("Nothing has been published yet.")


with told_by_number():
    main()

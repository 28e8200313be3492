"""The public dashboard: opens the public file, which holds nothing that could lead to a patient."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboards import adherence, charts
from registry import consensus
from registry.duck import NoWarehouseError, open_locked, served_folder

st.set_page_config(page_title="Microtransplant registry: results", page_icon="🩸", layout="wide")


def read(sql: str) -> pd.DataFrame:
    pointer = Path(os.environ["MST_PUBLIC_POINTER"])
    with open_locked(served_folder(pointer) / "public.duckdb") as connection:
        return connection.execute(sql).df()


def about() -> None:
    st.title("Microtransplantation in older patients with acute myeloid leukaemia")
    st.write(
        "Microtransplantation gives chemotherapy and then an infusion of blood stem cells from a "
        "donor whose tissue type differs, without drugs that suppress immunity. Each center treats "
        "few patients; this registry pools them."
    )
    release = read("select * from public_release").iloc[0]
    st.caption(
        f"Release {release['release']}, data as of {str(release['data_cut'])[:10]}, consensus "
        f"version {release['consensus_version']}. Counts of 1 to 12 are hidden, others rounded to 5."
    )
    cohort = read("select * from public_cohort order by characteristic, level")
    st.header("Who is in it")
    for column, (characteristic, rows) in zip(
        st.columns(3), cohort.groupby("characteristic"), strict=False
    ):
        with column:
            st.subheader(str(characteristic).replace("_", " "))
            st.dataframe(shown(rows[["level", "patients"]]), hide_index=True, width="stretch")


def shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows as text, with a hidden count shown as such, never as nothing or zero."""
    return rows.astype(object).where(rows.notna(), "<13").astype(str)


def response() -> None:
    st.header("Complete remission after induction")
    rows = read("select * from public_response order by stratum_kind, stratum")
    st.dataframe(shown(rows), hide_index=True, width="stretch")
    st.subheader("Published beside it")
    st.dataframe(
        pd.DataFrame(
            [
                {"figure": b.figure, "measured on": b.population, "source": b.source, "trust": b.trust,
                 "caveat": b.caveat}
                for b in consensus.benchmarks()
            ]
        ),
        hide_index=True, width="stretch",
    )  # fmt: skip


def curves() -> None:
    st.header("Survival")
    st.caption("Rounded for confidentiality: read on a 30-day grid from rounded counts.")
    rows = read("select * from public_survival order by stratum_kind, stratum, time_days")
    names = {
        "os": "Overall survival from the first course",
        "lfs": "Leukaemia-free survival from remission",
    }
    kinds = {"all": "all patients", "age_group": "age group", "risk_two_group": "risk"}
    kind = st.radio("By", list(kinds), format_func=lambda k: kinds[k], horizontal=True)
    for endpoint, title in names.items():
        curve = rows[(rows["endpoint"] == endpoint) & (rows["stratum_kind"] == kind)]
        if curve.empty:
            st.info(f"{title}: too few patients to draw.")
            continue
        st.altair_chart(
            charts.survival_curves(curve, title=title, y_title="Probability"), width="stretch"
        )


def practice() -> None:
    st.header("How practice compares with the consensus")
    rows = read("select * from public_adherence where is_default order by recommendation_id")
    st.altair_chart(charts.adherence_bars(adherence.bars(rows.fillna(0))), width="stretch")
    st.caption("Numbers are rounded; a hidden count is drawn as nothing and shown as <13.")
    titles = rows["recommendation_id"].map(adherence.titles())
    st.dataframe(
        shown(rows.assign(title=titles).drop(columns="is_default")),
        hide_index=True,
        width="stretch",
    )


def main() -> None:
    try:
        about()
        practice()
        response()
        curves()
    except NoWarehouseError:
        st.info("Nothing has been published yet.")


main()

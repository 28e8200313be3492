"""Every public table as a file: what the page shows, nothing more."""

from __future__ import annotations

import streamlit as st

from dashboards.listing import to_csv
from dashboards.public.warehouse import read
from registry.disclosure import policy

TABLES = {
    "public_cohort": "who is in it", "public_response": "response", "public_adherence": "adherence",
    "public_statistic": "figures", "public_survival": "survival", "public_cumulative_incidence": "incidence",
    "public_release": "about this release",
}  # fmt: skip


def show() -> None:
    st.header("Take the numbers away")
    st.caption(
        f"As CSV. An empty count is hidden ({policy().hidden}, or it would tell of everybody of a small group); it "
        "is not zero. Quartiles are empty where there are too few patients."
    )
    with st.container(horizontal=True):
        for table, words in TABLES.items():
            st.download_button(words, csv_of(table), f"{table}.csv", "text/csv", key=table)


def csv_of(table: str) -> str:
    """The rows of a public table; what is hidden is an empty cell."""
    rows = read(f"select * from {table} order by all").convert_dtypes()  # whole counts stay whole
    return to_csv(rows.astype(object).where(rows.notna(), None).to_dict("records"))

"""The public dashboard: opens the public file, which holds nothing that could lead to a patient."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import bars, standing
from dashboards.faults import told_by_number
from dashboards.public import (
    completeness,
    downloads,
    figures_section,
    outcomes,
    practice,
    safety,
    words,
)
from dashboards.public.warehouse import pointer, read
from registry.disclosure import policy
from registry.duck import NoWarehouseError

st.set_page_config(page_title="Microtransplant registry: results", page_icon="🩸", layout="wide")

CHARACTERISTICS = {"age_group": "Age at diagnosis", "risk_two_group": "Risk", "sex": "Sex"}


def about() -> None:
    st.title("Microtransplantation in older patients with acute myeloid leukaemia")
    st.write(
        "Microtransplantation gives chemotherapy and then an infusion of blood stem cells from a "
        "donor whose tissue type differs, without drugs that suppress immunity. Each center treats "
        "few patients; this registry pools them."
    )
    release = read("select * from public_release").iloc[0]
    standing.show(pointer())
    st.caption(f"Consensus version {release['consensus_version']}.")
    st.markdown(words.hidden())
    cohort = read("select * from public_cohort order by characteristic, level")
    st.header("Who is in it")
    groups = cohort.groupby("characteristic")
    for column, (characteristic, rows) in zip(st.columns(len(groups)), groups, strict=True):
        with column:
            st.subheader(CHARACTERISTICS[str(characteristic)])
            st.dataframe(shown(rows[["level", "patients"]]), hide_index=True, width="stretch")


def shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows as text, with a hidden count shown as such, never as nothing or zero."""
    hidden = policy().hidden
    return rows.astype(object).where(rows.notna(), hidden).astype(str)


def main() -> None:
    st.html(bars.page_style())
    try:
        about()
        outcomes.response()
        outcomes.curves()
        outcomes.incidence()
        safety.safety()
        safety.chimerism()
        practice.show()
        figures_section.show()
        completeness.show()
        downloads.show()
    except NoWarehouseError:
        st.info("Nothing has been published yet.")


with told_by_number():
    main()

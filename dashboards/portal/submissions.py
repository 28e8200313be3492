"""Receipts: what this center has sent and what became of it."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from dashboards.portal.upload import show_findings
from registry.access.accounts import Person
from registry.intake.history import findings_of, submissions


def page(person: Person) -> None:
    assert person.center_id is not None
    st.title(f"Receipts of {person.center_id}")
    found = submissions(person.center_id)
    if not found:
        st.info("Nothing has been sent yet.")
        return
    keep = (
        "submission_id",
        "received_at",
        "file_name",
        "status",
        "rows",
        "accepted",
        "held",
        "unchanged",
    )
    st.dataframe(
        pd.DataFrame([{k: r[k] for k in keep} for r in found]), hide_index=True, width="stretch"
    )
    chosen = st.selectbox("Findings of submission", [r["submission_id"] for r in found])
    receipt = next(r for r in found if r["submission_id"] == chosen)
    st.download_button("Download the receipt", json.dumps(receipt, indent=2),
                       file_name=f"receipt-{chosen}.json", mime="application/json")  # fmt: skip
    show_findings(findings_of(person.center_id, chosen))

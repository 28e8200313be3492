"""Receipts: what this center has sent, what became of it, and proof of a receipt."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboards.portal.findings_view import show_findings
from registry.access.rights import Person
from registry.intake.history import findings_of, submissions
from registry.intake.signature import rendered, verify

_SHOWN = (
    "submission_id", "received_at", "file_name", "status", "rows", "accepted", "held", "unchanged",
)  # fmt: skip


def page(person: Person) -> None:
    assert person.center_id is not None
    st.title(f"Receipts of {person.center_id}")
    found = submissions(person.center_id)
    if not found:
        st.info("Nothing has been sent yet.")
        return
    table = pd.DataFrame([{k: r[k] for k in _SHOWN} for r in found])
    st.dataframe(table, hide_index=True, width="stretch")
    chosen = st.selectbox("Findings of submission", [r["submission_id"] for r in found])
    receipt = next(r for r in found if r["submission_id"] == chosen)
    st.download_button("Download the receipt", rendered(receipt),
                       file_name=f"receipt-{chosen}.json", mime="application/json")  # fmt: skip
    show_findings(findings_of(person.center_id, chosen), key="kept")
    st.divider()
    _verify()


def _verify() -> None:
    st.subheader("Check a receipt")
    st.write("Whether a receipt is this registry's and unchanged. mst receipt verify does it offline, "
             "with the file it is about.")  # fmt: skip
    given = st.file_uploader("Receipt (.json)", type=["json"])
    if given is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "receipt.json"
        path.write_bytes(given.getvalue())
        faults = verify(path)
    if faults:
        st.error(" ".join(faults))
    else:
        st.success("The receipt is this registry's, and not a byte of it has changed.")

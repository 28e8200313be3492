"""What a file would change or has changed: counts, changes old beside new, cases, findings."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards.portal.findings_view import MAX_SHOWN, show_findings
from registry.intake.merge import Change
from registry.intake.practice import Practice
from registry.intake.receipt import REFUSED_WORDS, Receipt
from registry.intake.signature import rendered

_CASE_WORDS = {
    "accepted": "stored, or will be once you confirm",
    "held": "stays with you until its must-fix findings are gone",
    "unchanged": "the registry has it already",
}


def show(receipt: Receipt) -> None:
    """A receipt or preview. Counts always add up to the rows of the file."""
    heading = f"Submission {receipt.submission_id}: " if receipt.submission_id else "Preview: "
    st.subheader(heading + receipt.status)
    _counts(receipt)
    if receipt.status == "refused" and receipt.rows:
        st.error(REFUSED_WORDS)
    if receipt.cases_held:
        st.warning(f"Held until fixed: {', '.join(receipt.cases_held[:50])}")
    for answer in receipt.answers:
        if answer.result == "refused":
            st.warning(f"Answer to query {answer.query_id} ({answer.cell}): {answer.message}")
    _tabs(receipt)
    if receipt.submission_id and receipt.signature:
        st.download_button(
            "Download the receipt", rendered(receipt.kept()),
            file_name=f"receipt-{receipt.submission_id}.json", mime="application/json",
        )  # fmt: skip


def _counts(receipt: Receipt) -> None:
    shown = {
        "rows": receipt.rows, "new": receipt.rows_new, "changed": receipt.rows_changed,
        "deleted": receipt.rows_deleted, "held": receipt.held, "unchanged": receipt.unchanged,
    }  # fmt: skip
    with st.container(horizontal=True):
        for name, value in shown.items():
            st.metric(name, f"{value:,}", width="content")


def _tabs(receipt: Receipt) -> None:
    findings, changes, cases, compared = st.tabs(
        [f"Findings ({len(receipt.findings):,})", f"Changes ({len(receipt.changes):,})",
         f"Cases ({len(receipt.cases):,})", "Consensus"]
    )  # fmt: skip
    with findings:
        show_findings(receipt.findings, key="receipt")
    with changes:
        _changes(receipt.changes)
    with compared:
        _practice(receipt.practice)
    with cases:
        table = [
            {"case": c, "decision": d, "means": _CASE_WORDS[d]} for c, d in receipt.cases.items()
        ]
        st.dataframe(pd.DataFrame(table), hide_index=True, width="stretch")


def _practice(found: tuple[Practice, ...]) -> None:
    """A deviation is a doctor's choice and no mistake; it holds nothing up."""
    st.caption(
        "How these cases compare with the recommendations of the consensus that apply to them. "
        "A deviation is a doctor's choice: it is no mistake and holds nothing up."
    )
    table = [
        {"recommendation": p.recommendation_id, "what": p.title, "counted by": p.subject,
         "met": p.met, "deviated": p.deviated, "not evaluable": p.not_evaluable}
        for p in found
    ]  # fmt: skip
    if table:
        st.dataframe(pd.DataFrame(table), hide_index=True, width="stretch")
    else:
        st.write("No recommendation applies to what the file holds.")


def _changes(changes: tuple[Change, ...]) -> None:
    if not changes:
        st.write("No stored answer changes. New rows are counted above.")
        return
    older = sorted({c.case_id for c in changes if c.kind == "older"})
    if older:
        st.error(
            f"Changed by somebody else since your file was made: {', '.join(older)}. Both values are "
            "below. Get the present state on the page Cases and make your change there."
        )
    table = [
        {"case": c.case_id, "sheet": c.form, "record": c.record, "column": c.column or "whole row",
         "in the registry": _shown(c.old), "in your file": _shown(c.new), "change": c.kind,
         "cell": c.cell}
        for c in changes[:MAX_SHOWN]
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(table), hide_index=True, width="stretch")
    if len(changes) > MAX_SHOWN:
        st.caption(f"The first {MAX_SHOWN:,} of {len(changes):,} changes.")


def _shown(value: object) -> str:
    if value is None:
        return ""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)

"""Cases: how each stands, its history, its present state as a file, and the withdrawal of consent."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import streamlit as st

from registry.access.rights import Person
from registry.intake.export import export
from registry.lifecycle.cases import CaseStatus, case_history, case_list, reinstate, withdraw
from registry.lifecycle.remarks import RemarkError
from registry.lifecycle.status import ConflictError, NotAllowedError


def page(person: Person) -> None:
    assert person.center_id is not None
    st.title(f"Cases of {person.center_id}")
    found = case_list(person.center_id)
    if not found:
        st.info("No case has been sent yet.")
        return
    table = [
        {"case": c.case_id, "status": c.status, "since": f"{c.since:%Y-%m-%d %H:%M}"} for c in found
    ]
    st.dataframe(pd.DataFrame(table), hide_index=True, width="stretch")
    _download(person.center_id, found)
    st.subheader("One case")
    name = st.selectbox("Show the case", [c.case_id for c in found])
    case = next(c for c in found if c.case_id == name)
    _history(person.center_id, case)
    _consent(person, case)


def _download(center: str, found: list[CaseStatus]) -> None:
    stored = [c.case_id for c in found if c.status not in ("held", "withdrawn")]
    st.subheader("The present state, to amend and send back")
    chosen = st.multiselect("Cases (none chosen: all)", stored)
    if st.button("Prepare the workbook", disabled=not stored):
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "cases.xlsx"
            export(target, center, cases=chosen)
            st.session_state["export"] = target.read_bytes()
    if "export" in st.session_state:
        st.download_button(
            "Download the workbook", st.session_state["export"], f"{center}-cases.xlsx"
        )


def _history(center: str, case: CaseStatus) -> None:
    for step in case_history(center, case.case_id):
        reason = f": {step.reason}" if step.reason else ""
        st.caption(
            f"{step.at:%Y-%m-%d %H:%M} · {step.event}, now {step.status}, by {step.actor}{reason}"
        )


def _consent(person: Person, case: CaseStatus) -> None:
    assert person.center_id is not None
    gone = case.status == "withdrawn"
    words = "Reinstate the case" if gone else "Withdraw the case"
    with st.expander(
        "The withdrawal was a mistake" if gone else "The patient has withdrawn consent"
    ):
        st.write(
            "A reinstated case is in the next release again." if gone else
            "The case is in no release made from now on, and the registry takes nothing more of it. "
            "Releases made before stay as they are."
        )  # fmt: skip
        with st.form("consent", clear_on_submit=True):
            reason = st.text_input("Reason", help="At least five characters, no names or dates.")
            if st.form_submit_button(words):
                _decide(person, case, reason, gone=gone)


def _decide(person: Person, case: CaseStatus, reason: str, *, gone: bool) -> None:
    assert person.center_id is not None
    act = reinstate if gone else withdraw
    try:
        act(person.center_id, case.case_id, actor=person.username, role=person.role.value,
            reason=reason, at=datetime.now(UTC))  # fmt: skip
    except (RemarkError, ConflictError, NotAllowedError) as error:
        st.error(str(error))
        return
    st.rerun()

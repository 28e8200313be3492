"""Cases: how each stands, its history, its present state as a file, its signature, and consent withdrawn."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboards.portal import session
from registry.access.rights import NotAllowedError as RightError
from registry.access.rights import Person, Right
from registry.access.signing import sign
from registry.intake.export import export
from registry.lifecycle.cases import CaseStatus, case_history, case_list, reinstate, withdraw
from registry.lifecycle.remarks import RemarkError
from registry.lifecycle.signatures import contents
from registry.lifecycle.status import ConflictError, Meaning, NotAllowedError
from registry.store import center_session


def page(person: Person) -> None:
    assert person.center_id is not None
    st.title(f"Cases of {person.center_id}")
    found = case_list(person.center_id)
    if not found:
        st.info("No case has been sent yet.")
        return
    table = [
        {"case": c.case_id, "status": c.status, "since": f"{c.since:%Y-%m-%d %H:%M}",
         "signed": c.signed or "", "locked for": c.locked or ""}
        for c in found
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(table), hide_index=True, width="stretch")
    if person.may(Right.EXPORT_CASES, person.center_id):
        _download(person.center_id, found)
    st.subheader("One case")
    name = st.selectbox("Show the case", [c.case_id for c in found])
    case = next(c for c in found if c.case_id == name)
    _history(person.center_id, case)
    if person.may(Right.SIGN):
        _signature(person, case)
    if person.may(Right.WITHDRAW, person.center_id):
        _consent(person, case)


def _download(center: str, found: list[CaseStatus]) -> None:
    stored = [c.case_id for c in found if c.status not in ("held", "withdrawn")]
    st.subheader("The present state, to amend and send back")
    kept = f"export of {center}"  # who changes the center must not get the other's file
    chosen = st.multiselect("Cases (none chosen: all)", stored)
    if st.button("Prepare the workbook", disabled=not stored):
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "cases.xlsx"
            export(target, center, cases=chosen)
            st.session_state[kept] = target.read_bytes()
    if kept in st.session_state:
        st.download_button("Download the workbook", st.session_state[kept], f"{center}-cases.xlsx")


def _history(center: str, case: CaseStatus) -> None:
    for step in case_history(center, case.case_id):
        reason = f": {step.reason}" if step.reason else ""
        st.caption(
            f"{step.at:%Y-%m-%d %H:%M} · {step.event}, now {step.status}, by {step.actor}{reason}"
        )


def _signature(person: Person, case: CaseStatus) -> None:
    """The form by which a lead signs; what is signed is the case as it was when the form was shown."""
    assert person.center_id is not None
    with st.expander("Sign the case"):
        for words in (case.signed or "").split("; "):
            st.caption(words)
        with center_session(person.center_id) as session_:
            shown = contents(session_, person.center_id, [case.case_id]).get(case.case_id)
        with st.form("sign", clear_on_submit=True):
            meaning = st.selectbox("You declare", list(Meaning))
            if session.claims():
                st.write(
                    "You signed in with your institution: leave the password empty and sign within five "
                    "minutes of it. If it was longer ago, sign out and in again, then sign."
                )
            password = st.text_input("Your password again", type="password")
            if st.form_submit_button("Sign"):
                _sign(person, case, meaning, password, st.session_state.get("shown to sign", shown))
        st.session_state["shown to sign"] = shown


def _sign(
    person: Person, case: CaseStatus, meaning: Meaning, password: str, shown: str | None
) -> None:
    assert person.center_id is not None
    try:
        sign(person, person.center_id, case.case_id, meaning, at=datetime.now(UTC),
             password=password or None, claims=session.claims(), seen=shown)  # fmt: skip
    except (ConflictError, NotAllowedError, RightError) as error:
        st.error(str(error))
        return
    st.rerun()


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

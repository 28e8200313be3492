"""Send data: look first, then store. The same checks and words as `mst check` and `mst submit`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from dashboards.portal import quota
from dashboards.portal.preview import show
from dashboards.portal.spool import ENDINGS, Upload, chosen, spooled
from registry.access.rights import Person
from registry.forms.upload import ChangeReason
from registry.intake.raw import UnreadableFileError
from registry.intake.receipt import Receipt
from registry.intake.returned import return_workbook
from registry.intake.submit import BusyError, check, submit


@dataclass(frozen=True)
class _Judged:
    """A preview or receipt, and the choice it belongs to."""

    token: str
    receipt: Receipt


def page(person: Person) -> None:
    assert person.center_id is not None
    st.title(f"Send data of {person.center_id}")
    st.write(
        "Choose a workbook made from the template, its CSV files together, or a JSON file. "
        "Nothing is stored before you confirm."
    )
    files = st.file_uploader(
        "Your file (.xlsx, .json, or .csv files)", type=list(ENDINGS), accept_multiple_files=True
    )
    if not files:
        st.info("No file yet? The page Start has the template.")
        return
    if len(files) > 1 and not all(f.name.lower().endswith(".csv") for f in files):
        st.warning(
            "Choose one workbook or JSON file, or the CSV files of one folder; remove the others."
        )
        return
    upload = chosen([(f.name, f.getvalue()) for f in files])
    free = quota.free_again(person.username, upload.token)
    if free is not None:
        st.warning(
            f"You sent {quota.FILES_PER_HOUR} different files within an hour; nothing of this one was read. "
            f"Send it again after {free:%H:%M} UTC."
        )
        return
    # of this file at this center: the next one is asked anew
    asked = f"reason for {upload.token} of {person.center_id}"
    reason = st.session_state.get(asked)
    receipt = _judged(upload, person, reason).receipt
    if reason is not None or _changes_answers(receipt):
        _ask_reason(asked)
    receipt = _offer_to_store(upload, person, reason, receipt)
    show(receipt)
    _offer_return(upload, receipt)


def _changes_answers(receipt: Receipt) -> bool:
    """Whether answers the registry has accepted would change; filling a blank is one only where the case was
    signed, and then a reason is missing."""
    return any(change.kind != "filled" for change in receipt.changes) or any(
        finding.rule == "change.reason" for finding in receipt.findings
    )


def _ask_reason(key: str) -> None:
    st.selectbox(
        "Why do accepted answers change?", list(ChangeReason), key=key, index=None,
        placeholder="choose a reason for the rows that do not give one themselves",
        help="A row may say it itself in the column change_reason.",
    )  # fmt: skip


def _offer_to_store(
    upload: Upload, person: Person, reason: str | None, receipt: Receipt
) -> Receipt:
    if not _may_be_sent(receipt):
        return receipt
    if receipt.accepted or receipt.answers_given:
        words = f"Store {receipt.accepted:,} rows of the accepted cases"
        words = words if receipt.accepted else f"Send {receipt.answers_given:,} answers"
        pressed = st.button(words, type="primary")
    else:
        reasons = any(f.rule == "change.reason" for f in receipt.findings)
        st.info(
            "No case can be stored yet: "
            + ("choose a reason above, or " if reasons else "")
            + "correct the file and send it again."
        )
        pressed = st.button("Leave the findings with the registry, with a receipt")
    return _store(upload, person, reason, receipt) if pressed else receipt


def _judged(upload: Upload, person: Person, reason: str | None) -> _Judged:
    token = _token(upload, person, reason)
    known: _Judged | None = st.session_state.get("judged")
    if known is None or known.token != token:
        receipt = _run("Checking the file", check, upload, person, reason=reason)
        known = _Judged(token, receipt)
        st.session_state["judged"] = known
        st.session_state.pop("returned", None)
    return known


def _token(upload: Upload, person: Person, reason: str | None) -> str:
    """Who changes the center must not see what the other's records make of the file."""
    return f"{upload.token}:{person.center_id}:{reason}"


def _may_be_sent(receipt: Receipt) -> bool:
    """A preview of a file with rows to store, or with findings or answers to leave with the registry."""
    if receipt.submission_id is not None or receipt.status == "refused":
        return False
    return bool(receipt.accepted or receipt.held or receipt.answers_given)


def _store(upload: Upload, person: Person, reason: str | None, preview: Receipt) -> Receipt:
    receipt = _run(
        "Storing", submit, upload, person, reason=reason, actor=person.username, role=person.role.value,
        based_on=preview.state,
    )  # fmt: skip
    st.session_state["judged"] = _Judged(_token(upload, person, reason), receipt)
    st.session_state.pop("returned", None)
    return receipt


def _run(title: str, work: Any, upload: Upload, person: Person, **more: Any) -> Receipt:
    with spooled(upload) as path, st.status(title, expanded=True) as status:
        try:
            receipt: Receipt = work(
                path, person.center_id, file_name=upload.name, progress=st.write, **more
            )
        except BusyError:
            status.update(
                label="The registry was busy; nothing was stored. Try again.", state="error"
            )
            st.stop()
        status.update(label=f"{title}: done", state="complete", expanded=False)
    return receipt


def _offer_return(upload: Upload, receipt: Receipt) -> None:
    """The center's own file with its cells marked, made when it is asked for."""
    if not receipt.file_sha256:
        return  # the file could not be read at all
    st.divider()
    st.subheader("Your file back")
    st.write(
        "The same workbook with the failing cells marked and commented, a sheet of open queries to "
        "answer in, and a sheet of what is missing. Correct it there and send it again."
    )
    if "returned" not in st.session_state and st.button("Prepare my workbook"):
        content = _returned(upload, receipt)
        if content is not None:
            st.session_state["returned"] = content
    if "returned" in st.session_state:
        st.download_button(
            "Download my workbook", st.session_state["returned"],
            file_name=f"{Path(upload.name).stem}-returned.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )  # fmt: skip


def _returned(upload: Upload, receipt: Receipt) -> bytes | None:
    with spooled(upload) as path, st.status("Marking the workbook") as status:
        target = path.with_name("returned.xlsx")
        try:
            return_workbook(path, target, receipt, file_name=upload.name, progress=st.write)
        except UnreadableFileError as error:
            status.update(label=f"{error.message} {error.fix}", state="error")
            return None
        return target.read_bytes()

"""Send data: look first, then store. The same checks and words as `mst check` and `mst submit`."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import streamlit as st

from registry.access.accounts import Person
from registry.findings import SEVERITY_WORDS, Finding
from registry.home import home
from registry.intake.receipt import Receipt
from registry.intake.submit import BusyError, check, submit


def page(person: Person) -> None:
    assert person.center_id is not None
    st.title(f"Send data of {person.center_id}")
    st.write("Choose a workbook made from the template. Nothing is stored before you confirm.")
    file = st.file_uploader("Workbook (.xlsx)", type=["xlsx"])
    if file is None:
        return
    with _spooled(file.getvalue()) as path:
        token = f"{file.name}:{file.size}:{hash(file.getvalue())}"
        if st.session_state.get("checked") != token:
            st.session_state["receipt"] = _run("Checking the file", check, path, person, file.name)
            st.session_state["checked"] = token
        receipt: Receipt = st.session_state["receipt"]
        storable = receipt.submission_id is None and receipt.accepted
        if storable and st.button("Store the accepted cases", type="primary"):
            receipt = _run("Storing", _store, path, person, file.name)
            st.session_state["receipt"] = receipt
        _show(receipt)


def _store(path: Path, center: str, **more: object) -> Receipt:
    return submit(path, center, actor=str(st.session_state["person"].username), **more)  # type: ignore[arg-type]


@contextmanager
def _spooled(content: bytes) -> Iterator[Path]:
    """The upload under a random name that only the registry can read, gone afterwards."""
    spool = home() / "spool"
    spool.mkdir(mode=0o700, exist_ok=True)
    path = spool / f"{secrets.token_hex(16)}.xlsx"
    path.touch(mode=0o600)
    try:
        path.write_bytes(content)
        yield path
    finally:
        path.unlink(missing_ok=True)


def _run(title: str, work: object, path: Path, person: Person, name: str) -> Receipt:
    with st.status(title, expanded=True) as status:
        try:
            receipt: Receipt = work(path, person.center_id, file_name=name, progress=st.write)  # type: ignore[operator]
        except BusyError:
            status.update(
                label="The registry was busy; nothing was stored. Try again.", state="error"
            )
            st.stop()
        status.update(label=f"{title}: done", state="complete", expanded=False)
    return receipt


def _show(receipt: Receipt) -> None:
    heading = f"Submission {receipt.submission_id}: " if receipt.submission_id else "Preview: "
    st.subheader(heading + receipt.status)
    for column, (name, value) in zip(
        st.columns(4),
        {"rows": receipt.rows, "accepted": receipt.accepted, "held": receipt.held,
         "unchanged": receipt.unchanged}.items(), strict=True,
    ):  # fmt: skip
        column.metric(name, f"{value:,}")
    if receipt.cases_held:
        st.warning(f"Held until fixed: {', '.join(receipt.cases_held)}")
    show_findings(list(receipt.findings))
    if receipt.submission_id:
        st.download_button(
            "Download the receipt", json.dumps(receipt.as_dict(), indent=2),
            file_name=f"receipt-{receipt.submission_id}.json", mime="application/json",
        )  # fmt: skip


def show_findings(findings: list[Finding]) -> None:
    """Findings by severity, each with its cell, the reason and the fix."""
    if not findings:
        st.success("No findings.")
    for severity, words in SEVERITY_WORDS.items():
        of = [f for f in findings if f.severity == severity]
        if of:
            st.markdown(f"**{len(of)} × {severity}**: {words}")
            st.dataframe(_table(of), hide_index=True, width="stretch")


def _table(findings: list[Finding]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"case": f.case_id, "form": f.form, "cell": f.cell, "column": f.column,
             "what": f.message, "how to fix": f.fix, "rule": f.rule}
            for f in findings
        ]
    )  # fmt: skip

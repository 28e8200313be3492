"""Query work for a steward: how old queries are, which rules are worth asking, and asking oneself."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from registry.access.rights import Person
from registry.forms import FORMS
from registry.lifecycle.cases import case_list
from registry.lifecycle.remarks import RemarkError
from registry.lifecycle.status import ConflictError, NotAllowedError
from registry.queries import Report, ask, close, queries, reopen, report

_REFUSALS = (RemarkError, ConflictError, NotAllowedError)


def page(person: Person) -> None:
    st.title("Query work")
    found = report(as_of=datetime.now(UTC))
    _figures(found)
    centers = sorted({r.center_id for r in found.rules})
    if not centers:
        st.info("Nothing has been asked yet.")
        return
    center = st.selectbox("Center", centers)
    settle, own = st.tabs(["Answers to look at", "Ask in own words"])
    with settle:
        _settle(person, center)
    with own:
        _ask(person, center)


def _figures(found: Report) -> None:
    times = found.times
    shown = {
        "asked": f"{times.asked:,}", "answered": f"{times.responded:,}", "settled": f"{times.settled:,}",
        "days to first answer": _days(times.first_response_days),
        "days to settle": _days(times.close_days), "opened again": f"{times.reopened:,}",
    }  # fmt: skip
    with st.container(horizontal=True):
        for name, value in shown.items():
            st.metric(name, value, width="content")
    st.subheader("How long they have been open")
    st.dataframe(pd.DataFrame([asdict(a) for a in found.ageing]), hide_index=True, width="stretch")
    st.subheader("What each rule yields")
    st.caption(
        "Changed: the query led to another value. A rule that changes nothing is worth retiring."
    )
    rules = [
        {"rule": r.rule, "center": r.center_id, "asked": r.asked, "changed": r.changed,
         "changed %": round(100 * r.yield_share), "confirmed as is": r.confirmed,
         "confirmed %": round(100 * r.override_share)}
        for r in found.rules
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rules), hide_index=True, width="stretch")


def _days(value: float | None) -> str:
    return "none yet" if value is None else f"{value:.1f}"


def _settle(person: Person, center: str) -> None:
    found = queries(center, statuses=("answered", "confirmed", "closed"))
    if not found:
        st.write("No answer waits.")
        return
    table = [
        {"query": q.query_id, "status": q.status, "case": q.case_id, "sheet": q.form,
         "record": q.record, "column": q.column, "what": q.message}
        for q in found
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(table), hide_index=True, width="stretch")
    with st.form("settle", clear_on_submit=True):
        number = st.selectbox("Query", [q.query_id for q in found])
        reason = st.text_input("Reason")
        closes = st.form_submit_button("Close it")
        reopens = st.form_submit_button("Ask again")
    if closes or reopens:
        _decide(person, center, int(number), reason, again=reopens)


def _decide(person: Person, center: str, number: int, reason: str, *, again: bool) -> None:
    act = reopen if again else close
    try:
        act(center, number, actor=person.username, role=person.role.value, comment=reason,
            at=datetime.now(UTC))  # fmt: skip
    except _REFUSALS as error:
        st.error(str(error))
        return
    st.rerun()


def _ask(person: Person, center: str) -> None:
    cases = [c.case_id for c in case_list(center) if c.status != "withdrawn"]
    form = st.selectbox("Sheet", list(FORMS))
    with st.form("ask", clear_on_submit=True):
        case = st.selectbox("Case", cases)
        column = st.selectbox("Column", list(FORMS[form].columns()))
        question = st.text_area("Question")
        if st.form_submit_button("Ask", type="primary"):
            try:
                number = ask(center, case_id=case, form=form, column=column, question=question,
                             actor=person.username, role=person.role.value, at=datetime.now(UTC))  # fmt: skip
                st.success(f"Asked as query {number}.")
            except _REFUSALS as error:
                st.error(str(error))

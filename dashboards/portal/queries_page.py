"""Queries: what the registry asks this center, one by one or many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from dashboards.portal.findings_view import WRAPPING_PX
from registry.access.rights import Person, Right
from registry.lifecycle.status import NotAllowedError
from registry.queries import answer, history, queries
from registry.queries.model import ANSWER_WORDS, Answer, AnswerCode, OpenQuery
from registry.rules import may_confirm, rule

# together as wide as the page on a small laptop
_WIDTHS_PX = {"query": 60, "case": 75, "where": 130, "what": 235, "how to fix": 220, "asked": 90}
_STATES = ("open", "answered", "confirmed", "closed", "lapsed")


def page(person: Person) -> None:
    assert person.center_id is not None
    st.title(f"Queries to {person.center_id}")
    state = st.segmented_control("Show", _STATES, default="open") or "open"
    found = queries(person.center_id, statuses=(state,))
    if not found:
        st.success(f"No {state} queries.")
        return
    case = st.selectbox("Case", ["all cases", *sorted({q.case_id for q in found})])
    shown = [q for q in found if case in ("all cases", q.case_id)]
    chosen = _choose(shown)
    if not chosen:
        st.caption("Choose one or several rows to read and answer them.")
        return
    if len(chosen) == 1:
        _one(person.center_id, chosen[0])
    if state in ("open", "answered") and person.may(Right.ANSWER, person.center_id):
        _answer(person, chosen)


def _choose(found: Sequence[OpenQuery]) -> list[OpenQuery]:
    picked = st.dataframe(
        pd.DataFrame([_row(q) for q in found]), hide_index=True, width="stretch",
        on_select="rerun", selection_mode="multi-row", key="queries", row_height=WRAPPING_PX,
        column_config={name: st.column_config.Column(width=px) for name, px in _WIDTHS_PX.items()},
    )  # fmt: skip
    return [found[i] for i in picked.selection.rows if i < len(found)]


def _row(q: OpenQuery) -> dict[str, object]:
    return {
        "query": q.query_id, "case": q.case_id, "where": _where(q), "what": q.message,
        "how to fix": q.fix, "asked": q.asked_on,
    }  # fmt: skip


def _where(q: OpenQuery) -> str:
    """Sheet, record and column, as far as the query has them."""
    return ", ".join(filter(None, [f"{q.form} {q.record}".strip(), q.column]))


def _one(center: str, q: OpenQuery) -> None:
    asked_by = rule(q.rule) if q.rule else None
    with st.container(border=True):
        st.markdown(f"**Query {q.query_id}, case {q.case_id}: {_where(q)}**")
        st.markdown(f"{q.message} {q.fix}")
        if asked_by is not None and asked_by.why:
            st.markdown(f"*Why it is asked:* {asked_by.why}")
        for e in history(center, q.query_id):
            words = ": ".join(part for part in (e.answer, e.comment) if part)
            st.caption(f"{e.at:%Y-%m-%d %H:%M} · {e.event} by {e.actor} ({e.role}) {words}")


def _answer(person: Person, chosen: Sequence[OpenQuery]) -> None:
    words = {code: f"{code.value}: {ANSWER_WORDS[code]}" for code in AnswerCode}
    what = "this query" if len(chosen) == 1 else f"these {len(chosen)} queries"
    with st.form("answer", clear_on_submit=True):
        code = st.selectbox(f"Answer {what}", list(AnswerCode), format_func=lambda c: words[c])
        comment = st.text_input("Comment", help="No names, dates or numbers of patients.")
        if st.form_submit_button("Answer", type="primary"):
            _take(person, [Answer(q.query_id, code, comment, "") for q in chosen])


def _take(person: Person, answers: Sequence[Answer]) -> None:
    assert person.center_id is not None
    try:
        outcomes = answer(
            person.center_id, answers, actor=person.username, role=person.role.value,
            at=datetime.now(UTC), may_confirm=may_confirm,
        )  # fmt: skip
    except NotAllowedError as error:
        st.error(str(error))
        return
    taken = sum(o.result == "taken" for o in outcomes)
    if taken:
        st.success(f"{taken} answered.")
    for o in outcomes:
        if o.result == "refused":
            st.error(f"Query {o.query_id}: {o.message}")
    if all(o.result != "refused" for o in outcomes):
        st.rerun()

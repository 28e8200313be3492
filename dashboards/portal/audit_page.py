"""The audit trail: what was done, the history of a case value by value, and the proof of both."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from dashboards.listing import offer, table
from dashboards.portal import scope
from registry.access.rights import EVERY_CENTER, Person, Right
from registry.audit import note
from registry.audit.anchors import AnchorError, kept
from registry.audit.check import check, last_verified
from registry.audit.read import Wanted, entries, history
from registry.lifecycle.cases import centers

_LIMITS = {
    "the newest 100": 100,
    "the newest 1,000": 1_000,
    "the newest 10,000": 10_000,
    "all": None,
}
_SHOWN = {
    "no": "seq", "time": "at", "person": "actor", "role": "role", "action": "action", "center": "center_id",
    "case": "case_id", "detail": "detail", "rows": "touched", "by": "channel",
}  # fmt: skip


def page(person: Person) -> None:
    st.title("Audit trail")
    _proof(person)
    center = scope.choose(person, centers())
    person.require(Right.READ_AUDIT, center or EVERY_CENTER)
    acts, values = st.tabs(["What was done", "History of a case"])
    with acts:
        _entries(center)
    with values:
        _history(center)


def _proof(person: Person) -> None:
    if person.may(Right.VERIFY_AUDIT) and st.button("Verify now"):
        _verify()
        return
    verified = last_verified()
    if verified is None:
        st.info("The trail was never verified.")
        return
    at, faults = verified
    said = f"Last verified {at:%Y-%m-%d %H:%M} UTC: "
    if faults:
        st.error(f"{said}{faults:,} faults. Tell whoever runs the registry at once.")
    else:
        st.caption(f"{said}every entry and every row is as it was entered.")


def _verify() -> None:
    try:
        with st.spinner("Holding every entry and row against the chain"):
            anchors = list(kept())
            end, faults = check(anchors)
    except AnchorError as error:
        st.error(str(error))
        return
    for fault in faults[:20]:
        st.error(fault.message)
    if not faults:
        st.success(f"Verified: {end.seq if end else 0:,} entries, each as it was entered; every row is the "
                   f"one that was entered; kept ends that agree: {len(anchors):,}.")  # fmt: skip


def _entries(center: str | None) -> None:
    wanted = _asked(center)
    found = [entry.as_row() for entry in entries(wanted)]
    if not found:
        st.info("Nothing of this kind is in the trail.")
        return
    table([{words: row[name] for words, name in _SHOWN.items()} for row in found])
    st.caption(f"{len(found):,} entries, times in UTC. The downloads hold each with its hash.")
    if offer(found, "audit"):
        note("export the audit trail", center_id=center, detail=_told(wanted))


def _asked(center: str | None) -> Wanted:
    first, second = st.columns(3), st.columns(3)
    actor = first[0].text_input("Person", placeholder="user name")
    action = first[1].text_input("Action", placeholder="such as sign in")
    case = first[2].text_input("Case", key="audit case", placeholder="such as C01-0001")
    since = second[0].date_input("From", value=None, format="YYYY-MM-DD")
    until = second[1].date_input("To", value=None, format="YYYY-MM-DD")
    limit = second[2].selectbox("Show", list(_LIMITS))
    return Wanted(
        center_id=center, case_id=case.strip() or None, actor=actor.strip() or None,
        action=action.strip() or None, since=since, until=until, limit=_LIMITS[limit],
    )  # fmt: skip


def _told(wanted: Wanted) -> str:
    """What was chosen, without the case, which the entry need not hold."""
    chosen = {k: v for k, v in asdict(wanted).items() if v is not None and k != "case_id"}
    return ", ".join(f"{name} {value}" for name, value in chosen.items())


def _history(center: str | None) -> None:
    case = st.text_input("Case", key="history case", placeholder="such as C01-0001").strip()
    if center is None:
        st.info("Choose a center above.")
        return
    if not case:
        st.caption(
            "Every value that was entered, changed or deleted: when, by whom, old, new and why."
        )
        return
    found = history(center, case)
    if not found:
        st.info("Nothing of such a case was ever stored.")
        return
    table(found)
    if offer(found, "history"):
        note("export the history of a case", center_id=center, case_id=case)

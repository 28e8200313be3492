"""What a reader who is no statistician needs to know, in plain words; and where a count is hidden."""

from __future__ import annotations

import streamlit as st

from registry.disclosure import policy

CURVES = (
    "**A survival curve** starts with everybody (100 %) and steps down whenever somebody dies, or for "
    "leukaemia-free survival relapses or dies. Read up from 24 months to the line, and left to the share who are "
    "still well. Patients who have not been observed for so long count for as long as they were.\n\n"
    "**The pale band** says how far chance alone may have moved the line: the true value lies in it in 95 of 100 "
    "cases. Where **few are at risk** the line rests on few patients; curves end before too few remain. Groups "
    "differ in many ways, so a higher line does not show that what names the group is the cause."
)
STACKS = (
    "**Who relapses cannot die without relapse first, and the other way round.** The stack counts both: the lowest "
    "part is the share that has had the first event, the middle part the other one, and the rest has had neither. "
    "At every time the three make up all patients."
)
SHARES = (
    "**A share with its interval:** 8 % (4 to 13 %) means that 8 of 100 were counted, and that with so few patients "
    "the true share may well be anything from 4 to 13 %. **Not known** is said apart: it never counts as no."
)
CHIMERISM = (
    "**Microchimerism** means that a trace of the donor's blood cells, below 1 %, can be found in the patient. "
    "It shows that the cells were there for a while. They are not meant to settle for good, as they would in a "
    "transplant."
)


def hidden() -> str:
    """How numbers were changed so that nobody can be found in them."""
    rule = policy()
    return (
        f"**So that nobody can be recognised,** counts of {rule.hidden} are hidden, all others rounded to "
        f"{rule.base}; what happened to all or to none of a small group is hidden too; curves are read every "
        f"{rule.curves.grid_days} days from rounded counts and end where fewer than {rule.curves.min_at_risk} "
        "remain. A hidden number is not zero."
    )


def explained(title: str, words: str) -> None:
    """An explanation for whoever opens it."""
    with st.expander(title):
        st.markdown(words)

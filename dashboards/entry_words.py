"""What the consensus files say of a recommendation, shown as they say it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from registry import consensus
from registry.consensus import Recommendation
from registry.consensus.base import plain
from registry.consensus.inspection import parameters_of


def standing(entry: Recommendation) -> None:
    """Section, strength, place in the headline, and whom a verdict is about."""
    version = consensus.load()
    hedge = f" ({entry.hedge})" if entry.hedge else ""
    headline = "in the headline" if entry.headline else "not in the headline"
    st.caption(
        f"Consensus {version.version}, section {entry.section} {version.sections[entry.section]} · "
        f"{entry.strength}{hedge} · {headline} · judged per {SUBJECTS[entry.subject]}"
    )


SUBJECTS = {
    "patient": "patient", "donor": "donor", "collection": "collection", "course": "course",
    "infusion": "infusion", "gvhd": "episode of GVHD",
}  # fmt: skip


def what_and_why(entry: Recommendation) -> None:
    left, right = st.columns(2)
    with left:
        st.markdown(f"#### What it says\n\n{entry.statement}")
    with right:
        st.markdown(f"#### Why it matters\n\n{entry.why}\n\n*Evidence:* {entry.evidence}")


def who(entry: Recommendation) -> None:
    st.markdown(
        f"#### Who is judged\n\n{entry.population}\n\n"
        f"- **Numerator:** {entry.numerator}\n- **Denominator:** {entry.denominator}"
    )


def parameters(entry: Recommendation) -> None:
    """Numbers that are the registry's and not the paper's, named as such."""
    if not entry.registry_defined:
        return
    with st.container(border=True):
        st.markdown(f"**Registry-defined, not from the paper.** {entry.registry_defined}")
        known = consensus.load().parameters
        for name in parameters_of(entry):
            found = known[name]
            value = f"{plain(found.value)} {found.unit}".strip()
            st.markdown(f"- `{name}` = **{value}**: {found.words}. {found.why}")


def tensions(entry: Recommendation) -> None:
    """Where the paper disagrees with itself, and what the registry makes of it."""
    named = [t for t in consensus.load().tensions if t.id in entry.tensions]
    if not named:
        return
    with st.expander(f"Tensions of the paper: {', '.join(t.id for t in named)}"):
        for t in named:
            st.markdown(f"**{t.id} {t.title}.** {t.tension} *Represented:* {t.represented}")


def examples(entry: Recommendation) -> None:
    with st.expander(f"{len(entry.examples)} worked examples"):
        st.dataframe(example_table(entry), hide_index=True, width="stretch")


def example_table(entry: Recommendation) -> pd.DataFrame:
    """One row an example, one column a reading."""
    several = len(entry.readings) > 1
    rows = []
    for example in entry.examples:
        row = {"example": example.words}
        for reading in entry.readings:
            expected = example.expected(reading.name)
            words = entry.verdict_words(expected.verdict)
            row[f"reading {reading.name}" if several else "verdict"] = words
        rows.append(row)
    return pd.DataFrame(rows)

"""One recommendation closely: its words, its numbers under every reading, the rows behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboards import adherence, bars, entry_words
from dashboards.adherence import Line, Tally
from dashboards.portal import warehouse
from dashboards.portal.rows import MAX_ROWS, rows_behind
from registry.access.rights import NotAllowedError, Person, Right
from registry.consensus import Recommendation
from registry.consensus.entries import Verdict
from registry.statistics.proportion import MIN_SUBJECTS

_JUDGED: tuple[Verdict, ...] = ("met", "deviated")
_TIERS = """
    select center_id, reading, verdict, tier, subjects from mart_adherence_tier
    where recommendation_id = ? and verdict in ('met', 'deviated')
"""


def show(person: Person, found: Sequence[Line], center: str | None) -> None:
    """The choice of a recommendation, and everything about it."""
    entries = {line.entry.id: line.entry for line in found}
    chosen = st.selectbox(
        "Recommendation", list(entries), format_func=lambda i: f"{i}  {entries[i].title}",
        key="entry",
    )  # fmt: skip
    entry = entries[chosen]
    of = [line for line in found if line.entry.id == chosen]
    st.subheader(f"{entry.id}  {entry.title}")
    entry_words.standing(entry)
    entry_words.what_and_why(entry)
    entry_words.who(entry)
    st.markdown("#### The numbers")
    _readings(entry, of, center)
    _tiers(entry, center)
    st.markdown("#### What to do with it")
    _advice(entry, person)
    entry_words.parameters(entry)
    entry_words.tensions(entry)
    entry_words.examples(entry)
    _rows(person, entry, center)


def _readings(entry: Recommendation, of: Sequence[Line], center: str | None) -> None:
    for column, line in zip(st.columns(len(of)), of, strict=True):
        with column:
            if len(of) > 1:
                first = ", shown first" if line.is_default else ""
                words = next(r.words for r in entry.readings if r.name == line.reading)
                st.markdown(f"**Reading {line.reading}{first}.** {words}")
            st.html(bars.key([line]) + bars.verdict_track(line))
            st.html(bars.whiskers(_whiskers(line, center)))
    if center is not None and all(line.registry is None for line in of):
        st.caption(
            f"No comparison: it needs {MIN_SUBJECTS} subjects of other centers, so that "
            "it says something and does not show the practice of a few patients elsewhere."
        )


def _whiskers(line: Line, center: str | None) -> list[bars.Whisker]:
    shown = [_whisker(line, center or "All centers", line.tally, bars.BLUE)]
    if line.registry is not None:
        shown.append(_whisker(line, "Registry", line.registry, bars.GREEN))
    return shown


def _whisker(line: Line, label: str, tally: Tally, colour: str) -> bars.Whisker:
    told = (adherence.rate_words(line.entry, tally), adherence.unknown_words(tally))
    words = "; ".join(w for w in told if w)
    return bars.Whisker(f"{label}:", words, tally.rate, tally.interval, colour)


def _tiers(entry: Recommendation, center: str | None) -> None:
    names = {r.name: adherence.tier_names(entry, r.name) for r in entry.readings}
    if not any(names.values()):
        return
    counted = warehouse.read(_TIERS, [entry.id])
    if center is not None:
        counted = counted[counted["center_id"] == center]
    st.markdown("**Grades of those judged**" + (f", {center}" if center else ""))
    with_tiers = {reading: tiers for reading, tiers in names.items() if tiers}
    for column, (reading, tiers) in zip(
        st.columns(len(with_tiers)), with_tiers.items(), strict=True
    ):
        with column:
            if len(entry.readings) > 1:
                st.caption(f"Reading {reading}")
            st.html(bars.counts(_counts(entry, counted[counted["reading"] == reading], tiers)))


def _counts(entry: Recommendation, of: pd.DataFrame, tiers: Mapping[str, str]) -> list[bars.Count]:
    """One bar a grade and verdict, coloured by the verdict; grades that nobody has are left out."""
    summed = of.groupby(["tier", "verdict"])["subjects"].sum()
    line = Line(entry, entry.default_reading.name, Tally())
    return [
        bars.Count(
            f"{words} ({entry.verdict_words(verdict)})",
            int(summed[name, verdict]),
            bars.colours(line)[verdict],
        )
        for name, words in tiers.items()
        for verdict in _JUDGED
        if (name, verdict) in summed.index
    ]


def _advice(entry: Recommendation, person: Person) -> None:
    """What a center enters, and what an analyst must know; one's own first."""
    for_center = ("For the center", entry.center)
    for_analyst = ("For the analyst", entry.analyst)
    told = [for_center, for_analyst]
    if person.center_id is None:
        told.reverse()
    for title, words in told:
        st.markdown(f"**{title}.** {words}")


def _rows(person: Person, entry: Recommendation, center: str | None) -> None:
    st.markdown("#### The rows behind the number")
    if not person.may(Right.READ_ROWS_BEHIND):
        st.caption("Single cases are shown to their own center and to the steward.")
        return
    reading = entry.default_reading.name
    if len(entry.readings) > 1:
        reading = st.radio(
            "Reading", [r.name for r in entry.readings], horizontal=True,
            index=[r.name for r in entry.readings].index(reading), key=f"reading of {entry.id}",
        )  # fmt: skip
    try:
        rows = rows_behind(person, entry.id, reading, center)
    except NotAllowedError:
        st.error("This account may not see these rows.")
        return
    _show_rows(entry, reading, rows)


def _show_rows(entry: Recommendation, reading: str, rows: pd.DataFrame) -> None:
    if rows.empty:
        st.caption("It applies to nobody here.")
        return
    verdicts = [v for v in ("deviated", "not_evaluable", "met") if v in set(rows["verdict"])]
    chosen = st.pills(
        "Verdict", verdicts, selection_mode="multi", default=verdicts,
        format_func=entry.verdict_words, key=f"verdicts of {entry.id} {reading}",
    )  # fmt: skip
    shown = rows[rows["verdict"].isin(chosen)]
    if len(rows) > MAX_ROWS:
        st.caption(f"The first {MAX_ROWS:,} rows; choose a center to see fewer.")
    st.dataframe(_worded(entry, reading, shown), hide_index=True, width="stretch")


def _worded(entry: Recommendation, reading: str, rows: pd.DataFrame) -> pd.DataFrame:
    tiers = adherence.tier_names(entry, reading)
    worded = pd.DataFrame(
        {
            "center": rows["center_id"],
            "case": rows["case_id"],
            entry.subject: rows["subject_id"],
            "verdict": rows["verdict"].map(entry.verdict_words),
            "grade": rows["tier"].map(tiers).fillna(rows["tier"]).fillna(""),
            "consensus": rows["consensus_version"],
        }
    )
    # of a patient the subject is the case itself
    return worded.drop(columns="patient") if entry.subject == "patient" else worded

"""Safety and chimerism for the public: figures of the consensus, from rounded counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboards import bars, figures
from dashboards.public import words
from dashboards.public.warehouse import read

Key = tuple[str, str]
"""A statement of the paper and the name of its figure."""

SAFETY: tuple[Key, ...] = (
    ("MST-1-11", "early_death"), ("MST-1-11", "early_death_late"), ("MST-1-12", "any_gvhd"),
    ("MST-1-12", "severe_gvhd"), ("MST-1-12", "severe_crs"), ("MST-1-11", "severe_infection"),
    ("MST-2.4-03", "cmv_event_of_tested"), ("MST-1-11", "neutrophil_recovery"),
    ("MST-1-11", "platelet_recovery"),
)  # fmt: skip
CHIMERISM: tuple[Key, ...] = (
    ("MST-2-10", "micro"), ("MST-2-10", "not_detected"), ("MST-2-10", "mixed"), ("MST-2-10", "full"),
    ("MST-2.5-10", "last_microchimerism"),
)  # fmt: skip
_FIGURES = """
    select statement_id, statistic, by_group, known, unknown, events, lower_quartile, median, upper_quartile
    from public_statistic where by_group = 'all'
"""


def safety() -> None:
    st.header("Safety")
    words.explained("How to read these numbers", words.SHARES)
    _show(SAFETY)


def chimerism() -> None:
    st.header("Traces of donor cells")
    words.explained("What microchimerism is", words.CHIMERISM)
    _show(CHIMERISM)


def named(keys: Iterable[Key]) -> list[figures.Figure]:
    """The figures of the consensus by their names."""
    known = {(f.statement.id, f.statistic.name): f for f in figures.all_figures()}
    return [known[key] for key in keys]


def _show(keys: Iterable[Key]) -> None:
    rows = read(_FIGURES)
    st.html(bars.whiskers(whisker for figure in named(keys) for whisker in told(figure, rows)))


def told(figure: figures.Figure, rows: pd.DataFrame) -> list[bars.Whisker]:
    """A figure under its own words; said to be missing where nothing was published of it."""
    label = f"{figure.statistic.words}:"
    found = [
        replace(w, label=label)
        for w in figures.counted(figure, rows, figures.REGISTRY, bars.BLUE)
    ]  # fmt: skip
    return found or [bars.Whisker(label, "not published yet")]

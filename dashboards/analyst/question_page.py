"""Ask: an endpoint, counted from when, divided by what. What would be biased by survival is refused, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pandas as pd
import streamlit as st

from dashboards import bars, charts
from dashboards.endpoint_words import ENDPOINTS, ORIGINS, stack_words, title
from dashboards.numbers import interval_words, months, percent
from dashboards.portal import warehouse
from registry.access.rights import Person
from registry.analysis import (
    COVARIATES,
    Answer,
    Group,
    ImmortalTimeError,
    LeftOut,
    Method,
    Question,
    answer,
    everyone,
)
from registry.analysis.covariates import COMPETING
from registry.analysis.covariates import ENDPOINTS as ASKABLE
from registry.analysis.covariates import ORIGINS as IN_ORDER
from registry.cohorts import followed, parse
from registry.disclosure import policy
from registry.statistics.aalen_johansen import Incidence
from registry.statistics.kaplan_meier import Estimate, Survival
from registry.statistics.model import NOT_FINITE, Model

COHORT = "cohort"  # where the page of cohorts leaves the one that was picked, as written
ALL = "nothing: all together"
_METHODS = {
    Method.PLAIN: "at the start, once for all",
    Method.LANDMARK: "on a landmark day",
    Method.TIME_DEPENDENT: "anew each day (time-dependent)",
}
_YEAR_DAYS = 365.25
NOT_TO_PUBLISH = (
    "Not to be published: too few events for what is estimated, or a group so small, or so alike in what happened to "
    "it, that its patients could be found."
)


@dataclass(frozen=True)
class Asked:
    """What was chosen; `split_by` is None for all together."""

    endpoint: str
    origin: str
    split_by: str | None = None
    method: Method = Method.PLAIN
    landmark_day: int | None = None
    at_least: tuple[int, ...] = ()
    cohort: str = ""  # as written; without one all patients are asked


def page(person: Person) -> None:
    st.title("Ask a question")
    warehouse.show_standing()
    st.caption(
        "Groups are made only by what was known when time began to count; by what happens later a landmark or a "
        "time-dependent estimate is offered instead. Differences between groups are not effects of a treatment."
    )
    build = warehouse.build()
    cohort = _among()
    asked = replace(_choices(counted_from(build)), cohort=cohort)
    scale = charts.SCALES[st.segmented_control("Time in", list(charts.SCALES), default="Months", required=True)]  # fmt: skip
    show_answer(build, asked, scale)


def show_answer(build: str, asked: Asked, scale: charts.TimeScale) -> None:
    """Groups, curves and comparison; or why there are none."""
    try:
        if asked.split_by is None:
            _all(asked, _everyone(build, asked), scale)
        else:
            _answered(_answer(build, asked), scale)
    except ImmortalTimeError as error:
        st.error(f"This question is not answered. {error}")
    except ValueError as error:
        st.warning(f"There is no answer: {error}.")


@st.cache_data(max_entries=4, show_spinner=False)
def counted_from(build: str) -> dict[str, list[str]]:
    """The origins of each endpoint that anybody has, in a patient's order."""
    with warehouse.opened() as connection:
        rows = connection.execute("select distinct endpoint, origin from fct_endpoint").fetchall()
    found: dict[str, list[str]] = {}
    for endpoint, origin in sorted(rows, key=lambda row: (row[0], _order(row[1]))):
        if endpoint in ASKABLE and origin in IN_ORDER:
            found.setdefault(endpoint, []).append(origin)
    return found


def _order(origin: str) -> int:
    return IN_ORDER.index(origin) if origin in IN_ORDER else len(IN_ORDER)


@st.cache_data(max_entries=200, show_spinner="Estimating …")
def _answer(build: str, asked: Asked) -> Answer:
    assert asked.split_by is not None
    question = Question(
        asked.endpoint, asked.origin, asked.split_by, asked.method, asked.landmark_day, asked.at_least
    )  # fmt: skip
    with warehouse.opened() as connection:
        return answer(connection, question, _patients(connection, asked))


@st.cache_data(max_entries=50, show_spinner="Estimating …")
def _everyone(build: str, asked: Asked) -> Group:
    with warehouse.opened() as connection:
        return everyone(
            connection, asked.endpoint, asked.origin, patients=_patients(connection, asked)
        )


def _patients(connection: duckdb.DuckDBPyConnection, asked: Asked) -> str:
    """Of whom it is asked; a cohort that is made by what comes later is refused."""
    if not asked.cohort:
        return "dim_patient"
    return followed(connection, parse(asked.cohort.encode(), "cohort"), asked.origin)


def _among() -> str:
    """The cohort that was picked on the page of cohorts, if it is to be asked of; as written."""
    cohort = st.session_state.get(COHORT)
    if not cohort:
        return ""
    name = parse(cohort.encode(), "cohort").name
    everybody = "all patients"
    chosen = st.radio(
        "Asked of", [everybody, f"the cohort {name}"], horizontal=True, key="asked of"
    )
    return "" if chosen == everybody else str(cohort)


def _choices(counted_from: dict[str, list[str]]) -> Asked:
    left, middle, right = st.columns(3)
    endpoints = [e for e in ENDPOINTS if e in counted_from]
    if not endpoints:
        st.info("No patient has an endpoint yet.")
        st.stop()
    endpoint = left.selectbox("Endpoint", endpoints, format_func=ENDPOINTS.__getitem__)
    origin = middle.selectbox(
        "Counted from", counted_from[endpoint], format_func=ORIGINS.__getitem__
    )
    split = right.selectbox(
        "Divided by", [ALL, *COVARIATES], format_func=lambda c: c if c == ALL else COVARIATES[c].words
    )  # fmt: skip
    if split == ALL:
        return Asked(endpoint, origin)
    covariate = COVARIATES[split]
    method, day = Method.PLAIN, None
    at_least: tuple[int, ...] = ()
    if covariate.exposure is not None:
        method = st.radio("Groups are made", list(_METHODS), format_func=_METHODS.__getitem__, horizontal=True)  # fmt: skip
        if method is Method.LANDMARK:
            day = int(st.number_input("Landmark: days after the start", 1, 3650, 180, step=30))
    if covariate.is_count:
        at_least = (int(st.number_input("The second group has at least", 1, 20, 2)),)
    return Asked(endpoint, origin, split, method, day, at_least)


def _all(asked: Asked, group: Group, scale: charts.TimeScale) -> None:
    st.subheader(title(asked.endpoint, asked.origin))
    st.dataframe(group_table([group]), hide_index=True, width="stretch")
    curves(asked.endpoint, [group], scale)


def _answered(found: Answer, scale: charts.TimeScale) -> None:
    question = found.question
    st.subheader(f"{title(question.endpoint, question.origin)}, by {question.covariate.words}")
    if question.method is Method.LANDMARK:
        st.caption(
            f"Patients still at risk {question.landmark_day} days after the start, in the group of what they had "
            "by then; time counts from that day."
        )
    st.dataframe(group_table(found.groups), hide_index=True, width="stretch")
    st.caption(left_out_words(found.left_out))
    curves(question.endpoint, found.groups, scale)
    _compared(found)


def left_out_words(left: LeftOut) -> str:
    """Who is in no group, and why."""
    told = {
        "for whom the group is not known": left.not_known,
        "who had the event before": left.before_event,
        "who had a competing event before": left.before_competing,
        "who were lost before": left.before_censored,
    }
    words = [f"{count:,} {why}" for why, count in told.items() if count]
    return f"Left out: {'; '.join(words)}." if words else "Nobody is left out."


def group_table(groups: Sequence[Group]) -> pd.DataFrame:
    """A row a group: how many, events, the share at one and two years, and the median of survival."""
    rows = []
    for group in groups:
        row = {"group": group.name, "patients": group.patients, "events": group.events}
        if group.curve is not None:
            for years in (1, 2):
                row[f"at {years} year{'s' * (years > 1)}"] = _told(
                    group.curve.at(years * _YEAR_DAYS)
                )
        if isinstance(group.curve, Survival):
            median = group.curve.median()
            low, high = (
                "?" if median.lower is None else months(median.lower),
                "not reached" if median.upper is None else months(median.upper),
            )
            row["median"] = (
                "not reached" if median.days is None else f"{months(median.days)} ({low} to {high})"
            )
        rows.append(row)
    return pd.DataFrame(rows)


def _told(at: Estimate) -> str:
    if np.isnan(at.share):
        return "nobody followed so long"
    bounds = "" if np.isnan(at.lower) else f" ({interval_words((at.lower, at.upper))})"
    return f"{percent(at.share)}{bounds}"


def curves(endpoint: str, groups: Sequence[Group], scale: charts.TimeScale) -> None:
    survival = [g for g in groups if isinstance(g.curve, Survival)]
    if survival:
        curve = pd.concat([survival_rows(group) for group in survival], ignore_index=True)
        st.html(bars.legend(charts.key(curve), of_lines=True))
        for chart in charts.survival_curves(curve, scale=scale):
            st.altair_chart(chart, width="stretch")
        with st.expander("The curves as a table"):
            st.dataframe(charts.points(curve, scale=scale), hide_index=True, width="stretch")
    stacked = [g for g in groups if isinstance(g.curve, Incidence)]
    if not stacked:
        return
    words = stack_words(endpoint)
    st.html(bars.legend(charts.stack_key(words)))
    rows = [incidence_rows(group) for group in stacked]
    for group, curve in zip(stacked, rows, strict=True):
        st.markdown(f"**{group.name}**")
        for chart in charts.incidence_stack(curve, words, scale=scale):
            st.altair_chart(chart, width="stretch")
    with st.expander("The stacks as a table"):
        both = charts.points(pd.concat(rows), ("incidence", "competing"), scale=scale)
        st.dataframe(both.rename(columns={"incidence": words[0], "competing": words[1]}),
                     hide_index=True, width="stretch")  # fmt: skip


def survival_rows(group: Group) -> pd.DataFrame:
    """The steps of a group's curve from day 0 on, as rows of `mart_survival`."""
    assert isinstance(group.curve, Survival)
    curve = group.curve
    return _from_day_0(
        group,
        {
            "survival": (1.0, curve.survival), "ci_lower": (np.nan, curve.lower), "ci_upper": (np.nan, curve.upper)
        },
    )  # fmt: skip


def incidence_rows(group: Group) -> pd.DataFrame:
    """The steps of a group's stack from day 0 on."""
    assert isinstance(group.curve, Incidence)
    return _from_day_0(
        group,
        {"incidence": (0.0, group.curve.incidence), "competing": (0.0, group.curve.competing)},
    )


def _from_day_0(group: Group, columns: dict[str, tuple[float, np.ndarray]]) -> pd.DataFrame:
    assert group.curve is not None
    counts = group.curve.counts
    rows = {"time_days": [0.0, *counts.time_days], "n_risk": [group.patients, *counts.n_risk]}
    rows |= {name: [start, *values] for name, (start, values) in columns.items()}
    return pd.DataFrame(rows).assign(stratum=group.name)


def _compared(found: Answer) -> None:
    if found.why_not:
        st.caption(f"No comparison of the groups: {found.why_not}.")
    if found.test is not None:
        st.markdown(
            f"**All groups alike:** {_p(found.test.p)} (degrees of freedom: {found.test.dof})."
        )
    if found.model is None:
        return
    st.dataframe(term_table(found, found.model), hide_index=True, width="stretch")
    if not found.model.publishable(largest_hidden_count=policy().threshold):
        st.warning(NOT_TO_PUBLISH)
    for warning in found.model.warnings:
        st.caption(warning)


def term_table(found: Answer, model: Model) -> pd.DataFrame:
    """Each group against the first, with the interval of the ratio."""
    competes = found.question.endpoint in COMPETING and found.test is not None
    ratio = "ratio of subdistribution hazards" if competes else "ratio of hazards"
    first = found.groups[0].name
    return pd.DataFrame(
        {
            "compared": [f"{t.name.partition('=')[2]} against {first}" for t in model.terms],
            ratio: [f"{t.ratio:.2f}" if t.is_finite else NOT_FINITE for t in model.terms],
            "95 % interval": [
                f"{t.lower:.2f} to {t.upper:.2f}" if t.is_finite else "" for t in model.terms
            ],
            "p": [_p(t.p) if t.is_finite else "" for t in model.terms],
        }
    )


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"

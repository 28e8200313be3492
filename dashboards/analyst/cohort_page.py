"""Cohorts: criteria one after the other, who is left after each, who they are and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
import yaml

from dashboards import bars, charts
from dashboards.analyst.criterion_form import OF, criterion
from dashboards.analyst.question_page import COHORT, counted_from, curves, group_table
from dashboards.endpoint_words import ENDPOINTS, ORIGINS, title
from dashboards.listing import offer
from dashboards.numbers import amount, percent, share
from dashboards.portal import warehouse
from registry.access.rights import Person
from registry.analysis import COVARIATES, Group, ImmortalTimeError, everyone
from registry.cohorts import (
    Cohort,
    CohortError,
    Middle,
    Share,
    Step,
    followed,
    known_only_later,
    load,
    middles,
    parse,
    people,
    shares,
    steps,
)

_EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "cohorts"
_ALL = {"name": "my-cohort", "question": "Who are they, and what becomes of them?", "criteria": []}
_PLACE = "cohort.yaml"  # what the faults of a text call it
_NUMBERS = {"age_at_diagnosis_years": "age at diagnosis, years"}
_EVERYBODY, _FILE = "all patients", "a file of mine"


def page(person: Person) -> None:
    st.title("Cohorts")
    warehouse.show_standing()
    st.caption(
        "Say who is meant, one criterion after the other. Whoever lacks the value meets no criterion and fails none: "
        "such patients leave the cohort and are counted apart. The cohort can be asked on the page Ask a question, "
        "and taken along as a file for mst cohort and mst extract."
    )
    build = warehouse.build()
    _begin()
    cohort = _picked()
    if cohort is None:
        st.info("No criterion yet: all patients of the release. Add one.")
    else:
        _steps(cohort, *_counted(build, cohort.text))
    _add()
    _as_text(cohort)
    if cohort is None:
        return
    found, all_of_them, numbers, numbers_of_all = _profile(build, cohort.text)
    if not found:
        st.info("Nobody is left in the cohort.")
        return
    st.subheader("Who they are")
    rows = profile_table(found, all_of_them, numbers, numbers_of_all)
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", height=420)
    offer(rows, cohort.name)
    _outcome(build, cohort)


def _begin() -> None:
    """Where to begin: with everybody, with an example, or with what was written before."""
    examples = {load(path).question: path for path in sorted(_EXAMPLES.glob("*.yaml"))}
    with st.expander(
        "Begin anew, with an example, or with a file", expanded=COHORT not in st.session_state
    ):
        chosen = st.selectbox("Begin with", [_EVERYBODY, *examples, _FILE])
        given = None
        if chosen == _FILE:
            sent = st.file_uploader("A cohort as YAML", ["yaml", "yml"])
            given = sent.getvalue() if sent else None
        elif chosen in examples:
            given = examples[chosen].read_bytes()
        if st.button("Begin", disabled=chosen == _FILE and given is None):
            if given is None:
                st.session_state[COHORT] = ""
                st.rerun()
            _take(given)


def _picked() -> Cohort | None:
    """The cohort as it stands; None while it has no criterion."""
    text = st.session_state.get(COHORT)
    return parse(text.encode(), _PLACE) if text else None


def _take(given: bytes) -> None:
    """Put a cohort in the place of the one that stands, or say why not."""
    try:
        st.session_state[COHORT] = parse(given, _PLACE).text
    except CohortError as error:
        st.error("\n\n".join(f"{fault}" for fault in error.faults))
        return
    st.rerun()


def _draft() -> dict[str, Any]:
    """What is written, to be changed."""
    text = st.session_state.get(COHORT)
    return dict(yaml.safe_load(text)) if text else dict(_ALL)


def written(draft: Mapping[str, Any]) -> bytes:
    """A draft as a cohort file."""
    return yaml.safe_dump(dict(draft), sort_keys=False, allow_unicode=True, width=100).encode()


def _steps(cohort: Cohort, found: tuple[Step, ...], late: tuple[int, ...]) -> None:
    st.subheader(f"Who is left: {cohort.name}")
    st.markdown(f"*{cohort.question}*")
    st.html(bars.legend({"kept": bars.BLUE, "left out": bars.ORANGE, "not known": bars.HATCHED}))
    written_down = _draft()["criteria"]
    for step in found:
        drawn, remove = st.columns([6, 1], vertical_alignment="center")
        with drawn:
            st.html(step_html(step, found[0].kept))
            if step.step:
                of = written_down[step.step - 1]
                st.caption(f"{OF[of.get('any', 'dim_patient')]}: `{_inline(of['where'])}`")
        if step.step and remove.button(
            "Remove", key=f"remove {step.step}", help=f"criterion {step.step}"
        ):
            _remove(step.step)
    if late:
        st.warning(
            f"Criterion {', '.join(map(str, late))}: settled only in the course of treatment. Who is in the cohort has "
            "lived to meet it; time cannot be counted from before (immortal time)."
        )
    offer([_row(step) for step in found], f"{cohort.name}-attrition")


def step_html(step: Step, everybody: int) -> str:
    """A step as one bar of those the step before it kept."""
    name = f"{step.step}. {step.way}: {step.reason}" if step.step else step.reason
    told = [bars.Part("kept", step.kept)]
    if step.step:
        told += [
            bars.Part("left out", step.left_out, bars.ORANGE),
            bars.Part("not known", step.unknown, None),
        ]
    return bars.parts(name, told, everybody)


def _row(step: Step) -> dict[str, object]:
    return {
        "step": step.step, "way": step.way, "reason": step.reason, "kept": step.kept,
        "left out": step.left_out, "not known": step.unknown,
    }  # fmt: skip


def _inline(where: Any) -> str:
    """Conditions on one line, as in the file."""
    return yaml.safe_dump(
        where, default_flow_style=True, sort_keys=False, width=1000, allow_unicode=True
    ).strip()


def _remove(number: int) -> None:
    draft = _draft()
    criteria = list(draft["criteria"])
    del criteria[number - 1]
    if criteria:
        _take(written(draft | {"criteria": criteria}))
    st.session_state[COHORT] = ""
    st.rerun()


def _add() -> None:
    with st.expander("Add a criterion", expanded=not st.session_state.get(COHORT)):
        added = criterion()
        if added is not None:
            draft = _draft()
            _take(written(draft | {"criteria": [*draft["criteria"], added]}))


def _as_text(cohort: Cohort | None) -> None:
    with st.expander("The cohort as text, to change or take along"):
        text = cohort.text if cohort else written(_ALL).decode()
        changed = st.text_area("As YAML", text, height=300, key=f"text {hash(text)}")
        with st.container(horizontal=True):
            if st.button("Take it over", disabled=changed == text):
                _take(changed.encode())
            if cohort is not None:
                st.download_button(
                    "Download as YAML", cohort.text, f"{cohort.name}.yaml", "application/yaml"
                )


@st.cache_data(max_entries=100, show_spinner="Counting …")
def _counted(build: str, text: str) -> tuple[tuple[Step, ...], tuple[int, ...]]:
    cohort = parse(text.encode(), _PLACE)
    with warehouse.opened() as connection:
        return steps(connection, cohort), known_only_later(cohort)


@st.cache_data(max_entries=100, show_spinner="Counting …")
def _profile(build: str, text: str) -> tuple[list[Share], list[Share], list[Middle], list[Middle]]:
    """Shares and medians, of the cohort and of all; none of a cohort of nobody."""
    with warehouse.opened() as connection:
        of = people(connection, parse(text.encode(), _PLACE))
        if not connection.execute(f"from {of} limit 1").fetchall():
            return [], [], [], []
        everybody = "dim_patient"
        return (
            shares(connection, of), shares(connection, everybody),
            middles(connection, of), middles(connection, everybody),
        )  # fmt: skip


def profile_table(
    found: list[Share], of_all: list[Share], numbers: list[Middle], numbers_of_all: list[Middle]
) -> list[dict[str, object]]:
    """The cohort beside all patients: shares of those it is known of, medians with quartiles."""
    rows: list[dict[str, object]] = []
    for number, all_of_it in zip(numbers, numbers_of_all, strict=True):
        rows.append(
            {"what": _words(number.column), "value": "median (quartiles)",
             "cohort": _middle(number), "all patients": _middle(all_of_it)}
        )  # fmt: skip
    own = {(s.column, s.value): s for s in found}
    known = {s.column: s.known for s in found}
    for of in of_all:
        here = own.get((of.column, of.value), Share(of.column, of.value, 0, known[of.column]))
        rows.append(
            {"what": _words(of.column), "value": _value(of.value),
             "cohort": _share(here), "all patients": _share(of)}
        )  # fmt: skip
    return rows


def _words(column: str) -> str:
    known = COVARIATES.get(column)
    return known.words if known else _NUMBERS[column]


def _value(value: str | None) -> str:
    return {None: "not known", "true": "yes", "false": "no"}.get(value, str(value))


def _share(told: Share) -> str:
    part = share(told.patients, told.known)
    if told.value is None or part is None:
        return f"{told.patients:,}"
    return f"{told.patients:,} of {told.known:,} ({percent(part)})"


def _middle(told: Middle) -> str:
    if told.median is None or told.lower is None or told.upper is None:
        return "not known"
    unknown = f"; not known of {told.unknown:,}" if told.unknown else ""
    return f"{amount(told.median)} ({amount(told.lower)} to {amount(told.upper)}){unknown}"


def _outcome(build: str, cohort: Cohort) -> None:
    st.subheader("What became of them")
    possible = counted_from(build)
    left, right = st.columns(2)
    endpoint = left.selectbox(
        "Endpoint", [e for e in ENDPOINTS if e in possible], format_func=ENDPOINTS.__getitem__
    )
    if endpoint is None:
        st.info("No patient has an endpoint yet.")
        return
    origins = possible[endpoint]
    # first the origins from which the cohort can be followed
    origins = sorted(origins, key=lambda origin: bool(known_only_later(cohort, origin)))
    origin = right.selectbox("Counted from", origins, format_func=ORIGINS.__getitem__)
    scale = charts.SCALES[st.segmented_control("Time in", list(charts.SCALES), default="Months", required=True)]  # fmt: skip
    try:
        group = _followed(build, cohort.text, endpoint, origin)
    except ImmortalTimeError as error:
        st.error(f"No curve is drawn. {error}")
        return
    except ValueError as error:
        st.warning(f"There is no answer: {error}.")
        return
    st.markdown(f"**{title(endpoint, origin)}**")
    st.dataframe(group_table([group]), hide_index=True, width="stretch")
    curves(endpoint, [group], scale)
    st.caption("To divide the cohort, open Ask a question: it is offered there.")


@st.cache_data(max_entries=100, show_spinner="Estimating …")
def _followed(build: str, text: str, endpoint: str, origin: str) -> Group:
    with warehouse.opened() as connection:
        patients = followed(connection, parse(text.encode(), _PLACE), origin)
        return everyone(connection, endpoint, origin, patients=patients)

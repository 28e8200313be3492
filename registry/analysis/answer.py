"""Reads what a question needs from the analyst's file and estimates it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from registry.analysis.covariates import COMPETING
from registry.analysis.question import Method, Question
from registry.statistics.aalen_johansen import Incidence, aalen_johansen
from registry.statistics.cox import cox
from registry.statistics.fine_gray import fine_gray
from registry.statistics.followed import EVENT
from registry.statistics.group_tests import GroupTest, gray, logrank
from registry.statistics.kaplan_meier import Survival, kaplan_meier
from registry.statistics.landmark import landmark
from registry.statistics.model import Model

_ORIGIN_DAY = {
    "diagnosis": "0", "first_course": "first_course_day", "remission": "remission_day",
    "allo_transplant": "allo_day",
}  # fmt: skip
# Whether a patient came to it at all: false of those only who are known never to have.
_REACHED = {
    "diagnosis": "true", "first_course": "n_courses > 0", "remission": "in_remission", "allo_transplant": "allo_done",
}  # fmt: skip


@dataclass(frozen=True)
class LeftOut:
    """Patients with the endpoint who are in no group, by reason.

    `not_known`: the covariate, since when, or by the landmark. `before`: those who had the event, a competing event, or
    were lost, on the landmark day or before; with the time-dependent method on the day of origin.
    """

    not_known: int
    before_event: int = 0
    before_competing: int = 0
    before_censored: int = 0


@dataclass(frozen=True)
class Group:
    """A group and its curve; by the time-dependent method patients pass through several, without curves."""

    name: str
    patients: int
    events: int
    curve: Survival | Incidence | None


@dataclass(frozen=True)
class Answer:
    """`test` and `model` are None where there is nothing to compare; `why_not` says so."""

    question: Question
    groups: tuple[Group, ...]
    left_out: LeftOut
    test: GroupTest | None
    model: Model | None
    why_not: str = ""


@dataclass(frozen=True)
class _Row:
    """A patient: time and status from the origin, and (day from the origin, value) in order."""

    patient: tuple[str, str]
    time_days: int
    status: int
    history: tuple[tuple[int, object], ...]

    def value_by(self, day: int) -> object | None:
        """As known at the end of a day; None while nothing is."""
        known = [value for changed, value in self.history if changed <= day]
        return known[-1] if known else None

    @property
    def known_from(self) -> int:
        """The first day from the origin on, of which the value is known."""
        return max(0, self.history[0][0])


def answer(connection: duckdb.DuckDBPyConnection, question: Question) -> Answer:
    """The estimate of a question, from `fct_endpoint`, `dim_patient` and `fct_exposure`.

    Plain and landmark: a curve a group, log-rank or Gray's test, Cox or Fine-Gray. Time-dependent: a
    Cox model, with competing events as censored (the cause-specific hazard). Raises ValueError if
    nobody is followed, or nobody beyond the landmark.
    """
    rows, not_known = _read(connection, question)
    if not rows:
        raise ValueError(f"nobody has {question.endpoint} from {question.origin} and a known group")
    if question.method is Method.TIME_DEPENDENT:
        return _time_dependent(question, rows, not_known)
    if question.method is Method.LANDMARK:
        return _landmark(question, rows, not_known)
    values = [question.label(row.value_by(0)) for row in rows]
    times, status = [row.time_days for row in rows], [row.status for row in rows]
    return _compared(question, times, status, values, LeftOut(not_known))


def everyone(connection: duckdb.DuckDBPyConnection, endpoint: str, origin: str) -> Group:
    """All who have an endpoint, undivided. Raises ValueError if nobody has."""
    rows = connection.execute(
        "select time_days, status from fct_endpoint where endpoint = ? and origin = ? order by all",
        [endpoint, origin],
    ).fetchall()
    if not rows:
        raise ValueError(f"nobody has {endpoint} from {origin}")
    times, status = zip(*rows, strict=True)
    curve_of = aalen_johansen if endpoint in COMPETING else kaplan_meier
    return Group("all", len(rows), status.count(EVENT), curve_of(times, status))


def not_known(connection: duckdb.DuckDBPyConnection, endpoint: str, origin: str) -> int:
    """How many came to an origin, or may have, of whom it is not known whether and when they had an endpoint."""
    (count,) = connection.execute(
        "select count(*) from dim_patient anti join (select center_id, case_id from fct_endpoint "
        "where endpoint = ? and origin = ?) using (center_id, case_id) "
        f"where {_ORIGIN_DAY[origin]} is not null or coalesce({_REACHED[origin]}, true)",
        [endpoint, origin],
    ).fetchone() or (0,)
    return int(count)


def _landmark(question: Question, rows: list[_Row], not_known: int) -> Answer:
    day = question.landmark_day or 0
    selected = landmark([row.time_days for row in rows], [row.status for row in rows], day)
    kept = [row.value_by(day) for row, kept in zip(rows, selected.kept, strict=True) if kept]
    known = np.array([value is not None for value in kept], dtype=bool)
    left_out = LeftOut(
        not_known + int((~known).sum()),
        selected.events_before, selected.competing_before, selected.censored_before,
    )  # fmt: skip
    if not known.any():
        raise ValueError(f"of nobody it is known by day {day}")
    values = [question.label(value) for value in kept if value is not None]
    return _compared(
        question,
        selected.time_days[known].tolist(),
        selected.status[known].tolist(),
        values,
        left_out,
    )


def _compared(
    question: Question,
    times: Sequence[float],
    status: Sequence[int],
    values: Sequence[str],
    left_out: LeftOut,
) -> Answer:
    competes = question.endpoint in COMPETING
    curve_of = aalen_johansen if competes else kaplan_meier
    of_time, of_status, of_group = np.asarray(times), np.asarray(status), np.asarray(values)
    groups = []
    for name in sorted(set(values)):
        here = of_group == name
        groups.append(Group(
            name, int(here.sum()), int((of_status[here] == EVENT).sum()),
            curve_of(of_time[here], of_status[here]),
        ))  # fmt: skip
    test, model, why_not = None, None, ""
    try:
        test = (gray if competes else logrank)(of_time, of_status, of_group)
        fit = fine_gray if competes else cox
        model = fit(of_time, of_status, {question.split_by: of_group})
    except ValueError as error:
        why_not = str(error)
    return Answer(question, tuple(groups), left_out, test, model, why_not)


def _time_dependent(question: Question, rows: list[_Row], not_known: int) -> Answer:
    """Rows are cut where the group changes: on the day itself the patient is still in the old one. Who comes to
    be known later enters later."""
    gone = [row.status for row in rows if row.time_days <= 0]
    followed = [row for row in rows if row.time_days > row.known_from]
    not_known += len(rows) - len(gone) - len(followed)
    cut = [piece for row in followed for piece in _pieces(question, row)]
    left_out = LeftOut(not_known, gone.count(1), gone.count(2), gone.count(0))
    names = sorted({name for *_, name in cut})
    groups = tuple(
        Group(
            name, len({who for who, *_, group in cut if group == name}),
            sum(event for *_, event, group in cut if group == name), None,
        )
        for name in names
    )  # fmt: skip
    try:
        who, entry, end, event, group = zip(*cut, strict=True) if cut else ((),) * 5
        model = cox(end, event, {question.split_by: group}, entry_days=entry, person=who)
    except ValueError as error:
        return Answer(question, groups, left_out, None, None, str(error))
    return Answer(question, groups, left_out, None, model)


def _pieces(question: Question, row: _Row) -> list[tuple[tuple[str, str], int, int, int, str]]:
    """(patient, entry, end, event, group) from the origin on."""
    first = row.known_from
    starts = [(first, question.label(row.value_by(first)))]
    for day, value in row.history:
        name = question.label(value)
        if first < day < row.time_days and name != starts[-1][1]:
            starts.append((day, name))
    ends = [day for day, _ in starts[1:]] + [row.time_days]
    last = len(starts) - 1
    return [
        (row.patient, entry, end, int(number == last and row.status == EVENT), name)
        for number, ((entry, name), end) in enumerate(zip(starts, ends, strict=True))
    ]


def _read(connection: duckdb.DuckDBPyConnection, question: Question) -> tuple[list[_Row], int]:
    """Patients with a known history in order of their keys, and how many have none."""
    exposure = question.covariate.exposure if question.method is not Method.PLAIN else None
    if exposure is not None:
        origin = _ORIGIN_DAY[question.origin]
        changes = (
            f"select history.center_id, history.case_id, history.change_day - {origin} as day, "
            "history.value from fct_exposure as history inner join dim_patient as patients "
            "using (center_id, case_id) where history.exposure = $exposure"
        )
    else:
        # the name stands in COVARIATES, so it is a column
        changes = (
            f"select center_id, case_id, 0 as day, cast({question.split_by} as varchar) as value "
            "from dim_patient where $exposure is null"
        )
    found = connection.execute(
        f"with changes as ({changes}) "
        "select ends.center_id, ends.case_id, ends.time_days, ends.status, changes.day, changes.value "
        "from fct_endpoint as ends left join changes using (center_id, case_id) "
        "where ends.endpoint = $endpoint and ends.origin = $origin "
        "order by ends.center_id, ends.case_id, changes.day",
        {"exposure": exposure, "endpoint": question.endpoint, "origin": question.origin},
    ).fetchall()
    gathered: dict[tuple[str, str], _Row] = {}
    for center, case, time_days, status, day, value in found:
        key = (center, case)
        step = () if day is None or value is None else ((int(day), value),)
        earlier = gathered[key].history if key in gathered else ()
        gathered[key] = _Row(key, int(time_days), int(status), (*earlier, *step))
    known = [row for row in gathered.values() if row.history]
    return known, len(gathered) - len(known)

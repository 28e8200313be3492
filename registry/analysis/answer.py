"""Reads what a question needs from the analyst's file and estimates it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import duckdb
import pandas as pd

from registry.analysis.covariates import COMPETING
from registry.analysis.question import Method, Population, Question
from registry.statistics.aalen_johansen import Incidence, aalen_johansen
from registry.statistics.cox import cox
from registry.statistics.fine_gray import fine_gray
from registry.statistics.followed import EVENT
from registry.statistics.group_tests import GroupTest, gray, logrank
from registry.statistics.kaplan_meier import Survival, kaplan_meier
from registry.statistics.landmark import landmark
from registry.statistics.model import Model

PATIENTS = "dim_patient"
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


def answer(
    connection: duckdb.DuckDBPyConnection, question: Question, patients: str = PATIENTS
) -> Answer:
    """The estimate of a question, from `fct_endpoint`, `dim_patient` and `fct_exposure`.

    `patients` is a relation of some rows of `dim_patient`, who are then all there are.
    Plain and landmark: a curve a group, log-rank or Gray's test, Cox or Fine-Gray. Time-dependent: a
    Cox model, with competing events as censored (the cause-specific hazard). Raises ValueError if
    nobody is followed, or nobody beyond the landmark.
    """
    if question.method is Method.TIME_DEPENDENT:
        return _time_dependent(connection, question, patients)
    people, not_known = _followed(connection, question, patients)
    if question.method is Method.LANDMARK:
        return _landmark(question, people, not_known)
    return _compared(question, people, LeftOut(not_known))


def everyone(
    connection: duckdb.DuckDBPyConnection,
    endpoint: str,
    origin: str,
    among: Population | None = None,
    patients: str = PATIENTS,
) -> Group:
    """All who have an endpoint, or those of a population, undivided. Raises ValueError if nobody has."""
    found = connection.execute(
        f"select time_days, status from {_ends(among, patients)} where endpoint = ? and origin = ? and is_in",
        [endpoint, origin],
    ).df()
    if found.empty:
        raise ValueError(f"nobody has {endpoint} from {origin}")
    curve_of = aalen_johansen if endpoint in COMPETING else kaplan_meier
    events = int((found["status"] == EVENT).sum())
    return Group("all", len(found), events, curve_of(found["time_days"], found["status"]))


def not_known(
    connection: duckdb.DuckDBPyConnection,
    endpoint: str,
    origin: str,
    among: Population | None = None,
) -> int:
    """How many came to an origin, or may have, of whom it is not known whether and when they had an endpoint, or
    whether they are of the population."""
    (count,) = connection.execute(
        "select count(*) from dim_patient left join (select center_id, case_id, true as has_endpoint "
        "from fct_endpoint where endpoint = ? and origin = ?) using (center_id, case_id) "
        f"where ({_ORIGIN_DAY[origin]} is not null or coalesce({_REACHED[origin]}, true)) "
        f"and coalesce({_of(among)}, true) and (has_endpoint is null or {_of(among)} is null)",
        [endpoint, origin],
    ).fetchall()[0]
    return int(count)


def _ends(among: Population | None, patients: str) -> str:
    """SQL of the endpoints of all who are or may be of a population; `is_in` of those who are."""
    return (
        f"(select ends.*, coalesce({_of(among)}, false) as is_in from fct_endpoint as ends "
        f"inner join {patients} as dim_patient using (center_id, case_id) where coalesce({_of(among)}, true))"
    )


def _of(among: Population | None) -> str:
    """SQL of whether a row of `dim_patient` is of a population; null where that is not known."""
    return f"dim_patient.{among}" if among else "true"


def _landmark(question: Question, people: pd.DataFrame, not_known: int) -> Answer:
    day = question.landmark_day or 0
    selected = landmark(people["time_days"], people["status"], day)
    there = people[selected.kept]
    known = there.assign(time_days=there["time_days"] - day).dropna(subset="value")
    left_out = LeftOut(
        not_known + len(there) - len(known),
        selected.events_before, selected.competing_before, selected.censored_before,
    )  # fmt: skip
    if known.empty:
        raise ValueError(f"of nobody it is known by day {day}")
    return _compared(question, known, left_out)


def _compared(question: Question, people: pd.DataFrame, left_out: LeftOut) -> Answer:
    """Of rows of time_days, status and value."""
    competes = question.endpoint in COMPETING
    curve_of = aalen_johansen if competes else kaplan_meier
    times, status = people["time_days"].to_numpy(), people["status"].to_numpy()
    labels = {value: question.label(value) for value in people["value"].unique()}
    of_group = people["value"].map(labels).to_numpy(str)
    groups = []
    for name in sorted(set(labels.values())):
        here = of_group == name
        groups.append(Group(
            name, int(here.sum()), int((status[here] == EVENT).sum()),
            curve_of(times[here], status[here]),
        ))  # fmt: skip
    test, model, why_not = None, None, ""
    try:
        test = (gray if competes else logrank)(times, status, of_group)
        fit = fine_gray if competes else cox
        model = fit(times, status, {question.split_by: of_group})
    except ValueError as error:
        why_not = str(error)
    return Answer(question, tuple(groups), left_out, test, model, why_not)


def _time_dependent(
    connection: duckdb.DuckDBPyConnection, question: Question, patients: str
) -> Answer:
    """Rows are cut where the group changes: on the day itself the patient is still in the old one. Who comes to
    be known later enters later."""
    rows, not_known = _histories(connection, question, patients)
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


def _followed(
    connection: duckdb.DuckDBPyConnection, question: Question, patients: str
) -> tuple[pd.DataFrame, int]:
    """time_days, status and value of patients in order of their keys, and how many have no known value ever.

    The value is that by the landmark day; null of those of whom it is known only later. Raises ValueError if it is
    known of nobody.
    """
    found = connection.execute(
        f"with changes as ({_changes(question, patients)}) "
        "select time_days, status, count(changes.day) > 0 as is_known, "
        "cast(arg_max(changes.value, changes.day) filter (where changes.day <= $by_day) as varchar) as value "
        f"from {_ends(question.among, patients)} as ends left join changes using (center_id, case_id) "
        "where endpoint = $endpoint and origin = $origin "
        "group by center_id, case_id, time_days, status order by center_id, case_id",
        {"by_day": question.landmark_day or 0, "endpoint": question.endpoint, "origin": question.origin},
    ).df()  # fmt: skip
    known = found[found["is_known"]]
    if known.empty:
        raise _nobody(question)
    return known, len(found) - len(known)


def _histories(
    connection: duckdb.DuckDBPyConnection, question: Question, patients: str
) -> tuple[list[_Row], int]:
    """Patients with a known history in order of their keys, and how many have none. Raises ValueError if nobody has."""
    found = connection.execute(
        f"with changes as ({_changes(question, patients)}) "
        "select ends.center_id, ends.case_id, ends.time_days, ends.status, changes.day, changes.value "
        f"from {_ends(question.among, patients)} as ends left join changes using (center_id, case_id) "
        "where ends.endpoint = $endpoint and ends.origin = $origin "
        "order by ends.center_id, ends.case_id, changes.day",
        {"endpoint": question.endpoint, "origin": question.origin},
    ).fetchall()
    gathered = {
        (center, case): _Row(
            (center, case),
            days,
            status,
            tuple((day, value) for *_, day, value in rows if day is not None),
        )
        for (center, case, days, status), rows in groupby(found, key=itemgetter(0, 1, 2, 3))
    }
    known = [row for row in gathered.values() if row.history]
    if not known:
        raise _nobody(question)
    return known, len(gathered) - len(known)


def _changes(question: Question, patients: str) -> str:
    """A row a patient of the population and day, from the origin, on which a known value begins to hold."""
    exposure = question.covariate.exposure if question.method is not Method.PLAIN else None
    if exposure is None:
        return (
            f"select center_id, case_id, 0 as day, cast({question.split_by} as varchar) as value "
            f"from {patients} as dim_patient where {question.split_by} is not null and {_of(question.among)}"
        )
    day = f"change_day - {_ORIGIN_DAY[question.origin]}"
    return (
        f"select center_id, case_id, {day} as day, value "
        f"from fct_exposure inner join {patients} as dim_patient using (center_id, case_id) "
        f"where exposure = '{exposure}' and {day} is not null and value is not null and {_of(question.among)}"
    )


def _nobody(question: Question) -> ValueError:
    return ValueError(f"nobody has {question.endpoint} from {question.origin} and a known group")

"""From a number to what it was made of: release, model and query, the rows behind it, the submissions they came in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow as pa
from sqlalchemy import select

from registry import publication
from registry.access.rights import EVERY_CENTER, Person, Right
from registry.audit import note
from registry.consensus import in_force
from registry.consensus.entries import Verdict
from registry.disclosure.others import told_of
from registry.disclosure.refresh import ORIGIN
from registry.duck import POINTER, NoWarehouseError, open_locked, open_served, served_folder
from registry.release import MANIFEST, sha256
from registry.schema import SUBMISSION
from registry.store import reader_session

# what tells two subjects of one case apart
_SUBJECT_IDS = {
    "patient": "case_id", "donor": "donor_id", "collection": "collection_id", "course": "course_no",
    "infusion": "infusion_no", "gvhd": "kind || ', day ' || onset_day",
}  # fmt: skip


Curve = Literal["survival", "cumulative_incidence"]


class TraceError(Exception):
    """There is no such number; the message says what to name."""


@dataclass(frozen=True)
class Number:
    """A number of a page: the query of its mart, and that of the rows it is made of.

    `stratum` is what the public table of it is refreshed by. `rows` gives center_id, case_id and what each row
    adds; both queries take `parameters`. `groups` is the same of all groups, as center_id, part, adds, and takes
    them without the last, which names the group; empty where no number of all centers is told.
    """

    about: str
    model: str
    value: str
    audience: str
    rows: str
    parameters: Sequence[Any]
    public_table: str
    stratum: Sequence[str]
    groups: str = ""


@dataclass(frozen=True)
class Trace:
    """Where a number comes from. `rows` and `submissions` are None for those who see no single case.

    `published` is the release that the public sees the number of, if it does. `is_withheld`: the number of all
    centers is not told to one of them.
    """

    number: Number
    value: list[dict[str, Any]]
    release: str
    build: str
    data_cut: str
    manifest_sha256: str | None
    published: str | None
    rows: list[dict[str, Any]] | None
    submissions: list[dict[str, Any]] | None
    is_withheld: bool = False


def adherence(recommendation_id: str, reading: str, verdict: Verdict) -> Number:
    """How many met a recommendation as one reading understands it, or deviated, or cannot be judged."""
    of = "recommendation_id = ? and reading = ?"
    return Number(
        about=f"{recommendation_id}, reading {reading}, {verdict}",
        model="mart_adherence",
        value=f"select center_id, {verdict} as subjects from mart_adherence where {of} order by center_id",
        audience="analyst",
        rows="select center_id, case_id, subject_id, verdict as adds, tier, consensus_version from fct_verdict "
        f"where {of} and verdict = '{verdict}'",
        parameters=(recommendation_id, reading),
        public_table="public_adherence",
        stratum=(recommendation_id, reading),
    )


def figure(statement_id: str, statistic: str, group: str = "all") -> Number:
    """A share or a median of the figures page. Raises TraceError."""
    known = in_force()[-1].statistic_vars()
    for subject, figures in known.items():
        for one in figures:
            if (one["statement_id"], one["statistic"]) == (statement_id, statistic):
                by = one["by"]
                of_group = f"coalesce(cast({by} as varchar), 'not known')" if by else "'all'"
                of = "statement_id = ? and statistic = ? and by_group = ?"
                every = (
                    f"select *, '{statement_id}' as statement_id, '{statistic}' as statistic, {of_group} as by_group, "
                    f"cast({_SUBJECT_IDS[subject]} as varchar) as subject_id, "
                    f"{one['share_sql'] or one['median']} as adds from int_{subject} where {one['of_sql']}"
                )
                return Number(
                    about=f"{statement_id} {statistic} {group}",
                    model="mart_statistic",
                    value="select center_id, known, events, unknown, lower_quartile, median, upper_quartile "
                    f"from mart_statistic where {of} order by center_id nulls first",
                    audience="steward",
                    rows=f"select center_id, case_id, subject_id, adds from ({every}) where {of}",
                    parameters=(statement_id, statistic, group),
                    public_table="public_statistic",
                    stratum=(statement_id, statistic, group),
                    groups=f"select center_id, by_group as part, adds from ({every}) "
                    "where statement_id = $1 and statistic = $2",
                )  # fmt: skip
    raise TraceError(
        f'The consensus names no such figure of {statement_id}. mst sql "select distinct statement_id, statistic, '
        'by_group from mart_statistic" lists them.'
    )


def point(curve: Curve, endpoint: str, origin: str, kind: str, stratum: str, day: int) -> Number:
    """A point of a curve: everybody who is counted in it, and what had happened to them by that day."""
    of = "endpoint = ? and origin = ? and stratum_kind = ? and stratum = ?"
    estimate = curve.removeprefix("cumulative_")
    # after the last day anybody was followed a curve is known only if that day left nobody
    known = f"{int(day)} <= max(time_days) over () or n_censored = 0"
    return Number(
        about=f"{endpoint} from {origin}, {kind} {stratum}, day {int(day)}",
        model=f"mart_{curve}",
        value=f"select time_days, n_risk, if({known}, {estimate}, null) as {estimate} "
        f"from mart_{curve} where {of} qualify time_days <= {int(day)} order by time_days desc limit 1",
        audience="steward",
        rows=f"select center_id, case_id, time_days, case when time_days > {int(day)} then 'at risk' "
        "when status = 0 then 'censored' when status = 1 then 'event' else 'competing event' end as adds "
        f"from int_endpoint join int_stratum using (center_id, case_id) where {of}",
        parameters=(endpoint, origin, kind, stratum),
        public_table=f"public_{curve}",
        stratum=(endpoint, origin, kind, stratum),
        groups="select center_id, coalesce(stratum, '') as part, 1 as adds from int_endpoint left join "
        "(select center_id, case_id, stratum from int_stratum where stratum_kind = $3) using (center_id, case_id) "
        "where endpoint = $1 and origin = $2",
    )


def reach(person: Person, center: str | None, about: str) -> str | None:
    """The center whose rows a person may see behind a number, None for all; entered in the audit.

    Who may see one center only is given that one, whatever is asked for. Raises NotAllowedError.
    """
    if not person.may(Right.READ_ROWS_BEHIND, EVERY_CENTER):
        center = person.center_id if center is None else center
        person.require(Right.READ_ROWS_BEHIND, center or EVERY_CENTER)
    person.require(Right.READ_ROWS_BEHIND, center)
    note("read the rows behind a number", center_id=center, detail=about)
    return center


def trace(home: Path, person: Person, number: Number, center: str | None = None) -> Trace:
    """Follow a number of the warehouse that is served. Raises TraceError, NoWarehouseError, NotAllowedError.

    Single cases are shown to those who may see them, and without a center to no one else.
    """
    person.require(Right.READ_RESULTS)
    pointer = home / "warehouse" / POINTER
    folder = served_folder(pointer)
    served = json.loads(pointer.read_text("utf-8"))
    sees_rows = person.may(Right.READ_ROWS_BEHIND) or center is not None
    center = reach(person, center, number.about) if sees_rows else None
    with ExitStack() as stack:
        files = {
            audience: stack.enter_context(open_locked(folder / f"{audience}.duckdb"))
            for audience in ("analyst", "steward")
        }
        value = [
            row for row in _asked(files["analyst"], number.value, number.parameters)
            # of another center a small count would tell the practice of a few
            if None in (person.center_id, of := row.get("center_id")) or of == person.center_id
        ]  # fmt: skip
        if center not in (None, person.center_id) and not _holds(files["steward"], center):
            raise TraceError(f"The release {served['release']} holds no center {center!r}.")
        if not value:
            raise TraceError(f"The release {served['release']} has no number of {number.about}.")
        is_withheld = bool(number.groups) and not _may_compare(
            files[number.audience], person, number
        )
        if is_withheld:
            value = [row for row in value if row.get("center_id") is not None]
        rows = submissions = None
        if sees_rows:
            of_center = "" if center is None else "where center_id = ?"
            rows = _asked(
                files[number.audience],
                f"from ({number.rows}) {of_center} order by all",
                [*number.parameters, *([] if center is None else [center])],
            )
            submissions = _submissions(files["steward"], rows, center)
    manifest = home / "releases" / served["release"] / MANIFEST
    return Trace(
        number, value, served["release"], served["build"], str(served.get("data_cut")),
        sha256(manifest) if manifest.is_file() else None, _published(home, number), rows, submissions,
        is_withheld,
    )  # fmt: skip


def _may_compare(connection: duckdb.DuckDBPyConnection, person: Person, number: Number) -> bool:
    """Whether a number of all centers tells a person of one of them nothing of a few patients elsewhere."""
    if person.center_id is None:
        return True
    *of, group = number.parameters
    others = _asked(
        connection,
        f"select part, count(adds) as others from ({number.groups}) where center_id <> ${len(of) + 1} group by 1",
        [*of, person.center_id],
    )
    return group in told_of({row["part"]: row["others"] for row in others})


def _holds(steward: duckdb.DuckDBPyConnection, center: str | None) -> bool:
    return bool(_asked(steward, "select 1 from stg_patient where center_id = ? limit 1", [center]))


def _asked(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[Any]
) -> list[dict[str, Any]]:
    table: pa.Table = connection.sql(query, params=list(parameters)).to_arrow_table()
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def _submissions(
    steward: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, Any]], center: str | None
) -> list[dict[str, Any]]:
    """What brought the present rows of these cases, on every form: a fact may rest on any of them."""
    cases = sorted({(row["center_id"], row["case_id"]) for row in rows})
    forms = [name for (name,) in steward.execute(
        "select table_name from duckdb_columns() where table_name like 'stg_%' and column_name = 'case_id' "
        "order by 1").fetchall()]  # fmt: skip
    parts = " union all ".join(
        f"select '{form.removeprefix('stg_')}' as form, center_id, case_id, submission_id from {form}"
        for form in forms
    )
    found = _asked(
        steward,
        "select submission_id, center_id, count(distinct case_id) as cases, count(*) as rows, "
        "string_agg(distinct form, ', ' order by form) as forms "
        f"from ({parts}) semi join (select unnest(?) as center_id, unnest(?) as case_id) using (center_id, case_id) "
        "group by all order by submission_id",
        [[c for c, _ in cases], [c for _, c in cases]],
    )
    kept = select(SUBMISSION).where(
        SUBMISSION.c.submission_id.in_([one["submission_id"] for one in found])
    )
    with reader_session(center) as session:
        told = {row.submission_id: row for row in session.execute(kept)}
    return [
        one | {"received_at": told[n].received_at, "form_version": told[n].form_version,
               "file_sha256": told[n].file_sha256}
        for one in found if (n := one["submission_id"]) in told
    ]  # fmt: skip


def _published(home: Path, number: Number) -> str | None:
    """The release that the public sees the number of, None where it sees none."""
    try:
        public = open_served(publication.pointer(home), "public")
    except NoWarehouseError:
        return None
    with public:
        found = public.execute(
            f"select release from {ORIGIN} where public_table = ? and stratum = ?",
            [number.public_table, " | ".join(number.stratum)],
        ).fetchone()
    return str(found[0]) if found else None

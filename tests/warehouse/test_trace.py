"""Every number leads back: to its release, to the rows it is made of, to the submissions those came in."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import typer
from click.testing import CliRunner

from registry import publication
from registry.access.rights import NotAllowedError, Person, Role
from registry.audit.read import Wanted, entries
from registry.cli import app
from registry.forms import FORMS
from registry.schema import SUBMISSION
from registry.store import center_session
from registry.trace import Curve, Trace, TraceError, adherence, figure, point, trace
from registry.warehouse import Build
from tests.warehouse.conftest import Ask

pytestmark = [pytest.mark.usefixtures("empty_database"), pytest.mark.requirement("REL-15")]
STEWARD = Person("stella", Role.STEWARD)
COORDINATOR = Person("cora", Role.COORDINATOR, "K00")
ANALYST = Person("ann", Role.ANALYST)
MST = typer.main.get_command(app)
OS = ("os", "first_course", "all", "all")


@pytest.fixture(autouse=True)
def place(built: Build, home: Path, empty_database: None, tmp_path: Path) -> Path:
    """What is served, and the submission that all rows of the release say they came in."""
    shutil.copytree(built.folder, tmp_path / "warehouse" / built.build_id)
    shutil.copy(home / "warehouse" / "current.json", tmp_path / "warehouse")
    (tmp_path / "releases").mkdir()
    shutil.copytree(home / "releases" / "everything", tmp_path / "releases" / "everything")
    with center_session("K00") as session:
        session.execute(SUBMISSION.insert().values(
            center_id="K00", actor="cora", file_name="f", file_sha256="abc", form_version="1"))  # fmt: skip
    return tmp_path


def counts(found: Trace) -> Counter[Any]:
    assert found.rows is not None
    return Counter(row["adds"] for row in found.rows)


def test_the_rows_of_every_count_of_verdicts_are_as_many(place: Path, analyst: Ask) -> None:
    told = analyst(
        "select recommendation_id, reading, center_id, met, deviated, not_evaluable, not_applicable "
        "from mart_adherence where center_id in ('K00', 'K01') order by hash(recommendation_id || reading || center_id)"
    )
    for recommendation, reading, center, *numbers in told[:5]:
        for verdict, number in zip(
            ("met", "deviated", "not_evaluable", "not_applicable"), numbers, strict=True
        ):
            found = trace(place, STEWARD, adherence(recommendation, reading, verdict), center)  # type: ignore[arg-type]
            assert counts(found) == ({verdict: number} if number else {})
            of = next(row for row in found.value if row["center_id"] == center)
            assert of["subjects"] == number


def test_the_rows_of_figures_add_up(place: Path, analyst: Ask) -> None:
    split = analyst(
        "select statement_id, statistic, by_group, known, events, unknown, median from mart_statistic "
        "where is_all_centers and known > 0 order by by_group = 'all', median is null, statement_id, statistic limit 4"
    ) + analyst(
        "select statement_id, statistic, by_group, known, events, unknown, median from mart_statistic "
        "where is_all_centers and known > 0 and by_group = 'all' order by median is not null, hash(statistic) limit 4"
    )
    assert {row[2] == "all" for row in split} == {row[-1] is None for row in split} == {True, False}
    for statement, statistic, group, known, events, unknown, median in split:
        found = trace(place, STEWARD, figure(statement, statistic, group))
        added = counts(found)
        assert added[None] == unknown
        assert sum(added.values()) == known + unknown
        if median is None:
            assert added[True] == events


def test_the_rows_of_a_point_of_a_curve_are_those_at_risk(place: Path, analyst: Ask) -> None:
    found = trace(place, STEWARD, point("survival", *OS, 365))
    ((day, at_risk, survival),) = analyst(
        "select time_days, n_risk, survival from mart_survival where endpoint = 'os' and origin = 'first_course' "
        "and stratum_kind = 'all' and time_days <= 365 order by time_days desc limit 1"
    )
    assert found.value == [{"time_days": day, "n_risk": at_risk, "survival": survival}]
    assert found.rows is not None
    assert sum(row["time_days"] >= day for row in found.rows) == at_risk
    incidence = trace(
        place, STEWARD, point("cumulative_incidence", "relapse", "remission", "all", "all", 365)
    )
    assert {"event", "competing event"} <= set(counts(incidence))


@pytest.mark.parametrize("curve", ["survival", "cumulative_incidence"])
@pytest.mark.parametrize("is_left", [True, False])
def test_after_the_last_day_only_a_curve_that_left_nobody_is_known(
    place: Path, analyst: Ask, monkeypatch: pytest.MonkeyPatch, curve: Curve, is_left: bool
) -> None:
    estimate = curve.removeprefix("cumulative_")
    ((*of, day, value),) = analyst(
        f"select endpoint, origin, stratum_kind, stratum, time_days, {estimate} from mart_{curve} "
        "qualify row_number() over (partition by endpoint, origin, stratum_kind, stratum order by time_days desc) = 1 "
        f"and (n_censored > 0) = {is_left} order by all limit 1"
    )
    (last,), (later,) = (trace(place, STEWARD, point(curve, *of, d)).value for d in (day, day + 1))
    assert (last[estimate], later[estimate]) == (value, None if is_left else value)
    monkeypatch.setattr("registry.cli.trace.home", lambda: place)
    endpoint, origin, kind, group = of
    told = CliRunner().invoke(MST, ["trace", "curve", curve, endpoint, origin, "--day", "999999",
                                    "--by", kind, "--group", group])  # fmt: skip
    assert (told.exit_code, "Nobody was followed so long." in told.output) == (0, is_left)


@pytest.mark.parametrize("center", ["K99", ""])
def test_a_center_that_is_none_is_refused(place: Path, center: str) -> None:
    with pytest.raises(TraceError, match=f"holds no center '{center}'"):
        trace(place, STEWARD, adherence("MST-2-04", "a", "met"), center)


def test_rows_lead_to_the_submissions_they_came_in(place: Path) -> None:
    found = trace(place, STEWARD, point("survival", *OS, 365), "K00")
    assert found.rows is not None
    assert found.submissions is not None
    (one,) = found.submissions
    assert (one["submission_id"], one["file_sha256"]) == (1, "abc")
    cases = {row["case_id"] for row in found.rows}
    rows = 0
    for form in FORMS:
        path = place / "releases" / "everything" / f"{form}.parquet"
        if path.exists() and "case_id" in (table := pq.read_table(path)).column_names:
            rows += sum(
                pair[0] == "K00" and pair[1] in cases
                for pair in zip(
                    table["center_id"].to_pylist(), table["case_id"].to_pylist(), strict=True
                )
            )
    assert (one["cases"], one["rows"]) == (len(cases), rows)
    assert "patient" in one["forms"]
    assert found.release == "everything"


@pytest.mark.requirement("ACC-08")
def test_who_sees_which_rows(place: Path) -> None:
    number = adherence("MST-2-04", "a", "met")
    own = trace(place, COORDINATOR, number)
    assert own.rows
    assert own.submissions
    assert {row["center_id"] for row in (*own.rows, *own.value, *own.submissions)} == {"K00"}
    last = entries(Wanted(limit=1))[0]
    assert (last.action, last.center_id) == ("read the rows behind a number", "K00")
    assert "MST-2-04" in (last.detail or "")
    for person, center in ((COORDINATOR, "K01"), (ANALYST, "K00")):
        with pytest.raises(NotAllowedError):
            trace(place, person, number, center)
    for person in (ANALYST, Person("aud", Role.AUDITOR)):
        seen = trace(place, person, number)
        assert len(seen.value) > 1
        assert seen.rows is seen.submissions is None
    with pytest.raises(NotAllowedError):
        trace(place, Person("adam", Role.ADMINISTRATOR), number)


def of_others(steward: Ask, kind: str, stratum: str) -> int:
    ((count,),) = steward(
        "select count(*) from int_endpoint inner join int_stratum using (center_id, case_id) where endpoint = 'os' "
        f"and origin = 'first_course' and stratum_kind = '{kind}' and stratum = '{stratum}' and center_id <> 'K00'"
    )
    return int(count)


@pytest.mark.requirement("ACC-08")
def test_one_center_is_told_no_number_that_shows_few_of_others(place: Path, steward: Ask) -> None:
    strata = steward(
        "select distinct stratum_kind, stratum from int_endpoint inner join int_stratum using (center_id, case_id) "
        "where endpoint = 'os' and origin = 'first_course'"
    )
    few = [(kind, stratum) for kind, stratum in strata if of_others(steward, kind, stratum) < 5]
    assert few
    for kind, stratum in few:
        number = point("survival", "os", "first_course", kind, stratum, 365)
        own = trace(place, COORDINATOR, number)
        assert (own.value, own.is_withheld) == ([], True)
        assert own.rows is not None
        assert trace(place, ANALYST, number).value
    whole = trace(place, COORDINATOR, point("survival", *OS, 365))
    assert (len(whole.value), whole.is_withheld) == (1, False)


@pytest.mark.requirement("ACC-08")
def test_one_center_sees_its_own_figure_where_that_of_all_is_withheld(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = figure("MST-1-02", "age_at_diagnosis")
    assert {row["center_id"] for row in trace(place, COORDINATOR, number).value} == {"K00", None}
    monkeypatch.setattr("registry.disclosure.others.MIN_SUBJECTS", 10_000)
    own = trace(place, COORDINATOR, number)
    assert ({row["center_id"] for row in own.value}, own.is_withheld) == ({"K00"}, True)
    assert None in {row["center_id"] for row in trace(place, ANALYST, number).value}


def test_a_published_number_names_the_release_the_public_sees(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MST_HOME", str(place))
    number = adherence("MST-2-04", "a", "met")
    assert trace(place, ANALYST, number).published is None
    (place / "releases" / "everything" / "manifest.json").write_text(
        json.dumps({"created_at": "2026", "consensus_version": "1", "code_version": "1"})
    )
    publication.publish(place, "everything", approver="Ada", at=datetime(2026, 3, 1, tzinfo=UTC))
    found = trace(place, ANALYST, number)
    assert found.published == "everything"
    assert found.manifest_sha256
    assert trace(place, ANALYST, point("survival", *OS, 365)).published == "everything"
    assert trace(place, ANALYST, point("survival", "efs", *OS[1:], 365)).published is None


def test_the_command_tells_all_of_it_and_refuses_what_is_no_number(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.cli.trace.home", lambda: place)
    told = CliRunner().invoke(
        MST, ["trace", "figure", "MST-1-02", "age_at_diagnosis", "--format", "json"]
    )
    found = json.loads(told.stdout)
    assert (found["release"], found["model"]) == ("everything", "mart_statistic")
    assert len(found["rows"]) == sum(
        row["known"] + row["unknown"] for row in found["value"] if row["center_id"] is None
    )
    told = CliRunner().invoke(
        MST, ["trace", "curve", "survival", "os", "first_course", "--day", "30"]
    )
    assert (told.exit_code, "dbt/models/marts/mart_survival.sql" in told.output) == (0, True)
    with pytest.raises(TraceError):
        trace(place, STEWARD, adherence("MST-0-00", "a", "met"))
    told = CliRunner().invoke(MST, ["trace", "figure", "MST-1-02", "no_such"])
    assert (told.exit_code, "names no such figure" in told.output) == (2, True)

"""A trial of 646 patients through the same door, every number that R computes of it held against ours."""

from __future__ import annotations

import csv
import runpy
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from registry import release, warehouse
from registry.analysis import Answer, Method, Question, answer, everyone
from registry.duck import POINTER, open_served
from registry.home import home
from registry.intake.submit import submit
from registry.statistics.kaplan_meier import Survival

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "myeloid"
QUESTIONS = {
    "os diagnosis by sex": Question("os", "diagnosis", "sex"),
    "lfs remission by sex": Question("lfs", "remission", "sex"),
    "relapse remission by sex": Question("relapse", "remission", "sex"),
    "nrm remission by sex": Question("nrm", "remission", "sex"),
    "os diagnosis by transplant as it comes": Question(
        "os", "diagnosis", "allo_done", Method.TIME_DEPENDENT
    ),
    "os diagnosis by transplant by day 180": Question(
        "os", "diagnosis", "allo_done", Method.LANDMARK, 180
    ),
}

pytestmark = pytest.mark.long


@pytest.fixture
def analyst(empty_database: None, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Both arms submitted, released and built."""
    script = runpy.run_path(str(EXAMPLE / "make_submission.py"))
    for path in script["write_submissions"](tmp_path):
        receipt = submit(path, path.stem, actor="test")
        assert (receipt.held, receipt.status) == (0, "accepted"), receipt.findings[:3]
        asked = {f.rule for f in receipt.findings if f.severity != "inform"}
        assert asked == {"patient-consent-documented"}  # the trial's file does not say
    release.create("myeloid")
    warehouse.build(release.folder("myeloid"), home(), progress=lambda _: None)
    with open_served(home() / "warehouse" / POINTER, "analyst") as connection:
        yield connection


def of_r() -> dict[tuple[str, str], dict[str, float | None]]:
    """Names and numbers by what they are of, and the day of those on a curve; None of what is not reached."""
    found: dict[tuple[str, str], dict[str, float | None]] = defaultdict(dict)
    with (EXAMPLE / "results.csv").open(newline="") as file:
        for line in csv.DictReader(file):
            of = found[line["what"], line["day"]]
            of[line["name"]] = float(line["value"]) if line["value"] else None
    return found


def ours(
    analyst: duckdb.DuckDBPyConnection, what: str, day: str, names: list[str]
) -> dict[str, float | None]:
    if what in QUESTIONS:
        return of_question(answer(analyst, QUESTIONS[what]))
    endpoint, origin, *_ = what.split()
    if not day:
        curve = everyone(analyst, endpoint, origin).curve
        assert isinstance(curve, Survival)
        return {"days": curve.median().days, "lower": curve.median().lower}
    mart = "mart_cumulative_incidence" if endpoint in ("relapse", "nrm") else "mart_survival"
    of = f"from {mart} where endpoint = ? and origin = ? and stratum_kind = 'all' and time_days"
    given = [endpoint, origin, int(day)]
    steps = [name for name in names if name != "n_risk"]
    found = analyst.execute(
        f"select {', '.join(steps)} {of} <= ? order by time_days desc limit 1", given
    ).fetchone()
    at_risk = analyst.execute(
        f"select n_risk {of} >= ? order by time_days limit 1", given
    ).fetchone()
    assert found is not None
    assert at_risk is not None
    return {**dict(zip(steps, found, strict=True)), "n_risk": at_risk[0]}


def of_question(found: Answer) -> dict[str, float | None]:
    assert found.model is not None
    (term,) = found.model.terms
    chi_square = None if found.test is None else found.test.chi_square
    return {"chi_square": chi_square, "coefficient": term.coefficient, "std_error": term.std_error}


def test_every_number_agrees_with_r(analyst: duckdb.DuckDBPyConnection) -> None:
    compared = 0
    for (what, day), expected in of_r().items():
        found = ours(analyst, what, day, list(expected))
        for name, value in expected.items():
            near = {"rel": 1e-4} if name == "chi_square" else {"abs": 1e-6}
            reached = value if value is None else pytest.approx(value, **near)
            assert found[name] == reached, (what, day, name)
            compared += 1
    assert compared == 143

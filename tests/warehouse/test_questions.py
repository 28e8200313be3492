"""Questions asked of a warehouse file that dbt built, held against R where R has the answer."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from dashboards import endpoint_words as words
from registry.analysis import COVARIATES, Method, Question, answer
from registry.analysis.answer import everyone
from registry.analysis.covariates import COMPETING, ENDPOINTS
from registry.duck import open_locked
from registry.warehouse import Build
from tests.warehouse.test_against_r import GROUPS, close, lines


@pytest.fixture(scope="module")
def served(built: Build) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_locked(built.analyst) as connection:
        yield connection


@pytest.mark.parametrize("endpoint", ["os", "lfs"])
def test_curves_by_group_are_those_of_r(served: duckdb.DuckDBPyConnection, endpoint: str) -> None:
    found = answer(served, Question(endpoint, "allo_transplant", "diagnosis"))
    curves = {group.name: group.curve for group in found.groups}
    expected = [
        line for line in lines("r_km.csv")
        if line["endpoint"] == endpoint.upper() and line["strata"] != "all"
    ]  # fmt: skip
    assert len(expected) == 15
    for line in expected:
        curve = curves[GROUPS[line["strata"][-1]]]
        assert curve is not None
        at = curve.at(float(line["time"]))
        assert (at.share, at.lower, at.upper) == (
            close(line["surv"]), close(line["lower"]), close(line["upper"]),
        )  # fmt: skip


def test_incidence_by_group_is_that_of_r(served: duckdb.DuckDBPyConnection) -> None:
    found = answer(served, Question("relapse", "allo_transplant", "diagnosis"))
    curves = {group.name: group.curve for group in found.groups}
    for line in lines("r_cuminc.csv"):
        group, cause = line["curve"].split()
        if cause == "1":
            curve = curves[GROUPS[group]]
            assert curve is not None
            assert curve.at(float(line["time"])).share == close(line["est"])


def test_what_competes_in_the_file_competes_in_the_answers(
    served: duckdb.DuckDBPyConnection,
) -> None:
    found = served.execute(
        "select endpoint, bool_or(status = 2) from fct_endpoint group by all"
    ).fetchall()
    competing = {endpoint for endpoint, competes in found if competes}
    assert competing & ENDPOINTS <= COMPETING
    assert competing <= ENDPOINTS, "whatever competes can be asked"


@pytest.mark.parametrize("endpoint", sorted(ENDPOINTS))
def test_every_endpoint_can_be_asked_and_has_words(
    served: duckdb.DuckDBPyConnection, endpoint: str
) -> None:
    origins = served.execute(
        "select distinct origin from fct_endpoint where endpoint = ?", [endpoint]
    ).fetchall()
    assert origins
    for (origin,) in origins:
        (size,) = served.execute(
            "select count(*) from fct_endpoint where endpoint = ? and origin = ?",
            [endpoint, origin],
        ).fetchone() or (0,)
        assert everyone(served, endpoint, origin).patients == size
        found = answer(served, Question(endpoint, origin, "sex"))
        assert sum(group.patients for group in found.groups) + found.left_out.not_known == size
        assert words.title(endpoint, origin)
        if endpoint in COMPETING:
            assert words.stack_words(endpoint)


@pytest.mark.parametrize("name", [n for n, c in COVARIATES.items() if c.exposure])
def test_every_exposure_can_be_asked(served: duckdb.DuckDBPyConnection, name: str) -> None:
    cut = (1,) if COVARIATES[name].is_count else ()
    running = answer(served, Question("os", "diagnosis", name, Method.TIME_DEPENDENT, at_least=cut))
    by_day = answer(served, Question("os", "diagnosis", name, Method.LANDMARK, 100, cut))
    (everybody,) = served.execute(
        "select count(*) from fct_endpoint where endpoint = 'os' and origin = 'diagnosis'"
    ).fetchone() or (0,)
    out = by_day.left_out
    assert everybody == out.not_known + out.before_event + out.before_competing + out.before_censored + sum(
        group.patients for group in by_day.groups
    )  # fmt: skip
    assert running.left_out.not_known == out.not_known


def test_every_covariate_is_a_column(served: duckdb.DuckDBPyConnection) -> None:
    columns = {name for name, *_ in served.execute("describe dim_patient").fetchall()}
    assert set(COVARIATES) <= columns


@pytest.mark.parametrize("exposure", ["mst_courses", "mst_consolidations"])
def test_counts_end_as_the_patient_says(served: duckdb.DuckDBPyConnection, exposure: str) -> None:
    """The last value of a history is the count of dim_patient."""
    patients, other = served.execute(
        f"select count(*), count(*) filter (where last <> n_{exposure}) from (select center_id, case_id, "
        "max(value) as last from fct_exposure where exposure = ? group by all) "
        "inner join dim_patient using (center_id, case_id)",
        [exposure],
    ).fetchone() or (0, 0)
    assert patients > 100
    assert other == 0

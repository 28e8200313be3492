"""The public file holds what the policy can produce and nothing else."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pytest
from pydantic import ValidationError

from dashboards.charts import incidence_stack, survival_curves
from registry.disclosure import (
    DisclosureError,
    Fate,
    Policy,
    Published,
    attack,
    lay_over,
    policy,
    public_count,
    verify_public,
)
from registry.disclosure.verify import allowed_values
from registry.warehouse import Build
from registry.warehouse.runner import PROJECT
from tests.warehouse.conftest import Ask

TABLES = [
    "public_adherence",
    "public_cohort",
    "public_cumulative_incidence",
    "public_release",
    "public_response",
    "public_statistic",
    "public_survival",
]


@pytest.mark.requirement("SDC-12")
def test_only_public_tables_are_there(public: Ask) -> None:
    assert [
        name for (name,) in public("select table_name from duckdb_tables() order by 1")
    ] == TABLES


def test_the_data_are_of_when_the_release_was_made(public: Ask) -> None:
    assert public("select release, data_cut from public_release") == [("everything", "2026-11-23")]


# what two public dimensions are crossed by is told by a stratum and its kind
DIMENSIONS = {
    "public_adherence": {"recommendation_id", "subject", "reading", "is_default"},
    "public_cohort": {"characteristic", "level"},
    "public_cumulative_incidence": {"endpoint", "origin", "stratum_kind", "stratum", "time_days"},
    "public_response": {"stratum_kind", "stratum"},
    "public_statistic": {"statement_id", "statistic", "by_group"},
    "public_survival": {"endpoint", "origin", "stratum_kind", "stratum", "time_days"},
}


@pytest.mark.requirement("SDC-04", "DEID-12")
def test_public_strata_are_of_one_characteristic_and_of_no_center_or_year(
    public: Ask, analyst: Ask
) -> None:
    centers = {center for (center,) in analyst("select distinct center_id from dim_patient")}
    assert centers
    for table, dimensions in DIMENSIONS.items():
        columns = public(
            f"select column_name, data_type from duckdb_columns() where table_name = '{table}'"
        )
        # whatever else there is counts, or follows from counts
        numbers = {name for name, kind in columns if kind in ("BIGINT", "INTEGER", "DOUBLE")}
        assert {name for name, _ in columns} - numbers == dimensions - {"time_days"}
        texts = [name for name, kind in columns if kind == "VARCHAR"]
        for text in texts:
            told = {value for (value,) in public(f"select distinct {text} from {table}")}
            assert not told & centers
            assert not any(
                re.search(r"\b20[0-9]{2}\b", str(v)) for v in told if "ELN" not in str(v)
            )
    kinds = {kind for (kind,) in public("select distinct stratum_kind from public_survival")}
    assert kinds <= {"all", "age_group", "diagnosis", "risk_two_group"}


def test_the_public_file_passes(built: Build, tmp_path: Path) -> None:
    verify_public(Path(shutil.copy(built.public, tmp_path)))


@pytest.mark.parametrize(
    ("planted", "place"),
    [
        ("update public_cohort set patients = 7", "public_cohort.patients"),
        ("update public_adherence set met = 22", "public_adherence.met"),
        ("update public_response set n_cr = 10", "public_response.n_cr"),
        ("update public_survival set time_days = 31", "public_survival.time_days"),
        ("update public_survival set n_risk = 12", "public_survival.n_risk"),
        ("update public_survival set cumulative_events = 5", "public_survival.cumulative_events"),
        ("update public_response set cr_percent = 101", "public_response.cr_percent"),
        ("update public_survival set survival = 1.5", "public_survival.survival"),
        ("update public_statistic set events = 4", "public_statistic.events"),
        ("update public_statistic set unknown = 12", "public_statistic.unknown"),
        ("update public_statistic set known = 14", "public_statistic.known"),
        ("update public_statistic set median = 12.5", "public_statistic.median"),
        ("alter table public_cohort add column deaths bigint", "public_cohort.deaths"),
        ("alter table public_cohort add column center_id varchar", "public_cohort.center_id"),
        ("create table fct_verdict (case_word varchar)", "fct_verdict"),
        ("create view public_more as select 1 as time_days", "public_more is a view"),
    ],
)
def test_what_the_policy_cannot_produce_is_refused(
    built: Build, tmp_path: Path, planted: str, place: str
) -> None:
    copy = Path(shutil.copy(built.public, tmp_path))
    with duckdb.connect(str(copy)) as connection:
        connection.execute(planted)
    with pytest.raises(DisclosureError, match=place):
        verify_public(copy)


@pytest.mark.requirement("SDC-01")
def test_counts_are_those_of_the_registry_hidden_or_rounded(public: Ask, analyst: Ask) -> None:
    published = dict(
        public("select level, patients from public_cohort where characteristic = 'age_group'")
    )
    true = dict(
        analyst("select coalesce(age_group, 'not known'), count(*) from dim_patient group by 1")
    )
    assert {level: public_count(n) for level, n in true.items()} == published
    assert any(n is not None and n > 0 for n in published.values())


@pytest.mark.requirement("SDC-02")
def test_percents_come_from_the_rounded_cells(public: Ask) -> None:
    rows = public("select n_started, n_cr, cr_percent from public_response")
    assert any(percent is not None for _, _, percent in rows)
    for started, cr, percent in rows:
        hidden = started is None or cr is None or started == 0
        assert (
            (percent is None) if hidden else percent == pytest.approx(100 * cr / started, abs=0.51)
        )


def test_few_patients_hide_many_infusions(public: Ask) -> None:
    """A count of infusions above the threshold may stand for a handful of patients."""
    sql = macro("public_count", "15", "3")
    assert duckdb.connect().execute(f"select {sql}").fetchone() == (None,)


def test_a_total_is_hidden_with_any_of_its_parts(public: Ask) -> None:
    for total, *parts in public(
        "select subjects, met, deviated, not_evaluable, not_applicable from public_adherence"
    ):
        assert total == (None if None in parts else sum(parts))


@pytest.mark.requirement("SDC-09")
def test_curves_stand_on_the_grid_and_stop_in_time(public: Ask) -> None:
    rows = public("select time_days, n_risk from public_survival")
    assert rows
    assert all(day % 30 == 0 and at_risk >= 13 for day, at_risk in rows)


@pytest.mark.requirement("SDC-09")
def test_small_strata_are_not_drawn(public: Ask, analyst: Ask) -> None:
    drawn = set(public("select distinct endpoint, stratum_kind, stratum from public_survival"))
    sizes = analyst(
        "select endpoint, stratum_kind, stratum, max(n_risk), sum(n_event) from mart_survival "
        "where (endpoint, origin) in (('os', 'first_course'), ('lfs', 'remission')) group by all"
    )
    assert drawn == {tuple(row[:3]) for row in sizes if row[3] >= 50 and row[4] > 12}
    assert len(drawn) < len(sizes)


def test_the_public_curve_follows_the_true_one(public: Ask, analyst: Ask) -> None:
    """Rounding costs accuracy; at 200 patients OpenSAFELY's way stays within 0.1 of the truth."""
    where = "where endpoint = 'os' and origin = 'first_course' and stratum_kind = 'all'"
    steps = analyst(f"select time_days, survival from mart_survival {where} order by time_days")
    for day, survival in public(f"select time_days, survival from public_survival {where}"):
        true = [value for time, value in steps if time <= day][-1]
        assert survival == pytest.approx(true, abs=0.1)


def macro(name: str, *arguments: str) -> str:
    """A macro of disclosure.sql as dbt would render it."""
    # dbt's policy is a mapping; jinja reads its keys as attributes
    source = (PROJECT / "macros" / "disclosure.sql").read_text()
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    variables = {"disclosure": policy().as_vars()}
    module = environment.from_string(source, globals={"var": variables.__getitem__}).module
    return str(getattr(module, name)(*arguments))


def published_response(started: int, evaluable: int, cr: int, remission: int) -> tuple[object, ...]:
    """What the model would publish of one stratum."""
    source = "".join(
        (PROJECT / file).read_text()
        for file in ("macros/disclosure.sql", "models/public/public_response.sql")
    )
    variables = {"disclosure": policy().as_vars()}
    names = {"var": variables.__getitem__, "ref": str}
    sql = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(source).render(names)
    with duckdb.connect() as connection:
        connection.execute(
            "create table mart_response as select 'all' as stratum_kind, 'all' as stratum, "
            f"{started} as n_started, {evaluable} as n_evaluable, {cr} as n_cr, {remission} as n_cr_crh_cri"
        )
        found = connection.execute(sql).fetchone()
    assert found is not None
    return found[2:6]


@pytest.mark.requirement("SDC-03")
@pytest.mark.parametrize(
    ("counts", "published"),
    [
        ((36, 36, 20, 34), (35, None, 20, None)),  # two are not in remission
        ((60, 58, 44, 46), (60, None, None, 45)),  # two not evaluable, two with CRh or CRi
        ((80, 66, 29, 46), (80, 65, 30, 45)),
        ((80, 66, 46, 46), (80, 65, 45, 45)),
        ((60, 45, 0, 0), (60, 45, 0, 0)),
        ((60, 60, 60, 60), (60, None, None, None)),
        ((9, 9, 4, 6), (None, None, None, None)),
    ],
)
def test_a_response_that_leaves_few_over_is_hidden(
    counts: tuple[int, int, int, int], published: tuple[int | None, ...]
) -> None:
    assert published_response(*counts) == published


def test_the_macro_rounds_as_the_policy_does() -> None:
    sql = macro("public_count", "n")
    counted = duckdb.connect().execute(f"select n, {sql} from range(10001) as t (n)").fetchall()
    assert all(found == public_count(n) for n, found in counted)
    published = {found for _, found in counted if found}
    assert min(published) == 15
    # every published value but the last, whose bin is cut, stands for five counts
    assert all(sum(f == v for _, f in counted) == 5 for v in sorted(published)[:40])


def test_the_midpoint_macro_keeps_zero_and_centers_the_bin() -> None:
    sql = macro("public_cumulative", "n")
    found = [
        v for (v,) in duckdb.connect().execute(f"select {sql} from range(14) as t (n)").fetchall()
    ]
    assert found == [0, 3, 3, 3, 3, 3, 3, 9, 9, 9, 9, 9, 9, 15]


@pytest.mark.requirement("SDC-01")
@pytest.mark.parametrize("threshold", [5, 10, 11, 13])
def test_a_threshold_inside_a_bin_is_refused(threshold: int) -> None:
    with pytest.raises(ValueError, match="top of a rounding bin"):
        Policy.model_validate({**policy().model_dump(), "threshold": threshold})


@pytest.mark.parametrize("threshold", [7, 12])
def test_a_threshold_at_the_top_of_a_bin_is_taken(threshold: int) -> None:
    taken = Policy.model_validate({**policy().model_dump(), "threshold": threshold})
    assert public_count(threshold, taken) is None
    assert public_count(threshold + 1, taken) == threshold + 3


def test_the_policy_cannot_be_changed_and_knows_no_other_key() -> None:
    with pytest.raises(ValidationError):
        policy().threshold = 7  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Policy.model_validate({**policy().model_dump(), "round_up": True})


@pytest.mark.parametrize(
    ("value", "patients", "published"),
    [
        ("12.4", 50, 12.0),
        ("12.5", 50, 13.0),
        ("347.0", 50, 350.0),
        ("0.0234", 50, 0.023),
        ("-8.46", 50, -8.5),
        ("0.0", 50, 0.0),
        ("12.4", 49, None),
        ("cast(null as double)", 50, None),
    ],
)
def test_quartiles_have_two_digits_and_need_patients(
    value: str, patients: int, published: float | None
) -> None:
    sql = macro("public_quartile", value, str(patients))
    with duckdb.connect() as connection:
        connection.execute(f"create table published as select {sql} as median")
        assert connection.execute("select * from published").fetchone() == (
            pytest.approx(published),
        )
        allowed = allowed_values("median", policy())
        asked = f"select median is null or ({allowed}) from published"
        passed = connection.execute(asked).fetchone()
    assert passed == (True,)


@pytest.mark.requirement("SDC-08")
@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [("12", "12", None), ("0", "12", None), ("0", "0", 0), ("0", "30", None), ("0", "40", 0), ("40", "40", 40),
     ("20", "30", 20)],
)  # fmt: skip
def test_what_all_or_none_of_a_small_group_had_is_hidden(
    part: str, whole: str, shown: int | None
) -> None:
    sql = macro("public_part", part, whole)
    assert duckdb.connect().execute(f"select {sql}").fetchone() == (shown,)


@pytest.mark.requirement("SDC-03")
def test_the_public_file_of_a_release_gives_no_cell_away(built: Build, tmp_path: Path) -> None:
    made = Published(tmp_path / "public.duckdb", tmp_path / "contributions.duckdb")
    assert set(lay_over("everything", built.public, built.steward, None, made)) == {Fate.REFRESHED}
    verify_public(made.public)
    # What is left beside the others of its row, of a sum that other rows pin down: gone with what it stands in.
    found = attack([made.public])
    assert 0 < len({family for _, family in found.values()}) < 15
    kept = Published(tmp_path / "kept.duckdb", tmp_path / "kept_contributions.duckdb")
    lay_over("everything", built.public, built.steward, None, kept, keep_back=set(found.values()))
    assert attack([kept.public]) == {}


@pytest.mark.requirement("SDC-05")
def test_the_same_release_again_publishes_the_same(built: Build, tmp_path: Path) -> None:
    first, second = (
        Published(tmp_path / f"p{n}.duckdb", tmp_path / f"c{n}.duckdb") for n in (1, 2)
    )
    lay_over("one", built.public, built.steward, None, first)
    assert set(lay_over("two", built.public, built.steward, first, second)) == {Fate.CARRIED}
    for table in (*policy().strata, "public_origin"):
        assert rows(first.public, table) == rows(second.public, table)


def rows(file: Path, table: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(f"from {table} order by all").fetchall()


@pytest.mark.requirement("SDC-05")
def test_every_stratum_of_patients_has_contributions(built: Build, steward: Ask) -> None:
    """Those without are of nobody; a figure that nobody adds to is told as zero."""
    known = set(steward("select public_table, stratum from int_contribution"))
    for table in policy().strata:
        with duckdb.connect(str(built.public), read_only=True) as connection:
            named = [column for (column,) in connection.execute(
                "select column_name from duckdb_columns() where table_name = ? and column_name in "
                "('patients', 'n_started', 'met', 'known', 'unknown', 'n_risk')", [table]).fetchall()]  # fmt: skip
            told = connection.execute(
                f"select distinct '{table}', {policy().stratum(table)} from {table} "
                f"where not ({' and '.join(f'{column} is not distinct from 0' for column in named)})"
            ).fetchall()
        assert told, table
        assert set(told) <= known


def test_nothing_that_a_build_would_show_is_lost(built: Build, tmp_path: Path) -> None:
    made = Published(tmp_path / "public.duckdb", tmp_path / "contributions.duckdb")
    lay_over("everything", built.public, built.steward, None, made)
    for table in TABLES:
        assert rows(made.public, table) == rows(built.public, table)


def drawn(chart: Any) -> Iterator[tuple[str, float]]:
    """Name and value of each number a chart hands to the browser."""
    told = chart.to_dict()
    words = json.dumps({key: value for key, value in told.items() if key != "datasets"})
    assert not re.search(r'"(point|circle|square|tick|boxplot|tooltip)"', words)
    for row in (row for rows in told["datasets"].values() for row in rows):
        for name, value in row.items():
            if name != "time" and value is not None and str(value).replace(".", "").isdigit():
                yield name, float(value)


@pytest.mark.requirement("SDC-07", "SDC-11")
def test_a_chart_holds_the_published_numbers_and_no_point_of_a_patient(built: Build) -> None:
    with duckdb.connect(str(built.public), read_only=True) as connection:
        curve = connection.execute(
            "from public_survival where endpoint = 'os' and stratum_kind = 'age_group'"
        ).df()
    published = {float(v) for column in curve.select_dtypes("number") for v in curve[column]}
    numbers = [each for chart in survival_curves(curve, beyond="<13") for each in drawn(chart)]
    assert len(numbers) > 100
    assert {value for _, value in numbers} <= published


@pytest.mark.requirement("SDC-07", "SDC-11")
def test_a_stack_holds_the_published_numbers_and_their_sums(built: Build) -> None:
    with duckdb.connect(str(built.public), read_only=True) as connection:
        curve = connection.execute(
            """
            select relapse.stratum, time_days, relapse.n_risk, relapse.incidence, nrm.incidence as competing
            from public_cumulative_incidence as relapse
            inner join public_cumulative_incidence as nrm using (origin, stratum_kind, stratum, time_days)
            where relapse.endpoint = 'relapse' and nrm.endpoint = 'nrm' and stratum_kind = 'all'
                and origin = 'remission'
            order by time_days
            """
        ).df()
    published = {float(v) for column in curve.select_dtypes("number") for v in curve[column]}
    known = {"zero": {0.0}, "one": {1.0}, "both": set(curve["incidence"] + curve["competing"])}
    words = ("relapse", "death", "neither")
    numbers = [each for c in incidence_stack(curve, words, beyond="<13") for each in drawn(c)]
    assert len(numbers) > 100
    for name, value in numbers:
        assert value in known.get(name, published), name

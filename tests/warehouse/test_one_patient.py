"""One patient who comes, goes or is corrected moves no public number: through every model, and over what is published."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from registry.disclosure import Fate, Published, lay_over, policy, verify_public
from registry.forms import FORMS
from registry.forms.arrow import raw_table
from registry.warehouse import consensus_vars
from registry.warehouse.runner import Warehouse, project_variables, run_dbt
from tests.cases import Rows
from tests.conftest import share_cache
from tests.warehouse.material import cohort, tables, together

PATIENTS = 90


class Bench:
    """Every model of the warehouse as dbt compiles it, run on the rows of one registry after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        nowhere = Warehouse(folder / "compile")
        nowhere.folder.mkdir()
        results = run_dbt(
            ["compile", "--no-introspect", "--select", "+path:models/public", "+int_contribution"], warehouse=nowhere,
            variables=project_variables(consensus_vars(), {"release": "r"}), scratch=folder,
            cache=share_cache(folder) / "cache",
        )  # fmt: skip
        self.models = [r.node for r in results if r.node.resource_type == "model"]
        self.published: Published | None = None

    def build(self, number: int, cases: list[Rows]) -> Warehouse:
        made = Warehouse(self.folder / str(number))
        made.folder.mkdir()
        rows = tables(together(cases))
        with duckdb.connect(config={"threads": 2}) as connection:
            for file in made.files():
                connection.execute(f"attach '{file}' as {file.stem}")
            # of so few rows a plan costs more than its run
            connection.execute("use steward; create schema raw; pragma disable_optimizer")
            for name, form in FORMS.items():
                connection.register("arriving", rows.get(name, raw_table(form, [])))
                connection.execute(f"create table raw.{name} as from arriving")
            for model in self.models:
                connection.execute(f"create table {model.relation_name} as {model.compiled_code}")
        return made

    def publish(self, number: int, cases: list[Rows]) -> tuple[set[Fate], Published]:
        made = self.build(number, cases)
        verify_public(made.public)
        published = Published(made.folder / "p.duckdb", made.folder / "c.duckdb")
        fates = lay_over(f"r{number}", made.public, made.steward, self.published, published)
        return set(fates), published


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """All cases but the last are published."""
    made = Bench(tmp_path_factory.mktemp("one-patient"))
    fates, made.published = made.publish(0, list(cohort(PATIENTS))[:-1])
    assert fates == {Fate.REFRESHED}
    return made


def changes(seed: int) -> Iterator[list[Rows]]:
    """The registry with one patient more, one less, or one of whom something else is told."""
    *cases, another = cohort(PATIENTS)
    draw = random.Random(seed)
    while True:
        place = draw.randrange(len(cases))
        yield cases[:place] + cases[place + 1 :]
        yield [*cases, another]
        corrected = copy.deepcopy(cases)
        case = corrected[draw.randrange(len(cases))]
        case["patient"][0] |= {"age_at_diagnosis_years": draw.randint(55, 88), "sex": draw.choice(["female", "male"])}  # fmt: skip
        case["followup"][0] |= {"last_contact_day": draw.randint(400, 2000), "status": draw.choice(["alive", "dead"])}  # fmt: skip
        yield corrected
        another = copy.deepcopy(cases[draw.randrange(len(cases))])
        for rows in another.values():
            for row in rows:
                row["case_id"] = "K999"


def told(published: Published) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(published.public), read_only=True) as connection:
        return {
            table: connection.execute(f"from {table} order by all").fetchall()
            for table in (*policy().strata, "public_origin")
        }


@pytest.mark.requirement("SDC-05", "SDC-06")
@pytest.mark.parametrize(
    "count", [pytest.param(1, id="1"), pytest.param(200, id="200", marks=pytest.mark.long)]
)
def test_one_patient_moves_no_public_number(bench: Bench, count: int) -> None:
    assert bench.published is not None
    before = told(bench.published)
    assert sum(map(len, before.values())) > 300
    for number, cases in zip(range(count), changes(count), strict=False):
        fates, published = bench.publish(1000 * count + number, cases)
        # with neither, `publication.publish` refuses and the file stays as it is
        assert not fates & {Fate.REFRESHED, Fate.ENDED}
        assert told(published) == before


@pytest.mark.long
@pytest.mark.requirement("SDC-05")
def test_thirteen_patients_more_do(bench: Bench) -> None:
    cases = list(cohort(PATIENTS + 20))
    fates, _ = bench.publish(1, cases)
    assert Fate.REFRESHED in fates


@pytest.mark.requirement("SDC-07")
def test_one_extreme_patient_moves_no_quartile_by_more_than_a_step(bench: Bench) -> None:
    """As if all were told anew: an age and a follow-up that nobody else has."""
    cases = list(cohort(PATIENTS))[:-1]
    cases[3]["patient"][0]["age_at_diagnosis_years"] = 119
    cases[3]["followup"][0]["last_contact_day"] = 20_000
    changed = bench.build(2, cases)
    query = "select statement_id, statistic, by_group, lower_quartile, median, upper_quartile from public_statistic"
    known = {}
    for file in (bench.folder / "0" / "public.duckdb", changed.public):
        with duckdb.connect(str(file), read_only=True) as connection:
            rows = connection.execute(query).fetchall()
            known[file] = {row[:3]: row[3:] for row in rows if row[4] is not None}
    before, after = known.values()
    assert len(before) > 2
    for figure, quartiles in before.items():
        for old, new in zip(quartiles, after[figure], strict=True):
            step = 10 ** (len(str(int(max(abs(old), 1)))) - policy().quartiles.digits)
            assert abs(old - new) <= step + 1e-9

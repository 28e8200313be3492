"""The attacker finds what a weaker rule would give away, and nothing in what ours publishes."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pytest

from registry.disclosure import attack, policy, public_count
from registry.disclosure.attack import Cell, System, narrow, said

ROWS, COLUMNS = 12, 5
Table = list[list[int]]


def tables(count: int, seed: int = 1) -> list[Table]:
    """Centers by outcome: many small cells, a few large ones."""
    draw = random.Random(seed)
    return [
        [[int(draw.expovariate(1 / draw.choice([4, 15, 40]))) for _ in range(COLUMNS)]
         for _ in range(ROWS)]
        for _ in range(count)
    ]  # fmt: skip


def system(table: Table) -> System:
    """What our rule publishes of it."""
    return System({
        f"{i},{j}": said(public_count(n)) for i, row in enumerate(table) for j, n in enumerate(row)
    })  # fmt: skip


def with_total(made: System, name: str, parts: list[str], total: int) -> None:
    made.cells[name] = Cell(total, total)
    made.equal(name, parts)


def hidden(table: Table) -> int:
    return sum(0 < n <= policy().threshold for row in table for n in row)


@pytest.mark.requirement("SDC-03")
@pytest.mark.parametrize(
    "count", [pytest.param(10, id="10"), pytest.param(200, id="200", marks=pytest.mark.long)]
)
def test_no_hidden_cell_of_a_table_is_found_even_with_its_exact_grand_total(count: int) -> None:
    sought = 0
    for table in tables(count):
        made = system(table)
        assert narrow(made.ranges()) == []
        with_total(made, "all", list(made.cells), sum(map(sum, table)))
        assert narrow(made.ranges()) == []
        sought += hidden(table)
    assert sought > 15 * count


@pytest.mark.requirement("SDC-03")
def test_exact_margins_open_a_table_whose_cells_are_only_hidden() -> None:
    """The control: small cells hidden, the others and all margins exact, as is often done."""
    found = sought = 0
    for table in tables(20):
        made = System({
            f"{i},{j}": Cell(1, 12, hidden=True) if 0 < n <= 12 else Cell(n, n)
            for i, row in enumerate(table) for j, n in enumerate(row)
        })  # fmt: skip
        for i, row in enumerate(table):
            with_total(made, f"row {i}", [f"{i},{j}" for j in range(COLUMNS)], sum(row))
        for j in range(COLUMNS):
            with_total(made, f"column {j}", [f"{i},{j}" for i in range(ROWS)],
                       sum(row[j] for row in table))  # fmt: skip
        ranges = made.ranges()
        for name, (low, high) in ranges.items():
            i, j = map(int, name.split(","))
            assert low - 1e-6 <= table[i][j] <= high + 1e-6
            found += high - low < 1e-6
        sought += len(ranges)
    assert found > sought / 20


@pytest.mark.requirement("SDC-03")
def test_a_row_total_known_from_elsewhere_is_noticed() -> None:
    made = System({"a": said(None), "b": said(20), "c": said(35)})
    assert narrow(made.ranges()) == []
    with_total(made, "row", ["a", "b", "c"], 53)  # b and c are at least 18 and 33
    assert made.ranges()["a"] == pytest.approx((1, 2))
    assert narrow(made.ranges()) == ["a"]


def test_tables_that_contradict_each_other_are_refused() -> None:
    made = System({"a": said(None), "b": said(20)})
    with_total(made, "row", ["a", "b"], 90)
    with pytest.raises(ValueError, match="no counts agree"):
        made.ranges()


def public_file(path: Path, counts: dict[str, dict[str, int]]) -> Path:
    """A public file of a release with these patients by characteristic and level, and nothing else."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table public_cohort (characteristic text, level text, patients bigint)"
        )
        connection.execute(
            "create table public_adherence (recommendation_id text, subject text, reading text, "
            "met bigint, deviated bigint, not_evaluable bigint, not_applicable bigint)"
        )
        connection.execute(
            "create table public_response (stratum_kind text, stratum text, n_started bigint, "
            "n_evaluable bigint, n_cr bigint, n_cr_crh_cri bigint)"
        )
        connection.execute(
            "create table public_origin (public_table text, stratum text, release text)"
        )
        for characteristic, levels in counts.items():
            for level, n in levels.items():
                connection.execute(
                    "insert into public_origin values ('public_cohort', ?, ?)",
                    [f"{characteristic} | {level}", path.stem],
                )
                connection.execute(
                    "insert into public_cohort values (?, ?, ?)",
                    [characteristic, level, public_count(n)],
                )
    return path


def test_a_registry_that_grows_tells_nothing_of_the_release_before(tmp_path: Path) -> None:
    draw = random.Random(3)
    sizes = {"age": {"60-74": 40, "75+": 9, "not known": 3}, "sex": {"female": 24, "male": 28}}
    files = []
    for number in range(6):
        files.append(public_file(tmp_path / f"{number}.duckdb", sizes))
        for _ in range(draw.randint(13, 30)):
            for levels in sizes.values():
                levels[draw.choice(list(levels))] += 1
    assert attack(files) == []


def test_a_release_that_would_give_a_cell_away_is_named(tmp_path: Path) -> None:
    """Two characteristics of the same patients: exact zeros and a total that leaves one value."""
    path = public_file(
        tmp_path / "public.duckdb",
        {"age": {"60-74": 0, "75+": 15}},
    )
    with duckdb.connect(str(path)) as connection:
        connection.execute("update public_cohort set patients = 0 where level = '75+'")
        connection.execute("insert into public_cohort values ('age', 'not known', null)")
        connection.execute("insert into public_cohort values ('risk', 'low', 15)")
        connection.execute(
            "insert into public_origin values ('public_cohort', 'age | not known', 'public'), "
            "('public_cohort', 'risk | low', 'public'), ('public_cohort', 'sex | female', 'public'), "
            "('public_cohort', 'sex | male', 'public')"
        )
    with pytest.raises(ValueError, match="no counts agree"):
        attack([path])
    with duckdb.connect(str(path)) as connection:
        connection.execute("delete from public_cohort where characteristic = 'risk'")
        connection.execute(
            "insert into public_cohort values ('sex', 'female', 15), ('sex', 'male', 0)"
        )
        connection.execute("update public_cohort set patients = 15 where level = '75+'")
    assert attack([path]) == ["public/cohort/age/not known"]

"""The attacker finds what a weaker rule would give away, and nothing in what ours publishes."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pytest

from registry.consensus import load
from registry.disclosure import attack, policy, public_count
from registry.disclosure.attack import said
from registry.disclosure.system import Cell, System, narrow
from tests.disclosure.material import EMPTY

ROWS, COLUMNS = 12, 5
LEAST = policy().least_hidden_values
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
        assert narrow(made.ranges(), LEAST) == []
        with_total(made, "all", list(made.cells), sum(map(sum, table)))
        assert narrow(made.ranges(), LEAST) == []
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
    assert narrow(made.ranges(), LEAST) == []
    with_total(made, "row", ["a", "b", "c"], 53)  # b and c are at least 18 and 33
    assert made.ranges()["a"] == pytest.approx((1, 2))
    assert narrow(made.ranges(), LEAST) == ["a"]


def test_tables_that_contradict_each_other_are_refused() -> None:
    made = System({"a": said(None), "b": said(20)})
    with_total(made, "row", ["a", "b"], 90)
    with pytest.raises(ValueError, match="no counts agree"):
        made.ranges()


def public_file(path: Path, counts: dict[str, dict[str, int]]) -> Path:
    """A public file of a release with these patients by characteristic and level, and nothing else."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(EMPTY)
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
    assert attack(files) == {}


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
    assert attack([path]) == {"public/cohort/age/not known": ("public_cohort", "age")}


def response(path: Path, *counts: int | None, stratum: str = "all") -> Path:
    """A public file with one row of started, evaluable, CR, remission."""
    kind = "all" if stratum == "all" else "sex"
    return told(path, "public_response", f"{kind} | {stratum}", (kind, stratum, *counts))


@pytest.mark.requirement("SDC-03")
def test_what_is_left_over_of_two_told_responses_is_found_out(tmp_path: Path) -> None:
    """35, 35 and 35 stand for at most 4 who are not in remission, and for at most 4 who are not evaluable."""
    found = attack([response(tmp_path / "r.duckdb", 35, 35, 20, 35)])
    assert "r/response/all/all/n_started without n_cr_crh_cri" in found
    assert "r/response/all/all/n_started without n_evaluable" in found
    assert set(found.values()) == {("public_response", "all")}


@pytest.mark.requirement("SDC-03")
@pytest.mark.parametrize(
    "counts",
    [
        (35, None, 20, None), (35, None, None, None), (60, None, None, 45), (60, None, 30, 45),
        (None, None, None, None), (60, None, 0, 0), (80, 65, 30, 45), (80, 65, 45, 45),
    ],
)  # fmt: skip
def test_hidden_responses_keep_what_is_left_over(
    counts: tuple[int | None, ...], tmp_path: Path
) -> None:
    assert attack([response(tmp_path / "r.duckdb", *counts)]) == {}


@pytest.mark.requirement("SDC-03")
def test_a_hidden_response_between_two_told_ones_is_found_out(tmp_path: Path) -> None:
    found = attack([response(tmp_path / "r.duckdb", 35, None, 35, None)])
    assert "r/response/all/all/n_cr_crh_cri" in found


FIGURES = {"patient": [
    {"statement_id": "A", "statistic": name, "of_sql": "x", "share_sql": share}
    for name, share in (("one", "y"), ("two", "z"), ("age", None))
]}  # fmt: skip


def told(path: Path, table: str, stratum: str, *rows: tuple[object, ...]) -> Path:
    """A public file with these rows of one stratum."""
    if not path.exists():
        public_file(path, {})
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "insert into public_origin values (?, ?, ?)", [table, stratum, path.stem]
        )
        for row in rows:
            marks = ", ".join("?" * len(row))
            connection.execute(f"insert into {table} values ({marks})", list(row))
    return path


@pytest.mark.requirement("SDC-03")
def test_two_figures_of_one_population_tell_what_a_third_hides(tmp_path: Path) -> None:
    path = told(
        tmp_path / "r.duckdb", "public_statistic", "A | one | all", ("A", "one", "all", 40, 40, 0)
    )
    told(path, "public_statistic", "A | two | all", ("A", "two", "all", 40, 40, None))
    assert attack([path]) == {}, "of other patients, for all that is known"
    assert attack([path], FIGURES) == {
        "r/statistic/A/two/all/unknown": ("public_statistic", "A | two")
    }
    told(path, "public_statistic", "A | age | all", ("A", "age", "all", None, None, 40))
    assert "r/statistic/A/age/all/known" in attack([path], FIGURES)


@pytest.mark.requirement("SDC-03")
def test_hidden_parts_of_a_figure_are_safe_while_many_remain(tmp_path: Path) -> None:
    path = told(
        tmp_path / "r.duckdb", "public_statistic", "A | one | all", ("A", "one", "all", 60, 20, 0)
    )
    told(path, "public_statistic", "A | two | all", ("A", "two", "all", None, None, 40))
    assert attack([path], FIGURES) == {}


def curve(endpoint: str, stratum: str, *counts: tuple[int, ...]) -> list[tuple[object, ...]]:
    kind = "all" if stratum == "all" else "sex"
    first = (endpoint, "remission", kind, stratum, 0, 63, *(0 for _ in counts[0]))
    return [
        first,
        *(
            (endpoint, "remission", kind, stratum, 30 * n, 33, *of)
            for n, of in enumerate(counts, 1)
        ),
    ]


@pytest.mark.requirement("SDC-03", "SDC-09")
def test_curves_that_narrow_a_bin_together_are_named(tmp_path: Path) -> None:
    """Relapses and deaths are 13 to 18 each, and both together 25 to 30: 13 to 17 of either are left."""
    path = told(
        tmp_path / "r.duckdb", "public_survival", "lfs | remission | all | all",
        *curve("lfs", "all", (27, 0)),
    )  # fmt: skip
    name = "public_cumulative_incidence"
    told(path, name, "relapse | remission | all | all", *curve("relapse", "all", (15, 15, 0)))
    assert attack([path]) == {}
    for stratum, events in (("female", 9), ("male", 3)):
        told(path, name, f"relapse | remission | sex | {stratum}",
             *curve("relapse", stratum, (events, events, 0)))  # fmt: skip
    # 7 to 12 women and 1 to 6 men are at most 17
    assert attack([path]) == {}
    told(
        path,
        name,
        "relapse | remission | sex | not known",
        *curve("relapse", "not known", (9, 9, 0)),
    )
    # at least 7 + 1 + 7 of either, together at most 30: nobody else, and exactly 15 of both
    found = attack([path])
    assert found["r/remission/remission/all/all/day 30/relapse"] == (
        name,
        "relapse | remission | all",
    )
    assert all(family[0].startswith("public_") for family in found.values())


def test_a_new_level_that_is_told_nowhere_does_not_contradict_the_others(tmp_path: Path) -> None:
    first = public_file(
        tmp_path / "1.duckdb", {"age": {"60-74": 40, "75+": 20}, "sex": {"f": 30, "m": 30}}
    )
    later = public_file(
        tmp_path / "2.duckdb",
        {"age": {"60-74": 60, "75+": 40, "not known": 3}, "sex": {"f": 60, "m": 65}},
    )
    assert attack([first, later]) == {}
    with pytest.raises(ValueError, match="no counts agree"):
        attack([later])


def adherence(path: Path, *rows: tuple[object, ...]) -> Path:
    """A public file with these recommendations: id, subject, then the four verdicts of one reading."""
    for recommendation, subject, *counts in rows:
        told(
            path,
            "public_adherence",
            f"{recommendation} | a",
            (recommendation, subject, "a", *counts),
        )
    return path


@pytest.mark.requirement("SDC-03")
def test_recommendations_on_the_same_infusions_tell_what_another_hides(tmp_path: Path) -> None:
    """591 or 592 infusions are told by two recommendations; 565 and 30 of them stand for at least 591."""
    path = adherence(
        tmp_path / "r.duckdb",
        ("A", "infusion", 590, 0, 0, 0),
        ("B", "infusion", 555, 40, 0, 0),
        ("C", "infusion", 565, 30, None, 0),
        ("D", "infusion", 500, None, None, 40),
        ("E", "course", 565, 30, None, 0),
    )
    assert attack([path]) == {"r/adherence/C/a/not_evaluable": ("public_adherence", "C")}
    assert attack([path], one_version=False) == {}, "each may judge others of the years"


@pytest.mark.requirement("SDC-03")
def test_recommendations_on_all_patients_tell_how_many_there_are(tmp_path: Path) -> None:
    """140 and 35 are at most 179, 180 is at least 178: beside 170 at least 6 and at most 11 are left."""
    path = adherence(
        tmp_path / "r.duckdb", ("A", "patient", 140, 35, 0, 0), ("B", "patient", 180, 0, 0, 0)
    )
    adherence(path, ("C", "patient", 170, None, 0, 0))
    assert attack([path]) == {"r/adherence/C/a/deviated": ("public_adherence", "C")}


EARLY = {"patient": [
    {"statement_id": "A", "statistic": name, "of_sql": name, "share_sql": "(early_death = true)", "by": by}
    for name, by in (("deaths", None), ("by_sex", "sex"), ("by_agent", "agent"))
]}  # fmt: skip


def early(path: Path, stratum: str, deaths: int) -> None:
    """A curve of survival with so many deaths by day 30, and 27 by day 60."""
    kind = "all" if stratum == "all" else "sex"
    days = ((0, 63, 0, 0), (30, 33, deaths, 0), (60, 33, 27, 0))
    told(path, "public_survival", f"os | first_course | {kind} | {stratum}",
         *(("os", "first_course", kind, stratum, *of) for of in days))  # fmt: skip


@pytest.mark.requirement("SDC-03", "SDC-09")
def test_a_curve_and_a_figure_of_the_same_deaths_are_laid_together(tmp_path: Path) -> None:
    path = told(tmp_path / "r.duckdb", "public_statistic", "A | deaths | all",
                ("A", "deaths", "all", None, None, 0))  # fmt: skip
    assert attack([path], EARLY) == {}
    early(path, "all", 3)
    # 1 to 6 died, so at most 6 of those counted
    found = {"r/statistic/A/deaths/all/events": ("public_statistic", "A | deaths")}
    assert attack([path], EARLY) == found
    assert attack([path], FIGURES) == {}, "of other patients, for all that is known"


@pytest.mark.requirement("SDC-03", "SDC-09")
def test_the_groups_of_a_figure_are_laid_beside_their_own_curves_and_beside_that_of_all(
    tmp_path: Path,
) -> None:
    path = tmp_path / "r.duckdb"
    for sex, agent in (("female", "none"), ("male", "venetoclax")):
        told(path, "public_statistic", f"A | by_sex | {sex}", ("A", "by_sex", sex, None, None, 0))
        told(path, "public_statistic", f"A | by_agent | {agent}", ("A", "by_agent", agent, None, None, 0))  # fmt: skip
    early(path, "all", 9)
    assert attack([path], EARLY) == {}
    early(path, "female", 3)
    assert set(attack([path], EARLY)) == {"r/statistic/A/by_sex/female/events"}


@pytest.mark.requirement("SDC-03")
def test_what_a_curve_tells_beside_figures_is_as_the_consensus_counts_it() -> None:
    rule, of = policy(), load().parameters
    assert {fact: point.day for fact, point in rule.curves.tells.items()} == {
        "early_death": of["early_death_days"].value, "early_death_late": of["early_death_late_days"].value,
    }  # fmt: skip
    for point in rule.curves.tells.values():
        assert (point.endpoint, point.origin) in rule.curves.drawn["public_survival"]
        assert point.day % rule.curves.grid_days == 0
    counted = {figure["share_sql"] for figure in load().statistic_vars()["patient"]}
    assert {f"({fact} = true)" for fact in rule.curves.tells} < counted

"""What is published anew: only strata of which enough patients came, went or changed."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from registry.disclosure import (
    Family,
    Fate,
    Published,
    attack,
    lay_over,
    policy,
    public_count,
    told_again,
)
from tests.disclosure.material import EMPTY

LEVELS = ("60-74", "75+", "not known")
Patients = Sequence[str]  # the level of each


class Registry:
    """Releases of patients who differ by one characteristic, published one after the other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self.published: list[Published] = []

    def candidate(self, patients: Patients) -> tuple[Path, Path]:
        """The public and the steward's file of a build of these patients."""
        self._number += 1
        public, steward = (
            self._folder / f"{kind}{self._number}.duckdb" for kind in ("new", "steward")
        )
        sizes = {level: patients.count(level) for level in set(patients)}
        with duckdb.connect(str(public)) as connection:
            connection.execute(EMPTY)
            connection.execute("create table public_release (release text)")
            connection.execute("insert into public_release values (?)", [f"r{self._number}"])
            connection.execute(
                "comment on table public_cohort is 'Who is in it, of the center''s patients.'"
            )
            connection.execute("comment on column public_cohort.level is 'The value.'")
            for level, size in sizes.items():
                connection.execute(
                    "insert into public_cohort values ('age', ?, ?)", [level, public_count(size)]
                )
        with duckdb.connect(str(steward)) as connection:
            connection.execute(
                "create table int_contribution "
                "(public_table text, stratum text, profile text, patients bigint)"
            )
            for level, size in sizes.items():
                connection.execute(
                    "insert into int_contribution values ('public_cohort', ?, '', ?)",
                    [f"age | {level}", size],
                )
        return public, steward

    def publish(
        self, patients: Patients, *, keep_back: Collection[Family] = ()
    ) -> Mapping[Fate, int]:
        public, steward = self.candidate(patients)
        made = Published(
            self._folder / f"public{self._number}.duckdb",
            self._folder / f"memory{self._number}.duckdb",
        )
        before = self.published[-1] if self.published else None
        fates = lay_over(f"r{self._number}", public, steward, before, made, keep_back=keep_back)
        self.published.append(made)
        return fates

    def told(self, number: int = -1) -> dict[str, Any]:
        with duckdb.connect(str(self.published[number].public), read_only=True) as connection:
            return dict(connection.execute("select level, patients from public_cohort").fetchall())

    def origins(self) -> dict[str, str]:
        with duckdb.connect(str(self.published[-1].public), read_only=True) as connection:
            return dict(connection.execute("select stratum, release from public_origin").fetchall())


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path)


def cohort(old: int, older: int, unknown: int) -> list[str]:
    return [*["60-74"] * old, *["75+"] * older, *["not known"] * unknown]


@pytest.mark.requirement("SDC-05")
@pytest.mark.requirement("SDC-06")
@pytest.mark.parametrize(
    "count", [pytest.param(12, id="12"), pytest.param(200, id="200", marks=pytest.mark.long)]
)
def test_no_patient_who_comes_goes_or_is_corrected_moves_a_number(
    registry: Registry, count: int
) -> None:
    draw = random.Random(5)
    for number in range(count):
        sizes = [draw.randint(1, 60) for _ in LEVELS]
        patients = cohort(*sizes)
        registry.published.clear()
        registry.publish(patients)
        place, level = draw.randrange(len(patients)), draw.choice(LEVELS)
        changed = [patients[:place] + patients[place + 1 :], [*patients, level],
                   [*patients[:place], level, *patients[place + 1 :]]][number % 3]  # fmt: skip
        assert set(registry.publish(changed)) <= {Fate.CARRIED}
        assert registry.told() == registry.told(0)
        assert set(registry.origins().values()) == {registry.origins()["age | 75+"]}


@pytest.mark.requirement("SDC-05")
def test_thirteen_more_move_their_stratum_and_no_other(registry: Registry) -> None:
    registry.publish(cohort(40, 22, 3))
    assert registry.publish(cohort(40, 35, 9)) == {Fate.REFRESHED: 1, Fate.CARRIED: 2}
    assert registry.told(0) == {"60-74": 40, "75+": 20, "not known": None}
    assert registry.told() == {"60-74": 40, "75+": 35, "not known": None}
    assert registry.origins() == {"age | 60-74": "r1", "age | 75+": "r2", "age | not known": "r1"}


def test_what_came_little_by_little_is_told_together(registry: Registry) -> None:
    registry.publish(cohort(40, 22, 0))
    for more in range(1, 13):
        assert Fate.REFRESHED not in registry.publish(cohort(40, 22 + more, 0))
    assert registry.publish(cohort(40, 35, 0))[Fate.REFRESHED] == 1


def test_as_many_gone_as_came_are_no_change(registry: Registry) -> None:
    """Nothing of a level is known but how many there are: what is published could not differ either."""
    registry.publish(cohort(40, 22, 0))
    assert registry.publish(cohort(22, 40, 0)) == {Fate.REFRESHED: 2}
    assert registry.publish(cohort(22, 40, 0)) == {Fate.CARRIED: 2}


def test_a_new_stratum_waits_for_enough_patients(registry: Registry) -> None:
    registry.publish(cohort(40, 22, 0))
    assert registry.publish(cohort(40, 22, 12))[Fate.WITHHELD] == 1
    assert "not known" not in registry.told()
    assert registry.publish(cohort(40, 22, 13))[Fate.REFRESHED] == 1
    assert registry.told()["not known"] == 15


def test_a_stratum_that_ends_goes_only_if_enough_were_in_it(registry: Registry) -> None:
    registry.publish(cohort(40, 22, 5))
    assert registry.publish(cohort(40, 0, 0)) == {Fate.CARRIED: 2, Fate.ENDED: 1}
    assert registry.told() == {"60-74": 40, "not known": None}


AGES = ("public_cohort", "age")


@pytest.mark.requirement("SDC-05")
def test_what_was_kept_back_is_told_when_all_of_it_moved_since_each_time(
    registry: Registry,
) -> None:
    registry.publish(cohort(40, 22, 5), keep_back={AGES})
    assert registry.told() == {}

    def may_be_told(*sizes: int) -> bool:
        _, steward = registry.candidate(cohort(*sizes))
        return told_again({AGES}, steward, registry.published) == {AGES}

    assert not may_be_told(40, 22, 5)
    assert not may_be_told(53, 35, 17), "12 more of one level"
    assert not may_be_told(53, 35, 0), "a level that ended, of 5"
    assert may_be_told(53, 35, 18)
    assert may_be_told(20, 4, 18), "gone counts as come"
    registry.publish(cohort(53, 35, 18), keep_back={AGES})
    assert not may_be_told(54, 36, 18), "another publication left it out since"
    assert not may_be_told(41, 23, 6), "as it was at the first"
    assert may_be_told(66, 48, 31)


def test_what_an_earlier_version_left_out_stays_out(registry: Registry) -> None:
    registry.publish(cohort(40, 22, 5), keep_back={AGES})
    with duckdb.connect(str(registry.published[0].contributions)) as connection:
        connection.execute("drop table left_out")
    _, steward = registry.candidate(cohort(400, 220, 50))
    assert told_again({AGES}, steward, registry.published) == set()


def test_a_table_of_no_strata_is_that_of_the_build(registry: Registry) -> None:
    for number in (1, 2):
        registry.publish(cohort(40, 22, 5))
        with duckdb.connect(str(registry.published[-1].public), read_only=True) as connection:
            assert connection.execute("select release from public_release").fetchall() == [
                (f"r{number}",)
            ]


@pytest.mark.requirement("SDC-03")
def test_publications_of_a_year_tell_nothing_together(registry: Registry) -> None:
    draw = random.Random(11)
    sizes = [30, 9, 2]
    for _ in range(8):
        registry.publish(cohort(*sizes))
        sizes = [max(0, size + draw.randint(-3, 12)) for size in sizes]
    assert attack([made.public for made in registry.published]) == {}
    assert policy().least_changed > policy().threshold


def test_a_publication_says_what_its_tables_and_columns_are(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    for patients in (["60-74"] * 20, ["60-74"] * 40):
        registry.publish(patients)
        with duckdb.connect(str(registry.published[-1].public), read_only=True) as connection:
            of_table = "select comment from duckdb_tables() where table_name = 'public_cohort'"
            of_column = (
                "select column_name, comment from duckdb_columns() where comment is not null"
            )
            assert connection.execute(of_table).fetchall() == [
                ("Who is in it, of the center's patients.",)
            ]
            assert connection.execute(of_column).fetchall() == [("level", "The value.")]

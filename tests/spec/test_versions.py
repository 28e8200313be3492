"""A new version of the consensus: what it changes, which verdicts flip, and whom it judges."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from registry import consensus
from registry.consensus import Consensus, load_folder, pages
from registry.consensus.changes import Change, changes
from registry.consensus.coverage import rows, totals
from registry.synthetic import arrow_cohort
from registry.warehouse import Build, Replay, build, connect, score
from registry.warehouse.flips import counted, flips
from registry.warehouse.score import judging, release_rows, variables
from tests.conftest import share_cache
from tests.spec import reference
from tests.spec.version import changed_copy

YEAR = 2022
CHANGES = (
    ("version.yaml", "in_force_from_year: 2023", f"in_force_from_year: {YEAR}"),
    (
        "section_2_2_collection_infusion.yaml",
        "met: {between: {interval: hours_since_cytotoxic, low: 24, high: 72}}",
        "met: {between: {interval: hours_since_cytotoxic, low: 24, high: 36}}",
    ),
    ("section_5_post_remission.yaml", "&two_courses 2", "&two_courses 3"),
    ("parameters.yaml", "value: 16\n    unit: genes", "value: 17\n    unit: genes"),
    (
        "section_2_principle.yaml",
        "  - id: MST-2-05\n",
        '  - id: MST-2-05\n    retired: {since: "2022.1", why: replaced in this test}\n',
    ),
)
EVENT_DAYS = {
    "collection": ("collection", "collection_id", "collection_day"),
    "course": ("course", "course_no", "start_day"),
    "infusion": ("infusion", "infusion_no", "infusion_day"),
}
IDS = {
    "patient": "case_id", "donor": "donor_id", "collection": "collection_id",
    "course": "course_no", "infusion": "infusion_no",
}  # fmt: skip
Key = tuple[str, str, str, str, str, str]
"""Entry, reading, center, case, subject, its id."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return share_cache(tmp_path_factory.mktemp("versions-home"))


@pytest.fixture(scope="module")
def old() -> Consensus:
    return consensus.load()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return changed_copy(tmp_path_factory.mktemp("new"), *CHANGES, name="2022.1")


@pytest.fixture(scope="module")
def new(folder: Path) -> Consensus:
    return load_folder(folder)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty patients diagnosed before and after the new version; of one the year is not known."""
    made = tmp_path_factory.mktemp("release")
    tables = arrow_cohort(60, 1)
    years = tables["patient"]["diagnosis_year"].to_pylist()
    years[0] = None
    at = tables["patient"].schema.get_field_index("diagnosis_year")
    tables["patient"] = tables["patient"].set_column(at, "diagnosis_year", [years])
    for form, table in tables.items():
        pq.write_table(table, made / f"{form}.parquet")
    return made


@pytest.fixture(scope="module")
def scored(release: Path, home: Path, old: Consensus, new: Consensus) -> tuple[pa.Table, pa.Table]:
    return score(release, home, old), score(release, home, new)


def verdicts_of(table: pa.Table) -> dict[Key, str]:
    columns = ("recommendation_id", "reading", "center_id", "case_id", "subject", "subject_id")
    return {tuple(row[c] for c in columns): row["verdict"] for row in table.to_pylist()}  # type: ignore[misc]


def judged_slowly(home: Path, version: Consensus, folder: Path, release: Path) -> dict[Key, str]:
    """Every verdict by the slow judge, from the facts that the models derive."""
    written = reference.entries(folder)
    found: dict[Key, str] = {}
    with Replay(home, variables(version)).models(release_rows(release)) as connection:
        facts = {
            subject: connection.sql(f"select * from int_{subject}").to_arrow_table().to_pylist()
            for subject in version.facts
        }
    for name, entry in written.items():
        subject = entry["subject"]
        for row in facts[subject]:
            id_ = (
                f"{row['kind']}, day {row['onset_day']}"
                if subject == "gvhd"
                else str(row[IDS[subject]])
            )
            for reading in reference.readings(entry):
                key = (name, reading["name"], row["center_id"], row["case_id"], subject, id_)
                found[key] = reference.judge(entry, reading, row)[0]
    return found


def test_the_entries_that_change_are_told(old: Consensus, new: Consensus) -> None:
    told = changes(old, new)
    assert Change("MST-2.2-04", "threshold", "72 → 36") in told
    assert Change("MST-5-06", "threshold", "2 → 3") in told
    assert Change("MST-2.1-04", "parameter", "kir_genes_complete 16 → 17") in told
    assert Change("MST-2-05", "retired", "replaced in this test") in told
    rest = [c for c in told if c.entry not in {"MST-2.2-04", "MST-5-06", "MST-2-05"}]
    assert {(c.what, c.detail) for c in rest} == {("parameter", "kir_genes_complete 16 → 17")}
    assert changes(old, old) == []


def test_a_retired_entry_stays_and_gives_no_column(new: Consensus, home: Path) -> None:
    (row,) = (row for row in rows(new) if row["id"] == "MST-2-05")
    assert row["status"] == "retired"
    assert sum(r["retired"] for r in totals(new)) == 1
    assert "retired | since 2022.1: replaced in this test" in pages.page(new.get("MST-2-05"), new)
    columns = {v["column"] for found in new.verdict_vars().values() for v in found}
    assert "mst_2_05__a" not in columns
    with Replay(home, variables(new)).models({}) as connection:
        made = {c for (c, *_) in connection.execute("describe int_verdict_course").fetchall()}
    assert "mst_2_05__a" not in made
    assert "mst_2_06__a" in made


def test_a_release_is_scored_as_the_slow_judge_would(
    scored: tuple[pa.Table, pa.Table], release: Path, home: Path, folder: Path,
    old: Consensus, new: Consensus,
) -> None:  # fmt: skip
    current = consensus.FOLDER / consensus.CURRENT_VERSION
    assert verdicts_of(scored[0]) == judged_slowly(home, old, current, release)
    assert verdicts_of(scored[1]) == judged_slowly(home, new, folder, release)
    assert set(scored[0]["consensus_version"].to_pylist()) == {old.version}


def test_exactly_the_verdicts_that_differ_flip(
    scored: tuple[pa.Table, pa.Table], release: Path, home: Path, folder: Path,
    old: Consensus, new: Consensus,
) -> None:  # fmt: skip
    current = consensus.FOLDER / consensus.CURRENT_VERSION
    before = judged_slowly(home, old, current, release)
    after = judged_slowly(home, new, folder, release)
    expected = {
        (*key, before.get(key, "not judged"), after.get(key, "not judged"))
        for key in before.keys() | after.keys()
        if before.get(key) != after.get(key)
    }
    found = flips(*scored)
    names = ("recommendation_id", "reading", "center_id", "case_id", "subject", "subject_id",
             "before", "after")  # fmt: skip
    rows = [tuple(row[name] for name in names) for row in found.to_pylist()]
    assert len(rows) == len(set(rows))
    assert set(rows) == expected
    flipped = {row[0] for row in rows}
    assert {"MST-2.2-04", "MST-5-06", "MST-2.1-04", "MST-2-05"} <= flipped
    assert flipped <= {c.entry for c in changes(old, new)}
    counts = {
        (r["recommendation_id"], r["reading"], r["before"], r["after"]): r["verdicts"]
        for r in counted(found).to_pylist()
    }
    assert counts == Counter((row[0], row[1], row[6], row[7]) for row in rows)
    assert all(row[7] == "not judged" for row in rows if row[0] == "MST-2-05")


def in_force(rows: Mapping[str, list[dict[str, Any]]], version: dict[str, Any]) -> str:
    """The version by hand: diagnosis year plus whole years until the event."""
    case = (version["center_id"], version["case_id"])
    (year,) = (
        r["diagnosis_year"] for r in rows["patient"] if (r["center_id"], r["case_id"]) == case
    )
    day: int | None = 0
    if version["subject"] in EVENT_DAYS:
        form, id_, column = EVENT_DAYS[version["subject"]]
        (day,) = (
            r[column]
            for r in rows[form]
            if (r["center_id"], r["case_id"], str(r[id_])) == (*case, version["subject_id"])
        )
    if version["subject"] == "gvhd":
        day = int(version["subject_id"].rsplit(" ", 1)[1])
    if year is None or day is None:
        return "2022.1"
    return "2022.1" if year + math.floor(day / 365.25) >= YEAR else consensus.CURRENT_VERSION


@pytest.fixture(scope="module")
def both(release: Path, home: Path, old: Consensus, new: Consensus) -> Build:
    first = replace(old, in_force_from_year=YEAR - 3)
    return build(release, home, progress=lambda _: None, versions=[first, new])


@pytest.mark.long
def test_an_event_is_judged_by_the_version_in_force(
    both: Build, scored: tuple[pa.Table, pa.Table], release: Path, old: Consensus
) -> None:
    rows = {form: table.to_pylist() for form, table in release_rows(release).items()}
    with connect(both.analyst) as connection:
        verdicts = connection.sql("select * from fct_verdict").to_arrow_table()
    by_version = dict(zip((old.version, "2022.1"), map(verdicts_of, scored), strict=True))
    known: dict[tuple[str, ...], str] = {}
    judged = verdicts_of(verdicts)
    for row, (key, verdict) in zip(verdicts.to_pylist(), judged.items(), strict=True):
        if key[2:] not in known:
            known[key[2:]] = in_force(rows, row)
        assert row["consensus_version"] == known[key[2:]]
        assert verdict == by_version[row["consensus_version"]][key]
    assert Counter(known.values()).keys() == {old.version, "2022.1"}
    expected = {
        key for version, found in by_version.items() for key in found if known[key[2:]] == version
    }
    assert judged.keys() == expected
    cases = {(key[0], key[1], version) for key, version in known.items()}
    assert len(cases) > len({case[:2] for case in cases})  # a case may fall under both


@pytest.mark.long
def test_a_retired_rule_judges_the_events_of_its_time_only(both: Build, old: Consensus) -> None:
    with connect(both.analyst) as connection:
        asked = "select distinct consensus_version from fct_verdict where recommendation_id = '{}'"
        assert connection.execute(asked.format("MST-2-05")).fetchall() == [(old.version,)]
        assert len(connection.execute(asked.format("MST-2-04")).fetchall()) == 2


def test_versions_that_judge_nothing_are_not_scored(
    release: Path, tmp_path: Path, old: Consensus, new: Consensus
) -> None:
    assert judging(release, [old]) == [old]
    assert list(judging(release, [old, new])) == [old, new]
    tables = release_rows(release)
    late = tables["patient"].filter(pc.greater_equal(tables["patient"]["diagnosis_year"], YEAR))
    pq.write_table(late, tmp_path / "patient.parquet")
    assert list(judging(tmp_path, [old, new])) == [new]
    assert list(judging(tmp_path / "empty", [old, new])) == [new]


def test_one_version_asks_no_years(release: Path, home: Path, old: Consensus) -> None:
    assert variables(old, [old])["versions_in_force"] == []
    assert "diagnosis_year" not in Replay(home, variables(old)).long
    assert consensus.in_force() == (consensus.load(),)


def test_a_version_is_found_by_its_name_or_its_folder(folder: Path) -> None:
    assert consensus.find(consensus.CURRENT_VERSION) is consensus.load()
    assert consensus.find(str(folder)).version == "2022.1"
    with pytest.raises(KeyError):
        consensus.find("1999.1")

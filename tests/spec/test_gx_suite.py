"""The consensus as expectations: what is unexpected is what deviates, rule by rule."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from registry import consensus
from registry.checks import Forbidden, forbidding
from registry.consensus import Consensus, load_folder
from registry.generated import ROOT
from registry.synthetic import arrow_cohort
from registry.verdict_checks import KEYS, OtherConsensusError, Outcome, check, suite
from registry.warehouse import Replay
from registry.warehouse.score import variables
from tests.conftest import share_cache
from tests.spec.version import changed_copy

CURRENT = consensus.load()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return share_cache(tmp_path_factory.mktemp("suite-home"))


def judged(home: Path, version: Consensus) -> duckdb.DuckDBPyConnection:
    return Replay(home, variables(version)).models(arrow_cohort(80, 3))


def agrees(connection: duckdb.DuckDBPyConnection, outcome: Outcome) -> None:
    entry = outcome.entry
    key, column = ", ".join(KEYS[entry.subject]), entry.column(outcome.reading)
    table = f"int_verdict_{entry.subject}"
    deviated = connection.execute(f"select {key} from {table} where {column} = 'deviated'")
    assert sorted(outcome.rows) == sorted(deviated.fetchall()), column
    evaluated = connection.execute(
        f"select count(*) from {table} where {column} in ('met', 'deviated')"
    )
    assert evaluated.fetchall() == [(outcome.evaluated,)]
    assert outcome.unexpected == len(outcome.rows)


def test_what_is_unexpected_is_what_deviates(home: Path) -> None:
    with judged(home, CURRENT) as connection:
        outcomes = check(connection, CURRENT, rows=True)
        for outcome in outcomes:
            agrees(connection, outcome)
        plain = check(connection, CURRENT)
    assert sum(outcome.unexpected > 0 for outcome in outcomes) > 10
    assert [(o.evaluated, o.unexpected) for o in plain] == [
        (o.evaluated, o.unexpected) for o in outcomes
    ]
    assert not any(outcome.rows for outcome in plain)


@pytest.mark.long
def test_a_changed_threshold_changes_what_is_unexpected(home: Path, tmp_path: Path) -> None:
    changed = load_folder(
        changed_copy(
            tmp_path,
            (
                "section_2_2_collection_infusion.yaml",
                "met: {between: {interval: hours_since_cytotoxic, low: 24, high: 72}}",
                "met: {between: {interval: hours_since_cytotoxic, low: 24, high: 36}}",
            ),
        )
    )
    found = {}
    for version in (CURRENT, changed):
        with judged(home, version) as connection:
            outcomes = check(connection, version, rows=True)
            for outcome in outcomes:
                agrees(connection, outcome)
        found[id(version)] = {(o.entry.id, o.reading): o.unexpected for o in outcomes}
    before, after = found.values()
    differing = {key for key in before if before[key] != after[key]}
    assert differing == {("MST-2.2-04", "a")}
    assert after["MST-2.2-04", "a"] > before["MST-2.2-04", "a"]


def test_every_recommendation_and_reading_is_one_expectation_with_its_citation() -> None:
    asked = [one for of_subject in suite(CURRENT).values() for one in of_subject]
    assert {one.column for one in asked} == {
        entry.column(reading.name) for entry in CURRENT.judged() for reading in entry.readings
    }
    for one in forbidding("consensus", asked).expectations:
        entry = CURRENT.get(one.meta["statement_id"])
        assert one.meta["statement"] == " ".join(entry.statement.split())
        assert one.meta["section"].startswith(f"{entry.section} ")
        assert "Heliyon 2023" in one.meta["source"]
        severity = "info" if entry.kind == "option" else "critical" if entry.headline else "warning"
        assert one.severity == severity


def test_verdicts_of_another_consensus_are_refused(home: Path) -> None:
    with duckdb.connect() as connection:
        for subject, key in KEYS.items():
            connection.execute(
                f"create table int_verdict_{subject} ({', '.join(f'{k} varchar' for k in key)})"
            )
        with pytest.raises(OtherConsensusError, match="mst build"):
            check(connection, CURRENT)


def test_chunks_are_added_up(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    with judged(home, CURRENT) as connection:
        whole = check(connection, CURRENT, rows=True)
        monkeypatch.setattr("registry.verdict_checks._CHUNK", 397)
        parts = check(connection, CURRENT, rows=True)
    assert parts == whole


def test_an_expectation_is_of_one_column_and_one_value() -> None:
    (made,) = forbidding("x", [Forbidden("a", "deviated", "info", {"k": "v"})]).expectations
    assert (made.column, made.value_set) == ("a", ["deviated"])
    assert made.meta == {"rule": "a", "k": "v"}


def test_great_expectations_has_one_door() -> None:
    importing = re.compile(r"^\s*(?:import|from) great_expectations", re.MULTILINE)
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("registry", "dashboards")
        for path in (ROOT / folder).rglob("*.py")
        if importing.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"registry/checks.py"}

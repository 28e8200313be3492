"""Who sees single cases in the portal."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from dashboards.portal import warehouse
from dashboards.portal.rows import MAX_ROWS, rows_behind
from registry.access.rights import NotAllowedError, Person, Role
from registry.audit.read import Wanted, entries

COORDINATOR = Person("ana", Role.COORDINATOR, "C02")
STEWARD = Person("sam", Role.STEWARD, None)
ANALYST = Person("ann", Role.ANALYST, None)


@pytest.fixture(autouse=True)
def served(database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A warehouse with the verdicts of three centers, served."""
    build = tmp_path / "warehouse" / "build"
    build.mkdir(parents=True)
    (tmp_path / "warehouse" / "current.json").write_text(json.dumps({"build": "build"}))
    with duckdb.connect(str(build / "analyst.duckdb")) as connection:
        connection.execute(f"""
            create table fct_verdict as
            select 'C0' || c as center_id, 'C0' || c || '-' || n as case_id, 'patient' as subject,
                cast(n as varchar) as subject_id, 'MST-2-04' as recommendation_id,
                reading, true as is_default, verdict, cast(null as varchar) as tier,
                '2023.1' as consensus_version
            from range(1, 4) as centers (c), range({MAX_ROWS // 2}) as numbers (n),
                (values ('a'), ('b')) as readings (reading),
                (values ('met'), ('not_applicable')) as verdicts (verdict)
        """)
    monkeypatch.setattr(warehouse, "home", lambda: tmp_path)


@pytest.mark.requirement("ACC-08")
def test_a_coordinator_sees_the_own_center_only() -> None:
    for center in (None, "C02"):
        found = rows_behind(COORDINATOR, "MST-2-04", "a", center)
        assert set(found["center_id"]) == {"C02"}
        assert len(found) == MAX_ROWS // 2


@pytest.mark.requirement("ACC-08")
@pytest.mark.parametrize("center", ["C01", "C03", "", "C02' or '1' = '1"])
def test_a_coordinator_cannot_ask_for_another_center(center: str) -> None:
    with pytest.raises(NotAllowedError):
        rows_behind(COORDINATOR, "MST-2-04", "a", center)


def test_a_coordinator_without_a_center_sees_nothing() -> None:
    with pytest.raises(NotAllowedError):
        rows_behind(Person("ana", Role.COORDINATOR, None), "MST-2-04", "a")


def test_a_steward_sees_all_or_one_center_up_to_a_limit() -> None:
    assert set(rows_behind(STEWARD, "MST-2-04", "a", "C03")["center_id"]) == {"C03"}
    assert (
        len(rows_behind(STEWARD, "MST-2-04", "a")) == MAX_ROWS + 1
    )  # one more says there are more


def test_an_analyst_sees_no_single_case() -> None:
    with pytest.raises(NotAllowedError):
        rows_behind(ANALYST, "MST-2-04", "a")


def test_looking_is_entered_in_the_audit() -> None:
    before = entries(Wanted(limit=1))[0].seq
    rows_behind(STEWARD, "MST-2-04", "a", "C03")
    last = entries(Wanted(limit=1))[0]
    assert (last.seq, last.action) == (before + 1, "read the rows behind a number")
    assert (last.center_id, last.detail) == ("C03", "MST-2-04")


def test_only_those_it_applies_to_are_listed() -> None:
    assert set(rows_behind(STEWARD, "MST-2-04", "b", "C01")["verdict"]) == {"met"}

"""New pseudonyms for a center's patients: all of them or none, and nothing left under the old ones."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from registry.deidentify.mapping import CasePair, RekeyMapping, encoded, read_mapping
from registry.forms import FORMS
from registry.intake.submit import check, submit
from registry.queries import open_queries, queries
from registry.rekey import RekeyError, rekey
from registry.schema import SQLModel
from registry.store import engine
from registry.workbook import write_csv_folder
from tests.cases import Rows, as_cells, tidy_case
from tests.queries.material import found, upload

AT = datetime(2026, 3, 1, tzinfo=UTC)
CASES = ("P1", "P2")


def files(folder: Path, center: str, rename: dict[str, str] | None = None) -> Path:
    """Two cases with an open query each, under their first or their new pseudonyms."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for case in CASES:
        made: Rows = tidy_case(center, case)
        made["patient"][0]["height_cm"] = 98
        made["donor"][0]["age_years"] = 66
        for form, entries in as_cells(made).items():
            rows.setdefault(form, []).extend(
                {k: (rename or {}).get(f"{case}/{v}", (rename or {}).get(str(v), v)) for k, v in row.items()}
                for row in entries
            )  # fmt: skip
    write_csv_folder(folder, rows)
    return folder


def mapping(center: str, **more: Any) -> RekeyMapping:
    cases = tuple(
        CasePair(case, f"N-{case}", {"donor": (("D1", f"ND{case}"),), "collection": (("COL1", f"NC{case}"),),
                                     "aliquot": (("COL1-A", f"NA{case}"), ("COL1-B", f"NB{case}"))})
        for case in CASES
    )  # fmt: skip
    given = {
        "center_id": center,
        "reason": "rotation",
        "old_key": "a",
        "new_key": "b",
        "cases": cases,
    }
    return RekeyMapping(**{**given, **more})


def renamed() -> dict[str, str]:
    found = {case: f"N-{case}" for case in CASES}
    for pair in mapping("C01").cases:
        found |= {f"{pair.old}/{old}": new for kind in pair.own.values() for old, new in kind}
    return found


def named(center: str, names: set[str]) -> dict[str, int]:
    """How many rows of each table of the database name one of the pseudonyms anywhere."""
    found = {}
    with engine("mst_reader").connect() as session:
        for table in SQLModel.metadata.tables.values():
            if "center_id" not in table.columns or table.name in ("account", "receipt"):
                continue
            rows = session.execute(
                text(f'select * from {table.schema}."{table.name}" where center_id = :c'),
                {"c": center},
            )
            count = sum(
                any(n in str(v).split() or f"{n}," in str(v) for n in names for v in row)
                for row in rows
            )
            found |= {table.name: count} if count else {}
    return found


@pytest.mark.requirement("DEID-07")
def test_everything_of_the_center_gets_its_new_name(empty_database: None, tmp_path: Path) -> None:
    for center in ("C01", "C02"):
        assert submit(files(tmp_path / center, center), center, actor="test").accepted
    other = named("C02", {*CASES, "D1", "COL1", "COL1-A", "COL1-B"})
    asked = len(open_queries("C01"))
    assert asked >= 2
    counts = rekey(mapping("C01"), "C01", actor="ana", at=AT)
    assert counts == {"case": 2, "donor": 2, "collection": 2, "aliquot": 4}
    assert named("C01", {*CASES, "D1", "COL1", "COL1-A", "COL1-B"}) == {}
    assert named("C02", {*CASES, "D1", "COL1", "COL1-A", "COL1-B"}) == other
    with engine("mst_reader").connect() as session:
        orphans = sum(
            session.execute(text(
                f'select count(*) from crf."{form}" as t where not exists (select 1 from crf.patient as p '
                "where p.center_id = t.center_id and p.case_id = t.case_id)"
            )).scalar_one()
            for form in FORMS if form != "center"
        )  # fmt: skip
    assert orphans == 0
    # the same data under the new names is what the registry has, and nothing is asked again
    repeat = submit(files(tmp_path / "new", "C01", renamed()), "C01", actor="test")
    assert (repeat.status, repeat.accepted, repeat.held) == ("unchanged", 0, 0)
    assert len(open_queries("C01")) == asked


@pytest.mark.requirement("DEID-07")
def test_a_name_within_another_and_one_of_two_kinds_are_told_apart(empty_database: None) -> None:
    of_forms = {"collection": "collection_id COL1", "donor": "donor_id COL1",
                "aliquot": "aliquot_id COL1-A"}  # fmt: skip
    upload([replace(found("P1", record=r), form=form) for form, r in of_forms.items()])
    own = {"donor": (("COL1", "ND"),), "aliquot": (("COL1-A", "2NA"),),
           "collection": (("CO", "N1"), ("COL", "N2"), ("COL1", "NC"))}  # fmt: skip
    rekey(mapping("C01", cases=(CasePair("P1", "N-P1", own),)), "C01", actor="ana", at=AT)
    assert {q.form: q.record for q in queries("C01")} == {
        "collection": "collection_id NC", "donor": "donor_id ND", "aliquot": "aliquot_id 2NA",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"center_id": "C02"}, "another center"),
        ({"cases": (CasePair("P7", "N-P7", {"donor": (), "collection": (), "aliquot": ()}),)}, "not in the registry"),
        ({"cases": (CasePair("P1", "P2", {"donor": (), "collection": (), "aliquot": ()}),)}, "in use"),
    ],
)  # fmt: skip
def test_a_mapping_that_does_not_fit_changes_nothing(
    empty_database: None, tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    submit(files(tmp_path / "a", "C01"), "C01", actor="test")
    before = named("C01", set(CASES))
    with pytest.raises(RekeyError, match=words):
        rekey(mapping("C01", **change), "C01", actor="ana", at=AT)
    assert named("C01", set(CASES)) == before
    assert check(tmp_path / "a", "C01").status == "already received"


@pytest.mark.requirement("DEID-07")
def test_the_same_mapping_is_not_applied_twice(empty_database: None, tmp_path: Path) -> None:
    submit(files(tmp_path / "a", "C01"), "C01", actor="test")
    rekey(mapping("C01"), "C01", actor="ana", at=AT)
    with pytest.raises(RekeyError, match="before"):
        rekey(mapping("C01"), "C01", actor="ana", at=AT)


@pytest.mark.requirement("ACC-01")
def test_row_level_security_is_forced_again_afterwards(
    empty_database: None, tmp_path: Path
) -> None:
    submit(files(tmp_path / "a", "C01"), "C01", actor="test")
    rekey(mapping("C01"), "C01", actor="ana", at=AT)
    with engine("mst_reader").connect() as session:
        lax = session.execute(text(
            "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            "where n.nspname in ('crf', 'registry') and c.relkind = 'r' and not c.relforcerowsecurity"
        )).scalar_one()  # fmt: skip
    assert lax == 0


@pytest.mark.requirement("DEID-07")
def test_killed_in_the_middle_it_is_all_old_or_all_new(
    empty_database: None, tmp_path: Path
) -> None:
    submit(files(tmp_path / "a", "C01"), "C01", actor="test")
    path = tmp_path / "mapping.json"
    path.write_bytes(encoded(mapping("C01")))
    assert read_mapping(path) == mapping("C01")
    code = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC; "
        "from registry.deidentify.mapping import read_mapping; from registry.rekey import rekey; "
        "from registry import store; store.engine('mst_owner').connect().close(); print('ready', flush=True); "
        "rekey(read_mapping(Path(sys.argv[1])), 'C01', actor='ana', at=datetime.now(UTC))"
    )
    for milliseconds in (2, 8, 20, 40, 80):
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(milliseconds / 1000)
        process.send_signal(signal.SIGKILL)
        process.wait()
        time.sleep(0.2)  # the server notices
        old, new = named("C01", set(CASES)), named("C01", {f"N-{case}" for case in CASES})
        assert not (old and new)
        if new:
            break

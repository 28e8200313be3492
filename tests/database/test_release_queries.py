"""A release tells which of its cases are in question, and which values were confirmed as they are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from registry import release
from registry.forms.arrow import QUERY_FILE
from registry.home import home
from registry.lifecycle.cases import withdraw
from registry.queries import open_queries
from tests.lifecycle.material import NOW, send
from tests.queries.material import say

pytestmark = pytest.mark.usefixtures("empty_database")


def told(name: str) -> list[tuple[str, str, str]]:
    rows = pq.read_table(release.folder(name) / QUERY_FILE).to_pylist()
    return [(row["case_id"], row["form"], row["state"]) for row in rows]


def test_a_release_tells_of_queries_that_count_and_of_its_own_cases_only(tmp_path: Path) -> None:
    shutil.rmtree(home() / "releases", ignore_errors=True)
    send(tmp_path, "P001", "P002", changes={"patient": {"height_cm": 98}})
    release.create("asked", at=NOW)
    asked = told("asked")
    assert {(case, state) for case, _, state in asked} == {("P001", "open"), ("P002", "open")}
    assert ("P001", "patient", "open") in asked
    for query in open_queries("C01"):
        if query.case_id == "P001":
            assert say(query.query_id).result == "taken"
    release.create("confirmed", at=NOW)
    confirmed = {(case, state) for case, form, state in told("confirmed") if form == "patient"}
    assert confirmed == {("P001", "confirmed"), ("P002", "open")}
    withdraw("C01", "P002", actor="cora", reason="has called", at=NOW)
    # of P001 nothing is in question any more, and P002 is not in the release
    corrected = send(tmp_path, "P001", file_name="later.csv", reason="new information")
    assert corrected.cases == {"P001": "accepted"}
    release.create("corrected", at=NOW)
    assert told("corrected") == []
    # said to be made at the same moment, of other rows: the moment chooses none
    assert {release.manifest(name)["created_at"] for name in ("asked", "corrected")} == {
        NOW.isoformat(timespec="seconds")
    }
    assert release.verify("corrected") == []
    assert QUERY_FILE.removesuffix(".parquet") not in release.manifest("corrected")["counts"]

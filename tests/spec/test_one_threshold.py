"""A threshold has one place: changing it there changes SQL, words, page, verdict and suite alike."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from registry import consensus
from registry.consensus import Consensus, load_folder, pages
from registry.consensus.inspection import parameters_of
from registry.consensus.pages.markdown import target
from registry.verdict_checks import KEYS, check
from tests.spec.version import changed_copy

CHANGES = [
    pytest.param(
        "section_2_2_collection_infusion.yaml",
        "met: {between: {interval: hours_since_cytotoxic, low: 24, high: 72}}",
        "met: {between: {interval: hours_since_cytotoxic, low: 24, high: 60}}",
        {"mst_2_2_04__a"}, "MST-2.2-04.md", "from 24 to 60 h", id="a number of the paper",
    ),
    pytest.param(
        "parameters.yaml", "value: 16\n    unit: genes", "value: 14\n    unit: genes",
        {"mst_2_1_04__a"}, "MST-2.1-04.md", "14 (registry-defined: kir_genes_complete)",
        id="a parameter of the registry",
    ),
    pytest.param(
        "section_5_post_remission.yaml", "&two_courses 2", "&two_courses 3",
        {"mst_5_06__a", "mst_5_06__b"}, "MST-5-06.md", "at least 3 courses", id="a number in an SQL escape",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "columns", "page", "words"), CHANGES)
def test_a_threshold_has_one_place(
    tmp_path: Path, file: str, old: str, new: str, columns: set[str], page: str, words: str
) -> None:
    before, after = consensus.load(), load_folder(changed_copy(tmp_path, (file, old, new)))
    assert columns == {
        column for column, sql in sql_of(after).items() if sql != sql_of(before)[column]
    }
    was, now = pages.pages(before), pages.pages(after)
    assert {name for name in now if now[name] != was[name]} == {page} | elsewhere(before, after)
    assert words in now[page]
    assert words not in was[page]


def elsewhere(before: Consensus, after: Consensus) -> set[str]:
    """A parameter is told on the page of parameters and of every entry that depends on it."""
    moved = {n for n, p in after.parameters.items() if p != before.parameters[n]}
    users = {target(e).partition("#")[0] for e in after.statements if moved & set(parameters_of(e))}
    return users | {"parameters.md"} if moved else set()


def sql_of(version: Consensus) -> dict[str, str]:
    found = version.verdict_vars()
    return {v["column"]: v["verdict_sql"] for subject in found.values() for v in subject}


def test_one_line_moves_the_verdict_the_suite_and_the_page(tmp_path: Path) -> None:
    file, old, new = "section_2_2_collection_infusion.yaml", "high: 72}}", "high: 60}}"
    where = "met: {between: {interval: hours_since_cytotoxic, low: 24, "
    before = consensus.load()
    after = load_folder(changed_copy(tmp_path, (file, where + old, where + new)))
    entry = before.get("MST-2.2-04")
    hours = [30.0, 60.0, 60.5, 72.0, 72.5]
    outcomes = {}
    for version in (before, after):
        with judged_infusions(version, hours) as connection:
            (outcome,) = (
                o for o in check(connection, version, rows=True)
                if (o.entry.id, o.reading) == (entry.id, "a")
            )  # fmt: skip
            outcomes[version.in_force_from_year, id(version)] = outcome
    first, second = outcomes.values()
    assert (first.evaluated, first.rows) == (5, (("C", "P", 4),))
    assert (second.evaluated, second.rows) == (5, tuple(("C", "P", n) for n in (2, 3, 4)))
    assert "from 24 to 60 h" in pages.page(after.get(entry.id), after)
    assert "from 24 to 60 h" not in pages.page(entry, before)


def judged_infusions(version: Consensus, hours: list[float]) -> duckdb.DuckDBPyConnection:
    """Wide verdicts of infusions in a microtransplant course, so many hours after the last dose."""
    connection = duckdb.connect()
    for subject, found in version.verdict_vars().items():
        columns = version.facts[subject].columns()  # type: ignore[index]
        types = {"boolean": "boolean", "number": "double", "text": "varchar"}
        facts = [f"{name} {types[kind]}" for name, kind in columns.items()]
        keys = [f"{key} varchar" for key in KEYS[subject] if key not in columns]
        keys = [k.replace("infusion_no varchar", "infusion_no integer") for k in keys]
        connection.execute(f"create table {subject}_facts ({', '.join([*keys, *facts])})")
        if subject == "infusion":
            for number, hour in enumerate(hours):
                connection.execute(
                    "insert into infusion_facts (center_id, case_id, infusion_no, course_is_mst, "
                    "is_gpbsc, hours_since_cytotoxic_lo, hours_since_cytotoxic_hi) "
                    "values ('C', 'P', ?, true, true, ?, ?)", [number, hour, hour],
                )  # fmt: skip
        wanted = [*KEYS[subject], *(f"{v['verdict_sql']} as {v['column']}" for v in found)]
        connection.execute(
            f"create table int_verdict_{subject} as select {', '.join(wanted)} from {subject}_facts"
        )
    return connection

"""The preview compares a file with the consensus by the verdicts that a release would have."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from registry import consensus
from registry.home import home
from registry.intake.assess import replay
from registry.intake.check import check
from registry.intake.rows import Rows
from registry.intake.submit import check as check_file
from registry.synthetic import arrow_cohort
from registry.workbook import write_workbook
from tests.cases import as_cells, tidy_case


def test_the_counts_are_those_of_the_warehouse(database: None) -> None:
    tables = arrow_cohort(25, seed=4)
    forms = {form: Rows.stored(form, table) for form, table in tables.items() if len(table)}
    shown = {p.recommendation_id: p for p in check(forms, replay(home())).practice}

    counted: Counter[tuple[str, str]] = Counter()
    with replay(home()).models(tables) as connection:
        rows = connection.sql(replay(home()).long).to_arrow_table().to_pylist()
    headline = {e.id: e.default_reading.name for e in consensus.load().judged() if e.headline}
    for row in rows:
        if headline.get(row["recommendation_id"]) == row["reading"]:
            counted[row["recommendation_id"], row["verdict"]] += 1
    for id_ in headline:
        expected = [counted[id_, v] for v in ("met", "deviated", "not_evaluable")]
        found = shown.get(id_)
        assert (
            [found.met, found.deviated, found.not_evaluable] if found else [0, 0, 0]
        ) == expected
    assert sum(p.deviated for p in shown.values()) > 0


def test_a_deviation_holds_nothing_up(database: None, tmp_path: Path) -> None:
    case = tidy_case()
    case["infusion"][0]["infusion_day"] = 11  # too early after the last dose for the consensus
    write_workbook(tmp_path / "a.xlsx", as_cells(case))
    receipt = check_file(tmp_path / "a.xlsx", "C01")
    deviated = {p.recommendation_id for p in receipt.practice if p.deviated}
    assert receipt.status == "accepted"
    assert deviated
    assert not {f.rule for f in receipt.findings} & deviated
    assert "practice" not in receipt.kept()

"""The counted figures and the grades of verdicts: what adds up, and what the public gets of it."""

from __future__ import annotations

from registry.disclosure import policy, public_count
from registry.warehouse import consensus_vars
from tests.warehouse.conftest import Ask

COUNTS = ("subjects", "known", "unknown", "events", "patients", "known_patients", "event_patients")


def test_every_figure_is_counted_for_all_centers(analyst: Ask) -> None:
    asked = {
        (f["statement_id"], f["statistic"])
        for figures in consensus_vars()["statistics"].values()
        for f in figures
    }
    unsplit = {
        (f["statement_id"], f["statistic"])
        for figures in consensus_vars()["statistics"].values()
        for f in figures
        if f["by"] is None
    }
    found = set(
        analyst("select distinct statement_id, statistic from mart_statistic where is_all_centers")
    )
    assert unsplit <= found <= asked
    assert asked


def test_a_figure_of_all_centers_is_the_sum_of_the_centers(analyst: Ask) -> None:
    sums = ", ".join(f"sum({count})" for count in COUNTS)
    by = "group by statement_id, statistic, by_group having sum(subjects) > 0 order by all"
    rows = "select statement_id, statistic, by_group, {} from mart_statistic where {} {}"
    whole = analyst(rows.format(sums, "is_all_centers", by))
    assert whole == analyst(rows.format(sums, "not is_all_centers", by))
    assert whole


def test_a_figure_has_one_row_a_group(analyst: Ask) -> None:
    assert not analyst(
        "select 1 from mart_statistic group by statement_id, statistic, center_id, by_group "
        "having count(*) > 1"
    )


def test_counts_of_a_figure_are_nested_and_quartiles_in_order(analyst: Ask) -> None:
    assert not analyst(
        "select * from mart_statistic where events > known or known + unknown <> subjects "
        "or patients > subjects or event_patients > events or other_patients > known - events "
        "or not (lower_quartile <= median and median <= upper_quartile)"
    )


def test_the_public_sees_figures_hidden_or_rounded(public: Ask, analyst: Ask) -> None:
    columns = "statement_id, statistic, by_group"
    true = {
        row[:3]: row[3:]
        for row in analyst(
            f"select {columns}, events, known, known_patients, event_patients, other_patients, "
            "median from mart_statistic where is_all_centers"
        )
    }
    published = public(f"select {columns}, events, known, median from public_statistic")
    assert {row[:3] for row in published} == set(true)
    for *key, events, known, median in published:
        was_events, was_known, patients, yes, no, was_median = true[tuple(key)]
        if was_median is None:
            parts = [_shown(was_events, yes), _shown(was_known - was_events, no)]
            assert events == (None if None in parts else parts[0])
            assert known == (None if None in parts else sum(p for p in parts if p is not None))
        elif patients < policy().quartiles.min_patients:
            assert median is None


def _shown(count: int, patients: int) -> int | None:
    return None if count > 0 and patients <= policy().threshold else public_count(count)


def test_grades_count_every_graded_verdict_once(analyst: Ask) -> None:
    assert analyst("select sum(subjects) from mart_adherence_tier") == analyst(
        "select count(*) from fct_verdict where tier is not null"
    )

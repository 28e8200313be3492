"""Centers compared at build time: the gate that knows an interval, the reasons, and the figures themselves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dashboards.analyst import centers_page
from dashboards.portal import warehouse
from registry.statistics.centers import compare_centers
from registry.warehouse import Build, connect
from registry.warehouse.center_comparison import compared, gate
from tests.access.material import OWN, person, shown, words
from tests.warehouse.conftest import Ask

KEY = {"endpoint": "os", "origin": "first_course", "by_day": 730}


def follow_up(*sizes: int, event: bool = True) -> pd.DataFrame:
    draw = np.random.default_rng(3)
    return pd.DataFrame([
        {**KEY, "center_id": f"C{center:02d}", "case_id": f"P{n}", "time_days": int(draw.integers(30, 900)),
         "status": int(event and n % 3 > 0)}
        for center, size in enumerate(sizes, start=1) for n in range(size)
    ])  # fmt: skip


def completeness(**of: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [{**KEY, "center_id": c, "completeness_lo": lo, "completeness_hi": hi} for c, (lo, hi) in of.items()],
        columns=[*KEY, "center_id", "completeness_lo", "completeness_hi"],
    )  # fmt: skip


def test_completeness_counts_only_where_it_is_known_on_which_side_of_the_rule_it_lies() -> None:
    assert gate(0.8, 0.9) == 0.8
    assert gate(0.5, 0.79) == 0.79
    assert gate(0.5, 0.9) is None


def test_a_center_is_shown_or_its_reason_never_both() -> None:
    known = completeness(C01=(0.9, 1.0), C02=(0.95, 0.95), C03=(0.4, 0.6), C04=(0.5, 0.9), C05=(1.0, 1.0))  # fmt: skip
    found = compared(follow_up(20, 15, 12, 12, 3), known).set_index("center_id")
    assert list(found.index[found["withheld"].isna()]) == ["C01", "C02"]
    assert "60% complete" in found.loc["C03", "withheld"]
    assert "not known" in found.loc["C04", "withheld"]
    assert "Not enough data" in found.loc["C05", "withheld"]
    figures = ["observed", "expected", "limit_lower_95", "ratio", "rank_lower"]
    assert found.loc[["C03", "C04", "C05"], figures].isna().all(axis=None)
    assert found.loc[["C01", "C02"], figures].notna().all(axis=None)
    assert set(found["ranked_centers"].dropna()) == {2}


def test_the_figures_are_those_of_the_estimator() -> None:
    rows = follow_up(20, 15)
    found = compared(rows, completeness(C01=(1.0, 1.0), C02=(1.0, 1.0)))
    direct = compare_centers(
        rows["time_days"], rows["status"], list(rows["center_id"]), by_day=730,
        completeness={"C01": 1.0, "C02": 1.0},
    )  # fmt: skip
    assert list(found["ratio"]) == [c.ratio for c in direct]
    assert list(found["observed"]) == [c.observed for c in direct]
    assert list(found["limit_upper_998"]) == [c.limits[1].upper for c in direct]


@pytest.mark.parametrize(
    ("rows", "why"),
    [(follow_up(20), "two groups"), (follow_up(20, 9, event=False), "no event by day 730")],
)
def test_where_nothing_can_be_compared_every_center_says_so(rows: pd.DataFrame, why: str) -> None:
    found = compared(rows, completeness())
    assert len(found) == rows["center_id"].nunique()
    assert found["withheld"].str.contains(why).all()


def test_nobody_to_compare_is_an_empty_table_with_every_column() -> None:
    none = compared(follow_up(1).iloc[:0], completeness(C01=(1.0, 1.0)))
    assert len(none) == 0
    assert list(none.columns) == list(compared(follow_up(9, 9), completeness()).columns)


@pytest.fixture
def served(built: Build, home: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warehouse, "home", lambda: home)


def test_the_mart_has_every_center_as_documented(built: Build, analyst: Ask) -> None:
    """A Python model has no contract that dbt enforces: its types are held here."""
    kinds = analyst(
        "select data_type, list(column_name order by column_name) from duckdb_columns() "
        "where table_name = 'mart_center_comparison' group by 1 order by 1"
    )
    assert {kind for kind, _ in kinds} == {"BIGINT", "DOUBLE", "VARCHAR"}
    assert "observed" in dict(kinds)["BIGINT"]
    assert "ratio" in dict(kinds)["DOUBLE"]
    told = analyst("select endpoint, origin, by_day, center_id, patients from mart_center_comparison order by all")  # fmt: skip
    counted = analyst(
        "select endpoint, origin, by_day, center_id, count(*) from fct_endpoint inner join (values "
        "('os', 'first_course', 365), ('os', 'first_course', 730), ('lfs', 'remission', 730)) "
        "as of (endpoint, origin, by_day) using (endpoint, origin) group by all order by all"
    )
    assert told == counted
    with connect(built.steward) as steward:
        sums = steward.execute(
            "select min(completeness_hi - completeness_lo) from int_completeness"
        )
        assert (sums.fetchone() or (None,))[0] >= 0


@pytest.mark.usefixtures("served")
def test_a_center_sees_itself_and_an_analyst_all_each_with_figures_or_a_reason(
    analyst: Ask,
) -> None:
    centers = {c for (c,) in analyst("select distinct center_id from mart_center_comparison where endpoint = 'os'")}  # fmt: skip
    page = shown(person("analyst"), "Centers")
    (told,) = (frame.value for frame in page.dataframe if "ratio" in frame.value)
    assert set(told["center"]) == centers
    assert ((told["not compared"] == "") == (told["ratio"] != "")).all()
    own = shown(person("center lead"), "Centers")
    (told,) = (frame.value for frame in own.dataframe if "ratio" in frame.value)
    assert set(told["center"]) == {OWN}
    assert not any(center in words(own) for center in centers - {OWN})


def row(**values: object) -> dict[str, object]:
    return {"center_id": "C01", "patients": 20, "completeness_lo": 0.9, "completeness_hi": 0.95, "withheld": None,
            "observed": 5, "expected": 4.2, "limit_lower_95": 1, "limit_upper_95": 8, "limit_lower_998": 0,
            "limit_upper_998": 10, "ratio": 1.1, "ratio_lower": 0.7, "ratio_upper": 1.6, "rank_lower": 1,
            "rank_upper": 2, "ranked_centers": 2} | values  # fmt: skip


def test_a_center_outside_its_limits_has_another_symbol_and_not_only_another_colour() -> None:
    rows = pd.DataFrame([row(), row(center_id="C02", observed=11)])
    told = centers_page.funnel(rows).to_dict()
    dots = next(layer for layer in told["layer"] if layer["mark"]["type"] == "point")
    assert dots["encoding"]["shape"]["field"] == "standing"
    assert [centers_page.standing(r) for r in rows.to_dict("records")] == [
        centers_page.WITHIN,
        centers_page.OUTSIDE,
    ]
    assert "outside 99.8 % limits" in centers_page.own_words(row(observed=11))


def test_centers_that_lie_on_each_other_are_named_together() -> None:
    near = [row(expected=3.8), row(center_id="C02", expected=3.9)]
    apart = [row(center_id="C03", expected=10.1, observed=2), row(center_id="C04", expected=10.0, observed=9)]  # fmt: skip
    # as the warehouse yields them: columns that know a missing value
    told = centers_page.named_together(pd.DataFrame([*apart, *near]).convert_dtypes())
    assert dict(zip(told["center_id"], told["label"], strict=True)) == {
        "C01": "", "C02": "C01, C02", "C04": "C04", "C03": "C03",
    }  # fmt: skip
    assert set(told["center_id"][told["together"]]) == {"C01", "C02"}


def test_the_table_gives_figures_or_the_reason() -> None:
    (given, withheld) = centers_page.table(
        pd.DataFrame([row(), row(withheld="Not enough data.", completeness_lo=None)])
    )
    assert given["rank"] == "1 to 2 of 2"
    assert given["ratio"] == "1.10 (0.70 to 1.60)"
    assert given["follow-up complete"] == "90 to 95\N{NO-BREAK SPACE}%"
    assert (withheld["ratio"], withheld["not compared"]) == ("", "Not enough data.")
    assert withheld["follow-up complete"] == "not known"

"""Drawings that nobody needs colours to read, and the tables that say the same."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashboards import bars, charts
from dashboards.strokes import COLOURS, strokes


def curve(*strata: str) -> pd.DataFrame:
    steps = [(0, 1.0, np.nan, np.nan, 60), (200, 0.8, 0.6, 0.9, 50), (400, 0.5, 0.3, 0.7, 15)]
    names = ["stratum", "time_days", "survival", "ci_lower", "ci_upper", "n_risk"]
    return pd.DataFrame([(s, *step) for s in strata for step in steps], columns=names)


def test_no_group_is_left_out_of_the_legend_however_many_there_are() -> None:
    names = [f"group {n:02d}" for n in range(11)]
    assert list(charts.key(curve(*names))) == names
    assert bars.legend(charts.key(curve(*names)), of_lines=True).count("group ") == 11
    assert charts.key(curve("all")) == {}


def test_each_of_36_groups_has_a_stroke_of_its_own_and_neighbours_another_dash() -> None:
    found = list(strokes(f"{n:02d}" for n in range(36)).values())
    assert len({(s.colour, s.dash) for s in found}) == 36
    assert all(one.dash != other.dash for one, other in pairwise(found))
    assert len({s.dash for s in found[: len(COLOURS)]}) == len(COLOURS)
    with pytest.raises(ValueError, match="37 groups"):
        strokes(map(str, range(37)))


def channels(layer: dict[str, Any]) -> set[str]:
    return set(layer["encoding"])


def test_curves_differ_by_dash_as_well_as_by_colour_and_say_what_they_are() -> None:
    drawn, at_risk = (chart.to_dict() for chart in charts.survival_curves(curve("a", "b")))
    line = drawn["layer"][-1]
    assert {"color", "strokeDash"} <= channels(line)
    ranges = line["encoding"]["strokeDash"]["scale"]["range"]
    assert len({tuple(r) for r in ranges}) == 2
    assert "a, b" in drawn["description"]
    assert at_risk["description"]


def test_the_table_reads_the_curve_at_the_ticks_and_nothing_beyond_its_end() -> None:
    found = charts.points(curve("a"), scale=charts.MONTHS, beyond="<13")
    assert list(found["months"]) == ["0", "6", "12"]
    assert list(found["at risk"]) == ["60", "50", "15"]
    assert [s.replace("\N{NO-BREAK SPACE}", " ") for s in found["survival"]] == ["100 %", "100 %", "80 %"]  # fmt: skip
    later = pd.concat([curve("a"), curve("b").assign(time_days=lambda c: c["time_days"] * 3)])
    beyond = charts.points(later, beyond="<13").query("group == 'a' and months == '24'")
    assert (beyond["at risk"].item(), beyond["survival"].item()) == ("<13", "")
    assert beyond["95 % interval"].item() == ""


@pytest.mark.parametrize("scale", charts.SCALES.values(), ids=lambda s: s.title)
@pytest.mark.parametrize("last_day", [20, 400, 1500, 3600])
def test_there_is_room_for_the_numbers_at_risk(scale: charts.TimeScale, last_day: float) -> None:
    ticks = scale.ticks(last_day)
    assert 1 <= len(ticks) <= 7 or scale.steps[-1] in np.diff(ticks)
    assert ticks[-1] <= scale.end(last_day)


def test_a_stack_is_everybody() -> None:
    rows = pd.DataFrame(
        {"stratum": "all", "time_days": [0, 100], "n_risk": [10, 8], "incidence": [0.0, 0.1],
         "competing": [0.0, 0.2]}
    )  # fmt: skip
    drawn, _ = charts.incidence_stack(rows, ("relapse", "death", "neither"))
    told = drawn.to_dict()
    areas = [layer["encoding"] for layer in told["layer"] if layer["mark"]["type"] == "area"]
    edges = [(e["y2"]["field"], e["y"]["field"]) for e in areas]
    assert edges == [("zero", "incidence"), ("incidence", "both"), ("both", "one")]
    (data,) = told["datasets"].values()
    assert data[-1]["both"] == pytest.approx(0.3)
    assert "from below: relapse, death, neither" in told["description"]
    assert list(charts.stack_key(("r", "d", "n"))) == [
        "below the whole line: r", "below the broken line: d", "above: n",
    ]  # fmt: skip

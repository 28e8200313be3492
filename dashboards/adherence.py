"""Adherence in words and numbers, the same way in portal and public dashboard."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from registry import consensus
from registry.statistics.proportion import clopper_pearson

COUNTS = ("met", "deviated", "not_evaluable", "not_applicable")


def titles() -> Mapping[str, str]:
    """The title of each recommendation by its id."""
    return {r.id: r.title for r in consensus.load().recommendations}


def label(recommendation_id: str, reading: str, *, readings: int) -> str:
    """A recommendation in one line; the reading is named only where there are several."""
    title = f"{recommendation_id}  {titles().get(recommendation_id, '')}"
    return f"{title} (reading {reading})" if readings > 1 else title


def bars(rows: pd.DataFrame) -> pd.DataFrame:
    """Counts by recommendation as long rows for `charts.adherence_bars`."""
    readings = rows.groupby("recommendation_id")["reading"].transform("nunique")
    named = rows.assign(
        recommendation=[
            label(i, r, readings=n)
            for i, r, n in zip(rows["recommendation_id"], rows["reading"], readings, strict=True)
        ]
    )
    long = named[["recommendation", *COUNTS[:3]]].melt(
        id_vars="recommendation",
        var_name="verdict", value_name="subjects",
    )  # fmt: skip
    return long.assign(verdict=long["verdict"].str.replace("_", " "))


def table(rows: pd.DataFrame) -> pd.DataFrame:
    """Rate with exact interval, numerator, denominator, share not evaluable, worst case."""
    return pd.DataFrame([_line(row) for row in rows.to_dict("records")])


def _line(row: Mapping[str, object]) -> dict[str, object]:
    met, deviated, unknown = (_count(row[name]) for name in COUNTS[:3])
    judged, asked = met + deviated, met + deviated + unknown
    low, high = clopper_pearson(met, judged) if judged else (None, None)
    return {
        "recommendation": label(str(row["recommendation_id"]), str(row["reading"]), readings=2),
        "adherence": _percent(met, judged),
        "95 % interval": "" if low is None or high is None else f"{low:.0%} to {high:.0%}",
        "met": met,
        "of judged": judged,
        "not evaluable": _percent(unknown, asked),
        "worst case": _percent(met, asked),
    }


def _count(value: object) -> int:
    return 0 if pd.isna(value) else int(str(int(float(str(value)))))


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"
